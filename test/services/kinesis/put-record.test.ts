import { describe, expect, test } from 'vitest';
import { journalOfSuite } from '../../sdk/facts.ts';
import { ARN, bytes, id, put, read, StreamName, shards, withStream } from './streams-kit.ts';

const HALF = '170141183460469231731687303715884105728';
const MIB = 1024 * 1024;

const entry = (PartitionKey: string, data = PartitionKey) => {
  return { PartitionKey, Data: bytes(data) };
};

describe('answers', () => {
  test('a record goes to the shard of its key, or of the hash key that is given', async () => {
    await using aws = await withStream(2);
    // MD5 of a is 0cc175…, of b is 92eb5f….
    expect((await put(aws, 'a')).ShardId).toBe(id(0));
    expect((await put(aws, 'b')).ShardId).toBe(id(1));
    expect((await put(aws, 'a', 'x', { ExplicitHashKey: HALF })).ShardId).toBe(id(1));
    expect(await read(aws, 1)).toEqual(['b', 'x']);
  });

  test('records are answered in their order, with numbers that grow in their shard', async () => {
    await using aws = await withStream(2);
    const Records = ['a', 'b', 'a', 'a', 'b'].map((key, index) => entry(key, `${key}${index}`));
    const answer = await aws.call('kinesis', 'PutRecords', { StreamName, Records });
    expect(answer.FailedRecordCount).toBe(0);
    expect(answer.Records.map(({ ShardId }) => ShardId)).toEqual([
      id(0),
      id(1),
      id(0),
      id(0),
      id(1),
    ]);
    const numbers = [0, 2, 3].map((index) => answer.Records[index]?.SequenceNumber ?? '');
    expect(numbers).toEqual([...numbers].sort());
    expect(new Set(answer.Records.map(({ SequenceNumber }) => SequenceNumber)).size).toBe(5);
    for (const { SequenceNumber } of answer.Records) expect(SequenceNumber).toMatch(/^\d{56}$/);
    expect(await read(aws, 0)).toEqual(['a0', 'a2', 'a3']);
    const [shard] = await shards(aws);
    const starting = shard?.SequenceNumberRange.StartingSequenceNumber ?? '';
    expect(starting < (numbers[0] ?? '')).toBe(true);
  });

  test('data comes back as it was, whatever its bytes', async () => {
    await using aws = await withStream();
    const every = new Uint8Array(Array.from({ length: 256 }, (_, index) => index));
    const all = [every, new Uint8Array(0), bytes('plain'), bytes('näh'), new Uint8Array([0])];
    const Records = all.map((Data) => ({ Data, PartitionKey: 'ключ' }));
    await aws.call('kinesis', 'PutRecords', { StreamName, Records });
    const { ShardIterator = '' } = await aws.call('kinesis', 'GetShardIterator', {
      StreamName,
      ShardId: id(0),
      ShardIteratorType: 'TRIM_HORIZON',
    });
    const answer = await aws.call('kinesis', 'GetRecords', { ShardIterator });
    expect(answer.Records.map(({ Data }) => Data)).toEqual(all);
    expect(answer.Records[0]).toMatchObject({
      PartitionKey: 'ключ',
      ApproximateArrivalTimestamp: aws.clock.now(),
    });
  });

  test('a number for ordering is one of the stream', async () => {
    await using aws = await withStream();
    const { SequenceNumber: SequenceNumberForOrdering } = await put(aws, 'a');
    const second = await put(aws, 'a', 'b', { SequenceNumberForOrdering });
    expect(second.SequenceNumber > SequenceNumberForOrdering).toBe(true);
  });

  test('the journal tells of every record', async () => {
    await using aws = await withStream();
    const Records = [entry('a'), entry('b')];
    const answer = await aws.call('kinesis', 'PutRecords', { StreamName, Records });
    await aws.settled();
    const facts = await journalOfSuite(aws);
    expect(facts).toEqual(
      answer.Records.map(({ ShardId, SequenceNumber }) => {
        const about = { id: `${ShardId}:${SequenceNumber}`, arn: ARN };
        return { kind: 'publish', ...about, atMs: aws.clock.now() };
      }),
    );
  });
});

