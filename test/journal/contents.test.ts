import { expect, test } from 'vitest';
import { budgetOf } from '../../src/journal/budget.ts';
import { type ContentBounds, decodeContent, trimContents } from '../../src/journal/contents.ts';
import { Contents } from '../../src/journal/contents-by-id.ts';
import { journal } from '../../src/journal/journal.ts';
import { contentsOf } from '../../src/journal/logs.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';
import type { Storage } from '../../src/storage/storage.ts';

const BOUNDS: ContentBounds = { keep: 100, maxAgeMs: 1_000, bytes: 1e9 };
const [LOG = ''] = contentsOf({});

function told(id: string, json: string, atMs = 1) {
  const { record } = journal({ on: true, contents: true });
  const content = { form: 'message', json } as const;
  return record({ kind: 'publish', id, arn: 'arn:aws:sqs:r:0:q', atMs, content });
}

async function open() {
  const storage = await openSqlite({ path: ':memory:' });
  return { storage, [Symbol.asyncDispose]: () => storage.close() };
}

const trimmed = async (storage: Storage, nowMs: number, bounds: Partial<ContentBounds>) =>
  storage.commit(await trimContents(storage, nowMs, { ...BOUNDS, ...bounds }));

test('beside a content stands what it is and whose, and nothing that its fact says', async () => {
  await using w = await open();
  const { record } = journal({ on: true, contents: true });
  const content = { form: 'message', json: '{"n":1}' } as const;
  const fact = { kind: 'publish', id: 'a', arn: 'arn:aws:sqs:r:0:q', atMs: 1 } as const;
  await w.storage.commit(record({ ...fact, note: 'n', causes: ['c'], content }));
  const [entry] = await w.storage.read(LOG, { from: 1, max: 1 });
  expect(entry?.body).toBe('["message","a"]\n{"n":1}');
});

test('one of earlier versions is read', () => {
  const body = '["event","a","arn:aws:sqs:r:0:q","n",["c"]]\n{"n":1}';
  expect(decodeContent({ body })).toEqual({ id: 'a', form: 'event', json: '{"n":1}' });
});

test('what is too large is named and not kept', async () => {
  await using w = await open();
  await w.storage.commit(told('a', JSON.stringify('x'.repeat(2 ** 20))));
  const [entry] = await w.storage.read(LOG, { from: 1, max: 1 });
  expect(entry && decodeContent(entry)).toMatchObject({ id: 'a', json: 'null' });
});

test.each([
  ['by count', 1, { keep: 600 }],
  ['by bytes', 1, { keep: 1e6, bytes: 600 * 1_000 }],
  ['by age', 1_500, { keep: 1e6 }],
] as const)('is let go of %s, and then not found', async (_, nowMs, bounds) => {
  await using w = await open();
  const contents = new Contents(w.storage);
  const body = JSON.stringify('x'.repeat(900));
  // Engines keep records in blocks, and let go of whole ones.
  for (let n = 0; n < 2_000; n += 50) {
    const some = Array.from({ length: 50 }, (__, at) => told(`m${n + at}`, body, n));
    await w.storage.commit(some.flat());
  }
  expect(await contents.find('m0')).toBeDefined();
  await trimmed(w.storage, nowMs, bounds);
  const { first, next } = await w.storage.bounds(LOG);
  expect(next - first).toBeLessThan(1_600);
  expect(next - first).toBeGreaterThan(300);
  expect(await contents.find('m0')).toBeUndefined();
  expect((await contents.find('m1999'))?.json).toBe(body);
});

test('nothing is kept where that is switched off', () => {
  const fact = { kind: 'publish', id: 'a', arn: 'arn', atMs: 1 } as const;
  const content = { form: 'message', json: '1' } as const;
  const off = journal({ on: true });
  expect(off.keepsContents).toBe(false);
  expect(off.record({ ...fact, content })).toHaveLength(1);
  const none = journal({ on: false, contents: true });
  expect(none.keepsContents).toBe(false);
  expect(none.record({ ...fact, content })).toHaveLength(0);
});

test('idle time is saved up once', () => {
  let nowMs = 0;
  const budget = budgetOf(10, () => nowMs);
  nowMs = 1_000_000;
  const taken = Array.from({ length: 150 }, () => budget.take());
  expect(taken.filter((is) => is)).toHaveLength(100);
});

test('in a flood so many a second are kept, and what was not used before', () => {
  let nowMs = 0;
  const budget = budgetOf(10, () => nowMs);
  const taken = (count: number) => Array.from({ length: count }, () => budget.take());
  const kept = (count: number) => taken(count).filter((is) => is).length;
  expect(kept(150)).toBe(100);
  expect(budget.has()).toBe(false);
  nowMs = 499;
  expect(kept(20)).toBe(0);
  nowMs = 700;
  expect(kept(20)).toBe(5);
  nowMs = 1_000;
  expect(kept(20)).toBe(5);
  nowMs = 1_000_000;
  expect(budget.has()).toBe(true);
  expect(kept(150)).toBe(100);
  const flood = journal({ on: true, contents: true, budget });
  expect(flood.wantsContent()).toBe(false);
  const content = { form: 'message', json: '1' } as const;
  expect(flood.record({ kind: 'publish', id: 'a', arn: 'arn', atMs: 1, content })).toHaveLength(1);
});
