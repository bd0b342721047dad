/** The parts of logs: begun as they fill, dropped when all in them is trimmed. */
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { Connection } from '../../../src/storage/postgres/connection.ts';
import { dropping, type PartLimits, rolling } from '../../../src/storage/postgres/log-parts.ts';
import { Schema } from '../../../src/storage/postgres/names.ts';
import type { Chore } from '../../../src/storage/postgres/stage.ts';
import { Transaction } from '../../../src/storage/postgres/transaction.ts';
import type { Trim } from '../../../src/storage/storage.ts';
import { append, bodiesIn } from '../contract/writes.ts';
import { emptyStore, missing, onPostgres, sql } from './cluster.ts';
import { twoNodes } from './nodes.ts';

const AT_ONCE: PartLimits = { bytes: 0, ageMs: Number.MAX_SAFE_INTEGER };
const trim = (log: string, limits: Partial<Trim>): Trim => ({ kind: 'trim', log, ...limits });

async function givenParts() {
  const store = await emptyStore();
  const [one, two] = await twoNodes({}, store);
  const schema = new Schema(store.schema);
  const slice = async (chore: Chore) => {
    const options = { connectionString: store.url, applicationName: 'chore', prepares: true };
    const connection = await Connection.open(pg, { ...options, connectTimeoutMs: 5_000 });
    const tx = new Transaction(connection);
    await tx.query({ name: '', text: 'BEGIN' });
    const more = await chore.slice(tx);
    expect(await tx.end('COMMIT')).toBe('COMMIT');
    await connection.close();
    return more;
  };
  const parts = async () => {
    const rows = await sql(
      store.url,
      `SELECT DISTINCT part FROM "${store.schema}".block ORDER BY part`,
    );
    return rows.map(({ part }) => part);
  };
  const tables = async () => {
    const rows = await sql(
      store.url,
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits
       WHERE inhparent = '"${store.schema}".block'::regclass ORDER BY 1`,
    );
    return rows.map(({ name }) => String(name).split('.')[1]);
  };
  const roll = () => slice(rolling(schema, AT_ONCE));
  const drop = () => slice(dropping(schema, 0));
  return { one, two, slice, schema, parts, tables, roll, drop };
}

describe.skipIf(missing)(`parts of logs on ${onPostgres}`, () => {
  test('go on from one to the next, and reading goes through all of them', async () => {
    const { one, two, parts, roll } = await givenParts();
    for (const body of ['a', 'b', 'c', 'd']) {
      await one.commit([append('log', body), append('log', `${body}2`)]);
      await roll();
    }
    expect(await parts()).toEqual([1, 2, 3, 4]);
    const bodies = ['a', 'a2', 'b', 'b2', 'c', 'c2', 'd', 'd2'];
    expect(await bodiesIn(two, 'log')).toEqual(bodies);
    const some = await two.read('log', { from: 4, max: 3 });
    expect(some.map(({ body }) => body)).toEqual(['b2', 'c', 'c2']);
    expect(await two.bounds('log')).toEqual({ first: 1, next: 9, bytes: 12 });
  });

  test('are begun by size and by age, and not while they are empty', async () => {
    const { one, slice, schema, tables } = await givenParts();
    const large = { bytes: 1024 ** 3, ageMs: Number.MAX_SAFE_INTEGER };
    const old = { bytes: 1024 ** 3, ageMs: -1 };
    await slice(rolling(schema, old));
    await one.commit([append('log', 'a')]);
    await slice(rolling(schema, large));
    expect(await tables()).toEqual(['block_1']);
    await slice(rolling(schema, old));
    expect(await tables()).toEqual(['block_1', 'block_2']);
  });

  test('are dropped when every log in them was trimmed, and not before', async () => {
    const { one, two, tables, roll, drop } = await givenParts();
    await one.commit([append('a', '1'), append('b', '1')]);
    await roll();
    await one.commit([append('a', '2')]);
    expect(await drop()).toBe(false);
    await one.commit([trim('a', { before: 2 })]);
    expect(await drop()).toBe(false);
    expect(await tables()).toEqual(['block_1', 'block_2']);
    await two.commit([trim('b', { keep: 0 })]);
    expect(await drop()).toBe(true);
    expect(await tables()).toEqual(['block_2']);
    expect(await bodiesIn(two, 'a')).toEqual(['2']);
    expect(await two.bounds('b')).toEqual({ first: 2, next: 2, bytes: 0 });
    expect(await one.commit([append('b', '2'), append('a', '3')])).toEqual([
      { position: 2 },
      { position: 3 },
    ]);
    expect(await bodiesIn(two, 'b')).toEqual(['2']);
  });

  test('that take new blocks are never dropped', async () => {
    const { one, tables, drop } = await givenParts();
    await one.commit([append('a', '1'), trim('a', { keep: 0 })]);
    expect(await drop()).toBe(false);
    expect(await tables()).toEqual(['block_1']);
  });
});
