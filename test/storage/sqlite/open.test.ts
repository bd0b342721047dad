/** Data directories: kept, brought forward, and refused when opening them would do harm. */
import { copyFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { COMMIT_FILE } from '../../../src/storage/sqlite/commit-number.ts';
import { connect, DATABASE_FILE } from '../../../src/storage/sqlite/database.ts';
import { migrate, type Step } from '../../../src/storage/sqlite/migrations.ts';
import { openSqlite } from '../../../src/storage/sqlite/open.ts';
import { FORMAT } from '../../../src/storage/sqlite/schema.ts';
import type { Storage } from '../../../src/storage/storage.ts';
import { append, claimOf, enqueue, NOW, Q } from '../contract/writes.ts';
import { emptyDirectory } from './directory.ts';

const open = (path: string, acceptLoss = false) =>
  openSqlite({ path, acceptLoss, reserveBytes: 0, durability: 'process' });

async function within<T>(path: string, work: (storage: Storage) => Promise<T>): Promise<T> {
  const storage = await open(path);
  try {
    return await work(storage);
  } finally {
    await storage.close();
  }
}

/** What is in the queue and in the log. */
const contents = (path: string) =>
  within(path, async (storage) => {
    const messages = await storage.peek(Q, { nowMs: NOW, max: 100 });
    const records = await storage.read('journal', { from: 0, max: 100 });
    return [...messages.map(({ id }) => id), ...records.map(({ body }) => body)];
  });

const add = (path: string, ...ids: readonly string[]) =>
  within(path, async (storage) => {
    const positions: (number | undefined)[] = [];
    for (const id of ids) {
      const [receipt] = await storage.commit([enqueue(id), append('journal', `${id} came`)]);
      positions.push(receipt?.position);
    }
    return positions;
  });

describe('a data directory', () => {
  test('keeps what was committed, and leases too', async () => {
    const path = emptyDirectory();
    await add(path, 'a', 'b');
    await within(path, (storage) => storage.claim(Q, claimOf({ max: 1 })));
    expect(await contents(path)).toEqual(['a', 'b', 'a came', 'b came']);
    const claimed = await within(path, (storage) => storage.claim(Q, claimOf()));
    expect(claimed.map(({ id }) => id)).toEqual(['b']);
  });

  test('gives no position twice over restarts', async () => {
    const path = emptyDirectory();
    const positions = [...(await add(path, 'a')), ...(await add(path, 'b')), ...(await add(path))];
    expect(new Set(positions).size).toBe(positions.length);
  });

  test('that another has open is refused, by name', async () => {
    const path = emptyDirectory();
    await within(path, async () => {
      await expect(open(path)).rejects.toThrow(path);
    });
    expect(await contents(path)).toEqual([]);
  });

  test('with a database of somebody else is refused and left as it is', async () => {
    const path = emptyDirectory();
    const foreign = new DatabaseSync(join(path, DATABASE_FILE));
    foreign.exec('PRAGMA user_version = 1; CREATE TABLE recipes (name TEXT)');
    foreign.close();
    await expect(open(path)).rejects.toThrow(/not .*millrace/i);
    const again = new DatabaseSync(join(path, DATABASE_FILE));
    const tables = again.prepare('SELECT name FROM sqlite_schema').all();
    again.close();
    expect(tables.map(({ name }) => name)).toEqual(['recipes']);
  });

  test('is made with the folders above it', async () => {
    const path = join(emptyDirectory(), 'a', 'b');
    await add(path, 'a');
    expect(await contents(path)).toEqual(['a', 'a came']);
  });

  test('that cannot be made is refused', async () => {
    await expect(open('/proc/millrace')).rejects.toThrow('/proc/millrace');
    const file = join(emptyDirectory(), 'file');
    writeFileSync(file, '');
    await expect(open(file)).rejects.toThrow('EEXIST');
  });

  test('with a damaged database is refused by name', async () => {
    const path = emptyDirectory();
    await add(path, 'a', 'b');
    const file = join(path, DATABASE_FILE);
    truncateSync(file, 20_000);
    await expect(open(path)).rejects.toThrow(`${file} is damaged`);
  });

  test('with a file that is no database is refused by name', async () => {
    const path = emptyDirectory();
    writeFileSync(join(path, DATABASE_FILE), 'Dear diary, '.repeat(1000));
    await expect(open(path)).rejects.toThrow(join(path, DATABASE_FILE));
  });
});

describe('formats', () => {
  function withFormat(format: number): string {
    const path = emptyDirectory();
    const { sql } = connect(path, 'process');
    migrate({ sql, file: path });
    sql.exec(`PRAGMA user_version = ${format}`);
    sql.close();
    return path;
  }

  const formatOf = (sql: DatabaseSync) => sql.prepare('PRAGMA user_version').get()?.user_version;

  test('a newer one is refused, and the way out is named', async () => {
    const path = withFormat(FORMAT + 1);
    const why = `has format ${FORMAT + 1}; this version of millrace reads up to ${FORMAT}. Start`;
    await expect(open(path)).rejects.toThrow(why);
  });

  test('an older one is brought forward step by step', () => {
    const database = connect(withFormat(2), 'process');
    const taken: string[] = [];
    const steps: Step[] = [1, 2, 3].map((from) => () => taken.push(`${from} to ${from + 1}`));
    migrate(database, steps);
    expect(taken).toEqual(['2 to 3', '3 to 4']);
    expect(formatOf(database.sql)).toBe(4);
    database.sql.close();
  });

  test('a step that fails leaves everything as it was', () => {
    const database = connect(withFormat(1), 'process');
    const steps: Step[] = [
      (sql) => sql.exec('CREATE TABLE half (done INTEGER)'),
      () => {
        throw new Error('cannot go on');
      },
    ];
    expect(() => migrate(database, steps)).toThrow('cannot go on');
    expect(formatOf(database.sql)).toBe(1);
    expect(() => database.sql.exec('SELECT * FROM half')).toThrow('no such table');
    database.sql.close();
  });
});

describe('acknowledged commits that are missing', () => {
  /** A directory whose database is of an older date than its number of commits. */
  async function restored(): Promise<string> {
    const path = emptyDirectory();
    await add(path, 'a');
    const database = join(path, DATABASE_FILE);
    copyFileSync(database, `${database}.copy`);
    await add(path, 'b', 'c');
    copyFileSync(`${database}.copy`, database);
    for (const file of readdirSync(path).filter((name) => /-(wal|shm)$/.test(name))) {
      writeFileSync(join(path, file), '');
    }
    return path;
  }

  test('are noticed and counted', async () => {
    const path = await restored();
    await expect(open(path)).rejects.toThrow(
      /are missing\. To go on without them: .*--accept-loss/,
    );
  });

  test('can be accepted, and their positions stay used', async () => {
    const path = await restored();
    const storage = await open(path, true);
    const [receipt] = await storage.commit([enqueue('d')]);
    await storage.close();
    expect(receipt?.position).toBeGreaterThan(2 ** 32);
    expect(await contents(path)).toEqual(['a', 'd', 'a came']);
  });

  test('a number that cannot be read is said to be so', async () => {
    const path = emptyDirectory();
    await add(path, 'a');
    const file = join(path, COMMIT_FILE);
    writeFileSync(file, readFileSync(file, 'latin1').replace(/\d{16}/, '9'.repeat(16)));
    await expect(open(path)).rejects.toThrow(`${file} is damaged`);
    await (await open(path, true)).close();
    expect(await contents(path)).toEqual(['a', 'a came']);
  });
});
