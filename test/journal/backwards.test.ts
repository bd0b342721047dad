import { describe, expect, test } from 'vitest';
import { factsBack, type LookBack, lookBack } from '../../src/journal/backwards.ts';
import { encodeFact, type Fact } from '../../src/journal/journal.ts';
import { JOURNAL, journalsOf } from '../../src/journal/logs.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';
import type { LogRead, Storage } from '../../src/storage/storage.ts';
import { sharedView } from '../delivery/nodes.ts';

async function world() {
  const storage = await openSqlite({ path: ':memory:' });
  const tell = (log: string, ...facts: readonly Fact[]) =>
    storage.commit(facts.map((fact) => ({ kind: 'append', log, record: encodeFact(fact) })));
  return { storage, tell, [Symbol.asyncDispose]: () => storage.close() };
}

const fact = (number: number, atMs = number): Fact => ({
  kind: 'publish',
  id: `e${number}`,
  arn: 'arn:aws:sqs:us-east-1:000000000000:orders',
  atMs,
});

const facts = (count: number) => Array.from({ length: count }, (_, index) => fact(index + 1));

const ids = (storage: Storage, look: Partial<LookBack<string>> = {}) =>
  factsBack(storage, { limit: 100, ...look, pick: ({ id }) => id });

/** Counts the records that are read. */
function counted(storage: Storage) {
  const count = { records: 0 };
  const read = async (log: string, how: LogRead) => {
    const page = await storage.read(log, how);
    count.records += page.length;
    return page;
  };
  return { count, storage: { ...sharedView(storage), shared: false, read } };
}

describe('answers', () => {
  test('an empty journal has no page to go on with', async () => {
    await using w = await world();
    expect(await ids(w.storage)).toEqual({ found: [], searched: 0 });
  });

  test('the newest comes first, page by page, until there is no more', async () => {
    await using w = await world();
    await w.tell(JOURNAL, ...facts(5));
    const first = await ids(w.storage, { limit: 2 });
    expect(first).toMatchObject({ found: ['e5', 'e4'], searched: 2 });
    const second = await ids(w.storage, { limit: 2, after: first.next });
    expect(second.found).toEqual(['e3', 'e2']);
    const third = await ids(w.storage, { limit: 2, after: second.next });
    expect(third).toEqual({ found: ['e1'], searched: 1 });
    const exactly = await ids(w.storage, { limit: 3, after: first.next });
    expect(exactly).toEqual({ found: ['e3', 'e2', 'e1'], searched: 3 });
  });

  test('what is told between two pages moves neither', async () => {
    await using w = await world();
    await w.tell(JOURNAL, ...facts(3));
    const first = await ids(w.storage, { limit: 1 });
    await w.tell(JOURNAL, fact(4), fact(5));
    expect((await ids(w.storage, { after: first.next })).found).toEqual(['e2', 'e1']);
  });

  test('the parts of several nodes are merged by time', async () => {
    await using w = await world();
    const storage = sharedView(w.storage);
    const parts = journalsOf(storage);
    const all = facts(40);
    for (const [index, one] of all.entries()) await w.tell(parts[index % 3] ?? JOURNAL, one);
    const wanted = all.map(({ id }) => id).reverse();
    expect((await ids(storage)).found).toEqual(wanted);
    const first = await ids(storage, { limit: 7 });
    const rest = await ids(storage, { after: first.next });
    expect([...first.found, ...rest.found]).toEqual(wanted);
  });

  test('what is not picked is passed over, be it said at once or later', async () => {
    await using w = await world();
    await w.tell(JOURNAL, ...facts(6));
    const even = ({ id, atMs }: Fact) => (atMs % 2 === 0 ? id : undefined);
    const wanted = { found: ['e6', 'e4'], searched: 3 };
    expect(await factsBack(w.storage, { limit: 2, pick: even })).toMatchObject(wanted);
    const later = async (one: Fact) => even(one);
    expect(await factsBack(w.storage, { limit: 2, pick: later })).toMatchObject(wanted);
  });

  test('any log can be read so, and says which it is', async () => {
    await using w = await world();
    await w.tell('a', fact(1), fact(3));
    await w.tell('b', fact(2));
    const pick: LookBack<string>['pick'] = ({ position }, log) => `${log}${position}`;
    const { found } = await lookBack(w.storage, { logs: ['a', 'b'], limit: 9, pick });
    expect(found).toEqual(['a2', 'b1', 'a1']);
  });

  test('records of a span of time', async () => {
    await using w = await world();
    await w.tell(JOURNAL, ...facts(9));
    expect((await ids(w.storage, { fromMs: 4, toMs: 7 })).found).toEqual(['e6', 'e5', 'e4']);
  });

  test('a record that a slow clock has put behind later ones is in its span', async () => {
    await using w = await world();
    await w.tell(JOURNAL, fact(1), fact(2), fact(3, 20), fact(4, 4), fact(5, 30));
    expect((await ids(w.storage, { fromMs: 2, toMs: 10 })).found).toEqual(['e4', 'e2']);
  });
});

