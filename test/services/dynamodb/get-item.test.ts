import { describe, expect, test } from 'vitest';
import { INDEXED, N, put, S, withTable } from './a-table.ts';

const TableName = 'orders';
const Key = { pk: S('a'), sk: S('1') };
const Item = { ...Key, amount: N(5), parts: { L: [S('x'), S('y'), S('z')] } };

describe('answers', () => {
  test('nothing where there is no item', async () => {
    await using aws = await withTable();
    expect(await aws.call('dynamodb', 'GetItem', { TableName, Key })).toEqual({});
  });

  test('the parts asked for, by expression or by name', async () => {
    await using aws = await withTable();
    await put(aws, Item);
    const some = { TableName, Key, ProjectionExpression: 'parts[2], #t' };
    const names = { ExpressionAttributeNames: { '#t': 'amount' } };
    expect(await aws.call('dynamodb', 'GetItem', { ...some, ...names })).toEqual({
      Item: { parts: { L: [S('z')] }, amount: N(5) },
    });
    const named = { TableName, Key, AttributesToGet: ['amount', 'none'] };
    expect(await aws.call('dynamodb', 'GetItem', named)).toEqual({ Item: { amount: N(5) } });
  });

  test('a consistent read takes a unit for 4 KB, and any other half of that', async () => {
    await using aws = await withTable();
    await put(aws, { ...Key, text: S('x'.repeat(5000)) });
    const units = async (ConsistentRead: boolean) => {
      const input = { TableName, Key, ConsistentRead, ReturnConsumedCapacity: 'TOTAL' } as const;
      return (await aws.call('dynamodb', 'GetItem', input)).ConsumedCapacity;
    };
    expect(await units(true)).toEqual({ TableName, CapacityUnits: 2 });
    expect(await units(false)).toEqual({ TableName, CapacityUnits: 1 });
  });

  test('a table is found by its ARN too', async () => {
    await using aws = await withTable();
    await put(aws, Item);
    const arn = `arn:aws:dynamodb:us-east-1:${aws.account}:table/orders`;
    expect(await aws.call('dynamodb', 'GetItem', { TableName: arn, Key })).toEqual({ Item });
  });

  test('accounts and Regions have tables of their own', async () => {
    await using aws = await withTable();
    for (const who of [{ account: '111111111111' }, { region: 'eu-west-1' }]) {
      const { code } = await aws.as(who).fails('dynamodb', 'GetItem', { TableName, Key });
      expect(code).toBe('ResourceNotFoundException');
    }
    const foreign = 'arn:aws:dynamodb:us-east-1:111111111111:table/orders';
    const { code } = await aws.fails('dynamodb', 'GetItem', { TableName: foreign, Key });
    expect(code).toBe('AccessDeniedException');
  });
});

describe('refusals', () => {
  const mismatch = 'The provided key element does not match the schema';
  test.each([
    ['half a key', { Key: { pk: S('a') } }, mismatch],
    ['a key and more', { Key: { ...Key, amount: N(5) } }, mismatch],
    ['a key of another type', { Key: { pk: N(1), sk: S('1') } }, mismatch],
    [
      'names without an expression',
      { ExpressionAttributeNames: { '#a': 'a' } },
      'ExpressionAttributeNames can only be specified when using expressions',
    ],
    [
      'a reserved word',
      { ProjectionExpression: 'name' },
      'Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: name',
    ],
    [
      'an empty expression',
      { ProjectionExpression: '' },
      'Invalid ProjectionExpression: The expression can not be empty;',
    ],
  ])('%s', async (_, changes, message) => {
    await using aws = await withTable(INDEXED);
    const input = { TableName, Key, ...changes };
    expect(await aws.fails('dynamodb', 'GetItem', input)).toMatchObject({
      code: 'ValidationException',
      message,
    });
  });
});
