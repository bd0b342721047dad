/** A connection that is lost takes its transaction along, and not the process. */
import { expect, test } from 'vitest';
import { nextTurn } from '../../../src/core/clock.ts';
import type { Connection } from '../../../src/storage/postgres/connection.ts';
import { Schema, statement } from '../../../src/storage/postgres/names.ts';
import { TableStage } from '../../../src/storage/postgres/tables.ts';
import { Transaction } from '../../../src/storage/postgres/transaction.ts';

const lost = { send: () => Promise.reject(new Error('lost')) } as unknown as Connection;

/** Errors that nobody has waited for; the runner fails on them too. */
async function unheard(work: () => Promise<unknown>): Promise<readonly unknown[]> {
  const causes: unknown[] = [];
  const note = (cause: unknown) => causes.push(cause);
  process.on('unhandledRejection', note);
  await work();
  await nextTurn();
  process.off('unhandledRejection', note);
  return causes;
}

test('statements may be left alone when the connection is lost', async () => {
  const tx = new Transaction(lost);
  const causes = await unheard(async () => {
    void tx.query(statement('', 'SELECT 1'));
    void tx.change(statement('', 'SELECT 1'));
  });
  expect(causes).toEqual([]);
  expect(tx.failure?.cause).toBeInstanceOf(Error);
});

test('preparing writes to tables fails once when the connection is lost', async () => {
  const stage = new TableStage(new Schema('millrace'), 1);
  const put = { kind: 'put', table: 't', partition: 'p', key: 'k', value: 'v' } as const;
  const causes = await unheard(async () => {
    await expect(stage.prepare(new Transaction(lost), [put])).rejects.toThrow('lost');
  });
  expect(causes).toEqual([]);
});
