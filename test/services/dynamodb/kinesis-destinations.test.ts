import { describe, expect, test } from 'vitest';
import type { Suite } from '../../sdk/suite.ts';
import { N, put, S, withTable } from './a-table.ts';

const TableName = 'orders';
const StreamArn = 'arn:aws:kinesis:us-east-1:000000000000:stream/changes';
const DESTINATION = { TableName, StreamArn };

async function streaming(): Promise<Suite> {
  const aws = await withTable();
  await aws.call('kinesis', 'CreateStream', { StreamName: 'changes', ShardCount: 1 });
  await aws.settled();
  await aws.call('dynamodb', 'EnableKinesisStreamingDestination', DESTINATION);
  return aws;
}

async function records(aws: Suite) {
  const { Shards } = await aws.call('kinesis', 'ListShards', { StreamName: 'changes' });
  const { ShardIterator = '' } = await aws.call('kinesis', 'GetShardIterator', {
    ...{ StreamName: 'changes', ShardId: Shards?.[0]?.ShardId ?? '' },
    ShardIteratorType: 'TRIM_HORIZON',
  });
  const { Records = [] } = await aws.call('kinesis', 'GetRecords', { ShardIterator });
  return Records.map(({ Data, PartitionKey }) => ({
    PartitionKey,
    ...JSON.parse(Buffer.from(Data).toString()),
  }));
}

describe('answers', () => {
  test('changes go to the stream, each with what it was before and after', async () => {
    await using aws = await streaming();
    const Key = { pk: S('a'), sk: S('1') };
    await put(aws, { ...Key, amount: N(1) }, { ...Key, amount: N(1) }, { ...Key, amount: N(2) });
    await aws.call('dynamodb', 'TransactWriteItems', {
      TransactItems: [{ Delete: { TableName, Key } }],
    });
    await aws.settled();
    const told = await records(aws);
    expect(told.map(({ eventName }) => eventName)).toEqual(['INSERT', 'MODIFY', 'REMOVE']);
    expect(new Set(told.map(({ PartitionKey }) => PartitionKey)).size).toBe(1);
    expect(told[1]).toMatchObject({
      ...{ awsRegion: 'us-east-1', eventSource: 'aws:dynamodb', userIdentity: null },
      ...{ tableName: TableName, recordFormat: 'application/json' },
      dynamodb: {
        ApproximateCreationDateTime: aws.clock.now(),
        ApproximateCreationDateTimePrecision: 'MILLISECOND',
        Keys: Key,
        OldImage: { ...Key, amount: N(1) },
        NewImage: { ...Key, amount: N(2) },
      },
    });
  });

  test('a destination is told of, changed and switched off', async () => {
    await using aws = await streaming();
    const describes = async () =>
      (await aws.call('dynamodb', 'DescribeKinesisStreamingDestination', { TableName }))
        .KinesisDataStreamDestinations;
    const active = { StreamArn, DestinationStatus: 'ACTIVE' };
    expect(await describes()).toEqual([
      { ...active, ApproximateCreationDateTimePrecision: 'MILLISECOND' },
    ]);
    const finer = { ApproximateCreationDateTimePrecision: 'MICROSECOND' } as const;
    await aws.call('dynamodb', 'UpdateKinesisStreamingDestination', {
      ...{ ...DESTINATION, UpdateKinesisStreamingConfiguration: finer },
    });
    await put(aws, { pk: S('a'), sk: S('1') });
    await aws.call('dynamodb', 'DisableKinesisStreamingDestination', DESTINATION);
    await put(aws, { pk: S('a'), sk: S('2') });
    const told = await records(aws);
    expect(told).toHaveLength(1);
    expect(told[0].dynamodb.ApproximateCreationDateTime).toBe(aws.clock.now() * 1000);
    expect(await describes()).toEqual([{ StreamArn, DestinationStatus: 'DISABLED', ...finer }]);
  });

  test('a stream that is not there when an item changes does not hear of it', async () => {
    await using aws = await withTable();
    await aws.call('dynamodb', 'EnableKinesisStreamingDestination', DESTINATION);
    await put(aws, { pk: S('a'), sk: S('1') });
    await aws.call('kinesis', 'CreateStream', { StreamName: 'changes', ShardCount: 1 });
    await aws.settled();
    await put(aws, { pk: S('a'), sk: S('2') });
    await aws.settled();
    const told = await records(aws);
    expect(told.map(({ dynamodb }) => dynamodb.Keys.sk.S)).toEqual(['2']);
  });
});

describe('refusals', () => {
  test.each([
    ['EnableKinesisStreamingDestination', 'DISABLED or ENABLE_FAILED to perform ENABLE'],
    ['UpdateKinesisStreamingDestination', 'Precision is already set to the desired value'],
  ] as const)('%s of what is on already', async (operation, message) => {
    await using aws = await streaming();
    const { message: told } = await aws.fails('dynamodb', operation, { ...DESTINATION });
    expect(told).toContain(message);
  });

  test('what is off is not switched off, and what is no stream is none', async () => {
    await using aws = await withTable();
    const off = await aws.fails('dynamodb', 'DisableKinesisStreamingDestination', DESTINATION);
    expect(off.message).toContain('must be ACTIVE to perform DISABLE');
    const none = { ...DESTINATION, StreamArn: 'arn:aws:sqs:us-east-1:000000000000:changes' };
    const refused = await aws.fails('dynamodb', 'EnableKinesisStreamingDestination', none);
    expect(refused.code).toBe('ValidationException');
  });
});
