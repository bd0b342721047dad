/** Backups: of an engine at work, whole or refused, and restored into a folder that opens. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { archiveOf, takeCopy } from '../../../src/storage/sqlite/backup.ts';
import { COMMIT_FILE } from '../../../src/storage/sqlite/commit-number.ts';
import { DATABASE_FILE } from '../../../src/storage/sqlite/database.ts';
import { openAsItIs, openSqlite } from '../../../src/storage/sqlite/open.ts';
import { restore, verify } from '../../../src/storage/sqlite/restore.ts';
import type { Storage } from '../../../src/storage/storage.ts';
import { canBackUp } from '../../../src/storage/transfer.ts';
import { append, claimOf, enqueue, NOW, put, Q, settle } from '../contract/writes.ts';
import { emptyDirectory } from './directory.ts';

const open = (path: string) => openSqlite({ path, reserveBytes: 0, durability: 'process' });

async function archive(storage: Storage): Promise<Buffer> {
  if (!canBackUp(storage)) throw new Error('This engine takes no backups.');
  return Buffer.concat(await Array.fromAsync(storage.backUp(NOW)));
}

async function* streamed(bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

async function filled(path: string): Promise<Storage> {
  const storage = await open(path);
  const long = 'é'.repeat(5_000);
  await storage.commit([
    enqueue('a'),
    enqueue('b', { body: long }),
    enqueue('c', { body: long }, 'other'),
    append('journal', 'began'),
    put('row', 'value'),
  ]);
  await storage.commit([append('journal', 'went on')]);
  return storage;
}

/** Lets what waits for the event loop, and other threads, go on. */
async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await new Promise((resolve) => setImmediate(resolve));
}

const stateOf = async (storage: Storage) => ({
  queue: await storage.peek(Q, { nowMs: NOW, max: 1_000_000 }),
  other: await storage.peek('other', { nowMs: NOW, max: 10 }),
  journal: await storage.read('journal', { from: 1, max: 1_000_000 }),
  rows: await storage.scan('sqs/queues', '000000000000/us-east-1'),
});

describe('a backup', () => {
  test('holds all that the engine holds, and opens', async () => {
    const from = await filled(emptyDirectory());
    const [claimed] = await from.claim(Q, claimOf({ max: 1 }));
    const to = emptyDirectory();
    const { holdings, manifest } = await restore(streamed(await archive(from)), to);
    expect(holdings).toMatchObject({ queues: 2, messages: 3, logs: 1, records: 2, rows: 1 });
    expect(manifest).toMatchObject({ takenAt: new Date(NOW).toISOString(), commit: 3 });
    expect(readdirSync(to).sort()).toEqual([COMMIT_FILE, DATABASE_FILE]);
    const restored = await open(to);
    expect(await stateOf(restored)).toEqual(await stateOf(from));
    if (claimed) await restored.commit([settle(claimed)]);
    expect(await restored.counts(Q, NOW)).toMatchObject({ visible: 1, inFlight: 0 });
    await Promise.all([from.close(), restored.close()]);
  });

  test('of an engine at work is of a whole commit and holds what was acknowledged', async () => {
    const from = await filled(emptyDirectory());
    const body = 'x'.repeat(2_000);
    const two = (n: number) =>
      from.commit([enqueue(`m${n}`, { body }), append('journal', `m${n}`)]);
    for (let n = 0; n < 3_000; n += 1) void two(n);
    await from.idle();
    let [done, written] = [false, 3_000];
    const taking = archive(from).finally(() => {
      done = true;
    });
    while (!done) await two(written++);
    const to = emptyDirectory();
    await restore(streamed(await taking), to);
    const restored = await open(to);
    const { queue, journal } = await stateOf(restored);
    expect(queue.length).toBeGreaterThanOrEqual(3_002);
    expect(queue.slice(2).map(({ id }) => id)).toEqual(journal.slice(2).map(({ body }) => body));
    await Promise.all([from.close(), restored.close()]);
  });

  test('waits for a transaction that writes when it begins', async () => {
    const path = emptyDirectory();
    await (await filled(path)).close();
    const database = openAsItIs(path);
    database.sql.exec('BEGIN IMMEDIATE');
    const taking = takeCopy(database);
    await turns(200);
    database.sql.exec('COMMIT');
    const bytes = Buffer.concat(await Array.fromAsync(archiveOf(await taking, NOW)));
    database.sql.close();
    expect((await restore(streamed(bytes), emptyDirectory())).holdings.messages).toBe(3);
  });

  test('holds small files beside the database, and not what a dead copy left', async () => {
    const path = emptyDirectory();
    mkdirSync(join(path, 'copy-dead'));
    writeFileSync(join(path, 'copy-dead', 'x'), '');
    const from = await filled(path);
    expect(existsSync(join(path, 'copy-dead'))).toBe(false);
    mkdirSync(join(path, 'tls'));
    writeFileSync(join(path, 'tls', 'key.pem'), 'secret');
    const bytes = await archive(from);
    await from.close();
    expect(readdirSync(path).sort()).toEqual([COMMIT_FILE, DATABASE_FILE, 'tls']);
    const to = emptyDirectory();
    await restore(streamed(bytes), to);
    expect(readFileSync(join(to, 'tls', 'key.pem'), 'utf8')).toBe('secret');
  });

  test('is taken of a folder that nobody has open, as it is', async () => {
    const path = emptyDirectory();
    await (await filled(path)).close();
    const database = openAsItIs(path);
    const bytes = await Array.fromAsync(archiveOf(await takeCopy(database), NOW));
    database.sql.close();
    const to = emptyDirectory();
    await restore(streamed(Buffer.concat(bytes)), to);
    const [one, other] = [await open(path), await open(to)];
    expect(await stateOf(other)).toEqual(await stateOf(one));
    await Promise.all([one.close(), other.close()]);
    expect(() => openAsItIs(emptyDirectory())).toThrow('no data folder');
  });

  test('of an engine that is closed meanwhile is given up, and leaves nothing', async () => {
    const path = emptyDirectory();
    const from = await filled(path);
    for (let n = 0; n < 2_000; n += 1)
      void from.commit([enqueue(`m${n}`, { body: 'x'.repeat(3_000) })]);
    await from.idle();
    const taking = archive(from);
    const refused = expect(taking).rejects.toThrow('closed');
    await new Promise((resolve) => setImmediate(resolve));
    await from.close();
    await refused;
    expect(readdirSync(path).sort()).toEqual([COMMIT_FILE, DATABASE_FILE]);
  });

  test('of memory is one like any other', async () => {
    const from = await openSqlite({ path: ':memory:' });
    await from.commit([enqueue('a')]);
    const to = emptyDirectory();
    await restore(streamed(await archive(from)), to);
    const restored = await open(to);
    expect((await stateOf(restored)).queue).toHaveLength(1);
    await Promise.all([from.close(), restored.close()]);
  });
});

