import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { aStream } from './a-stream.ts';
import { shardsOf } from './reading.ts';

const HOUR = 3_600_000;

describe('answers', () => {
  test('streams are listed by table, a page at a time', async () => {
    await using aws = await startSuite();
    const one = await aStream(aws.stack, 'aaa');
    const two = await aStream(aws.stack, 'bbb');
    const list = (input = {}) => aws.call('dynamodbstreams', 'ListStreams', input);
    const arns = async (input = {}) => (await list(input)).Streams?.map((s) => s.StreamArn);
    expect(await arns()).toEqual([one.arn, two.arn]);
    expect(await arns({ TableName: 'bbb' })).toEqual([two.arn]);
    const { LastEvaluatedStreamArn: last } = await list({ Limit: 1 });
    expect(last).toBe(one.arn);
    const rest = await list({ ExclusiveStartStreamArn: last });
    expect(rest.Streams?.map((s) => s.TableName)).toEqual(['bbb']);
    expect(rest.LastEvaluatedStreamArn).toBeUndefined();
    expect(
      await aws.as({ region: 'eu-west-1' }).call('dynamodbstreams', 'ListStreams', {}),
    ).toEqual({ Streams: [] });
  });

  test('a stream tells its table, its view and its first shard', async () => {
    await using aws = await startSuite();
    const { arn, stream } = await aStream(aws.stack);
    const answer = await aws.call('dynamodbstreams', 'DescribeStream', { StreamArn: arn });
    const label = new Date(aws.clock.now()).toISOString().slice(0, -1);
    expect(arn).toBe(`arn:aws:dynamodb:us-east-1:${aws.account}:table/orders/stream/${label}`);
    expect(answer.StreamDescription).toEqual({
      StreamArn: arn,
      StreamLabel: label,
      StreamStatus: 'ENABLED',
      StreamViewType: 'NEW_AND_OLD_IMAGES',
      CreationRequestDateTime: stream.enabledAtMs,
      TableName: 'orders',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      Shards: [
        {
          ShardId: expect.stringMatching(/^shardId-\d{20}-[0-9a-f]{8}$/),
          SequenceNumberRange: { StartingSequenceNumber: '100000000000000000050' },
        },
      ],
    });
  });

  test('every four hours a child follows its closed parent, with or without records', async () => {
    await using aws = await startSuite();
    const { arn, insert } = await aStream(aws.stack);
    await insert('a', 'b');
    await aws.clock.advance(8 * HOUR);
    const shards = await shardsOf(aws, arn);
    expect(shards.map((shard) => shard.ParentShardId)).toEqual([
      undefined,
      shards[0]?.ShardId,
      shards[1]?.ShardId,
    ]);
    const ranges = shards.map(({ SequenceNumberRange: range }) => [
      Number(range?.StartingSequenceNumber?.slice(-4)),
      range?.EndingSequenceNumber && Number(range.EndingSequenceNumber.slice(-4)),
    ]);
    expect(ranges).toEqual([
      [50, 200],
      [250, 250],
      [250, undefined],
    ]);
    const filter = { Type: 'CHILD_SHARDS', ShardId: shards[0]?.ShardId ?? '' } as const;
    const input = { StreamArn: arn, ShardFilter: filter };
    const children = await aws.call('dynamodbstreams', 'DescribeStream', input);
    expect(children.StreamDescription?.Shards).toEqual([shards[1]]);
  });

  test('shards come a page at a time', async () => {
    await using aws = await startSuite();
    const { arn } = await aStream(aws.stack);
    await aws.clock.advance(4 * HOUR);
    const page = (more: object) =>
      aws.call('dynamodbstreams', 'DescribeStream', { StreamArn: arn, Limit: 1, ...more });
    const { StreamDescription: first } = await page({});
    const { StreamDescription: second } = await page({
      ExclusiveStartShardId: first?.LastEvaluatedShardId,
    });
    expect([...(first?.Shards ?? []), ...(second?.Shards ?? [])]).toEqual(await shardsOf(aws, arn));
    expect(second?.LastEvaluatedShardId).toBeUndefined();
  });

  test('a shard is gone a day after it was closed, a stream after it was disabled', async () => {
    await using aws = await startSuite();
    const { arn, insert, disable, stream } = await aStream(aws.stack);
    await insert('a');
    await aws.clock.advance(28 * HOUR - 1);
    const before = await shardsOf(aws, arn);
    await aws.clock.advance(1);
    const after = await shardsOf(aws, arn);
    expect([before.length, after.length]).toEqual([7, 7]);
    expect(after[0]).toEqual(before[1]);
    await disable();
    const { StreamDescription } = await aws.call('dynamodbstreams', 'DescribeStream', {
      StreamArn: arn,
    });
    expect(StreamDescription?.StreamStatus).toBe('DISABLED');
    expect(StreamDescription?.Shards?.at(-1)?.SequenceNumberRange?.EndingSequenceNumber).toBe(
      '100000000000000000150',
    );
    await aws.clock.advance(24 * HOUR);
    expect(await aws.call('dynamodbstreams', 'ListStreams', {})).toEqual({ Streams: [] });
    await aws.clock.advance(8 * HOUR);
    const rows = await aws.stack.storage.scan('dynamodb/stream-shards', stream.id);
    const streams = await aws.stack.storage.scan('dynamodb/streams', `${aws.account}/us-east-1`);
    expect([rows, streams]).toEqual([[], []]);
  });
});

describe('refusals', () => {
  test('a stream that is not there, not here, or no stream', async () => {
    await using aws = await startSuite();
    const { arn } = await aStream(aws.stack);
    const other = arn.replace('orders', 'others');
    const fails = (StreamArn: string, from = aws) =>
      from.fails('dynamodbstreams', 'DescribeStream', { StreamArn });
    expect(await fails(other)).toMatchObject({
      code: 'ResourceNotFoundException',
      message: `Requested resource not found: Stream: ${other} not found`,
    });
    expect((await fails(arn, aws.as({ account: '111122223333' }))).code).toBe(
      'ResourceNotFoundException',
    );
    const queue = 'arn:aws:sqs:us-east-1:000000000000:a-queue-of-some-length';
    expect(await fails(queue)).toMatchObject({
      code: 'ValidationException',
      message: `Invalid StreamArn: ${queue}`,
    });
  });

  test('a filter of shards without a shard', async () => {
    await using aws = await startSuite();
    const { arn } = await aStream(aws.stack);
    const input = { StreamArn: arn, ShardFilter: { Type: 'CHILD_SHARDS' } };
    const { code } = await aws.fails('dynamodbstreams', 'DescribeStream', input);
    expect(code).toBe('ValidationException');
  });
});

describe('limits', () => {
  test('an answer holds a hundred streams or shards', async () => {
    await using aws = await startSuite();
    const { arn } = await aStream(aws.stack);
    const one = await aws.fails('dynamodbstreams', 'ListStreams', { Limit: 101 });
    const other = await aws.fails('dynamodbstreams', 'DescribeStream', {
      StreamArn: arn,
      Limit: 101,
    });
    const message =
      "1 validation error detected: Value '101' at 'limit' failed to satisfy constraint: " +
      'Member must have value less than or equal to 100';
    expect([one, other]).toMatchObject([{ message }, { message }]);
  });
});
