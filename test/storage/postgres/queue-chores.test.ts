/** What goes on with queues in the background, done here by hand. */
import pg from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import { Connection } from '../../../src/storage/postgres/connection.ts';
import { Schema, statement } from '../../../src/storage/postgres/names.ts';
import { openPostgres } from '../../../src/storage/postgres/open.ts';
import { queueChores } from '../../../src/storage/postgres/queue-chores.ts';
import { Transaction } from '../../../src/storage/postgres/transaction.ts';
import type { Storage } from '../../../src/storage/storage.ts';
import { claimIds, claimOf, enqueue, inTurn, NOW, once, Q, settle } from '../contract/writes.ts';
import { emptyStore, missing, onPostgres, sql } from './cluster.ts';

const open: Storage[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((storage) => storage.close()));
});

async function store() {
  const { url, schema } = await emptyStore();
  const storage = await openPostgres({ url, schema, pollMs: 60_000 });
  open.push(storage);
  const rows = async (table: string) => {
    const [row] = await sql(url, `SELECT count(*)::int AS n FROM ${schema}.${table}`);
    return row?.n;
  };
  return { storage, rows, work: () => doChores(url, new Schema(schema)) };
}

/** Every chore until it has nothing more to do. */
async function doChores(url: string, schema: Schema): Promise<void> {
  const connection = await Connection.open(pg, {
    connectionString: url,
    applicationName: 'chores',
    connectTimeoutMs: 5_000,
    prepares: true,
  });
  try {
    for (const chore of queueChores(schema)) {
      for (let more = true; more; ) {
        const tx = new Transaction(connection);
        void tx.query(statement('', 'BEGIN'));
        more = await chore.slice(tx);
        await tx.end('COMMIT');
      }
    }
  } finally {
    await connection.close();
  }
}

const MANY = 5_000;
const many = Array.from({ length: MANY }, (_, index) => `m${index}`);

describe.skipIf(missing)(`work on queues in the background on ${onPostgres}`, () => {
  test('rows of purged messages and forgotten keys go, and no others', async () => {
    const { storage, rows, work } = await store();
    await storage.commit(many.map((id) => once(id, enqueue(id))));
    await storage.commit([{ kind: 'purge', queue: Q, forget: true }, once('new', enqueue('new'))]);
    expect(await storage.counts(Q, NOW)).toMatchObject({ visible: 1 });

    await work();

    expect([await rows('message'), await rows('dedup')]).toEqual([1, 1]);
    expect(await claimIds(storage)).toEqual(['new']);
  });

  test('a purge that forgets nothing keeps the keys', async () => {
    const { storage, rows, work } = await store();
    await storage.commit([once('key', enqueue('m'))]);
    await storage.commit([{ kind: 'purge', queue: Q }]);
    await work();
    expect([await rows('message'), await rows('dedup')]).toEqual([0, 1]);
  });

  test('a long queue is redelayed to its end, but not what is sent afterwards', async () => {
    const { storage, rows, work } = await store();
    await storage.commit(many.map((id) => enqueue(id)));
    await storage.claim(Q, claimOf({ max: 10 }));
    await storage.commit([{ kind: 'redelay', queue: Q, delayMs: 50 }, enqueue('after')]);

    await work();

    expect(await rows('redelay')).toBe(0);
    expect(await storage.counts(Q, NOW)).toMatchObject({
      visible: 1,
      inFlight: 10,
      delayed: MANY - 10,
    });
    expect(await storage.nextVisibleAtMs(Q, NOW)).toBe(NOW + 50);
    expect(await claimIds(storage)).toEqual(['after']);
    expect(await claimIds(storage, { nowMs: NOW + 50 })).toHaveLength(10);
  });

  test('the second of two redelays of a long queue holds', async () => {
    const { storage, work } = await store();
    await storage.commit(many.map((id) => enqueue(id)));
    await storage.commit([{ kind: 'redelay', queue: Q, delayMs: 50 }]);
    await storage.commit([{ kind: 'redelay', queue: Q, delayMs: 20 }]);
    await work();
    expect(await storage.counts(Q, NOW + 19)).toMatchObject({ delayed: MANY });
    expect(await storage.counts(Q, NOW + 20)).toMatchObject({ visible: MANY });
  });

  test('rows of empty groups go, and a group begins anew', async () => {
    const { storage, rows, work } = await store();
    const groups = Array.from({ length: 20 }, (_, index) => `g${index}`);
    await storage.commit(groups.map((group) => inTurn('m', group)));
    const claimed = await storage.claim(Q, claimOf({ max: 15 }));
    await storage.commit(claimed.map((one) => settle(one)));
    expect(await rows('lane')).toBe(20);

    await work();
    expect(await rows('lane')).toBe(5);

    await storage.commit(groups.map((group) => inTurn('n', group)));
    expect(await rows('lane')).toBe(20);
    expect(await claimIds(storage, { max: 100 })).toHaveLength(25);
  });
});