describe('restoring', () => {
  test('gives out no position that the lost time may have given out', async () => {
    const from = await filled(emptyDirectory());
    const bytes = await archive(from);
    const [later] = await from.commit([enqueue('later')]);
    await from.close();
    const to = emptyDirectory();
    await restore(streamed(bytes), to);
    const restored = await open(to);
    const [receipt] = await restored.commit([enqueue('new')]);
    expect(receipt?.position).toBeGreaterThan(later?.position ?? Number.NaN);
    await restored.close();
  });

  test('refuses a folder that holds something', async () => {
    const from = await filled(emptyDirectory());
    const bytes = await archive(from);
    await from.close();
    const to = emptyDirectory();
    writeFileSync(join(to, 'letter'), 'dear');
    await expect(restore(streamed(bytes), to)).rejects.toThrow(/not empty.*letter/);
    expect(readdirSync(to)).toEqual(['letter']);
  });

  test('begins anew where an attempt was cut short', async () => {
    const from = await filled(emptyDirectory());
    const bytes = await archive(from);
    await from.close();
    const to = emptyDirectory();
    mkdirSync(join(to, 'unfinished'));
    writeFileSync(join(to, COMMIT_FILE), 'half');
    await restore(streamed(bytes), to);
    await (await open(to)).close();
  });

  test('of a damaged or cut backup is refused and leaves nothing', async () => {
    const from = await filled(emptyDirectory());
    const bytes = await archive(from);
    await from.close();
    const damage = [
      bytes.subarray(0, bytes.length - 2_000),
      bytes.subarray(0, 40_000),
      Buffer.from('no backup at all'),
      ...[600, 9_000, 70_000].map((at) => {
        const copy = Buffer.from(bytes);
        copy[at] = (copy[at] ?? 0) ^ 1;
        return copy;
      }),
    ];
    for (const damaged of damage) {
      const to = emptyDirectory();
      await expect(restore(streamed(damaged), to)).rejects.toThrow();
      expect(readdirSync(to)).toEqual([]);
    }
  });
});

describe('verifying', () => {
  /** A backup of a folder after `change` was done to its database. */
  async function changed(change: string): Promise<unknown> {
    const path = emptyDirectory();
    await (await filled(path)).close();
    const sql = new DatabaseSync(join(path, DATABASE_FILE));
    sql.exec(change);
    sql.close();
    const database = openAsItIs(path);
    const bytes = await Array.fromAsync(archiveOf(await takeCopy(database), NOW));
    database.sql.close();
    return verify(streamed(Buffer.concat(bytes)), join(path, 'file'));
  }

  test.each([
    ["UPDATE message SET body = 'y' WHERE id = 'a'", /Message \d+ of queue/],
    ["UPDATE body SET text = 'y'", /Message \d+ of queue/],
    ['DELETE FROM body', /Message \d+ of queue/],
    ["UPDATE block SET text = 'y' WHERE rowid = (SELECT min(rowid) FROM block)", /Record 1 of log/],
    ['DELETE FROM block WHERE rowid = (SELECT min(rowid) FROM block)', /Record 2 of log/],
    ['DELETE FROM block WHERE rowid = (SELECT max(rowid) FROM block)', /lacks records/],
    ['DELETE FROM block', /has no records/],
    ["UPDATE item SET value = 'y'", /Row .*row/],
    ["DELETE FROM queue WHERE name = 'other'", /1 messages belong to queues/],
  ])('%s is found', async (change, found) => {
    await expect(changed(change)).rejects.toThrow(found);
  });
});
