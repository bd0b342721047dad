import { describe, expect, test } from 'vitest';
import type { Input } from '../../sdk/suite.ts';
import { get, INDEXED, N, put, S, withTable } from './a-table.ts';

const TableName = 'orders';
const Key = { pk: S('a'), sk: S('1') };
type UpdateInput = Input<'dynamodb', 'UpdateItem'>;

describe('answers', () => {
  test('an item that is not there is made', async () => {
    await using aws = await withTable();
    const input = {
      ...{ TableName, Key, UpdateExpression: 'SET amount = :n ADD #c :n' },
      ExpressionAttributeNames: { '#c': 'count' },
      ExpressionAttributeValues: { ':n': N(5) },
    };
    await aws.call('dynamodb', 'UpdateItem', input);
    expect(await get(aws, 'a', '1')).toEqual({ ...Key, amount: N(5), count: N(5) });
    await aws.call('dynamodb', 'UpdateItem', { TableName, Key: { ...Key, sk: S('2') } });
    expect(await get(aws, 'a', '2')).toEqual({ pk: S('a'), sk: S('2') });
  });

  test.each([
    ['NONE', undefined],
    ['ALL_OLD', { ...Key, amount: N(5), gone: S('x') }],
    ['UPDATED_OLD', { amount: N(5), gone: S('x') }],
    ['ALL_NEW', { ...Key, amount: N(6), fresh: N(1) }],
    ['UPDATED_NEW', { amount: N(6), fresh: N(1) }],
  ] as const)('%s values are told', async (ReturnValues, attributes) => {
    await using aws = await withTable();
    await put(aws, { ...Key, amount: N(5), gone: S('x') });
    const input: UpdateInput = {
      ...{ TableName, Key, ReturnValues },
      UpdateExpression: 'SET amount = amount + :one, fresh = :one REMOVE gone',
      ExpressionAttributeValues: { ':one': N(1) },
    };
    const { Attributes } = await aws.call('dynamodb', 'UpdateItem', input);
    expect(Attributes).toEqual(attributes);
  });

  test('counters count each update, however many come at once', async () => {
    await using aws = await withTable();
    const input: UpdateInput = {
      ...{ TableName, Key, UpdateExpression: 'ADD hits :one', ReturnValues: 'UPDATED_NEW' },
      ExpressionAttributeValues: { ':one': N(1) },
    };
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => aws.call('dynamodb', 'UpdateItem', input)),
    );
    const counts = answers.map(({ Attributes }) => Number(Attributes?.hits?.N));
    expect(counts.sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, at) => at + 1));
  });

  test('AttributeUpdates do the same', async () => {
    await using aws = await withTable();
    await put(aws, { ...Key, amount: N(5), gone: S('x') });
    const AttributeUpdates: UpdateInput['AttributeUpdates'] = {
      amount: { Action: 'ADD', Value: N(2) },
      gone: { Action: 'DELETE' },
      fresh: { Value: S('y') },
    };
    await aws.call('dynamodb', 'UpdateItem', { TableName, Key, AttributeUpdates });
    expect(await get(aws, 'a', '1')).toEqual({ ...Key, amount: N(7), fresh: S('y') });
  });

  test('an entry in an index comes, moves and goes with its attributes', async () => {
    await using aws = await withTable(INDEXED);
    const change = (UpdateExpression: string, values?: UpdateInput['ExpressionAttributeValues']) =>
      aws.call('dynamodb', 'UpdateItem', {
        ...{ TableName, Key, UpdateExpression },
        ExpressionAttributeNames: { '#o': 'owner', ...(values && { '#a': 'at' }) },
        ...(values && { ExpressionAttributeValues: values }),
      });
    const entries = async () =>
      (await aws.call('dynamodb', 'Scan', { TableName, IndexName: 'byOwner' })).Items;
    await change('SET #o = :o, #a = :a', { ':o': S('one'), ':a': N(1) });
    expect(await entries()).toEqual([{ ...Key, owner: S('one'), at: N(1) }]);
    await change('SET #o = :o, #a = :a', { ':o': S('two'), ':a': N(1) });
    expect(await entries()).toEqual([{ ...Key, owner: S('two'), at: N(1) }]);
    await change('REMOVE #o');
    expect(await entries()).toEqual([]);
  });
});

describe('refusals', () => {
  test.each([
    [
      'a key that would change',
      { UpdateExpression: 'SET sk = :v', ExpressionAttributeValues: { ':v': S('2') } },
      'One or more parameter values were invalid: Cannot update attribute sk. This ' +
        'attribute is part of the key',
    ],
    [
      'a path that leads nowhere',
      { UpdateExpression: 'SET a.b = :v', ExpressionAttributeValues: { ':v': S('2') } },
      'The document path provided in the update expression is invalid for update',
    ],
    [
      'an operand that is not there',
      { UpdateExpression: 'SET a = absent' },
      'The provided expression refers to an attribute that does not exist in the item',
    ],
    [
      'an index key of another type',
      {
        UpdateExpression: 'SET #o = :v',
        ExpressionAttributeNames: { '#o': 'owner' },
        ExpressionAttributeValues: { ':v': N(2) },
      },
      'The update expression attempted to update the secondary index key to unsupported type',
    ],
    [
      'values without an expression',
      { ExpressionAttributeValues: { ':v': S('x') } },
      'ExpressionAttributeValues can only be specified when using expressions: ' +
        'UpdateExpression and ConditionExpression are null',
    ],
    [
      'expressions beside what came before them',
      { UpdateExpression: 'REMOVE a', AttributeUpdates: { a: { Action: 'DELETE' } } },
      'Can not use both expression and non-expression parameters in the same request: ' +
        'Non-expression parameters: {AttributeUpdates} Expression parameters: ' +
        '{UpdateExpression}',
    ],
  ])('%s', async (_, changes, message) => {
    await using aws = await withTable(INDEXED);
    const input = { TableName, Key, ...changes };
    expect(await aws.fails('dynamodb', 'UpdateItem', input)).toMatchObject({
      code: 'ValidationException',
      message,
    });
  });

  test('an item that is not as the condition asks stays as it is', async () => {
    await using aws = await withTable();
    await put(aws, { ...Key, version: N(2) });
    const input = {
      ...{ TableName, Key, UpdateExpression: 'SET version = :next' },
      ConditionExpression: 'version = :known',
      ExpressionAttributeValues: { ':next': N(2), ':known': N(1) },
    };
    expect((await aws.fails('dynamodb', 'UpdateItem', input)).code).toBe(
      'ConditionalCheckFailedException',
    );
  });
});

describe('limits', () => {
  test('an item does not grow past 400 KB', async () => {
    await using aws = await withTable();
    await put(aws, { ...Key, text: S('x'.repeat(399 * 1024)) });
    const input = {
      ...{ TableName, Key, UpdateExpression: 'SET more = :v' },
      ExpressionAttributeValues: { ':v': S('x'.repeat(1024)) },
    };
    expect((await aws.fails('dynamodb', 'UpdateItem', input)).message).toBe(
      'Item size to update has exceeded the maximum allowed size',
    );
  });
});
