import { describe, expect, test } from 'vitest';
import type { Input, Suite } from '../../sdk/suite.ts';
import { INDEXED, type Item, N, put, S, withTable } from './a-table.ts';

const TableName = 'orders';
type QueryInput = Input<'dynamodb', 'Query'>;

/** Six items of partition `a`, three of `ab`, with owners in turn. */
async function filled(): Promise<Suite> {
  const aws = await withTable(INDEXED);
  const item = (pk: string, sk: string, at: number): Item => ({
    ...{ pk: S(pk), sk: S(sk), at: N(at) },
    ...{ owner: S(at % 2 ? 'odd' : 'even'), note: S(`note ${at}`), amount: N(at * 10) },
  });
  const a = ['b', 'a', 'c', 'ca', 'é', '\u0000'].map((sk, at) => item('a', sk, at - 2));
  await put(aws, ...a, ...['x', 'y', 'z'].map((sk, at) => item('ab', sk, at)));
  return aws;
}

const ofA: QueryInput = {
  TableName,
  KeyConditionExpression: 'pk = :p',
  ExpressionAttributeValues: { ':p': S('a') },
};

async function keys(aws: Suite, input: QueryInput): Promise<readonly (string | undefined)[]> {
  const { Items = [] } = await aws.call('dynamodb', 'Query', input);
  return Items.map(({ sk }) => sk?.S);
}

function ranged(condition: string, ...values: readonly string[]): QueryInput {
  const named = values.map((value, at) => [`:v${at}`, S(value)] as const);
  return {
    ...ofA,
    KeyConditionExpression: `pk = :p AND ${condition}`,
    ExpressionAttributeValues: { ':p': S('a'), ...Object.fromEntries(named) },
  };
}

describe('answers', () => {
  test('one partition, in the order of its sort keys, or the other way', async () => {
    await using aws = await filled();
    const order = ['\u0000', 'a', 'b', 'c', 'ca', 'é'];
    expect(await keys(aws, ofA)).toEqual(order);
    const backwards = { ...ofA, ScanIndexForward: false };
    expect(await keys(aws, backwards)).toEqual(order.toReversed());
  });

  test.each([
    ['sk = :v0', ['c'], ['c']],
    ['sk < :v0', ['c'], ['\u0000', 'a', 'b']],
    ['sk <= :v0', ['c'], ['\u0000', 'a', 'b', 'c']],
    ['sk > :v0', ['c'], ['ca', 'é']],
    ['sk >= :v0', ['c'], ['c', 'ca', 'é']],
    ['sk BETWEEN :v0 AND :v1', ['b', 'c'], ['b', 'c']],
    ['begins_with(sk, :v0)', ['c'], ['c', 'ca']],
  ])('%s', async (condition, values, expected) => {
    await using aws = await filled();
    expect(await keys(aws, ranged(condition, ...values))).toEqual(expected);
    const backwards = { ...ranged(condition, ...values), ScanIndexForward: false };
    expect(await keys(aws, backwards)).toEqual(expected.toReversed());
  });

  test('KeyConditions and QueryFilter do the same', async () => {
    await using aws = await filled();
    const input: QueryInput = {
      TableName,
      KeyConditions: {
        pk: { ComparisonOperator: 'EQ', AttributeValueList: [S('a')] },
        sk: { ComparisonOperator: 'GE', AttributeValueList: [S('c')] },
      },
      QueryFilter: { amount: { ComparisonOperator: 'GT', AttributeValueList: [N(0)] } },
    };
    expect(await keys(aws, input)).toEqual(['ca', 'é']);
  });

  test.each([true, false])('pages follow each other without a gap: %s', async (forward) => {
    await using aws = await filled();
    const seen: (string | undefined)[] = [];
    let input: QueryInput = { ...ofA, Limit: 2, ScanIndexForward: forward };
    for (let pages = 1; ; pages += 1) {
      const page = await aws.call('dynamodb', 'Query', input);
      seen.push(...(page.Items ?? []).map(({ sk }) => sk?.S));
      if (!page.LastEvaluatedKey) {
        expect([pages, page.Count]).toEqual([4, 0]);
        break;
      }
      input = { ...input, ExclusiveStartKey: page.LastEvaluatedKey };
    }
    const whole = await keys(aws, { ...ofA, ScanIndexForward: forward });
    expect(seen).toEqual(whole);
  });

  test('Limit counts what is evaluated, and the filter comes after', async () => {
    await using aws = await filled();
    const input: QueryInput = {
      ...{ ...ofA, Limit: 3, FilterExpression: 'amount > :least' },
      ExpressionAttributeValues: { ':p': S('a'), ':least': N(15) },
    };
    const page = await aws.call('dynamodb', 'Query', input);
    expect(page).toMatchObject({ Count: 1, ScannedCount: 3 });
    expect(page.LastEvaluatedKey).toEqual({ pk: S('a'), sk: S('b') });
  });

  test('a page ends with the item that makes it 1 MB', async () => {
    await using aws = await withTable();
    const large = S('x'.repeat(300_000));
    for (const sk of ['1', '2', '3', '4', '5']) await put(aws, { pk: S('a'), sk: S(sk), large });
    const input = { ...ofA, Select: 'COUNT' } as const;
    const page = await aws.call('dynamodb', 'Query', input);
    expect(page).toEqual({
      ...{ Count: 4, ScannedCount: 4 },
      LastEvaluatedKey: { pk: S('a'), sk: S('4') },
    });
  });

  test('a global index has its own order, and what is projected', async () => {
    await using aws = await filled();
    const input: QueryInput = {
      ...{ TableName, IndexName: 'byOwner', KeyConditionExpression: '#o = :o AND #a > :a' },
      ExpressionAttributeNames: { '#o': 'owner', '#a': 'at' },
      ExpressionAttributeValues: { ':o': S('even'), ':a': N(-2) },
      Limit: 3,
    };
    const page = await aws.call('dynamodb', 'Query', input);
    expect(page.Items?.map(({ at }) => at?.N)).toEqual(['0', '0', '2']);
    const last = { owner: S('even'), at: N(2), pk: expect.anything(), sk: expect.anything() };
    expect(page.Items?.at(-1)).toEqual({ ...last, note: S('note 2') });
    expect(page.LastEvaluatedKey).toEqual(last);
    const next = { ...input, ExclusiveStartKey: page.LastEvaluatedKey };
    const rest = await aws.call('dynamodb', 'Query', next);
    expect(rest.Items?.map(({ at }) => at?.N)).toEqual(['2']);
  });

  test('a local index fetches from the table what it does not hold', async () => {
    await using aws = await filled();
    const input: QueryInput = { ...ofA, IndexName: 'byAt', Limit: 1 };
    const projected = await aws.call('dynamodb', 'Query', input);
    expect(projected.Items).toEqual([{ pk: S('a'), sk: S('b'), at: N(-2) }]);
    const all = { ...input, Select: 'ALL_ATTRIBUTES', ReturnConsumedCapacity: 'INDEXES' } as const;
    const whole = await aws.call('dynamodb', 'Query', all);
    expect(whole.Items?.[0]).toMatchObject({ note: S('note -2'), owner: S('even') });
    expect(whole.ConsumedCapacity).toEqual({
      ...{ TableName, CapacityUnits: 1, Table: { CapacityUnits: 0.5 } },
      LocalSecondaryIndexes: { byAt: { CapacityUnits: 0.5 } },
    });
  });
});

