import { describe, expect, test } from 'vitest';
import { get, INDEXED, N, put, S, withTable } from './a-table.ts';

const TableName = 'orders';
const Key = { pk: S('a'), sk: S('1') };
const Item = { ...Key, amount: N(5) };

describe('answers', () => {
  test('the item is gone, and told when asked for', async () => {
    await using aws = await withTable();
    await put(aws, Item);
    const input = { TableName, Key, ReturnValues: 'ALL_OLD' } as const;
    expect(await aws.call('dynamodb', 'DeleteItem', input)).toEqual({ Attributes: Item });
    expect(await get(aws, 'a', '1')).toBeUndefined();
    expect(await aws.call('dynamodb', 'DeleteItem', input)).toEqual({});
  });

  test('its entries in indexes go with it', async () => {
    await using aws = await withTable(INDEXED);
    await put(aws, { ...Item, owner: S('o'), at: N(1) });
    const scan = { TableName, IndexName: 'byOwner', Select: 'COUNT' } as const;
    expect((await aws.call('dynamodb', 'Scan', scan)).Count).toBe(1);
    await aws.call('dynamodb', 'DeleteItem', { TableName, Key });
    expect((await aws.call('dynamodb', 'Scan', scan)).Count).toBe(0);
  });

  test('it takes what the item was large', async () => {
    await using aws = await withTable();
    await put(aws, { ...Key, text: S('x'.repeat(3000)) });
    const input = { TableName, Key, ReturnConsumedCapacity: 'TOTAL' } as const;
    const { ConsumedCapacity } = await aws.call('dynamodb', 'DeleteItem', input);
    expect(ConsumedCapacity?.CapacityUnits).toBe(3);
  });
});

describe('refusals', () => {
  test('an item that is not as the condition asks stays', async () => {
    await using aws = await withTable();
    await put(aws, Item);
    const input = {
      ...{ TableName, Key, ConditionExpression: 'amount > :most' },
      ExpressionAttributeValues: { ':most': N(9) },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    };
    expect((await aws.fails('dynamodb', 'DeleteItem', input)).code).toBe(
      'ConditionalCheckFailedException',
    );
    expect(await get(aws, 'a', '1')).toEqual(Item);
  });

  test('new values make no sense', async () => {
    await using aws = await withTable();
    const input = { TableName, Key, ReturnValues: 'UPDATED_NEW' };
    expect((await aws.fails('dynamodb', 'DeleteItem', input)).message).toBe(
      'ReturnValues can only be ALL_OLD or NONE',
    );
  });
});
