import { describe, expect, test } from 'vitest';
import { id, put, read, StreamName, shards, summary, withStream } from './streams-kit.ts';

const HALF = '170141183460469231731687303715884105728';
const LAST = '340282366920938463463374607431768211455';
const ACCOUNT = 'account 000000000000';

const split = (shard: number, NewStartingHashKey: string) => {
  return { StreamName, ShardToSplit: id(shard), NewStartingHashKey };
};
const merge = (one: number, other: number) => {
  return { StreamName, ShardToMerge: id(one), AdjacentShardToMerge: id(other) };
};
const scale = (TargetShardCount: number) => {
  return { StreamName, TargetShardCount, ScalingType: 'UNIFORM_SCALING' } as const;
};

describe('answers', () => {
  test('a split closes the parent and opens two children, which take what comes', async () => {
    await using aws = await withStream();
    await put(aws, 'k', 'before');
    await aws.call('kinesis', 'SplitShard', split(0, HALF));
    const [parent, low, high] = await shards(aws);
    const { StartingSequenceNumber, EndingSequenceNumber = '' } = parent?.SequenceNumberRange ?? {};
    expect(BigInt(EndingSequenceNumber)).toBeGreaterThan(BigInt(StartingSequenceNumber ?? 0));
    expect(low).toMatchObject({
      ShardId: id(1),
      ParentShardId: id(0),
      HashKeyRange: { StartingHashKey: '0', EndingHashKey: (BigInt(HALF) - 1n).toString() },
    });
    expect(high).toMatchObject({
      ShardId: id(2),
      ParentShardId: id(0),
      HashKeyRange: { StartingHashKey: HALF, EndingHashKey: LAST },
    });
    for (const child of [low, high]) {
      expect(child?.AdjacentParentShardId).toBeUndefined();
      const starting = child?.SequenceNumberRange.StartingSequenceNumber ?? 0;
      expect(BigInt(starting)).toBeGreaterThan(BigInt(EndingSequenceNumber));
    }
    expect((await put(aws, 'k', 'low', { ExplicitHashKey: '0' })).ShardId).toBe(id(1));
    expect((await put(aws, 'k', 'high', { ExplicitHashKey: HALF })).ShardId).toBe(id(2));
    expect(await read(aws, 0)).toEqual(['before']);
    expect(await read(aws, 1)).toEqual(['low']);
  });

  test('a merge closes two neighbours, in either order, and opens one', async () => {
    await using aws = await withStream(2);
    await aws.call('kinesis', 'MergeShards', merge(1, 0));
    const [, , child] = await shards(aws);
    expect(child).toMatchObject({
      ShardId: id(2),
      ParentShardId: id(1),
      AdjacentParentShardId: id(0),
      HashKeyRange: { StartingHashKey: '0', EndingHashKey: LAST },
    });
    expect(await summary(aws)).toMatchObject({ OpenShardCount: 1, StreamStatus: 'ACTIVE' });
  });

  test.each([
    [2, 4],
    [2, 3],
    [3, 2],
    [5, 3],
    [4, 8],
    [7, 7],
  ])('%i shards become %i of the same size', async (from, to) => {
    await using aws = await withStream(from);
    expect(await aws.call('kinesis', 'UpdateShardCount', scale(to))).toEqual({
      StreamName,
      StreamARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/s',
      CurrentShardCount: from,
      TargetShardCount: to,
    });
    const all = await shards(aws);
    const open = all.filter((shard) => !shard.SequenceNumberRange.EndingSequenceNumber);
    const starts = open.map(({ HashKeyRange }) => BigInt(HashKeyRange.StartingHashKey));
    const width = 2n ** 128n / BigInt(to);
    expect(starts.sort((a, b) => (a < b ? -1 : 1))).toEqual(
      Array.from({ length: to }, (_, index) => width * BigInt(index)),
    );
    // Shards that came and went on the way stay in the list, and every parent is in it.
    const ids = new Set(all.map(({ ShardId }) => ShardId));
    for (const { ParentShardId, AdjacentParentShardId } of all.slice(from)) {
      expect(ids).toContain(ParentShardId);
      if (AdjacentParentShardId !== undefined) expect(ids).toContain(AdjacentParentShardId);
    }
  });
});

