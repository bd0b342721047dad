import { describe, expect, test } from 'vitest';
import { N, put, S, withTable } from './a-table.ts';

const key = (sk: string) => ({ pk: S('a'), sk: S(sk) });
const TableName = 'orders';

describe('answers', () => {
  test('items in the order asked for, empty where there is none', async () => {
    await using aws = await withTable();
    await put(aws, { ...key('1'), amount: N(1) }, { ...key('2'), amount: N(2) });
    const TransactItems = [
      { Get: { TableName, Key: key('2') } },
      { Get: { TableName, Key: key('none') } },
      { Get: { TableName, Key: key('1'), ProjectionExpression: 'amount' } },
    ];
    const input = { TransactItems, ReturnConsumedCapacity: 'TOTAL' } as const;
    expect(await aws.call('dynamodb', 'TransactGetItems', input)).toEqual({
      Responses: [{ Item: { ...key('2'), amount: N(2) } }, {}, { Item: { amount: N(1) } }],
      ConsumedCapacity: [{ TableName, CapacityUnits: 6, ReadCapacityUnits: 6 }],
    });
  });
});

describe('isolation', () => {
  test('a read never shows half of a transaction', async () => {
    await using aws = await withTable();
    const adding = (sk: string) => ({
      Update: {
        ...{ TableName, Key: key(sk), UpdateExpression: 'ADD amount :one' },
        ExpressionAttributeValues: { ':one': N(1) },
      },
    });
    const write = { TransactItems: ['1', '2'].map(adding) };
    const read = { TransactItems: ['1', '2'].map((sk) => ({ Get: { TableName, Key: key(sk) } })) };
    const seen: (readonly (string | undefined)[])[] = [];
    const rounds = Array.from({ length: 20 }, async () => {
      const [, { Responses = [] }] = await Promise.all([
        aws.call('dynamodb', 'TransactWriteItems', write).catch(() => {}),
        aws.call('dynamodb', 'TransactGetItems', read),
      ]);
      seen.push(Responses.map(({ Item }) => Item?.amount?.N));
    });
    await Promise.all(rounds);
    for (const [one, other] of seen) expect(one).toBe(other);
  });
});

describe('refusals', () => {
  test('one item twice', async () => {
    await using aws = await withTable();
    const get = { Get: { TableName, Key: key('1') } };
    const input = { TransactItems: [get, get] };
    expect((await aws.fails('dynamodb', 'TransactGetItems', input)).message).toBe(
      'Transaction request cannot include multiple operations on one item',
    );
  });

  test('a key that is none cancels, and says which', async () => {
    await using aws = await withTable();
    const TransactItems = [
      { Get: { TableName, Key: key('1') } },
      { Get: { TableName, Key: { pk: S('a') } } },
    ];
    expect(await aws.fails('dynamodb', 'TransactGetItems', { TransactItems })).toMatchObject({
      code: 'TransactionCanceledException',
      message:
        'Transaction cancelled, please refer cancellation reasons for specific reasons ' +
        '[None, ValidationError]',
    });
  });
});
