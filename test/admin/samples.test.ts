import { describe, expect, test } from 'vitest';
import { sampleOf, stretchesOf } from '../../src/admin/samples.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';

const appended = (log: string, from: number, length: number) => ({
  log,
  from,
  next: from + length,
});

function total(stretches: ReturnType<typeof stretchesOf>) {
  return {
    read: stretches.reduce((sum, { count }) => sum + count, 0),
    stoodFor: Math.round(stretches.reduce((sum, { count, weight }) => sum + count * weight, 0)),
  };
}

describe('what is looked at', () => {
  test('few records are all read, each for itself', () => {
    expect(stretchesOf([appended('a', 5, 3), appended('b', 1, 0)], 1_000)).toEqual([
      { log: 'a', from: 5, count: 3, weight: 1 },
    ]);
  });

  test('of many an even sample that stands for all of them', () => {
    const stretches = stretchesOf([appended('a', 101, 50_000)], 1_000);
    expect(total(stretches)).toEqual({ read: 1_000, stoodFor: 50_000 });
    expect(stretches).toHaveLength(10);
    for (const [index, { from }] of stretches.entries()) {
      expect(Math.floor((from - 101) / 5_000)).toBe(index);
    }
    expect(new Set(stretches.map(({ weight }) => weight))).toEqual(new Set([50]));
  });

  test('what comes in turns is seen with all its turns', () => {
    const stretches = stretchesOf([appended('a', 1, 100_000)], 1_000);
    const seen = new Set<number>();
    for (const { from, count } of stretches) {
      for (let at = from; at < from + count; at += 1) seen.add(at % 200);
    }
    expect(seen.size).toBeGreaterThan(190);
  });

  test.each([
    [[1_001]],
    [[999, 2]],
    [[10_000, 1, 7, 0, 500]],
    [Array.from({ length: 17 }, (_, index) => index * 997)],
    [Array.from({ length: 17 }, () => 1_000_000)],
  ])('stretches of logs with %j records neither overlap nor leave their log', (lengths) => {
    const logs = lengths.map((length, index) => appended(`log ${index}`, 10, length));
    const stretches = stretchesOf(logs, 1_000);
    const { read, stoodFor } = total(stretches);
    expect(read).toBeLessThanOrEqual(1_000);
    expect(stoodFor).toBe(lengths.reduce((sum, length) => sum + length, 0));
    for (const { log, from, next } of logs) {
      const own = stretches.filter((stretch) => stretch.log === log);
      expect(own.length > 0).toBe(next > from);
      let at = from;
      for (const stretch of own) {
        expect(stretch.from).toBeGreaterThanOrEqual(at);
        at = stretch.from + stretch.count;
      }
      expect(at).toBeLessThanOrEqual(next);
    }
  });
});

describe('a sample', () => {
  test('has records of all of a log, and what was let go of is left out', async () => {
    await using storage = await open();
    const records = Array.from({ length: 4_000 }, (_, index) => ({
      ...{ kind: 'append', log: 'l', record: { atMs: index, body: String(index) } },
    })) as { kind: 'append'; log: string; record: { atMs: number; body: string } }[];
    await storage.store.commit(records);
    const all = await sampleOf(storage.store, [{ log: 'l', from: 1, next: 4_001 }], 1_000);
    expect(all.sampled).toBe(0.25);
    expect(all.entries).toHaveLength(1_000);
    expect(all.entries[0]).toEqual({ entry: { atMs: 0, body: '0', position: 1 }, weight: 4 });
    expect(all.entries.at(-1)?.entry.position).toBeGreaterThan(3_800);
    await storage.store.commit([{ kind: 'trim', log: 'l', before: 2_001 }]);
    const later = await sampleOf(storage.store, [{ log: 'l', from: 1, next: 4_001 }], 1_000);
    const positions = later.entries.map(({ entry }) => entry.position);
    expect(Math.min(...positions)).toBeGreaterThan(2_000);
    expect(positions).toHaveLength(500);
  });

  test('of nothing is all of it', async () => {
    await using storage = await open();
    const none = await sampleOf(storage.store, [{ log: 'l', from: 1, next: 1 }], 1_000);
    expect(none).toEqual({ entries: [], sampled: 1 });
  });
});

async function open() {
  const store = await openSqlite({ path: ':memory:' });
  return { store, [Symbol.asyncDispose]: () => store.close() };
}
