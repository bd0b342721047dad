/**
 * Retention: messages that have been in a queue for too long go, silently, in flight or not; they
 * are no dead letters.
 *
 * A receive never sees one. The sweeper takes them away for good: from time to time, and before a
 * queue is counted.
 */
import { Alarm, Idleness } from '../../delivery/alarm.ts';
import type { Stack } from '../../delivery/stack.ts';
import { Tenure } from '../../delivery/tenure.ts';
import type { Worker } from '../../delivery/workers.ts';
import type { Counts, Peeked, Write } from '../../storage/storage.ts';
import { addressOfStorage, type Queue, queueAt, STORAGE_PREFIX } from './queue.ts';

/** Messages taken away in one commit, so that others get their turn. */
const SLICE = 1000;

const SHORTEST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;

/** Sweeps at once and then from time to time; one node does it for all. */
export const sweeper = (stack: Stack): Worker =>
  new Tenure(stack, { name: 'sqs/sweeper', begin: async () => new Sweeper(stack) });

class Sweeper implements Worker {
  readonly name = 'sqs/sweeper';
  /** It follows the calendar. */
  readonly awaited = false;
  readonly #stack: Stack;
  readonly #alarm: Alarm;
  readonly #idleness = new Idleness(() => this.busy);
  #stopped = false;
  busy = false;

  constructor(stack: Stack) {
    this.#stack = stack;
    this.#alarm = new Alarm(stack, () => this.#sweep());
  }

  start(): void {
    this.#sweep();
  }

  #sweep(): void {
    const { clock, log } = this.#stack;
    this.busy = true;
    sweepAll(this.#stack, () => this.#stopped)
      .catch((cause: unknown) => {
        if (!this.#stopped) log.error('sweeping queues failed', { cause: String(cause) });
        return LONGEST_PAUSE_MS;
      })
      .then((pauseMs) => {
        this.busy = false;
        if (!this.#stopped) this.#alarm.set(clock.nowMs() + pauseMs);
        this.#idleness.announce();
      });
  }

  idle(): Promise<void> {
    return this.#idleness.wait();
  }

  nextDueMs(): Promise<number> {
    return Promise.resolve(Number.POSITIVE_INFINITY);
  }

  stop(): Promise<void> {
    this.#stopped = true;
    this.#alarm.cancel();
    return this.#idleness.wait();
  }
}

/** Answers how long to pause: a tenth of the shortest retention, within bounds. */
async function sweepAll(stack: Stack, stopped: () => boolean): Promise<number> {
  let pauseMs = LONGEST_PAUSE_MS;
  for (const name of await stack.storage.queues(STORAGE_PREFIX)) {
    if (stopped()) break;
    const address = addressOfStorage(name);
    const queue = address && (await queueAt(stack, address));
    if (queue) {
      await sweepQueue(stack, queue);
      pauseMs = Math.min(pauseMs, queue.retentionMs / 10);
    } else {
      // A send that raced with the queue's deletion.
      await stack.storage.commit([{ kind: 'purge', queue: name, forget: true }]);
    }
  }
  return Math.max(SHORTEST_PAUSE_MS, pauseMs);
}

/** How many messages the queue has, without those that are past retention. */
export async function countsOf(stack: Stack, queue: Queue): Promise<Counts> {
  const counts = await stack.storage.counts(queue.storage, stack.clock.nowMs());
  const swept = await sweep(stack, queue, counts);
  return swept ? stack.storage.counts(queue.storage, stack.clock.nowMs()) : counts;
}

/** Takes away what is past retention; whether there was any. */
export async function sweepQueue(stack: Stack, queue: Queue): Promise<boolean> {
  return sweep(stack, queue, await stack.storage.counts(queue.storage, stack.clock.nowMs()));
}

/** Whether anything was past retention. */
async function sweep(stack: Stack, queue: Queue, { oldestSentAtMs }: Counts): Promise<boolean> {
  const bornBeforeMs = stack.clock.nowMs() - queue.retentionMs;
  if (oldestSentAtMs === undefined || oldestSentAtMs >= bornBeforeMs) return false;
  const isOver = ({ sentAtMs }: Peeked) => sentAtMs < bornBeforeMs;
  for (;;) {
    const facts = await droppedFacts(stack, queue, 'expired', isOver);
    const [expired] = await stack.storage.commit([
      { kind: 'expire', queue: queue.storage, bornBeforeMs, max: SLICE },
      ...facts,
    ]);
    if ((expired?.changed ?? 0) < SLICE) return true;
  }
}

/** Journal records of messages that go unconsumed; only the first so many of them are named. */
export async function droppedFacts(
  stack: Stack,
  queue: Queue,
  note: string,
  isDropped: (message: Peeked) => boolean,
): Promise<readonly Write[]> {
  const { journal, storage, clock } = stack;
  if (!journal.on) return [];
  const atMs = clock.nowMs();
  const first = await storage.peek(queue.storage, { nowMs: atMs, max: SLICE });
  return first
    .filter(isDropped)
    .flatMap(({ id }) => journal.record({ kind: 'drop', id, arn: queue.arn, atMs, note }));
}
