/** A full disk refuses what grows, and nothing else. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSqlite } from '../../../src/storage/sqlite/open.ts';
import { RESERVE_FILE, Reserve } from '../../../src/storage/sqlite/reserve.ts';
import { type Storage, Unavailable } from '../../../src/storage/storage.ts';
import { append, claimOf, enqueue, Q, settle } from '../contract/writes.ts';
import { emptyDirectory } from './directory.ts';

const MB = 1024 * 1024;
const BODY = 'x'.repeat(100_000);

/** Enqueues until there is no room; answers with how many fitted. */
async function fill(storage: Storage): Promise<number> {
  for (let count = 0; ; count += 1) {
    try {
      await storage.commit([enqueue(`m${count}`, { body: `${BODY}${count}` })]);
    } catch (cause) {
      if (cause instanceof Unavailable) return count;
      throw cause;
    }
  }
}

test.each([
  ['with a reserve', 2 * MB],
  ['without one', 0],
])(
  '%s, sends are refused, claims and settles go on, and then sends too',
  async (_, reserveBytes) => {
    const path = emptyDirectory();
    const settings = { path, reserveBytes, maxBytes: 4 * MB, durability: 'process' } as const;
    const storage = await openSqlite(settings);
    const fitted = await fill(storage);
    expect(fitted).toBeGreaterThan(20);

    const claimed = await storage.claim(Q, claimOf());
    expect(claimed).toHaveLength(10);
    for (const message of claimed) {
      await storage.commit([settle(message), append('journal', 'deleted')]);
    }
    await storage.commit([enqueue('again', { body: BODY })]);
    const left = await storage.counts(Q, 0);
    expect(left.visible + left.inFlight + left.delayed).toBe(fitted - 10 + 1);
    await storage.close();
  },
);

test('a list refused for want of room changes nothing, others of its turn go on', async () => {
  const storage = await openSqlite({ path: emptyDirectory(), reserveBytes: 0, maxBytes: 4 * MB });
  const fitted = await fill(storage);
  const [first] = await storage.claim(Q, claimOf({ max: 1 }));
  const outcomes = await Promise.allSettled([
    storage.commit([append('journal', 'sent'), enqueue('large', { body: BODY.repeat(10) })]),
    storage.commit(first ? [settle(first)] : []),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect(await storage.read('journal', { from: 0, max: 10 })).toEqual([]);
  const { visible, inFlight, delayed } = await storage.counts(Q, 0);
  expect(visible + inFlight + delayed).toBe(fitted - 1);
  await storage.close();
});

test('the reserve lies in the data directory, as large as asked', async () => {
  const path = emptyDirectory();
  const storage = await openSqlite({ path, reserveBytes: 2.5 * MB });
  await storage.close();
  expect(statSync(join(path, RESERVE_FILE)).size).toBe(2.5 * MB);
});

test('a reserve that is spent while it is written leaves nothing, and is made again', async () => {
  const path = emptyDirectory();
  const reserve = new Reserve(path, 3 * MB);
  reserve.spend();
  await reserve.begun;
  expect(existsSync(join(path, RESERVE_FILE))).toBe(false);
  expect(reserve.isSpent).toBe(true);
  expect(reserve.hasRoom(() => 0)).toBe(true);
  expect(statSync(join(path, RESERVE_FILE)).size).toBe(3 * MB);
});
