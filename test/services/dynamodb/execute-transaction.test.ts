import { describe, expect, test } from 'vitest';
import { get, N, put, S, withTable } from './a-table.ts';

const where = (sk: string) => `WHERE pk = 'a' AND sk = '${sk}'`;
const statements = (...texts: readonly string[]) => ({
  TransactStatements: texts.map((Statement) => ({ Statement })),
});

describe('answers', () => {
  test('reads show one moment', async () => {
    await using aws = await withTable();
    await put(aws, { pk: S('a'), sk: S('1'), amount: N(1) });
    const input = statements(
      `SELECT amount FROM orders ${where('1')}`,
      `SELECT * FROM orders ${where('2')}`,
    );
    const { Responses } = await aws.call('dynamodb', 'ExecuteTransaction', input);
    expect(Responses).toEqual([{ Item: { amount: N(1) } }, {}]);
  });

  test('writes take place together, once for each token', async () => {
    await using aws = await withTable();
    await put(aws, { pk: S('a'), sk: S('1'), amount: N(1) });
    const input = {
      ...statements(
        `EXISTS(SELECT * FROM orders ${where('1')} AND amount = 1)`,
        "INSERT INTO orders VALUE {'pk': 'a', 'sk': '2'}",
      ),
      ...{ ClientRequestToken: 'once', ReturnConsumedCapacity: 'TOTAL' as const },
    };
    const { ConsumedCapacity } = await aws.call('dynamodb', 'ExecuteTransaction', input);
    expect(ConsumedCapacity?.[0]?.WriteCapacityUnits).toBe(4);
    expect(await get(aws, 'a', '2')).toBeDefined();
    await aws.call('dynamodb', 'ExecuteTransaction', input);
  });
});

describe('refusals', () => {
  test('one that fails cancels all of them', async () => {
    await using aws = await withTable();
    await put(aws, { pk: S('a'), sk: S('1') });
    const insert = (sk: string) => `INSERT INTO orders VALUE {'pk': 'a', 'sk': '${sk}'}`;
    const input = statements(
      insert('1'),
      insert('2'),
      `EXISTS(SELECT * FROM orders ${where('x')})`,
    );
    expect(await aws.fails('dynamodb', 'ExecuteTransaction', input)).toMatchObject({
      code: 'TransactionCanceledException',
      message: expect.stringContaining('[DuplicateItem, None, ConditionalCheckFailed]'),
    });
    expect(await get(aws, 'a', '2')).toBeUndefined();
  });

  test('reads and writes do not mix', async () => {
    await using aws = await withTable();
    const input = statements(
      `SELECT * FROM orders ${where('1')}`,
      `DELETE FROM orders ${where('1')}`,
    );
    expect((await aws.fails('dynamodb', 'ExecuteTransaction', input)).code).toBe(
      'ValidationException',
    );
  });
});