describe('refusals', () => {
  test.each(['0', '1', LAST, (2n ** 128n).toString()])('a shard is not split at %s', async (at) => {
    await using aws = await withStream();
    expect(await aws.fails('kinesis', 'SplitShard', split(0, at))).toMatchObject({
      code: 'InvalidArgumentException',
      message:
        `NewStartingHashKey ${at} used in SplitShard() on shard ${id(0)} in stream s under ` +
        `${ACCOUNT} is not both greater than one plus the shard's StartingHashKey 0 and less ` +
        `than the shard's EndingHashKey ${LAST}.`,
    });
  });

  test('only neighbours are merged', async () => {
    await using aws = await withStream(3);
    const pair = `Shards ${id(0)} and ${id(2)} in stream s under ${ACCOUNT}`;
    expect(await aws.fails('kinesis', 'MergeShards', merge(0, 2))).toMatchObject({
      code: 'InvalidArgumentException',
      message: `${pair} are not an adjacent pair of shards eligible for merging.`,
    });
    const { code } = await aws.fails('kinesis', 'MergeShards', merge(1, 1));
    expect(code).toBe('InvalidArgumentException');
  });

  test('a shard that is closed or not there is neither split nor merged', async () => {
    await using aws = await withStream();
    await aws.call('kinesis', 'SplitShard', split(0, HALF));
    const closed = `Shard ${id(0)} in stream s under ${ACCOUNT} has already been merged or split`;
    expect(await aws.fails('kinesis', 'SplitShard', split(0, HALF))).toMatchObject({
      code: 'InvalidArgumentException',
      message: `${closed}, and thus is not eligible for merging or splitting.`,
    });
    expect(await aws.fails('kinesis', 'MergeShards', merge(1, 9))).toMatchObject({
      code: 'ResourceNotFoundException',
      message: `Could not find shard ${id(9)} in stream s under ${ACCOUNT}.`,
    });
  });

  test('on-demand streams see to their shards themselves', async () => {
    await using aws = await withStream();
    const StreamModeDetails = { StreamMode: 'ON_DEMAND' } as const;
    const StreamARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';
    await aws.call('kinesis', 'UpdateStreamMode', { StreamARN, StreamModeDetails });
    expect(await aws.fails('kinesis', 'UpdateShardCount', scale(2))).toMatchObject({
      code: 'ValidationException',
      message: `Request is invalid. Stream s under ${ACCOUNT} is in On-Demand mode.`,
    });
  });
});

describe('limits', () => {
  test('the count goes to no more than double and no less than half', async () => {
    await using aws = await withStream(3);
    for (const to of [1, 7]) {
      const { code } = await aws.fails('kinesis', 'UpdateShardCount', scale(to));
      expect(code).toBe('InvalidArgumentException');
    }
    await aws.call('kinesis', 'UpdateShardCount', scale(6));
  });

  test('it goes ten times a day', async () => {
    await using aws = await withStream(1);
    for (let time = 1; time <= 10; time += 1) {
      await aws.call('kinesis', 'UpdateShardCount', scale((time % 2) + 1));
    }
    const { code } = await aws.fails('kinesis', 'UpdateShardCount', scale(2));
    expect(code).toBe('LimitExceededException');
    await aws.clock.advance('24h');
    await aws.call('kinesis', 'UpdateShardCount', scale(2));
  });

  test('an account has so many shards', async () => {
    await using aws = await withStream(2, { 'kinesis.shardsPerAccount': 2 });
    for (const [operation, input] of [
      ['SplitShard', split(0, '17')],
      ['UpdateShardCount', scale(3)],
    ] as const) {
      const { code } = await aws.fails('kinesis', operation, input);
      expect(code).toBe('LimitExceededException');
    }
  });
});
