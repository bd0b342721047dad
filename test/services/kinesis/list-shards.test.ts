import { describe, expect, test } from 'vitest';
import type { Suite } from '../../sdk/suite.ts';
import { ARN, id, StreamName, shards, withStream } from './streams-kit.ts';

const MINUTE = 60_000;
const HALF = '170141183460469231731687303715884105728';

/** Shard 0 is split into 1 and 2 after a minute, and they are merged into 3 after another. */
async function resharded(): Promise<Suite> {
  const aws = await withStream();
  await aws.clock.advance('1m');
  const split = { StreamName, ShardToSplit: id(0), NewStartingHashKey: HALF };
  await aws.call('kinesis', 'SplitShard', split);
  await aws.clock.advance('1m');
  const merge = { StreamName, ShardToMerge: id(1), AdjacentShardToMerge: id(2) };
  await aws.call('kinesis', 'MergeShards', merge);
  await aws.clock.advance('1m');
  return aws;
}

async function listed(aws: Suite, more: object = {}): Promise<string[]> {
  return (await shards(aws, more)).map(({ ShardId }) => ShardId);
}

describe('answers', () => {
  test('without a filter, all shards whose records are kept', async () => {
    await using aws = await resharded();
    expect(await listed(aws)).toEqual([id(0), id(1), id(2), id(3)]);
    expect(await listed(aws, { ExclusiveStartShardId: id(1) })).toEqual([id(2), id(3)]);
    expect(await listed(aws, { StreamName: undefined, StreamARN: ARN })).toHaveLength(4);
    await aws.clock.advance('1437m'); // The first was closed a minute before the others.
    expect(await listed(aws)).toEqual([id(0), id(1), id(2), id(3)]);
    await aws.clock.advance('90s');
    expect(await listed(aws)).toEqual([id(1), id(2), id(3)]);
    await aws.clock.advance('2h');
    expect(await listed(aws)).toEqual([id(3)]);
  });

  test('filters tell shards by their place and by their time', async () => {
    await using aws = await resharded();
    const now = aws.clock.now();
    const filtered = (Type: string, more: object = {}) =>
      listed(aws, { ShardFilter: { Type, ...more } });
    expect(await filtered('AFTER_SHARD_ID', { ShardId: id(1) })).toEqual([id(2), id(3)]);
    expect(await filtered('AT_LATEST')).toEqual([id(3)]);
    expect(await filtered('AT_TRIM_HORIZON')).toEqual([id(0)]);
    expect(await filtered('FROM_TRIM_HORIZON')).toEqual([id(0), id(1), id(2), id(3)]);
    const between = { Timestamp: now - 1.5 * MINUTE };
    expect(await filtered('AT_TIMESTAMP', between)).toEqual([id(1), id(2)]);
    expect(await filtered('FROM_TIMESTAMP', between)).toEqual([id(1), id(2), id(3)]);
    expect(await filtered('AT_TIMESTAMP', { Timestamp: 1_000 })).toEqual([id(0)]);
    expect(await filtered('AT_TIMESTAMP', { Timestamp: now })).toEqual([id(3)]);
  });

  test('pages go on with a token, which keeps the filter', async () => {
    await using aws = await resharded();
    const ShardFilter = { Type: 'AFTER_SHARD_ID', ShardId: id(0) } as const;
    const first = { StreamName, MaxResults: 2, ShardFilter };
    const one = await aws.call('kinesis', 'ListShards', first);
    expect(one.Shards?.map(({ ShardId }) => ShardId)).toEqual([id(1), id(2)]);
    const { NextToken = '' } = one;
    const two = await aws.call('kinesis', 'ListShards', { NextToken, MaxResults: 2 });
    expect(two.Shards?.map(({ ShardId }) => ShardId)).toEqual([id(3)]);
    expect(two.NextToken).toBeUndefined();
  });

  test('a stream is told by its creation', async () => {
    await using aws = await withStream();
    const StreamCreationTimestamp = aws.clock.now();
    expect(await listed(aws, { StreamCreationTimestamp })).toEqual([id(0)]);
    const other = { StreamName, StreamCreationTimestamp: StreamCreationTimestamp - MINUTE };
    const { code } = await aws.fails('kinesis', 'ListShards', other);
    expect(code).toBe('ResourceNotFoundException');
  });
});

describe('refusals', () => {
  test('a token stands alone, and one of the two is needed', async () => {
    await using aws = await withStream(2);
    const { NextToken } = await aws.call('kinesis', 'ListShards', { StreamName, MaxResults: 1 });
    expect(await aws.fails('kinesis', 'ListShards', { StreamName, NextToken })).toMatchObject({
      code: 'InvalidArgumentException',
      message: 'NextToken and StreamName cannot be provided together.',
    });
    const start = { NextToken, ExclusiveStartShardId: id(0) };
    expect((await aws.fails('kinesis', 'ListShards', start)).code).toBe('InvalidArgumentException');
    expect((await aws.fails('kinesis', 'ListShards', {})).message).toBe(
      'Either NextToken or StreamName should be provided.',
    );
    const { code } = await aws.fails('kinesis', 'ListShards', { NextToken: 'nonsense' });
    expect(code).toBe('InvalidArgumentException');
  });

  test('filters need what they go by', async () => {
    await using aws = await withStream();
    const future = aws.clock.now() + MINUTE;
    for (const ShardFilter of [
      { Type: 'AFTER_SHARD_ID' },
      { Type: 'AT_TIMESTAMP' },
      { Type: 'FROM_TIMESTAMP', Timestamp: future },
    ]) {
      const { code } = await aws.fails('kinesis', 'ListShards', { StreamName, ShardFilter });
      expect(code).toBe('InvalidArgumentException');
    }
  });
});

describe('limits', () => {
  test('a token is good for five minutes', async () => {
    await using aws = await withStream(2);
    const { NextToken = '' } = await aws.call('kinesis', 'ListShards', {
      StreamName,
      MaxResults: 1,
    });
    await aws.clock.advance('5m');
    expect((await aws.call('kinesis', 'ListShards', { NextToken })).Shards).toHaveLength(1);
    await aws.clock.advance('1s');
    const { code } = await aws.fails('kinesis', 'ListShards', { NextToken });
    expect(code).toBe('ExpiredNextTokenException');
  });
});
