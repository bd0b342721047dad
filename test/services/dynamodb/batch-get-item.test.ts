import { describe, expect, test } from 'vitest';
import { N, put, S, SIMPLE, withTable } from './a-table.ts';

const key = (sk: string) => ({ pk: S('a'), sk: S(sk) });

describe('answers', () => {
  test('the items that are there, by table', async () => {
    await using aws = await withTable();
    await aws.call('dynamodb', 'CreateTable', { ...SIMPLE, TableName: 'others' });
    await put(aws, { ...key('1'), amount: N(1) }, { ...key('2'), amount: N(2) });
    const answer = await aws.call('dynamodb', 'BatchGetItem', {
      RequestItems: {
        orders: { Keys: [key('1'), key('2'), key('3')], ProjectionExpression: 'amount' },
        others: { Keys: [key('1')], ConsistentRead: true },
      },
      ReturnConsumedCapacity: 'TOTAL',
    });
    expect(answer).toEqual({
      Responses: {
        orders: expect.arrayContaining([{ amount: N(1) }, { amount: N(2) }]),
        others: [],
      },
      UnprocessedKeys: {},
      ConsumedCapacity: [
        { TableName: 'orders', CapacityUnits: 1.5 },
        { TableName: 'others', CapacityUnits: 1 },
      ],
    });
  });
});

describe('refusals', () => {
  test.each([
    ['the same key twice', [key('1'), key('1')], 'Provided list of item keys contains duplicates'],
    ['half a key', [{ pk: S('a') }], 'The provided key element does not match the schema'],
  ])('%s', async (_, Keys, message) => {
    await using aws = await withTable();
    const input = { RequestItems: { orders: { Keys } } };
    expect((await aws.fails('dynamodb', 'BatchGetItem', input)).message).toBe(message);
  });

  test('a table that is not there', async () => {
    await using aws = await withTable();
    const input = { RequestItems: { none: { Keys: [key('1')] } } };
    expect((await aws.fails('dynamodb', 'BatchGetItem', input)).code).toBe(
      'ResourceNotFoundException',
    );
  });
});

describe('limits', () => {
  test('100 keys, of all tables together', async () => {
    await using aws = await withTable();
    const Keys = Array.from({ length: 60 }, (_, at) => key(String(at)));
    const input = { RequestItems: { orders: { Keys }, others: { Keys } } };
    expect((await aws.fails('dynamodb', 'BatchGetItem', input)).message).toBe(
      'Too many items requested for the BatchGetItem call',
    );
  });

  test('what does not fit into 16 MB is left for another time', async () => {
    await using aws = await withTable();
    const keys = Array.from({ length: 45 }, (_, at) => key(String(at)));
    const text = S('x'.repeat(390_000));
    await put(aws, ...keys.map((one) => ({ ...one, text })));
    const RequestItems = { orders: { Keys: keys } };
    const answer = await aws.call('dynamodb', 'BatchGetItem', { RequestItems });
    expect(answer.Responses?.orders).toHaveLength(43);
    expect(answer.UnprocessedKeys?.orders?.Keys).toEqual(keys.slice(43));
  });
});
