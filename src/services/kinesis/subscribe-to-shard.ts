/**
 * SubscribeToShard: records are sent as they come in, for five minutes.
 *
 * The first event comes at once, and another one every five seconds when there is nothing to
 * send. At the end of a closed shard an event names its children, and the answer ends. It ends
 * early, without an error, when the client goes or the server drains; and with one when another
 * subscription takes over or the consumer is deregistered.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SubscribeToShard.html
 */
import type { Stack } from '../../delivery/stack.ts';
import type * as Kinesis from '../../wire/types/kinesis.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { withRecords } from './answered-records.ts';
import { parseConsumerArn } from './arns.ts';
import { activeConsumer, type FoundConsumer, findConsumer } from './consumers.ts';
import { childrenOf } from './describing.ts';
import { checkDryRun } from './dry-runs.ts';
import { fault, streamMissing } from './errors.ts';
import { countSubscribe, countSubscriptionEvent } from './figures.ts';
import { checkUsable, knownShard, named } from './lookup.ts';
import { positionOf } from './positions.ts';
import { readShard, type ShardPage } from './reading.ts';
import { sequenceNumber } from './sequence-numbers.ts';
import { logOf, type Shard, type Stream } from './store.ts';
import { type Subscription, subscribe } from './subscriptions.ts';

const LIFE_MS = 300_000;
const HEARTBEAT_MS = 5_000;
/** Of one event. */
const MOST_RECORDS = 10_000;
const MOST_BYTES = 1024 * 1024;

interface Feed {
  readonly call: Call;
  readonly consumer: FoundConsumer;
  readonly shard: Shard;
  readonly subscription: Subscription;
  readonly from: number;
}

export const SubscribeToShard: Operation<Kinesis.Operations['SubscribeToShard']> = async (
  call,
  input,
) => {
  const { stack } = call;
  const consumer = await activeConsumer(call, input);
  checkUsable(consumer.stream);
  const shard = knownShard(stack, consumer.stream, input.ShardId);
  const {
    Type: type,
    SequenceNumber: sequenceNumber,
    Timestamp: timestampMs,
  } = input.StartingPosition;
  const start = { type, sequenceNumber, timestampMs };
  const from = await positionOf(stack, consumer.stream, shard, start);
  checkDryRun(input);
  const subscribing = subscribe(stack, consumer, shard);
  const subscription = await countSubscribe(stack, consumer, subscribing);
  return { EventStream: events({ call, consumer, shard, subscription, from }) };
};

async function* events(feed: Feed): AsyncGenerator<Kinesis.SubscribeToShardEventStreamEvent> {
  const { call, consumer } = feed;
  const { stack } = call;
  const bell = new Bell(feed);
  try {
    let from = feed.from;
    let saidAtMs = Number.NEGATIVE_INFINITY;
    let readyAtMs = saidAtMs;
    while (!bell.isOver) {
      await bell.reached(readyAtMs);
      const { stream, shard } = await look(stack, consumer, feed.shard);
      await bell.checkTaken();
      const ask = { from, max: MOST_RECORDS, maxBytes: MOST_BYTES };
      const page = await readShard(stack, stream, shard, ask);
      from = page.next;
      const nowMs = stack.clock.nowMs();
      if (page.entries.length > 0 || page.ended || nowMs >= saidAtMs + HEARTBEAT_MS) {
        saidAtMs = nowMs;
        readyAtMs = nowMs + millisFor(stack, page.bytes);
        countSubscriptionEvent(stack, feed.consumer, page);
        yield { SubscribeToShardEvent: eventOf(stream, shard, page) };
      }
      if (page.ended) return;
      if (page.entries.length === 0) await bell.rung(saidAtMs + HEARTBEAT_MS);
    }
    await bell.checkTaken();
  } finally {
    bell.stop();
  }
}

/** What so much takes out of the throughput that a consumer has of a shard, where it is limited. */
function millisFor({ settings }: Stack, bytes: number): number {
  const perSecond = settings.quotas['kinesis.shardReadBytes'];
  return perSecond === 0 ? 0 : (bytes / perSecond) * 1000;
}

/** The stream and the shard as they are now; ends the subscription when the consumer is gone. */
async function look(stack: Stack, { arn, row }: FoundConsumer, before: Shard) {
  const address = parseConsumerArn(arn);
  const consumer = address && (await findConsumer(stack, address));
  if (!consumer) {
    const message = `Consumer ${row.value.name} is no longer registered.`;
    throw fault('ResourceNotFoundException', message);
  }
  const stream = consumer.stream.row.value;
  const shard = stream.shards.find(({ number }) => number === before.number);
  if (!shard) throw streamMissing(named(consumer.stream));
  return { stream, shard };
}

/**
 * The last event of a shard names children and no number to go on from, although the model says
 * that there always is one: the Kinesis Client Library refuses an event with both.
 */
function eventOf(stream: Stream, shard: Shard, page: ShardPage): Kinesis.SubscribeToShardEvent {
  const event = withRecords(stream, shard, page.entries, {
    MillisBehindLatest: page.behindMs,
    ...(page.ended
      ? { ChildShards: childrenOf(stream, shard) }
      : { ContinuationSequenceNumber: sequenceNumber(stream, shard, page.next - 1) }),
  });
  return event as Kinesis.SubscribeToShardEvent;
}

/** Rings for everything that a subscription waits for, and tells when it is to end. */
class Bell {
  readonly #call: Call;
  readonly #subscription: Subscription;
  readonly #endsAtMs: number;
  readonly #stops: (() => void)[] = [];
  #left = false;
  #ring = () => {};
  /** Whether it has rung since somebody last waited. */
  #hasRung = false;
  /** Somebody has subscribed to a shard of the consumer, maybe to this one. */
  #mayBeTaken = true;

  constructor({ call, consumer, shard, subscription }: Feed) {
    const { stack } = call;
    this.#call = call;
    this.#subscription = subscription;
    this.#endsAtMs = subscription.sinceMs + LIFE_MS;
    const ring = () => {
      this.#hasRung = true;
      this.#ring();
    };
    const leave = () => {
      this.#left = true;
      ring();
    };
    const contested = () => {
      this.#mayBeTaken = true;
      ring();
    };
    stack.closing.addEventListener('abort', leave);
    this.#stops = [
      call.onGone(leave),
      call.onDrain(leave),
      () => stack.closing.removeEventListener('abort', leave),
      stack.storage.watch(logOf(consumer.stream.row.value, shard), ring),
      stack.storage.watch(subscription.bell, contested),
    ];
  }

  get isOver(): boolean {
    return this.#left || this.#call.stack.clock.nowMs() >= this.#endsAtMs;
  }

  /** Throws when another subscription has begun. */
  async checkTaken(): Promise<void> {
    if (!this.#mayBeTaken) return;
    this.#mayBeTaken = false;
    if (await this.#subscription.isTaken()) throw this.#subscription.inUse();
  }

  /** Resolves when there may be something to do, at `untilMs` at the latest. */
  async rung(untilMs: number): Promise<void> {
    if (!this.#hasRung && !this.isOver) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const { clock } = this.#call.stack;
      const timer = clock.at(Math.min(untilMs, this.#endsAtMs), resolve);
      this.#ring = resolve;
      await promise;
      timer.cancel();
    }
    this.#hasRung = false;
  }

  /** Resolves at `atMs`, or when the subscription is over. */
  async reached(atMs: number): Promise<void> {
    while (!this.isOver && this.#call.stack.clock.nowMs() < atMs) await this.rung(atMs);
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }
}
