import { expect, test } from 'vitest';
import { latestFacts } from '../../src/admin/latest-facts.ts';
import { encodeFact, type Fact, journal } from '../../src/journal/journal.ts';
import { journalsOf } from '../../src/journal/logs.ts';
import { startAws } from '../../src/testing/index.ts';
import { sharedView } from '../delivery/nodes.ts';

const fact = (atMs: number): Fact => ({ kind: 'receive', id: `m-${atMs}`, arn: 'a', atMs });

async function journaled() {
  const aws = await startAws();
  const { storage } = aws.stack;
  const tell = (atMs: readonly number[], log = 'journal') =>
    storage.commit(
      atMs.map((at) => ({ kind: 'append', log, record: encodeFact(fact(at)) }) as const),
    );
  const end = () => aws[Symbol.asyncDispose]();
  return { aws, stack: aws.stack, storage, tell, [Symbol.asyncDispose]: end };
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const moments = (facts: readonly Fact[]) => facts.map(({ atMs }) => atMs);

test('all there are, oldest first, from the first one on', async () => {
  await using at = await journaled();
  await at.tell([10, 20, 30]);
  const { facts, sinceMs } = await latestFacts(at.stack, 100);
  expect(facts).toEqual([fact(10), fact(20), fact(30)]);
  expect(sinceMs).toBe(10);
});

test('of more than wanted the latest, and since when they are all there', async () => {
  await using at = await journaled();
  await at.tell(upTo(5_000));
  const { facts, sinceMs } = await latestFacts(at.stack, 2_500);
  expect(moments(facts)).toEqual(upTo(5_000).slice(2_500));
  expect(sinceMs).toBe(2_501);
});

test('of many logs those since the moment from which all are there', async () => {
  await using at = await journaled();
  const storage = sharedView(at.storage);
  const [one = '', two = '', three = ''] = journalsOf(storage);
  await at.tell(upTo(100), one);
  await at.tell([3, 98, 101], two);
  await at.tell([1, 99], three);
  const { facts, sinceMs } = await latestFacts({ ...at.stack, storage }, 30);
  expect(sinceMs).toBe(91);
  expect(moments(facts)).toEqual([91, 92, 93, 94, 95, 96, 97, 98, 98, 99, 99, 100, 101]);
});

test('none where nothing happened, or nobody wrote it down', async () => {
  await using at = await journaled();
  const none = { facts: [], sinceMs: at.aws.clock.now() };
  expect(await latestFacts(at.stack, 10)).toEqual(none);
  await at.tell([1]);
  expect(await latestFacts({ ...at.stack, journal: journal({ on: false }) }, 10)).toEqual(none);
});
