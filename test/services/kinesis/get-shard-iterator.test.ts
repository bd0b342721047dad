import { describe, expect, test } from 'vitest';
import { ARN, id, iterator, put, read, StreamName, withStream } from './streams-kit.ts';

const HALF = '170141183460469231731687303715884105728';

describe('answers', () => {
  test('an iterator begins at the horizon, at the tip, or at a number', async () => {
    await using aws = await withStream();
    await put(aws, 'k', 'a');
    const { SequenceNumber: StartingSequenceNumber } = await put(aws, 'k', 'b');
    const latest = await iterator(aws, 0, { ShardIteratorType: 'LATEST' });
    await put(aws, 'k', 'c');
    expect(await read(aws, 0)).toEqual(['a', 'b', 'c']);
    const at = { ShardIteratorType: 'AT_SEQUENCE_NUMBER', StartingSequenceNumber };
    expect(await read(aws, 0, at)).toEqual(['b', 'c']);
    const after = { ...at, ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' };
    expect(await read(aws, 0, after)).toEqual(['c']);
    const { Records } = await aws.call('kinesis', 'GetRecords', { ShardIterator: latest });
    expect(Records).toHaveLength(1);
    expect(await read(aws, 0, { StreamName: undefined, StreamARN: ARN })).toHaveLength(3);
  });

  test('or at a moment, between records and before all of them', async () => {
    await using aws = await withStream();
    const began = aws.clock.now();
    for (const data of ['a', 'b', 'c']) {
      await put(aws, 'k', data);
      await aws.clock.advance('10s');
    }
    const since = (Timestamp: number) =>
      read(aws, 0, { ShardIteratorType: 'AT_TIMESTAMP', Timestamp });
    expect(await since(began)).toEqual(['a', 'b', 'c']);
    expect(await since(began + 1)).toEqual(['b', 'c']);
    expect(await since(began + 20_000)).toEqual(['c']);
    expect(await since(began + 30_000)).toEqual([]);
    expect(await since(0)).toEqual(['a', 'b', 'c']);
  });

  test('the starting number of a shard is before all its records', async () => {
    await using aws = await withStream();
    await put(aws, 'k', 'a');
    const { Shards = [] } = await aws.call('kinesis', 'ListShards', { StreamName });
    const number = Shards[0]?.SequenceNumberRange.StartingSequenceNumber;
    for (const ShardIteratorType of ['AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER']) {
      const from = { ShardIteratorType, StartingSequenceNumber: number };
      expect(await read(aws, 0, from)).toEqual(['a']);
    }
  });
});

describe('refusals', () => {
  test('a shard that is not there, or past retention', async () => {
    await using aws = await withStream();
    const from = { StreamName, ShardIteratorType: 'LATEST' };
    for (const ShardId of [id(7), 'shard']) {
      expect(await aws.fails('kinesis', 'GetShardIterator', { ...from, ShardId })).toMatchObject({
        code: 'ResourceNotFoundException',
        message: `Shard ${ShardId} in stream s under account 000000000000 does not exist`,
      });
    }
    const split = { StreamName, ShardToSplit: id(0), NewStartingHashKey: HALF };
    await aws.call('kinesis', 'SplitShard', split);
    await aws.clock.advance('25h');
    const past = await aws.fails('kinesis', 'GetShardIterator', { ...from, ShardId: id(0) });
    expect(past.code).toBe('ResourceNotFoundException');
  });

  test('a number of another shard or another stream', async () => {
    await using aws = await withStream(2);
    const { SequenceNumber } = await put(aws, 'k', 'x', { ExplicitHashKey: HALF });
    const at = { StreamName, ShardId: id(0), ShardIteratorType: 'AT_SEQUENCE_NUMBER' };
    const other = { ...at, StartingSequenceNumber: SequenceNumber };
    expect(await aws.fails('kinesis', 'GetShardIterator', other)).toMatchObject({
      code: 'InvalidArgumentException',
      message:
        `Invalid StartingSequenceNumber. It encodes ${id(1)}, while it was used in a call to a ` +
        `shard with ${id(0)}`,
    });
    await aws.call('kinesis', 'CreateStream', { StreamName: 't', ShardCount: 2 });
    const foreign = { ...other, StreamName: 't' };
    expect(await aws.fails('kinesis', 'GetShardIterator', foreign)).toMatchObject({
      code: 'InvalidArgumentException',
      message:
        `StartingSequenceNumber ${SequenceNumber} used in GetShardIterator on shard ${id(0)} in ` +
        'stream t under account 000000000000 is invalid because it did not come from this stream.',
    });
  });

  test('a moment to come, or none, and no number', async () => {
    await using aws = await withStream();
    const at = { StreamName, ShardId: id(0), ShardIteratorType: 'AT_TIMESTAMP' };
    const nowMs = aws.clock.now();
    const future = { ...at, Timestamp: nowMs + 1_000 };
    expect(await aws.fails('kinesis', 'GetShardIterator', future)).toMatchObject({
      code: 'InvalidArgumentException',
      message: expect.stringContaining(`currentTimestampInMillis: ${nowMs}`),
    });
    for (const from of [at, { ...at, ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' }]) {
      const { code } = await aws.fails('kinesis', 'GetShardIterator', from);
      expect(code).toBe('InvalidArgumentException');
    }
  });
});

describe('limits', () => {
  test('an iterator of the longest name fits into 512 characters', async () => {
    await using aws = await withStream();
    const name = 'n'.repeat(128);
    await aws.call('kinesis', 'CreateStream', { StreamName: name, ShardCount: 1 });
    const ShardIterator = await iterator(aws, 0, { StreamName: name });
    expect(ShardIterator.length).toBeLessThanOrEqual(512);
    await aws.call('kinesis', 'GetRecords', { ShardIterator });
  });
});