describe('refusals', () => {
  const byOwner = {
    ...{ IndexName: 'byOwner', KeyConditionExpression: '#o = :p' },
    ExpressionAttributeNames: { '#o': 'owner' },
  };
  test.each([
    [
      'no condition on the partition key',
      { KeyConditionExpression: 'sk = :p' },
      'Query condition missed key schema element: pk',
    ],
    [
      'a filter on the key',
      { FilterExpression: 'sk = :p' },
      'Filter Expression can only contain non-primary key attributes: Primary key attribute: sk',
    ],
    [
      'an index that is not there',
      { IndexName: 'none' },
      'The table does not have the specified index: none',
    ],
    [
      'a consistent read of a global index',
      { ...byOwner, ConsistentRead: true },
      'Consistent reads are not supported on global secondary indexes',
    ],
    [
      'all attributes of an index that has only some',
      { ...byOwner, Select: 'ALL_ATTRIBUTES' },
      'One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not ' +
        'supported for global secondary index byOwner because its projection type is not ' +
        'ALL',
    ],
    [
      'an attribute that is not projected',
      { ...byOwner, ProjectionExpression: 'amount' },
      'One or more parameter values were invalid: Global secondary index byOwner does not ' +
        'project [amount]',
    ],
    [
      'a starting key of another partition',
      { ExclusiveStartKey: { pk: S('ab'), sk: S('x') } },
      'The provided starting key is outside query boundaries based on provided conditions',
    ],
    [
      'a starting key outside the range',
      {
        ...ranged('sk > :v0', 'b'),
        ExclusiveStartKey: { pk: S('a'), sk: S('a') },
      },
      'The provided starting key does not match the range key predicate',
    ],
    [
      'a starting key that is none',
      { ExclusiveStartKey: { pk: S('a') } },
      'The provided starting key is invalid: The provided key element does not match the schema',
    ],
    [
      'specific attributes that are not named',
      { Select: 'SPECIFIC_ATTRIBUTES' },
      'Must specify the AttributesToGet or ProjectionExpression when choosing to get ' +
        'SPECIFIC_ATTRIBUTES',
    ],
    [
      'attributes beside a count',
      { Select: 'COUNT', ProjectionExpression: 'amount' },
      'Cannot specify the ProjectionExpression when choosing to get only the Count',
    ],
  ])('%s', async (_, changes, message) => {
    await using aws = await filled();
    const input = { ...ofA, ...changes };
    expect(await aws.fails('dynamodb', 'Query', input)).toMatchObject({
      code: 'ValidationException',
      message,
    });
  });
});
