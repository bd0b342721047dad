import { describe, expect, test } from 'vitest';
import type { StreamViewType } from '../../../src/wire/types/dynamodb.ts';
import type { Suite } from '../../sdk/suite.ts';
import { N, put, S, withTable } from './a-table.ts';

const TableName = 'orders';
const Key = { pk: S('a'), sk: S('1') };

function streaming(view: StreamViewType = 'NEW_AND_OLD_IMAGES'): Promise<Suite> {
  return withTable({ StreamSpecification: { StreamEnabled: true, StreamViewType: view } });
}

async function records(aws: Suite) {
  const { Table } = await aws.call('dynamodb', 'DescribeTable', { TableName });
  const StreamArn = Table?.LatestStreamArn ?? '';
  const { StreamDescription } = await aws.call('dynamodbstreams', 'DescribeStream', { StreamArn });
  const ShardId = StreamDescription?.Shards?.[0]?.ShardId ?? '';
  const { ShardIterator = '' } = await aws.call('dynamodbstreams', 'GetShardIterator', {
    ...{ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' },
  });
  const { Records = [] } = await aws.call('dynamodbstreams', 'GetRecords', { ShardIterator });
  return Records;
}

describe('records of a stream', () => {
  test('tell of each change once, in order', async () => {
    await using aws = await streaming();
    await put(aws, { ...Key, amount: N(1), bytes: { B: new Uint8Array([1, 2]) } });
    await put(aws, { ...Key, amount: N(2) });
    await aws.call('dynamodb', 'DeleteItem', { TableName, Key });
    const told = (await records(aws)).map(({ eventName, dynamodb }) => ({
      ...{ eventName, keys: dynamodb?.Keys },
      ...{ before: dynamodb?.OldImage?.amount?.N, after: dynamodb?.NewImage?.amount?.N },
    }));
    expect(told).toEqual([
      { eventName: 'INSERT', keys: Key, before: undefined, after: '1' },
      { eventName: 'MODIFY', keys: Key, before: '1', after: '2' },
      { eventName: 'REMOVE', keys: Key, before: '2', after: undefined },
    ]);
  });

  test('are not made of what changes nothing', async () => {
    await using aws = await streaming();
    await put(aws, { ...Key, amount: N(1), set: { SS: ['a', 'b'] } });
    await put(aws, { set: { SS: ['b', 'a'] }, amount: N('1.0'), ...Key });
    await aws.call('dynamodb', 'DeleteItem', { TableName, Key: { ...Key, sk: S('none') } });
    await aws.call('dynamodb', 'UpdateItem', {
      ...{ TableName, Key, UpdateExpression: 'SET amount = :one' },
      ExpressionAttributeValues: { ':one': N(1) },
    });
    const failing = { TableName, Key, ConditionExpression: 'attribute_not_exists(pk)' };
    await aws.fails('dynamodb', 'DeleteItem', failing);
    expect(await records(aws)).toHaveLength(1);
  });

  test('tell of each write of a transaction', async () => {
    await using aws = await streaming('KEYS_ONLY');
    const TransactItems = ['1', '2'].map((sk) => ({
      Put: { TableName, Item: { pk: S('a'), sk: S(sk) } },
    }));
    await aws.call('dynamodb', 'TransactWriteItems', { TransactItems });
    const told = await records(aws);
    expect(told.map(({ dynamodb }) => dynamodb?.Keys?.sk?.S)).toEqual(['1', '2']);
    expect(told[0]?.dynamodb?.NewImage).toBeUndefined();
  });
});
