import { describe, expect, test } from 'vitest';
import { get, INDEXED, N, put, S, withTable } from './a-table.ts';

const TableName = 'orders';
const Item = { pk: S('a'), sk: S('1'), amount: N(5) };

describe('answers', () => {
  test('an item is kept as it was put, whatever its types', async () => {
    await using aws = await withTable();
    const all = {
      ...Item,
      number: N('1.50'),
      bytes: { B: new Uint8Array([0, 255, 3]) },
      list: { L: [S(''), { NULL: true }, { M: { deep: { BOOL: false } } }] },
      texts: { SS: ['a', 'b'] },
      numbers: { NS: ['1', '2e2'] },
      blobs: { BS: [new Uint8Array([1]), new Uint8Array([2])] },
    };
    await put(aws, all);
    expect(await get(aws, 'a', '1')).toEqual({
      ...all,
      number: N('1.5'),
      numbers: { NS: ['1', '200'] },
    });
  });

  test('the item before is answered when asked for', async () => {
    await using aws = await withTable();
    const input = { TableName, Item, ReturnValues: 'ALL_OLD' } as const;
    expect(await aws.call('dynamodb', 'PutItem', input)).toEqual({});
    expect(await aws.call('dynamodb', 'PutItem', input)).toEqual({ Attributes: Item });
  });

  test('a condition decides whether the item is put', async () => {
    await using aws = await withTable();
    const input = { TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' };
    await aws.call('dynamodb', 'PutItem', input);
    expect(await aws.fails('dynamodb', 'PutItem', input)).toMatchObject({
      code: 'ConditionalCheckFailedException',
      message: 'The conditional request failed',
    });
  });

  test('Expected is a condition too', async () => {
    await using aws = await withTable();
    await put(aws, Item);
    const Expected = { amount: { Value: N(4) } };
    const input = { TableName, Item, Expected };
    expect((await aws.fails('dynamodb', 'PutItem', input)).code).toBe(
      'ConditionalCheckFailedException',
    );
  });

  test('it takes a write unit for each kilobyte, in the table and in each index', async () => {
    await using aws = await withTable(INDEXED);
    const large = { ...Item, owner: S('o'), at: N(1), text: S('x'.repeat(1500)) };
    const input = {
      TableName,
      Item: large,
      ReturnConsumedCapacity: 'INDEXES',
      ReturnItemCollectionMetrics: 'SIZE',
    } as const;
    expect(await aws.call('dynamodb', 'PutItem', input)).toEqual({
      ConsumedCapacity: {
        TableName,
        CapacityUnits: 4,
        Table: { CapacityUnits: 2 },
        GlobalSecondaryIndexes: { byOwner: { CapacityUnits: 1 } },
        LocalSecondaryIndexes: { byAt: { CapacityUnits: 1 } },
      },
      ItemCollectionMetrics: { ItemCollectionKey: { pk: S('a') }, SizeEstimateRangeGB: [0, 1] },
    });
  });

  test('writes of one item follow each other', async () => {
    await using aws = await withTable();
    const puts = Array.from({ length: 20 }, (_, at) => ({ ...Item, amount: N(at) }));
    const answers = await Promise.all(
      puts.map((item) =>
        aws.call('dynamodb', 'PutItem', { TableName, Item: item, ReturnValues: 'ALL_OLD' }),
      ),
    );
    const before = answers.map(({ Attributes }) => Attributes?.amount?.N);
    expect(new Set(before).size).toBe(20);
  });
});

describe('refusals', () => {
  test.each([
    ['a table that is not there', { TableName: 'none' }, 'Requested resource not found'],
    [
      'an item without its key',
      { Item: { pk: S('a') } },
      'One or more parameter values were invalid: Missing the key sk in the item',
    ],
    [
      'a key of another type',
      { Item: { pk: S('a'), sk: N(1) } },
      'One or more parameter values were invalid: Type mismatch for key sk expected: S actual: N',
    ],
    [
      'an empty key',
      { Item: { pk: S(''), sk: S('1') } },
      'One or more parameter values are not valid. The AttributeValue for a key attribute ' +
        'cannot contain an empty string value. Key: pk',
    ],
    [
      'an index key of another type',
      { Item: { ...Item, owner: N(1), at: N(1) } },
      'One or more parameter values were invalid: Type mismatch for Index Key owner ' +
        'Expected: S Actual: N IndexName: byOwner',
    ],
    [
      'a value of no type',
      { Item: { ...Item, nothing: {} } },
      'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
    ],
    [
      'new values asked for',
      { ReturnValues: 'ALL_NEW' },
      'ReturnValues can only be ALL_OLD or NONE',
    ],
    [
      'old and new parameters together',
      { ConditionExpression: 'attribute_exists(pk)', Expected: { amount: { Exists: false } } },
      'Can not use both expression and non-expression parameters in the same request: ' +
        'Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}',
    ],
    [
      'values without an expression',
      { ExpressionAttributeValues: { ':v': S('x') } },
      'ExpressionAttributeValues can only be specified when using expressions: ' +
        'ConditionExpression is null',
    ],
    [
      'a value that no expression uses',
      {
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':v': S('x') },
      },
      'Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}',
    ],
  ])('%s', async (_, changes, message) => {
    await using aws = await withTable(INDEXED);
    const input = { TableName, Item, ...changes };
    expect((await aws.fails('dynamodb', 'PutItem', input)).message).toBe(message);
  });
});

describe('limits', () => {
  test('an item has at most 400 KB, names counted', async () => {
    await using aws = await withTable();
    const text = (bytes: number) => ({ pk: S('a'), sk: S('1'), t: S('x'.repeat(bytes)) });
    const fits = 400 * 1024 - 'pka'.length - 'sk1'.length - 't'.length;
    await put(aws, text(fits));
    const input = { TableName, Item: text(fits + 1) };
    expect((await aws.fails('dynamodb', 'PutItem', input)).message).toBe(
      'Item size has exceeded the maximum allowed size',
    );
  });

  test('a partition key has at most 2048 bytes and a sort key 1024', async () => {
    await using aws = await withTable();
    await put(aws, { pk: S('x'.repeat(2048)), sk: S('x'.repeat(1024)) });
    const pk = { TableName, Item: { pk: S('x'.repeat(2049)), sk: S('1') } };
    expect((await aws.fails('dynamodb', 'PutItem', pk)).message).toContain('2048 bytes');
    const sk = { TableName, Item: { pk: S('x'), sk: S('x'.repeat(1025)) } };
    expect((await aws.fails('dynamodb', 'PutItem', sk)).message).toContain('1024 bytes');
  });
});