describe('limits', () => {
  test('a page of a long journal reads a stretch of it, wherever it stands', async () => {
    await using w = await world();
    await w.tell(JOURNAL, ...facts(10_000));
    const { storage, count } = counted(w.storage);
    const first = await ids(storage, { limit: 600 });
    expect(first.found.at(-1)).toBe('e9401');
    expect(count.records).toBeLessThanOrEqual(1_000);
    count.records = 0;
    expect((await ids(storage, { limit: 10, toMs: 5_000 })).found[0]).toBe('e4999');
    expect(count.records).toBeLessThanOrEqual(1_001);
    count.records = 0;
    expect(await ids(storage, { limit: 5_000, fromMs: 9_995 })).toMatchObject({
      found: ['e10000', 'e9999', 'e9998', 'e9997', 'e9996', 'e9995'],
    });
    expect(count.records).toBeLessThanOrEqual(1_000);
  });

  test('a search that finds nothing ends and can go on', async () => {
    await using w = await world();
    await w.tell(JOURNAL, ...facts(1_200));
    const pick = ({ id }: Fact) => (id === 'e100' ? id : undefined);
    const first = await factsBack(w.storage, { limit: 1, search: 1_000, pick });
    expect(first).toMatchObject({ found: [], searched: 1_000, next: '201' });
    const second = await factsBack(w.storage, { limit: 1, search: 1_000, after: '201', pick });
    expect(second).toMatchObject({ found: ['e100'], searched: 101 });
  });

  test('large records are read a few at a time', async () => {
    await using w = await world();
    const body = 'x'.repeat(1_048_576);
    for (let atMs = 1; atMs <= 9; atMs += 1) {
      await w.storage.commit([{ kind: 'append', log: 'large', record: { atMs, body } }]);
    }
    const { storage, count } = counted(w.storage);
    const pick: LookBack<number>['pick'] = ({ position }) => position;
    const { found } = await lookBack(storage, { logs: ['large'], limit: 2, pick });
    expect(found).toEqual([9, 8]);
    expect(count.records).toBe(4);
  });

  test('what was let go of between two pages is not on the second', async () => {
    await using w = await world();
    await w.tell(JOURNAL, ...facts(2_000));
    const first = await ids(w.storage, { limit: 1 });
    await w.storage.commit([{ kind: 'trim', log: JOURNAL, keep: 0 }]);
    await w.tell(JOURNAL, fact(2_001));
    expect(await ids(w.storage, { after: first.next })).toEqual({ found: [], searched: 0 });
  });
});

describe('refusals', () => {
  test.each(['x', '1.', '1.2', '-1', '1e3'])('a cursor that is none: %j', async (after) => {
    await using w = await world();
    await expect(ids(w.storage, { after })).rejects.toMatchObject({
      code: 'ValidationException',
      status: 400,
    });
  });
});
