import { describe, expect, test } from 'vitest';
import type { WriteRequest } from '../../../src/wire/types/dynamodb.ts';
import { get, INDEXED, N, put, S, withTable } from './a-table.ts';

const key = (sk: string) => ({ pk: S('a'), sk: S(sk) });
const putting = (sk: string): WriteRequest => ({ PutRequest: { Item: { ...key(sk), at: N(1) } } });
const deleting = (sk: string): WriteRequest => ({ DeleteRequest: { Key: key(sk) } });

describe('answers', () => {
  test('puts and deletions take place', async () => {
    await using aws = await withTable(INDEXED);
    await put(aws, { ...key('old'), at: N(1) });
    const answer = await aws.call('dynamodb', 'BatchWriteItem', {
      RequestItems: { orders: [putting('new'), deleting('old'), deleting('none')] },
      ...{ ReturnConsumedCapacity: 'INDEXES', ReturnItemCollectionMetrics: 'SIZE' },
    });
    const metrics = { ItemCollectionKey: { pk: S('a') }, SizeEstimateRangeGB: [0, 1] };
    expect(answer).toEqual({
      UnprocessedItems: {},
      ItemCollectionMetrics: { orders: [metrics, metrics, metrics] },
      ConsumedCapacity: [
        {
          ...{ TableName: 'orders', CapacityUnits: 5, Table: { CapacityUnits: 3 } },
          LocalSecondaryIndexes: { byAt: { CapacityUnits: 2 } },
        },
      ],
    });
    expect(await get(aws, 'a', 'old')).toBeUndefined();
    expect(await get(aws, 'a', 'new')).toEqual({ ...key('new'), at: N(1) });
  });
});

describe('refusals', () => {
  test.each([
    [
      'one item twice',
      [putting('1'), deleting('1')],
      'Provided list of item keys contains duplicates',
    ],
    [
      'an item without its key',
      [{ PutRequest: { Item: { pk: S('a') } } }],
      'One or more parameter values were invalid: Missing the key sk in the item',
    ],
    [
      'a request that is both',
      [{ ...putting('1'), ...deleting('1') }],
      'A WriteRequest must have exactly one of PutRequest and DeleteRequest',
    ],
    [
      'an item too large',
      [{ PutRequest: { Item: { ...key('1'), text: S('x'.repeat(410_000)) } } }],
      'Item size has exceeded the maximum allowed size',
    ],
  ])('%s, and nothing is written', async (_, requests, message) => {
    await using aws = await withTable();
    const input = { RequestItems: { orders: [putting('0'), ...requests] } };
    expect((await aws.fails('dynamodb', 'BatchWriteItem', input)).message).toBe(message);
    expect(await get(aws, 'a', '0')).toBeUndefined();
  });
});

describe('limits', () => {
  test('25 requests, of all tables together', async () => {
    await using aws = await withTable();
    const requests = Array.from({ length: 13 }, (_, at) => putting(String(at)));
    const input = { RequestItems: { orders: requests, others: requests } };
    expect((await aws.fails('dynamodb', 'BatchWriteItem', input)).message).toBe(
      'Too many items requested for the BatchWriteItem call',
    );
  });

  test('a batch of the largest items fits into a request', async () => {
    await using aws = await withTable();
    const requests = Array.from({ length: 25 }, (_, at) => ({
      PutRequest: { Item: { ...key(String(at)), text: S('x'.repeat(400_000)) } },
    }));
    await aws.call('dynamodb', 'BatchWriteItem', { RequestItems: { orders: requests } });
    expect(await get(aws, 'a', '24')).toBeDefined();
  });
});
