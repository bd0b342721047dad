import { describe, expect, test } from 'vitest';
import { get, N, put, S, withTable } from './a-table.ts';

const where = (sk: string) => `WHERE pk = 'a' AND sk = '${sk}'`;

describe('answers', () => {
  test('each statement has its own answer', async () => {
    await using aws = await withTable();
    await put(aws, { pk: S('a'), sk: S('1'), amount: N(1) });
    const { Responses, ConsumedCapacity } = await aws.call('dynamodb', 'BatchExecuteStatement', {
      Statements: [
        { Statement: `SELECT amount FROM orders ${where('1')}` },
        { Statement: `SELECT amount FROM orders ${where('none')}` },
      ],
      ReturnConsumedCapacity: 'TOTAL',
    });
    expect(Responses).toEqual([
      { TableName: 'orders', Item: { amount: N(1) } },
      { TableName: 'orders' },
    ]);
    expect(ConsumedCapacity).toEqual([{ TableName: 'orders', CapacityUnits: 1 }]);
  });

  test('one that fails leaves the others alone', async () => {
    await using aws = await withTable();
    await put(aws, { pk: S('a'), sk: S('1') });
    const insert = (sk: string) => ({
      Statement: `INSERT INTO orders VALUE {'pk': 'a', 'sk': '${sk}'}`,
    });
    const Statements = [
      insert('1'),
      insert('2'),
      { Statement: `UPDATE orders SET a = 1 ${where('x')}` },
    ];
    const { Responses } = await aws.call('dynamodb', 'BatchExecuteStatement', { Statements });
    expect(Responses?.map(({ Error: error }) => error?.Code)).toEqual([
      ...['DuplicateItem', undefined, 'ConditionalCheckFailed'],
    ]);
    expect(await get(aws, 'a', '2')).toBeDefined();
  });
});

describe('refusals', () => {
  test('a statement that does not name one item', async () => {
    await using aws = await withTable();
    const Statements = [{ Statement: 'SELECT * FROM orders' }, { Statement: 'nothing' }];
    const { Responses } = await aws.call('dynamodb', 'BatchExecuteStatement', { Statements });
    expect(Responses?.[0]?.Error).toEqual({
      Code: 'ValidationError',
      Message:
        'Select statements within BatchExecuteStatement must specify the primary key in the ' +
        'where clause.',
    });
    expect(Responses?.[1]?.Error?.Code).toBe('ValidationError');
  });
});

describe('limits', () => {
  test('25 statements', async () => {
    await using aws = await withTable();
    const Statements = Array.from({ length: 26 }, () => ({ Statement: 'SELECT * FROM orders' }));
    const { code } = await aws.fails('dynamodb', 'BatchExecuteStatement', { Statements });
    expect(code).toBe('ValidationException');
  });
});
