import { describe, expect, test } from 'vitest';
import {
  ARN,
  bytes,
  id,
  iterator,
  put,
  read,
  StreamName,
  text,
  withStream,
} from './streams-kit.ts';

const HALF = '170141183460469231731687303715884105728';
const MIB = 1024 * 1024;

describe('answers', () => {
  test('records come in their order, and the next iterator goes on behind them', async () => {
    await using aws = await withStream();
    for (const data of ['a', 'b', 'c']) await put(aws, 'k', data);
    const ShardIterator = await iterator(aws, 0);
    const one = await aws.call('kinesis', 'GetRecords', { ShardIterator, Limit: 2 });
    expect(one.Records.map(({ Data }) => text(Data))).toEqual(['a', 'b']);
    expect(one.MillisBehindLatest).toBeGreaterThan(0);
    const next = { ShardIterator: one.NextShardIterator ?? '', StreamARN: ARN };
    const two = await aws.call('kinesis', 'GetRecords', next);
    expect(two.Records.map(({ Data }) => text(Data))).toEqual(['c']);
    expect(two.MillisBehindLatest).toBe(0);
    const rest = { ShardIterator: two.NextShardIterator ?? '' };
    const three = await aws.call('kinesis', 'GetRecords', rest);
    expect(three.Records).toEqual([]);
    await put(aws, 'k', 'd');
    const last = await aws.call('kinesis', 'GetRecords', {
      ShardIterator: three.NextShardIterator ?? '',
    });
    expect(last.Records.map(({ Data }) => text(Data))).toEqual(['d']);
    // An iterator may be used as often as one likes.
    const again = await aws.call('kinesis', 'GetRecords', { ShardIterator, Limit: 2 });
    expect(again.Records).toEqual(one.Records);
  });

  test('it is told how far behind the reader is', async () => {
    await using aws = await withStream();
    await put(aws, 'k', 'a');
    await aws.clock.advance('7s');
    await put(aws, 'k', 'b');
    const ShardIterator = await iterator(aws, 0);
    const { MillisBehindLatest } = await aws.call('kinesis', 'GetRecords', {
      ShardIterator,
      Limit: 1,
    });
    expect(MillisBehindLatest).toBe(7_000);
  });

  test('at the end of a closed shard there are children and no iterator', async () => {
    await using aws = await withStream();
    await put(aws, 'k', 'a');
    await put(aws, 'k', 'b');
    const before = await iterator(aws, 0, { ShardIteratorType: 'LATEST' });
    const split = { StreamName, ShardToSplit: id(0), NewStartingHashKey: HALF };
    await aws.call('kinesis', 'SplitShard', split);
    const ShardIterator = await iterator(aws, 0);
    const one = await aws.call('kinesis', 'GetRecords', { ShardIterator, Limit: 1 });
    expect(one.ChildShards).toBeUndefined();
    const end = {
      Records: [{ Data: bytes('b') }],
      MillisBehindLatest: 0,
      ChildShards: [
        { ShardId: id(1), ParentShards: [id(0)], HashKeyRange: { StartingHashKey: '0' } },
        { ShardId: id(2), ParentShards: [id(0)], HashKeyRange: { StartingHashKey: HALF } },
      ],
    };
    const two = await aws.call('kinesis', 'GetRecords', {
      ShardIterator: one.NextShardIterator ?? '',
    });
    expect(two).toMatchObject(end);
    expect(two.NextShardIterator).toBeUndefined();
    const latest = await aws.call('kinesis', 'GetRecords', { ShardIterator: before });
    expect(latest).toMatchObject({ ...end, Records: [] });
    expect(latest.NextShardIterator).toBeUndefined();
  });

  test('an iterator that fell behind retention goes on at the horizon', async () => {
    await using aws = await withStream();
    await put(aws, 'k', 'a');
    await aws.clock.advance('23h');
    await put(aws, 'k', 'b');
    expect(await read(aws, 0)).toEqual(['a', 'b']);
    await aws.clock.advance('2h');
    expect(await read(aws, 0)).toEqual(['b']);
    await aws.clock.advance('23h');
    expect(await read(aws, 0)).toEqual([]);
    await put(aws, 'k', 'c');
    expect(await read(aws, 0)).toEqual(['c']);
  });
});