describe('refusals', () => {
  test('a stream that is not there, or is still being made', async () => {
    await using aws = await withStream(1, { 'kinesis.transitionMs': 1_000 });
    for (const name of ['t', StreamName]) {
      const record = { StreamName: name, ...entry('a') };
      expect(await aws.fails('kinesis', 'PutRecord', record)).toMatchObject({
        code: 'ResourceNotFoundException',
        message: `Stream ${name} under account 000000000000 not found.`,
      });
    }
  });

  test('hash keys and numbers that cannot be', async () => {
    await using aws = await withStream();
    const beyond = { StreamName, ...entry('a'), ExplicitHashKey: (2n ** 128n).toString() };
    const failure = await aws.fails('kinesis', 'PutRecord', beyond);
    expect(failure.code).toBe('InvalidArgumentException');
    const foreign = { StreamName, ...entry('a'), SequenceNumberForOrdering: `49${'1'.repeat(54)}` };
    expect(await aws.fails('kinesis', 'PutRecord', foreign)).toMatchObject({
      code: 'InvalidArgumentException',
      message: expect.stringContaining('did not come from this stream'),
    });
  });

  test('a record without a key', async () => {
    await using aws = await withStream();
    const Records = [entry('a'), { Data: bytes('x') }];
    expect(await aws.fails('kinesis', 'PutRecords', { StreamName, Records })).toMatchObject({
      code: 'ValidationException',
      message: expect.stringContaining("Value null at 'records.2.member.partitionKey'"),
    });
    expect(await read(aws, 0)).toEqual([]);
  });

  test('a dry run stores nothing', async () => {
    await using aws = await withStream();
    const record = { StreamName, ...entry('a'), DryRun: true };
    const { code } = await aws.fails('kinesis', 'PutRecord', record);
    expect(code).toBe('DryRunOperationException');
    expect(await read(aws, 0)).toEqual([]);
  });
});

describe('limits', () => {
  test('a record has 1 MiB with its key, or what the stream is set to', async () => {
    await using aws = await withStream();
    const large = { StreamName, PartitionKey: 'k', Data: new Uint8Array(MIB) };
    expect(await aws.fails('kinesis', 'PutRecord', large)).toMatchObject({
      code: 'ValidationException',
      message: expect.stringContaining("'data' failed to satisfy constraint"),
    });
    await aws.call('kinesis', 'PutRecord', { ...large, Data: new Uint8Array(MIB - 1) });
    await aws.call('kinesis', 'UpdateMaxRecordSize', { StreamARN: ARN, MaxRecordSizeInKiB: 2048 });
    await aws.call('kinesis', 'PutRecord', large);
  });

  test('one request has 10 MiB, 5 in former times', async () => {
    await using aws = await withStream(1, { 'kinesis.putBytes': 5 * MIB });
    const Records = Array.from({ length: 5 }, () => {
      return { PartitionKey: 'k', Data: new Uint8Array(MIB - 1) };
    });
    await aws.call('kinesis', 'PutRecords', { StreamName, Records });
    Records.push({ PartitionKey: 'k', Data: new Uint8Array(1) });
    expect(await aws.fails('kinesis', 'PutRecords', { StreamName, Records })).toMatchObject({
      code: 'InvalidArgumentException',
      message: 'Records size exceeds 5 MB limit',
    });
  });

  test('where shards are limited, what is too much fails record by record', async () => {
    await using aws = await withStream(2, { 'kinesis.shardWriteRecords': 2 });
    const Records = ['a', 'a', 'a', 'b'].map((key) => entry(key));
    const answer = await aws.call('kinesis', 'PutRecords', { StreamName, Records });
    const message = `Rate exceeded for shard ${id(0)} in stream s under account 000000000000.`;
    const code = 'ProvisionedThroughputExceededException';
    expect(answer.FailedRecordCount).toBe(1);
    expect(answer.Records[2]).toEqual({ ErrorCode: code, ErrorMessage: message });
    expect(answer.Records[3]).toMatchObject({ ShardId: id(1) });
    const record = { StreamName, ...entry('a') };
    expect(await aws.fails('kinesis', 'PutRecord', record)).toMatchObject({ code, message });
    await aws.clock.advance('1s');
    await put(aws, 'a');
    expect(await read(aws, 0)).toEqual(['a', 'a', 'a']);
  });

  test('where bytes are limited too', async () => {
    await using aws = await withStream(1, { 'kinesis.shardWriteBytes': 10 });
    const Records = [entry('k', '12345'), entry('k', '12345'), entry('k', '1')];
    const answer = await aws.call('kinesis', 'PutRecords', { StreamName, Records });
    expect(answer.Records.map(({ ErrorCode }) => ErrorCode !== undefined)).toEqual([
      false,
      true,
      false,
    ]);
  });
});
