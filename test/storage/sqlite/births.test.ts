/** The age of messages, whose order is nearly always that of their positions. */
import { describe, expect, test } from 'vitest';
import { openSqlite } from '../../../src/storage/sqlite/open.ts';
import { Conflict, type Storage } from '../../../src/storage/storage.ts';
import { claimIds, claimOf, claimOne, enqueue, NOW, Q, settle } from '../contract/writes.ts';
import { emptyDirectory } from './directory.ts';

const open = (path: string) => openSqlite({ path, reserveBytes: 0, durability: 'process' });
const at = (age: number) => NOW - age;
const expire = (bornBeforeMs: number, max = 100) =>
  ({ kind: 'expire', queue: Q, bornBeforeMs, max }) as const;

/** Messages named by their age, in this order. */
function put(storage: Storage, ...ages: readonly number[]) {
  return storage.commit(ages.map((age) => enqueue(`${age}`, { sentAtMs: at(age) })));
}

async function ids(storage: Storage): Promise<readonly string[]> {
  const all = await storage.peek(Q, { nowMs: NOW, max: 100 });
  return all.map(({ id }) => id);
}

async function oldest(storage: Storage): Promise<number | undefined> {
  const { oldestSentAtMs } = await storage.counts(Q, NOW);
  return oldestSentAtMs === undefined ? undefined : NOW - oldestSentAtMs;
}

describe.each(['at once', 'after a restart'])('messages that come late, %s', (when) => {
  async function holding(...ages: readonly number[]): Promise<Storage> {
    const path = emptyDirectory();
    const storage = await open(path);
    await put(storage, ...ages);
    if (when === 'at once') return storage;
    await storage.close();
    return open(path);
  }

  test('are counted by their age', async () => {
    await using held = closing(await holding(50, 20, 90, 10, 40));
    expect(await oldest(held.storage)).toBe(90);
  });

  test('expire in the order of their births, not of their coming', async () => {
    await using held = closing(await holding(50, 20, 90, 10, 40));
    const { storage } = held;
    expect(await storage.commit([expire(at(30), 2)])).toEqual([{ changed: 2 }]);
    expect(await ids(storage)).toEqual(['20', '10', '40']);
    expect(await storage.commit([expire(at(15))])).toEqual([{ changed: 2 }]);
    expect(await ids(storage)).toEqual(['10']);
    expect(await oldest(storage)).toBe(10);
  });

  test('are told from younger ones when those are gone and more come', async () => {
    await using held = closing(await holding(10, 90, 80));
    const { storage } = held;
    const claimed = await storage.claim(Q, claimOf());
    const youngest = claimed.filter(({ id }) => id === '10');
    await storage.commit(youngest.map((message) => settle(message)));
    expect(await oldest(storage)).toBe(90);
    await put(storage, 95, 5, 60);
    expect(await oldest(storage)).toBe(95);
    await storage.commit([expire(at(50))]);
    expect(await ids(storage)).toEqual(['5']);
  });

  test('do not count as in flight past retention', async () => {
    await using held = closing(await holding(10, 90, 5));
    const { storage } = held;
    expect(await claimIds(storage, { max: 2 })).toEqual(['90', '10']);
    const retained = { bornAfterMs: at(50), maxInFlight: 1 };
    expect(await claimIds(storage, retained)).toEqual([]);
    expect(await claimIds(storage, { ...retained, maxInFlight: 2 })).toEqual(['5']);
  });
});

test('a removal that is undone leaves the oldest where it was', async () => {
  await using held = closing(await open(emptyDirectory()));
  const { storage } = held;
  await put(storage, 30, 20);
  const lease = await claimOne(storage);
  await storage.commit([settle(lease)]);
  // The second settle finds its message gone, and takes the expiry before it back.
  await expect(storage.commit([expire(NOW + 1), settle(lease)])).rejects.toThrow(Conflict);
  expect(await oldest(storage)).toBe(20);
  await storage.commit([expire(NOW + 1, 0)]);
  expect(await oldest(storage)).toBe(20);
  await storage.commit([expire(NOW + 1)]);
  expect(await oldest(storage)).toBeUndefined();
});

function closing(storage: Storage) {
  return { storage, [Symbol.asyncDispose]: () => storage.close() };
}
