import { describe, expect, test } from 'vitest';
import type { Input, Suite } from '../../sdk/suite.ts';
import { get, INDEXED, N, put, S, withTable } from './a-table.ts';

type StatementInput = Input<'dynamodb', 'ExecuteStatement'>;

async function run(aws: Suite, Statement: string, more: Partial<StatementInput> = {}) {
  return aws.call('dynamodb', 'ExecuteStatement', { Statement, ...more });
}

async function filled(): Promise<Suite> {
  const aws = await withTable(INDEXED);
  for (const [at, sk] of ['1', '2', '3'].entries()) {
    for (const pk of ['a', 'b']) {
      await put(aws, { pk: S(pk), sk: S(sk), at: N(at), owner: S('o'), amount: N(at * 10) });
    }
  }
  return aws;
}

describe('answers', () => {
  test('SELECT reads a partition, several of them, or all', async () => {
    await using aws = await filled();
    const read = async (
      where: string,
      ...Parameters: NonNullable<StatementInput['Parameters']>
    ) => {
      const more = Parameters.length > 0 ? { Parameters } : {};
      const { Items = [] } = await run(aws, `SELECT * FROM "orders" ${where}`, more);
      return Items.map(({ pk, sk }) => `${pk?.S}${sk?.S}`);
    };
    expect(await read("WHERE pk = 'a'")).toEqual(['a1', 'a2', 'a3']);
    expect(await read("WHERE pk = 'a' ORDER BY sk DESC")).toEqual(['a3', 'a2', 'a1']);
    expect(await read('WHERE pk = ? AND sk > ?', S('a'), S('1'))).toEqual(['a2', 'a3']);
    expect(await read("WHERE pk IN ['b', 'a'] AND amount = 10")).toEqual(['b2', 'a2']);
    expect((await read('')).length).toBe(6);
    expect((await read('WHERE amount >= 10')).length).toBe(4);
  });

  test('SELECT reads an index, and the columns that are named', async () => {
    await using aws = await filled();
    const { Items } = await run(
      aws,
      `SELECT sk FROM orders.byOwner WHERE owner = 'o' AND "at" = 2`,
    );
    expect(Items).toEqual([{ sk: S('3') }, { sk: S('3') }]);
  });

  test('pages follow each other', async () => {
    await using aws = await filled();
    const statement = "SELECT sk FROM orders WHERE pk IN ['a', 'b']";
    const seen: (string | undefined)[] = [];
    for (let more: Partial<StatementInput> = { Limit: 2 }; ; ) {
      const { Items = [], NextToken } = await run(aws, statement, more);
      seen.push(...Items.map(({ sk }) => sk?.S));
      if (NextToken === undefined) break;
      more = { Limit: 2, NextToken };
    }
    expect(seen).toEqual(['1', '2', '3', '1', '2', '3']);
  });

  test('INSERT, UPDATE and DELETE change one item', async () => {
    await using aws = await withTable();
    const key = { pk: S('a'), sk: S('1') };
    const Parameters = [S('a'), S('1')];
    await run(aws, "INSERT INTO orders VALUE {'pk': ?, 'sk': ?, 'amount': 1}", { Parameters });
    expect(await get(aws, 'a', '1')).toEqual({ ...key, amount: N(1) });
    const where = "WHERE pk = 'a' AND sk = '1'";
    const update = `UPDATE orders SET amount = amount + 4 ${where} RETURNING MODIFIED NEW *`;
    expect((await run(aws, update)).Items).toEqual([{ amount: N(5) }]);
    const remove = `DELETE FROM orders ${where} RETURNING ALL OLD *`;
    expect((await run(aws, remove)).Items).toEqual([{ ...key, amount: N(5) }]);
    expect((await run(aws, remove)).Items).toEqual([]);
  });
});

describe('refusals', () => {
  const where = "WHERE pk = 'a' AND sk = '1'";
  test.each([
    [
      'an item that is there already',
      "INSERT INTO orders VALUE {'pk': 'a', 'sk': '1'}",
      'DuplicateItemException',
    ],
    [
      'an update of what is not there',
      "UPDATE orders SET amount = 1 WHERE pk = 'a' AND sk = 'none'",
      'ConditionalCheckFailedException',
    ],
    [
      'a deletion of what is otherwise',
      `DELETE FROM orders ${where} AND amount = 7`,
      'ConditionalCheckFailedException',
    ],
    ['a table that is not there', 'SELECT * FROM none', 'ResourceNotFoundException'],
    ['half a key', "DELETE FROM orders WHERE pk = 'a'", 'ValidationException'],
    ['no statement', 'Hello', 'ValidationException'],
    ['what only transactions may', `EXISTS(SELECT * FROM orders ${where})`, 'ValidationException'],
    [
      'an order without a partition',
      'SELECT * FROM orders WHERE amount = 1 ORDER BY sk',
      'ValidationException',
    ],
  ])('%s', async (_, Statement, code) => {
    await using aws = await filled();
    expect((await aws.fails('dynamodb', 'ExecuteStatement', { Statement })).code).toBe(code);
  });

  test('a token of another statement', async () => {
    await using aws = await filled();
    const { NextToken } = await run(aws, 'SELECT * FROM orders', { Limit: 1 });
    const input = { Statement: "SELECT * FROM orders WHERE pk = 'a'", NextToken };
    expect((await aws.fails('dynamodb', 'ExecuteStatement', input)).message).toBe(
      'Given pagination token is not valid',
    );
  });
});
