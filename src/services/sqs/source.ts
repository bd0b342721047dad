/**
 * What it means to be fed from a queue: messages are received as a client would, and deleted when
 * they were consumed. What fails stays hidden until its visibility time-out ends, counts as
 * received and finds its way to the dead-letter queue like any other.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
import type {
  Ending,
  Feed,
  Feeder,
  Source,
  SourceRecord,
  Taking,
  Wish,
} from '../../delivery/sources.ts';
import type { Stack } from '../../delivery/stack.ts';
import { Refused } from '../../delivery/targets.ts';
import type { Claimed, Lease, Write } from '../../storage/storage.ts';
import { claimBehindOld, claimMessages, type Taken } from './claims.ts';
import { deadLettersOf, moveWrites } from './dead-letters.ts';
import { deletionOf } from './delete-message.ts';
import { eventOf } from './events.ts';
import { addressOfArn, type Queue, queueAt, storageName } from './queue.ts';
import type { QueueAddress } from './queue-urls.ts';

interface QueueRecord extends SourceRecord {
  readonly message: Claimed;
}

export const queueSource: Source = {
  open: (stack, feed) => {
    const address = addressOfArn(feed.sourceArn);
    if (!address) throw new Refused('NO_RESOURCE', `${feed.sourceArn} is no queue.`);
    return new QueueFeeder(stack, feed, address);
  },
};

/** Added to window and time-out where those are longer than the visibility time-out (observed). */
const SPARE_MS = 30_000;
/** Messages of one claim, so that others get their turn; the next claim goes on. */
const MOST_AT_ONCE = 1_000;

class QueueFeeder implements Feeder<QueueRecord> {
  readonly #stack: Stack;
  readonly #feed: Feed;
  readonly #address: QueueAddress;
  /** When it was last looked what there is; what shows up from then on has not been seen. */
  #lookedAtMs: number | undefined;

  constructor(stack: Stack, feed: Feed, address: QueueAddress) {
    this.#stack = stack;
    this.#feed = feed;
    this.#address = address;
  }

  async take(wish: Wish): Promise<readonly Taking<QueueRecord>[]> {
    const queue = await this.#queue();
    return queue.fifo ? this.#takeInOrder(queue, wish) : this.#takeAny(queue, wish);
  }

  /** One claim for all batches. */
  async #takeAny(queue: Queue, wish: Wish): Promise<readonly Taking<QueueRecord>[]> {
    const max = Math.min(wish.batches * wish.size, MOST_AT_ONCE);
    const taken = await this.#claim(queue, wish, max);
    const records = taken ? recordsOf(queue, taken) : [];
    const takings: Taking<QueueRecord>[] = [];
    for (let at = 0; at < records.length; at += wish.size) {
      const part = records.slice(at, at + wish.size);
      takings.push({ records: part, ordered: false, whole: false });
    }
    return takings;
  }

  /** One claim for each batch: what a claim took of a group, the next one takes nothing behind. */
  async #takeInOrder(queue: Queue, wish: Wish): Promise<readonly Taking<QueueRecord>[]> {
    const takings: Taking<QueueRecord>[] = [];
    while (takings.length < wish.batches) {
      const taken = await this.#claim(queue, wish, wish.size);
      if (!taken) break;
      takings.push({ records: recordsOf(queue, taken), ordered: true, whole: true });
    }
    return takings;
  }

  async #claim(queue: Queue, { windowMs, timeoutMs }: Wish, max: number) {
    const heldMs = windowMs + timeoutMs;
    const visibilityMs = heldMs > queue.visibilityMs ? heldMs + SPARE_MS : queue.visibilityMs;
    const wanted = { max, visibilityMs, consumerArn: this.#feed.consumerArn };
    this.#lookedAtMs = this.#stack.clock.nowMs();
    const taken = await claimMessages(this.#stack, queue, wanted);
    return taken ?? claimBehindOld(this.#stack, queue, wanted);
  }

  async end(ending: Ending<QueueRecord>): Promise<readonly Write[]> {
    const queue = await queueAt(this.#stack, this.#address);
    // With the queue, its messages went too.
    if (!queue) return [];
    const { consumed = [], filtered = [], rejected = [], unused = [] } = ending;
    const nowMs = this.#stack.clock.nowMs();
    return [
      ...consumed.flatMap((record) => this.#delete(queue, record)),
      ...filtered.flatMap((record) => this.#drop(queue, record, nowMs, ending.note)),
      ...(rejected.length > 0 ? await this.#reject(queue, rejected, nowMs, ending.note) : []),
      ...unused.map(({ message }) => putBack(message.lease, nowMs)),
    ];
  }

  #delete(queue: Queue, { id: messageId, message: { lease } }: QueueRecord): readonly Write[] {
    return deletionOf(this.#stack, queue, { lease, messageId });
  }

  #drop(queue: Queue, { message }: QueueRecord, atMs: number, note = ''): readonly Write[] {
    const { journal } = this.#stack;
    const { id, lease } = message;
    const fact = { kind: 'drop', id, arn: queue.arn, atMs, note } as const;
    return [{ kind: 'settle', lease, fence: 'latest', lost: 'skip' }, ...journal.record(fact)];
  }

  /** Where there is no dead-letter queue, they are gone. */
  async #reject(
    queue: Queue,
    rejected: readonly QueueRecord[],
    nowMs: number,
    note?: string,
  ): Promise<readonly Write[]> {
    const dead = await deadLettersOf(this.#stack, queue);
    return rejected.flatMap((record) => {
      if (!dead) return this.#drop(queue, record, nowMs, note);
      // It was received, and does not go because of how often.
      const message = { ...record.message, claims: record.message.claims + 1 };
      return moveWrites(this.#stack, queue, dead, message, nowMs, note);
    });
  }

  watch(notify: () => void): () => void {
    return this.#stack.storage.watch(storageName(this.#address), notify);
  }

  nextDueMs(): Promise<number> {
    const { storage, clock } = this.#stack;
    const sinceMs = this.#lookedAtMs ?? clock.nowMs();
    return storage.nextVisibleAtMs(storageName(this.#address), sinceMs);
  }

  async #queue(): Promise<Queue> {
    const queue = await queueAt(this.#stack, this.#address);
    if (queue) return queue;
    throw new Refused('NO_RESOURCE', `The queue ${this.#feed.sourceArn} does not exist.`);
  }
}

function recordsOf(queue: Queue, { messages, receivedAtMs }: Taken): readonly QueueRecord[] {
  return messages.map((message) => {
    const event = eventOf(queue, message, receivedAtMs);
    return {
      id: message.id,
      cause: message.id,
      event,
      json: JSON.stringify(event),
      traceHeader: event.attributes.AWSTraceHeader,
      message,
    };
  });
}

function putBack(lease: Lease, visibleAtMs: number): Write {
  const release = { kind: 'release', lease, visibleAtMs, uncounted: true } as const;
  return { ...release, fence: 'latest', lost: 'skip' };
}
