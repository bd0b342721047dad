/**
 * The promise that consumers of a stream rely on: whatever becomes of its shards meanwhile, every
 * record that was acknowledged is read once, and those of one key in the order of their putting,
 * by whoever reads parents to their end before their children.
 */
import { expect, test } from 'vitest';
import type { Suite } from '../../sdk/suite.ts';
import { bytes, id, StreamName, shards, text, withStream } from './streams-kit.ts';

const KEYS = Array.from({ length: 24 }, (_, index) => `key-${index}`);

/** Puts counted records of its own keys, one batch after another, until told to stop. */
async function produce(aws: Suite, keys: readonly string[], isOver: () => boolean) {
  let count = 0;
  while (!isOver()) {
    const Records = keys.map((key) => ({ PartitionKey: key, Data: bytes(`${key} ${count}`) }));
    const answer = await aws.call('kinesis', 'PutRecords', { StreamName, Records });
    expect(answer.FailedRecordCount).toBe(0);
    count += 1;
  }
  return count;
}

/** Reads every shard to where it is, parents before children, as KCL does. */
async function consume(aws: Suite): Promise<string[]> {
  const read: string[] = [];
  const done = new Set<string>();
  const all = await shards(aws);
  while (done.size < all.length) {
    const ready = all.find(({ ShardId, ParentShardId, AdjacentParentShardId }) => {
      const parents = [ParentShardId, AdjacentParentShardId].filter((one) => one !== undefined);
      return !done.has(ShardId) && parents.every((parent) => done.has(parent));
    });
    if (!ready) throw new Error('A shard’s parents are not in the list.');
    done.add(ready.ShardId);
    read.push(...(await readShard(aws, ready.ShardId)));
  }
  return read;
}

async function readShard(aws: Suite, ShardId: string): Promise<string[]> {
  const from = { StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
  let { ShardIterator } = await aws.call('kinesis', 'GetShardIterator', from);
  const read: string[] = [];
  let last = '';
  while (ShardIterator !== undefined) {
    const answer = await aws.call('kinesis', 'GetRecords', { ShardIterator, Limit: 100 });
    for (const { Data, SequenceNumber } of answer.Records) {
      expect(SequenceNumber > last).toBe(true);
      last = SequenceNumber;
      read.push(text(Data));
    }
    const isAtTip = answer.Records.length === 0 && answer.MillisBehindLatest === 0;
    ShardIterator = isAtTip ? undefined : answer.NextShardIterator;
  }
  return read;
}

async function split(aws: Suite): Promise<void> {
  const { Shards: open = [] } = await aws.call('kinesis', 'ListShards', {
    StreamName,
    ShardFilter: { Type: 'AT_LATEST' },
  });
  const [shard] = open;
  const { StartingHashKey = '0', EndingHashKey = '0' } = shard?.HashKeyRange ?? {};
  const middle = (BigInt(StartingHashKey) + BigInt(EndingHashKey)) / 2n;
  const ShardToSplit = shard?.ShardId ?? '';
  const NewStartingHashKey = String(middle);
  await aws.call('kinesis', 'SplitShard', { StreamName, ShardToSplit, NewStartingHashKey });
}

test('a stream resharded under load loses nothing and keeps the order of keys', async () => {
  await using aws = await withStream(2);
  let isOver = false;
  const producers = [0, 1, 2].map((part) => {
    const own = KEYS.filter((_, index) => index % 3 === part);
    return produce(aws, own, () => isOver);
  });
  const scale = (TargetShardCount: number) => {
    const to = { StreamName, TargetShardCount, ScalingType: 'UNIFORM_SCALING' } as const;
    return aws.call('kinesis', 'UpdateShardCount', to);
  };
  for (const count of [4, 3, 5]) {
    await scale(count);
    await split(aws);
  }
  await scale(3);
  await split(aws);
  isOver = true;
  const counts = await Promise.all(producers);

  const read = await consume(aws);
  for (const [index, key] of KEYS.entries()) {
    const own = read.filter((data) => data.startsWith(`${key} `));
    const put = Array.from({ length: counts[index % 3] ?? 0 }, (_, at) => `${key} ${at}`);
    expect(own).toEqual(put);
  }
  expect((await shards(aws)).length).toBeGreaterThan(12);
});

test('a record that comes behind the end of its shard is put into a child at once', async () => {
  await using aws = await withStream();
  const { storage } = aws.stack;
  const half = String(2n ** 127n);
  const split = { StreamName, ShardToSplit: id(0), NewStartingHashKey: half };
  const record = { StreamName, PartitionKey: 'k', Data: bytes('late'), ExplicitHashKey: '0' };
  // The split is done between the look of PutRecord at the stream and its commit.
  const { commit } = storage;
  let isFirst = true;
  storage.commit = async (writes) => {
    const isRecord = writes.some((write) => write.kind === 'append' && write.record.key === 'k');
    if (isRecord && isFirst) {
      isFirst = false;
      await aws.call('kinesis', 'SplitShard', split);
    }
    return commit.call(storage, writes);
  };
  const answer = await aws.call('kinesis', 'PutRecord', record);
  expect(answer.ShardId).toBe(id(1));
  expect(await consume(aws)).toEqual(['late']);
  expect(await readShard(aws, id(0))).toEqual([]);
});

test('a split that a crash has cut off is brought to its end', async () => {
  await using aws = await withStream();
  const { storage } = aws.stack;
  const { commit } = storage;
  const split = { StreamName, ShardToSplit: id(0), NewStartingHashKey: String(2n ** 127n) };
  let left = 2; // The request's commit and that which opens the children.
  storage.commit = async (writes) => {
    if (left === 0) throw new Error('cut off');
    left -= 1;
    return commit.call(storage, writes);
  };
  await aws.fails('kinesis', 'SplitShard', split);
  const half = await shards(aws);
  expect(half.map(({ SequenceNumberRange }) => SequenceNumberRange.EndingSequenceNumber)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(await readShard(aws, id(0))).toEqual([]);
  storage.commit = commit.bind(storage);
  await aws.settled();
  const [parent, ...children] = await shards(aws);
  expect(parent?.SequenceNumberRange.EndingSequenceNumber).toMatch(/^\d{56}$/);
  expect(children).toHaveLength(2);
});
