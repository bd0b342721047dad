/** All that a PostgreSQL holds, as a file and back, and between it and a folder. */
import { describe, expect, test } from 'vitest';
import { openPostgres } from '../../../src/storage/postgres/open.ts';
import { importPostgres } from '../../../src/storage/postgres/transfer-in.ts';
import { exportPostgres } from '../../../src/storage/postgres/transfer-out.ts';
import { openSqlite } from '../../../src/storage/sqlite/open.ts';
import { importSqlite } from '../../../src/storage/sqlite/transfer-in.ts';
import { exportSqlite } from '../../../src/storage/sqlite/transfer-out.ts';
import { append, claimOf, enqueue, inTurn, NOW, once, put, Q } from '../contract/writes.ts';
import { emptyStore, missing, onPostgres } from '../postgres/cluster.ts';
import { emptyDirectory } from '../sqlite/directory.ts';
import { type Engine, exported, imported, type Place, transferContract } from './two-ways.ts';

/** A place is the address of a schema. */
const storeAt = (place: Place) => {
  const url = new URL(place);
  const schema = url.hash.slice(1);
  url.hash = '';
  return { url: url.href, schema };
};

const postgres: Engine = {
  empty: async () => {
    const { url, schema } = await emptyStore();
    return `${url}#${schema}`;
  },
  open: (place) => openPostgres({ ...storeAt(place), pollMs: 60_000 }),
  exporting: (place) => exportPostgres(storeAt(place)),
  importing: (place) => importPostgres(storeAt(place)),
};

const sqlite: Engine = {
  empty: emptyDirectory,
  open: (path) => openSqlite({ path, reserveBytes: 0, durability: 'process' }),
  exporting: exportSqlite,
  importing: importSqlite,
};

/** Each run makes three schemas, at half a second. */
const SHARE = 1 / 4;

describe.skipIf(missing)(onPostgres, () => {
  describe('from a folder', () => transferContract(sqlite, postgres, SHARE));
  describe('to a folder', () => transferContract(postgres, sqlite, SHARE));

  const long = 'k'.repeat(300);

  test('what was given out stays valid', async () => {
    const place = await postgres.empty();
    const before = await postgres.open(place);
    await before.commit([
      once(long, enqueue('a')),
      ...[inTurn('t1', 'g'), inTurn('t2', 'g')].map((write) => ({ ...write, queue: 'turns' })),
      put('row', 'old'),
    ]);
    await before.commit(Array.from({ length: 700 }, (_, n) => append('long', `${n}`, NOW + n)));
    await before.commit([{ kind: 'trim', log: 'long', keep: 300 }, append('empty', 'x')]);
    await before.commit([{ kind: 'trim', log: 'empty', keep: 0 }]);
    await before.claim('turns', claimOf({ max: 1 }));
    await before.close();

    const file = await exported(postgres, place);
    for (const engine of [postgres, sqlite]) {
      const after = await engine.open(await imported(engine, file));
      const [again, row] = await after.commit([once(long, enqueue('b')), put('new', 'x')]);
      expect(again?.duplicateOf).toBe('a');
      const versions = await after.scan('sqs/queues', '000000000000/us-east-1');
      expect(new Set(versions.map(({ version }) => version)).size).toBe(2);
      expect(row?.version).toBeGreaterThan(Math.min(...versions.map(({ version }) => version)));
      expect(await after.claim('turns', claimOf())).toEqual([]);
      const { first, next, bytes } = await after.bounds('long');
      expect({ first, next, bytes }).toEqual({ first, next: 701, bytes: 3 * (701 - first) });
      expect(await after.bounds('empty')).toMatchObject({ first: 2, next: 2 });
      expect(await after.commit([append('empty', 'y')])).toEqual([{ position: 2 }]);
      expect(await after.counts(Q, NOW)).toMatchObject({ visible: 1 });
      await after.close();
    }
  });

  test('a redelay that is under way is done', async () => {
    const place = await postgres.empty();
    const before = await postgres.open(place);
    await before.commit(Array.from({ length: 2_500 }, (_, n) => enqueue(`m${n}`)));
    await before.commit([{ kind: 'redelay', queue: Q, delayMs: 5_000 }]);
    await before.close();
    const after = await sqlite.open(await imported(sqlite, await exported(postgres, place)));
    expect(await after.counts(Q, NOW)).toMatchObject({ delayed: 2_500 });
    await after.close();
  });

  test('a schema that holds something takes nothing in', async () => {
    const place = await postgres.empty();
    const storage = await postgres.open(place);
    await storage.commit([enqueue('a')]);
    await storage.close();
    await expect(importPostgres(storeAt(place))).rejects.toThrow('not empty');
  });

  test('a file that is cut off leaves nothing', async () => {
    const path = emptyDirectory();
    const storage = await sqlite.open(path);
    await storage.commit([enqueue('a')]);
    await storage.close();
    const file = await exported(sqlite, path);
    const place = await postgres.empty();
    const into = { ...postgres, empty: () => place };
    await expect(imported(into, file.subarray(0, -90))).rejects.toThrow();
    const after = await postgres.open(place);
    expect(await after.queues('')).toEqual([]);
    await after.close();
  });

  test('an export is of one moment, and nodes go on meanwhile', async () => {
    const place = await postgres.empty();
    const storage = await postgres.open(place);
    await storage.commit([enqueue('a'), append('log', 'x')]);
    const from = await postgres.exporting(place);
    const kinds: string[] = [];
    for await (const items of from.items()) {
      kinds.push(...items.map(({ kind }) => kind));
      if (kinds.length === 1) await storage.commit([enqueue('b'), append('log', 'y')]);
    }
    expect(kinds).toEqual(['given', 'message', 'log', 'record']);
    await Promise.all([from.close(), storage.close()]);
  });
});
