import {
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { commit, draft, failedWrites, untilAlone } from '../../src/patterns/transaction.ts';
import { createTable, itemsOf, startTables, type Tables } from './tables.ts';

let tables: Tables;

beforeEach(async () => {
  tables = await startTables();
  await createTable(tables.client, 'things');
});
afterEach(() => tables[Symbol.asyncDispose]());

const TableName = 'things';
const put = (id: string) => ({ TableName, Item: { id } });
const absent = { ConditionExpression: 'attribute_not_exists(id)' };

/** Answers the next transactions with cancellations of these codes, then lets them through. */
function cancel(...cancellations: readonly (readonly string[])[]) {
  const left = [...cancellations];
  tables.client.middlewareStack.add(
    (next) => (input) => {
      const codes = left.shift();
      if (!codes) return next(input);
      const CancellationReasons = codes.map((Code) => ({ Code }));
      const message = 'Transaction cancelled';
      const told = { message, CancellationReasons, $metadata: {} };
      return Promise.reject(new TransactionCanceledException(told));
    },
    { step: 'initialize' },
  );
  return left;
}

test('writes of all four kinds happen together', async () => {
  const first = draft();
  for (const id of ['a', 'b', 'c']) first.put(put(id));
  await commit(tables.client, first);
  const tx = draft();
  tx.put({ ...put('d'), ...absent });
  tx.update({
    ...{ TableName, Key: { id: 'a' }, UpdateExpression: 'SET #size = :size' },
    ExpressionAttributeNames: { '#size': 'size' },
    ExpressionAttributeValues: { ':size': 3 },
  });
  tx.delete({ TableName, Key: { id: 'b' } });
  tx.check({ TableName, Key: { id: 'c' }, ConditionExpression: 'attribute_exists(id)' });
  await commit(tables.client, tx);
  const items = await itemsOf(tables.client, TableName);
  expect(new Set(items)).toEqual(new Set([{ id: 'a', size: 3 }, { id: 'c' }, { id: 'd' }]));
});

test('a condition that does not hold undoes all and is told by its place', async () => {
  const tx = draft();
  tx.put(put('a'));
  tx.check({ TableName, Key: { id: 'c' }, ConditionExpression: 'attribute_exists(id)' });
  const cause = await commit(tables.client, tx).catch((thrown: unknown) => thrown);
  expect(failedWrites(cause)).toEqual([1]);
  expect(failedWrites(new Error('another'))).toEqual([]);
  expect(await itemsOf(tables.client, TableName)).toEqual([]);
});

test('a draft of nothing is nothing', async () => {
  await commit(tables.client, draft());
});

test('a transaction that met another is tried again', async () => {
  cancel(['TransactionConflict'], ['TransactionConflict']);
  const waits: number[] = [];
  const tx = draft();
  tx.put(put('a'));
  await commit(tables.client, tx, { backoff: async (attempt) => void waits.push(attempt) });
  expect(waits).toEqual([1, 2]);
  expect(await itemsOf(tables.client, TableName)).toEqual([{ id: 'a' }]);
});

test('a conflict that does not end is thrown', async () => {
  const left = cancel(...Array.from({ length: 9 }, () => ['TransactionConflict']));
  const tx = draft();
  tx.put(put('a'));
  await expect(commit(tables.client, tx)).rejects.toThrow(TransactionCanceledException);
  expect(left).toHaveLength(3);
});

test('another reason beside the conflict is thrown at once', async () => {
  const left = cancel(['TransactionConflict', 'ConditionalCheckFailed'], []);
  const tx = draft();
  tx.put(put('a'));
  await expect(commit(tables.client, tx)).rejects.toThrow(TransactionCanceledException);
  expect(left).toHaveLength(1);
});

test('a single write that met a transaction is tried again', async () => {
  const met = new TransactionConflictException({ message: 'Ongoing.', $metadata: {} });
  const causes: Error[] = [met, met];
  const write = async () => {
    const cause = causes.pop();
    if (cause) throw cause;
    return 'written';
  };
  expect(await untilAlone(write)).toBe('written');
  causes.push(new Error('another'), met);
  await expect(untilAlone(write)).rejects.toThrow('another');
});