describe('refusals', () => {
  test('an iterator that was made up', async () => {
    await using aws = await withStream();
    const made = await iterator(aws, 0);
    for (const ShardIterator of ['AAAA', made.slice(4), made.slice(0, -8), `AAAA${made}`]) {
      expect(await aws.fails('kinesis', 'GetRecords', { ShardIterator })).toMatchObject({
        code: 'InvalidArgumentException',
        message: 'Invalid ShardIterator.',
      });
    }
    const other = { ShardIterator: made, StreamARN: `${ARN}x` };
    expect((await aws.fails('kinesis', 'GetRecords', other)).code).toBe('InvalidArgumentException');
  });

  test('an iterator of a stream that was deleted and made again', async () => {
    await using aws = await withStream();
    const ShardIterator = await iterator(aws, 0);
    await aws.call('kinesis', 'DeleteStream', { StreamName });
    await aws.call('kinesis', 'CreateStream', { StreamName, ShardCount: 1 });
    const { code } = await aws.fails('kinesis', 'GetRecords', { ShardIterator });
    expect(code).toBe('ResourceNotFoundException');
  });

  test('another account, unless the policy lets it in', async () => {
    await using aws = await withStream();
    await put(aws, 'k', 'a');
    const abroad = aws.as({ account: '111111111111' });
    const ShardIterator = await iterator(aws, 0);
    expect(await abroad.fails('kinesis', 'GetRecords', { ShardIterator })).toMatchObject({
      code: 'AccessDeniedException',
    });
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: '111111111111' },
          Action: ['kinesis:GetRecords', 'kinesis:GetShardIterator'],
          Resource: ARN,
        },
      ],
    });
    await aws.call('kinesis', 'PutResourcePolicy', { ResourceARN: ARN, Policy });
    expect(await read(abroad, 0, { StreamName: undefined, StreamARN: ARN })).toEqual(['a']);
  });
});

describe('limits', () => {
  test('an iterator is good for five minutes', async () => {
    await using aws = await withStream();
    const ShardIterator = await iterator(aws, 0);
    await aws.clock.advance('5m');
    await aws.call('kinesis', 'GetRecords', { ShardIterator });
    await aws.clock.advance('1ms');
    expect(await aws.fails('kinesis', 'GetRecords', { ShardIterator })).toMatchObject({
      code: 'ExpiredIteratorException',
      message:
        'Iterator expired. The iterator was created at time Thu Jan 15 10:00:00 UTC 2026 while ' +
        'right now it is Thu Jan 15 10:05:00 UTC 2026 which is further in the future than the ' +
        'tolerated delay of 300000 milliseconds.',
    });
  });

  test('one answer has 10 MiB', async () => {
    await using aws = await withStream();
    const Records = Array.from({ length: 4 }, () => {
      return { PartitionKey: 'k', Data: new Uint8Array(MIB - 1).fill(200) };
    });
    for (let time = 0; time < 3; time += 1) {
      await aws.call('kinesis', 'PutRecords', { StreamName, Records });
    }
    const ShardIterator = await iterator(aws, 0);
    const one = await aws.call('kinesis', 'GetRecords', { ShardIterator });
    expect(one.Records).toHaveLength(10);
    const next = { ShardIterator: one.NextShardIterator ?? '' };
    expect((await aws.call('kinesis', 'GetRecords', next)).Records).toHaveLength(2);
  });

  test('and 10,000 records', async () => {
    await using aws = await withStream();
    const Records = Array.from({ length: 500 }, (_, index) => {
      return { PartitionKey: 'k', Data: bytes(String(index)) };
    });
    for (let time = 0; time < 21; time += 1) {
      await aws.call('kinesis', 'PutRecords', { StreamName, Records });
    }
    const ShardIterator = await iterator(aws, 0);
    const one = await aws.call('kinesis', 'GetRecords', { ShardIterator });
    expect(one.Records).toHaveLength(10_000);
    expect(one.Records.map(({ Data }) => text(Data))).toEqual(
      Array.from({ length: 10_000 }, (_, index) => String(index % 500)),
    );
    const next = { ShardIterator: one.NextShardIterator ?? '' };
    expect((await aws.call('kinesis', 'GetRecords', next)).Records).toHaveLength(500);
  });

  test('where reading is limited, calls and bytes are counted by the second', async () => {
    await using aws = await withStream(1, {
      'kinesis.shardReadCalls': 2,
      'kinesis.shardReadBytes': 4,
    });
    const ShardIterator = await iterator(aws, 0);
    await aws.call('kinesis', 'GetRecords', { ShardIterator });
    await aws.call('kinesis', 'GetRecords', { ShardIterator });
    const exceeded = { code: 'ProvisionedThroughputExceededException' };
    expect(await aws.fails('kinesis', 'GetRecords', { ShardIterator })).toMatchObject({
      ...exceeded,
      message: `Rate exceeded for shard ${id(0)} in stream s under account 000000000000.`,
    });
    await aws.clock.advance('1s');
    await put(aws, 'k', 'twelve chars');
    await aws.call('kinesis', 'GetRecords', { ShardIterator });
    await aws.clock.advance('2s');
    expect(await aws.fails('kinesis', 'GetRecords', { ShardIterator })).toMatchObject(exceeded);
    await aws.clock.advance('1s');
    await aws.call('kinesis', 'GetRecords', { ShardIterator });
  });
});
