import { describe, expect, test } from 'vitest';
import { AwsError } from '../../../src/core/errors.ts';
import type { Input, Suite } from '../../sdk/suite.ts';
import { get, N, put, S, withTable } from './a-table.ts';

const TableName = 'orders';
const key = (sk: string) => ({ pk: S('a'), sk: S(sk) });
type Actions = Input<'dynamodb', 'TransactWriteItems'>['TransactItems'];

const putting = (sk: string) => ({ Put: { TableName, Item: { ...key(sk), amount: N(1) } } });
const adding = (sk: string) => ({
  Update: {
    ...{ TableName, Key: key(sk), UpdateExpression: 'ADD amount :one' },
    ExpressionAttributeValues: { ':one': N(1) },
  },
});
const absent = (sk: string) => ({
  ConditionCheck: {
    ...{ TableName, Key: key(sk), ConditionExpression: 'attribute_not_exists(pk)' },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  },
});

/** The reasons of a transaction that is cancelled; not every SDK shows them. */
async function reasons(aws: Suite, TransactItems: Actions) {
  const { account, region, stack } = aws;
  const as = { account, region, principalArn: `arn:aws:iam::${account}:root` };
  const refused = await stack
    .invoke('dynamodb', 'TransactWriteItems', { TransactItems }, as)
    .catch((cause: unknown) => cause);
  if (!(refused instanceof AwsError)) throw new Error('The transaction was not refused.');
  return refused.fields?.CancellationReasons;
}

describe('answers', () => {
  test('all actions take place together', async () => {
    await using aws = await withTable();
    await put(aws, { ...key('old'), amount: N(1) }, { ...key('kept'), amount: N(1) });
    const TransactItems = [
      putting('new'),
      adding('kept'),
      { Delete: { TableName, Key: key('old') } },
      absent('none'),
    ] as Actions;
    const input = { TransactItems, ReturnConsumedCapacity: 'TOTAL' } as const;
    expect(await aws.call('dynamodb', 'TransactWriteItems', input)).toEqual({
      ConsumedCapacity: [{ TableName, CapacityUnits: 8, WriteCapacityUnits: 8 }],
    });
    expect(await get(aws, 'a', 'new')).toEqual({ ...key('new'), amount: N(1) });
    expect(await get(aws, 'a', 'kept')).toEqual({ ...key('kept'), amount: N(2) });
    expect(await get(aws, 'a', 'old')).toBeUndefined();
  });

  test('a token told twice within ten minutes is one transaction', async () => {
    await using aws = await withTable();
    const input = { TransactItems: [adding('1')], ClientRequestToken: 'once' };
    await aws.call('dynamodb', 'TransactWriteItems', input);
    await aws.clock.advance('599s');
    await aws.call('dynamodb', 'TransactWriteItems', input);
    expect((await get(aws, 'a', '1'))?.amount).toEqual(N(1));
    await aws.clock.advance('1s');
    await aws.call('dynamodb', 'TransactWriteItems', input);
    expect((await get(aws, 'a', '1'))?.amount).toEqual(N(2));
  });
});

describe('refusals', () => {
  test('one that fails its condition cancels all of them', async () => {
    await using aws = await withTable();
    await put(aws, { ...key('here'), amount: N(5) });
    const TransactItems = [putting('new'), absent('here'), absent('none')] as Actions;
    expect(await aws.fails('dynamodb', 'TransactWriteItems', { TransactItems })).toMatchObject({
      code: 'TransactionCanceledException',
      message:
        'Transaction cancelled, please refer cancellation reasons for specific reasons ' +
        '[None, ConditionalCheckFailed, None]',
    });
    expect(await get(aws, 'a', 'new')).toBeUndefined();
    expect(await reasons(aws, TransactItems)).toEqual([
      { Code: 'None' },
      {
        ...{ Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
        Item: { ...key('here'), amount: N(5) },
      },
      { Code: 'None' },
    ]);
  });

  test('an update that cannot be done cancels too', async () => {
    await using aws = await withTable();
    await put(aws, { ...key('1'), amount: S('text') });
    expect(await reasons(aws, [adding('1')])).toEqual([
      {
        Code: 'ValidationError',
        Message: 'An operand in the update expression has an incorrect data type',
      },
    ]);
  });

  test('an item that another transaction is at work on is a conflict', async () => {
    await using aws = await withTable();
    const input = { TransactItems: [adding('1'), adding('2')] };
    const answers = await Promise.allSettled(
      Array.from({ length: 5 }, () => aws.call('dynamodb', 'TransactWriteItems', input)),
    );
    const done = answers.filter(({ status }) => status === 'fulfilled').length;
    expect((await get(aws, 'a', '1'))?.amount).toEqual(N(done));
    expect((await get(aws, 'a', '2'))?.amount).toEqual(N(done));
    for (const answer of answers) {
      if (answer.status === 'fulfilled') continue;
      expect(answer.reason).toMatchObject({ code: 'TransactionCanceledException' });
      expect(answer.reason.message).toContain('[TransactionConflict, TransactionConflict]');
    }
  });

  test.each([
    [
      'one item twice',
      [putting('1'), adding('1')],
      'Transaction request cannot include multiple operations on one item',
    ],
    [
      'two actions in one',
      [{ ...putting('1'), ...adding('2') }],
      'TransactItems can only contain one of Check, Put, Update or Delete',
    ],
    [
      'an expression that cannot be read',
      [{ ConditionCheck: { TableName, Key: key('1'), ConditionExpression: 'a = ' } }],
      expect.stringContaining('Invalid ConditionExpression: Syntax error'),
    ],
  ])('%s', async (_, TransactItems, message) => {
    await using aws = await withTable();
    expect(await aws.fails('dynamodb', 'TransactWriteItems', { TransactItems })).toMatchObject({
      code: 'ValidationException',
      message,
    });
  });

  test('a token of another transaction', async () => {
    await using aws = await withTable();
    const ClientRequestToken = 'once';
    const first = { TransactItems: [adding('1')], ClientRequestToken };
    await aws.call('dynamodb', 'TransactWriteItems', first);
    const other = { TransactItems: [adding('2')], ClientRequestToken };
    expect((await aws.fails('dynamodb', 'TransactWriteItems', other)).code).toBe(
      'IdempotentParameterMismatchException',
    );
  });
});

describe('limits', () => {
  test('4 MB of items', async () => {
    await using aws = await withTable();
    const TransactItems = Array.from({ length: 11 }, (_, at) => ({
      Put: { TableName, Item: { ...key(String(at)), text: S('x'.repeat(400_000)) } },
    }));
    expect((await aws.fails('dynamodb', 'TransactWriteItems', { TransactItems })).code).toBe(
      'ValidationException',
    );
  });
});
