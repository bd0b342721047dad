/** All that a folder holds, as a file and back. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openSqlite } from '../../../src/storage/sqlite/open.ts';
import { importSqlite } from '../../../src/storage/sqlite/transfer-in.ts';
import { exportSqlite } from '../../../src/storage/sqlite/transfer-out.ts';
import { append, claimOf, enqueue, inTurn, NOW, once, put, Q, settle } from '../contract/writes.ts';
import { emptyDirectory } from '../sqlite/directory.ts';
import { type Engine, exported, imported, transferContract } from './two-ways.ts';

const sqlite: Engine = {
  empty: emptyDirectory,
  open: (path) => openSqlite({ path, reserveBytes: 0, durability: 'process' }),
  exporting: exportSqlite,
  importing: importSqlite,
};

describe('between two folders', () => {
  transferContract(sqlite, sqlite);
});

const open = sqlite.open;

describe('what was given out before', () => {
  test('stays valid: leases, dedup, positions, versions', async () => {
    const path = emptyDirectory();
    const before = await open(path);
    await before.commit([enqueue('a'), once('key', enqueue('b')), put('row', 'old')]);
    const [claimed] = await before.claim(Q, claimOf({ max: 1 }));
    const [gone] = await before.commit([put('gone', 'x')]);
    await before.commit([{ ...put('gone', ''), kind: 'remove' }]);
    await before.close();

    const after = await open(await imported(sqlite, await exported(sqlite, path)));
    const [again, made] = await after.commit([once('key', enqueue('c')), put('gone', 'y')]);
    expect(again?.duplicateOf).toBe('b');
    expect(made?.version).toBeGreaterThan(gone?.version ?? Number.NaN);
    if (claimed) await after.commit([settle(claimed)]);
    expect(await after.counts(Q, NOW)).toMatchObject({ visible: 1, inFlight: 0 });
    await after.close();
  });

  test('groups go on taking turns', async () => {
    const path = emptyDirectory();
    const before = await open(path);
    await before.commit([inTurn('a1', 'a'), inTurn('a2', 'a'), inTurn('b1', 'b')]);
    await before.claim(Q, claimOf({ max: 1 }));
    await before.close();
    const after = await open(await imported(sqlite, await exported(sqlite, path)));
    expect((await after.claim(Q, claimOf())).map(({ id }) => id)).toEqual(['b1']);
    await after.close();
  });

  test('logs go on after a trim, and after all was trimmed', async () => {
    const path = emptyDirectory();
    const before = await open(path);
    await before.commit(Array.from({ length: 700 }, (_, n) => append('long', `${n}`, NOW + n)));
    await before.commit([{ kind: 'trim', log: 'long', keep: 300 }, append('empty', 'x')]);
    await before.commit([{ kind: 'trim', log: 'empty', keep: 0 }]);
    await before.close();
    const after = await open(await imported(sqlite, await exported(sqlite, path)));
    expect(await after.bounds('long')).toEqual({ first: 401, next: 701, bytes: 900 });
    expect(await after.bounds('empty')).toEqual({ first: 2, next: 2, bytes: 0 });
    const read = { from: 1, max: 1, sinceMs: NOW + 650 };
    expect(await after.read('long', read)).toMatchObject([{ position: 651 }]);
    expect(await after.commit([append('empty', 'y')])).toEqual([{ position: 2 }]);
    await after.close();
  });

  test('a redelay that is under way is done', async () => {
    const path = emptyDirectory();
    const before = await open(path);
    await before.commit(Array.from({ length: 2_500 }, (_, n) => enqueue(`m${n}`)));
    await before.commit([{ kind: 'redelay', queue: Q, delayMs: 5_000 }]);
    await before.close();
    const after = await open(await imported(sqlite, await exported(sqlite, path)));
    expect(await after.counts(Q, NOW)).toMatchObject({ delayed: 2_500 });
    await after.close();
  });
});

describe('refusals', () => {
  async function file(): Promise<string> {
    const path = emptyDirectory();
    const storage = await open(path);
    await storage.commit([enqueue('a'), enqueue('b'), append('log', 'x'), append('log', 'y')]);
    await storage.commit([put('row', 'value')]);
    await storage.close();
    return (await exported(sqlite, path)).toString();
  }

  const swapped = (text: string, one: RegExp, other: RegExp) => {
    const [first = '', second = ''] = [one.exec(text)?.[0], other.exec(text)?.[0]];
    return text.replace(first, '§').replace(second, first).replace('§', second);
  };

  test.each<[string, (text: string) => string, RegExp]>([
    ['without its end', (text) => text.replace(/.*\n$/, ''), /cut off/],
    ['with half a line', (text) => text.slice(0, 500), /no JSON/],
    ['with another body', (text) => text.replace('body of a', 'body of x'), /damaged/],
    ['with a line less', (text) => text.replace(/.*"kind":"row".*\n/, ''), /damaged/],
    ['without a record', (text) => text.replace(/.*"kind":"record".*\n/, ''), /Line 6 is out of/],
    ['out of order', (text) => swapped(text, /.*"a".*\n/, /.*"b".*\n/), /Line 4 is out of/],
    ['with an unknown kind', (text) => text.replace('"row"', '"cell"'), /nothing that is known/],
    ['with an unknown member', (text) => text.replace('"id"', '"name"'), /nothing that is known/],
    ['of a later version', (text) => text.replace('"format":1', '"format":2'), /has format 2/],
    ['of something else', () => 'hello\n', /no JSON/],
    ['with more after the end', (text) => `${text}{}\n`, /after the end/],
    ['with nothing in it', () => '', /cut off/],
  ])('a file %s is refused, and nothing is left', async (_, change, message) => {
    const path = emptyDirectory();
    const into: Engine = { ...sqlite, empty: () => path };
    const importing = imported(into, Buffer.from(change(await file())));
    await expect(importing).rejects.toThrow(message);
    expect(readdirSync(path)).toEqual([]);
  });

  test('a folder that holds something takes nothing in', async () => {
    const path = emptyDirectory();
    await (await open(path)).close();
    expect(() => importSqlite(path)).toThrow('not empty');
  });
});
