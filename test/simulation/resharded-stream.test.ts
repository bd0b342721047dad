/**
 * A consumer with enhanced fan-out, on the SDK's own client, that follows a stream through splits
 * and merges while it is written: it goes from parents to their children as events name them, and
 * drops each subscription once to take it up again where it was.
 */
import {
  type ChildShard,
  KinesisClient,
  type StartingPosition,
  SubscribeToShardCommand,
} from '@aws-sdk/client-kinesis';
import { expect, test } from 'vitest';
import type { Suite } from '../sdk/suite.ts';
import {
  bytes,
  id,
  put,
  StreamName,
  shards,
  text,
  withStream,
} from '../services/kinesis/streams-kit.ts';

const KEYS = Array.from({ length: 16 }, (_, index) => `key-${index}`);
const HALF = '170141183460469231731687303715884105728';
/** Records that a subscription gets before it is dropped. */
const DROPPED_AFTER = 20;

class FanOut {
  readonly texts: string[] = [];
  readonly followed = new Set<string>();
  readonly failures: unknown[] = [];
  dropped = 0;
  readonly #aws: Suite;
  readonly #consumer: string;
  readonly #client: KinesisClient;
  readonly #ended = new Set<string>();
  readonly #leaving = new AbortController();

  constructor(aws: Suite, consumer: string) {
    this.#aws = aws;
    this.#consumer = consumer;
    const { endpoint, region } = aws;
    const credentials = { accessKeyId: '000000000000', secretAccessKey: 'test' };
    this.#client = new KinesisClient({ endpoint, region, credentials, maxAttempts: 1 });
  }

  follow(shard: string): void {
    if (this.followed.has(shard)) return;
    this.followed.add(shard);
    this.#follow(shard).catch((cause: unknown) => {
      // The last shard is open, and left in the middle.
      if (!this.#leaving.signal.aborted) this.failures.push(cause);
    });
  }

  close(): void {
    this.#leaving.abort();
    this.#client.destroy();
  }

  async #follow(shard: string): Promise<void> {
    let position: StartingPosition | undefined = { Type: 'TRIM_HORIZON' };
    let isFirst = true;
    while (position) {
      position = await this.#subscribe(shard, position, isFirst);
      // A subscription may be taken up again at once only after five seconds of it.
      if (position) await this.#aws.clock.advance('5s');
      isFirst = false;
    }
  }

  /** Where to go on; undefined at the end of the shard. */
  async #subscribe(shard: string, position: StartingPosition, isFirst: boolean) {
    const dropping = new AbortController();
    const asked = { ConsumerARN: this.#consumer, ShardId: shard, StartingPosition: position };
    const abortSignal = AbortSignal.any([dropping.signal, this.#leaving.signal]);
    const answer = await this.#client.send(new SubscribeToShardCommand(asked), { abortSignal });
    let SequenceNumber: string | undefined;
    let count = 0;
    for await (const { SubscribeToShardEvent: event } of answer.EventStream ?? []) {
      for (const { Data } of event?.Records ?? []) this.texts.push(text(Data ?? bytes('')));
      SequenceNumber = event?.ContinuationSequenceNumber;
      count += event?.Records?.length ?? 0;
      if (event?.ChildShards?.length) return this.#endOf(shard, event.ChildShards);
      if (isFirst && SequenceNumber !== undefined && count >= DROPPED_AFTER) {
        this.dropped++;
        dropping.abort();
        return { Type: 'AFTER_SEQUENCE_NUMBER', SequenceNumber } as const;
      }
    }
    return SequenceNumber === undefined
      ? position
      : ({ Type: 'AFTER_SEQUENCE_NUMBER', SequenceNumber } as const);
  }

  /** A child is read when all its parents are. */
  #endOf(shard: string, children: readonly ChildShard[]): undefined {
    this.#ended.add(shard);
    for (const { ShardId, ParentShards = [] } of children) {
      if (ShardId && ParentShards.every((parent) => this.#ended.has(parent))) this.follow(ShardId);
    }
  }
}

test('a fan-out consumer of a resharded stream loses nothing and keeps every key in order', {
  timeout: 60_000,
}, async () => {
  await using aws = await withStream(1);
  const { StreamARN } = (await aws.call('kinesis', 'DescribeStreamSummary', { StreamName }))
    .StreamDescriptionSummary;
  const made = await aws.call('kinesis', 'RegisterStreamConsumer', {
    ...{ StreamARN, ConsumerName: 'follower' },
  });
  const consumer = new FanOut(aws, made.Consumer.ConsumerARN);
  try {
    consumer.follow(id(0));
    let number = 0;
    const write = async (rounds: number) => {
      for (const until = number + rounds; number < until; number++) {
        for (const key of KEYS) await put(aws, key, `${key} ${number}`);
      }
    };
    await write(10);
    const split = { StreamName, ShardToSplit: id(0), NewStartingHashKey: HALF };
    await Promise.all([write(10), aws.call('kinesis', 'SplitShard', split)]);
    await aws.settled();
    const merge = { StreamName, ShardToMerge: id(1), AdjacentShardToMerge: id(2) };
    await Promise.all([write(10), aws.call('kinesis', 'MergeShards', merge)]);
    await aws.settled();
    const again = { StreamName, ShardToSplit: id(3), NewStartingHashKey: HALF };
    await Promise.all([write(10), aws.call('kinesis', 'SplitShard', again)]);
    await aws.settled();
    // Closes the two that are open, so that every shard but the last has an end.
    const last = { StreamName, ShardToMerge: id(4), AdjacentShardToMerge: id(5) };
    await aws.call('kinesis', 'MergeShards', last);
    await aws.settled();
    await expect.poll(() => consumer.followed.size, { timeout: 30_000 }).toBe(7);
    expect(consumer.failures).toEqual([]);
    expect(await shards(aws)).toHaveLength(7);
    expect(consumer.texts).toHaveLength(KEYS.length * number);
    for (const key of KEYS) {
      const own = consumer.texts.filter((one) => one.startsWith(`${key} `));
      expect(own).toEqual(Array.from({ length: number }, (_, index) => `${key} ${index}`));
    }
    expect(consumer.dropped).toBeGreaterThan(2);
  } finally {
    consumer.close();
  }
});
