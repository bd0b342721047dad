import { describe, expect, test } from 'vitest';
import { nextTurn } from '../../../src/core/clock.ts';
import { notedCommit } from '../../../src/storage/sqlite/commit-number.ts';
import { openSqlite } from '../../../src/storage/sqlite/open.ts';
import type { Write } from '../../../src/storage/storage.ts';
import { emptyDirectory } from './directory.ts';

const append: Write = { kind: 'append', log: 'log', record: { atMs: 0, body: 'x' } };

/** Hands in as many lists as `turns` says for each turn; how many commits they became. */
async function commitsOf(path: string, turns: readonly number[]): Promise<number> {
  const storage = await openSqlite({ path, reserveBytes: 0 });
  await storage.commit([append]);
  const before = notedCommit(path) ?? 0;
  const all: Promise<unknown>[] = [];
  for (const lists of turns) {
    for (let i = 0; i < lists; i += 1) all.push(storage.commit([append]));
    await nextTurn();
  }
  await Promise.all(all);
  await storage.close();
  return (notedCommit(path) ?? 0) - before;
}

describe('lists that are handed in at about the same time', () => {
  test('share a commit when they come in one turn', async () => {
    expect(await commitsOf(emptyDirectory(), [20])).toBe(1);
  });

  test('share a commit when each of a few turns brings more', async () => {
    expect(await commitsOf(emptyDirectory(), [5, 5, 5])).toBe(1);
  });

  test('are committed alone when they come one after another', async () => {
    expect(await commitsOf(emptyDirectory(), [1, 0, 1, 0, 1])).toBe(3);
  });

  test('do not keep each other waiting for ever', async () => {
    expect(
      await commitsOf(
        emptyDirectory(),
        Array.from({ length: 12 }, () => 2),
      ),
    ).toBeGreaterThan(1);
  });
});
