import { describe, expect, test } from 'vitest';
import { sequenceNumber } from '../../../src/delivery/change-streams.ts';
import type { GetShardIteratorOutput } from '../../../src/wire/types/dynamodbstreams.ts';
import { startSuite } from '../../sdk/suite.ts';
import { aStream } from './a-stream.ts';
import { iteratorOf, read, shardsOf } from './reading.ts';

describe('answers', () => {
  test('an iterator begins at, after, before or behind what there is', async () => {
    await using aws = await startSuite();
    const { arn, insert } = await aStream(aws.stack);
    await insert('a');
    await aws.clock.advance(1_000);
    await insert('b', 'c');
    const from = async (more: object) => (await read(aws, await iteratorOf(aws, arn, more))).ids;
    const SequenceNumber = sequenceNumber(2);
    expect(await from({ ShardIteratorType: 'TRIM_HORIZON' })).toEqual(['a', 'b', 'c']);
    expect(await from({ ShardIteratorType: 'LATEST' })).toEqual([]);
    const at = { ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber };
    expect(await from(at)).toEqual(['b', 'c']);
    const after = { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber };
    expect(await from(after)).toEqual(['c']);
    // The SDKs at hand do not know the member yet.
    const [shard] = await shardsOf(aws, arn);
    const since = { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: aws.clock.now() };
    const input = { StreamArn: arn, ShardId: shard?.ShardId, ...since };
    const as = { account: aws.account, region: aws.region, principalArn: '' };
    const answer = await aws.stack.invoke('dynamodbstreams', 'GetShardIterator', input, as);
    const { ShardIterator = '' } = answer as GetShardIteratorOutput;
    expect((await read(aws, ShardIterator)).ids).toEqual(['b', 'c']);
  });

  test("a shard's own first number begins at its first record", async () => {
    await using aws = await startSuite();
    const { arn, insert } = await aStream(aws.stack);
    const [shard] = await shardsOf(aws, arn);
    await insert('a');
    const SequenceNumber = shard?.SequenceNumberRange?.StartingSequenceNumber;
    for (const ShardIteratorType of ['AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER']) {
      const iterator = await iteratorOf(aws, arn, { ShardIteratorType, SequenceNumber });
      expect((await read(aws, iterator)).ids).toEqual(['a']);
    }
  });

  test('LATEST stays where it was when it was asked for', async () => {
    await using aws = await startSuite();
    const { arn, insert } = await aStream(aws.stack);
    const iterator = await iteratorOf(aws, arn, { ShardIteratorType: 'LATEST' });
    await insert('a');
    expect((await read(aws, iterator)).ids).toEqual(['a']);
  });
});

describe('refusals', () => {
  test('a shard that is not there', async () => {
    await using aws = await startSuite();
    const { arn } = await aStream(aws.stack);
    const failure = await aws.fails('dynamodbstreams', 'GetShardIterator', {
      StreamArn: arn,
      ShardId: 'shardId-00000000000000000000-00000000',
      ShardIteratorType: 'LATEST',
    });
    expect(failure).toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'Requested resource not found: Shard does not exist',
    });
  });

  test.each([
    ['a number that is missing', { ShardIteratorType: 'AT_SEQUENCE_NUMBER' }],
    [
      'a number of another shard',
      { ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber: '900000000000000000000' },
    ],
    [
      'a number that is none',
      { ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber: 'x'.repeat(21) },
    ],
    ['a moment that is missing', { ShardIteratorType: 'AT_TIMESTAMP' }],
  ])('%s', async (_what, more) => {
    await using aws = await startSuite();
    const { arn, insert } = await aStream(aws.stack);
    await insert('a');
    await aws.clock.advance(4 * 3_600_000);
    const [shard] = await shardsOf(aws, arn);
    const input = { StreamArn: arn, ShardId: shard?.ShardId ?? '', ...more };
    const { code } = await aws.fails('dynamodbstreams', 'GetShardIterator', input);
    expect(code).toBe('ValidationException');
  });

  test('a number whose record is past retention', async () => {
    await using aws = await startSuite();
    const { arn, insert } = await aStream(aws.stack);
    await insert('a');
    await aws.clock.advance(25 * 3_600_000);
    const [shard] = await shardsOf(aws, arn);
    const failure = await aws.fails('dynamodbstreams', 'GetShardIterator', {
      StreamArn: arn,
      ShardId: shard?.ShardId ?? '',
      ShardIteratorType: 'AT_SEQUENCE_NUMBER',
      SequenceNumber: sequenceNumber(1),
    });
    expect(failure.code).toBe('TrimmedDataAccessException');
  });
});
