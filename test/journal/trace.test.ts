import { expect, test } from 'vitest';
import { drawTrace } from '../../src/journal/draw.ts';
import {
  decodeFact,
  encodeFact,
  type Fact,
  journal,
  trimJournal,
} from '../../src/journal/journal.ts';
import { Traces } from '../../src/journal/trace.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';

const bus = 'arn:aws:events:us-east-1:000000000000:event-bus/shop';
const queue = 'arn:aws:sqs:us-east-1:000000000000:orders';

const placed: Fact = { kind: 'publish', id: 'placed', arn: bus, atMs: 10, note: 'OrderPlaced' };
const delivered: Fact = {
  kind: 'deliver',
  id: 'placed',
  arn: 'arn:aws:events:us-east-1:000000000000:rule/shop/r',
  atMs: 11,
  outcome: 'ok',
  target: queue,
  produced: 'message',
};
const received: Fact = { kind: 'receive', id: 'message', arn: queue, atMs: 20 };
const paid: Fact = {
  kind: 'publish',
  id: 'paid',
  arn: bus,
  atMs: 30,
  causes: ['placed'],
  note: 'OrderPaid',
};
const shipped: Fact = { kind: 'publish', id: 'shipped', arn: bus, atMs: 40, causes: ['paid'] };

async function traced(...facts: readonly Fact[]) {
  const storage = await openSqlite({ path: ':memory:' });
  const { record } = journal(true);
  const tell = (more: readonly Fact[]) => storage.commit(more.flatMap(record));
  await tell(facts);
  const traces = new Traces(storage);
  return { storage, traces, tell, [Symbol.asyncDispose]: () => storage.close() };
}

test('a fact is read back as it was written', () => {
  for (const fact of [placed, delivered, received, paid]) {
    expect(decodeFact(encodeFact(fact))).toEqual(fact);
  }
});

test('a trace is the tree of what an event led to', async () => {
  await using w = await traced(placed, delivered, received, paid, shipped);
  const trace = await w.traces.trace('placed');
  expect(trace?.ancestors).toEqual([]);
  expect(trace?.tree.children.map(({ id }) => id)).toEqual(['message', 'paid']);
  expect(trace?.tree.children[0]?.facts).toEqual([received]);
  expect(trace?.tree.children[1]?.children.map(({ id }) => id)).toEqual(['shipped']);
});

test('a trace names the causes of its event, the first one first', async () => {
  await using w = await traced(placed, paid, shipped);
  const trace = await w.traces.trace('shipped');
  expect(trace?.ancestors.map(({ id }) => id)).toEqual(['placed', 'paid']);
});

test('facts that come later are in the next trace', async () => {
  await using w = await traced(placed);
  expect((await w.traces.trace('placed'))?.tree.children).toEqual([]);
  await w.tell([paid]);
  expect((await w.traces.trace('placed'))?.tree.children).toHaveLength(1);
});

test('an event with two causes stands under both, its own tree only once', async () => {
  const joined: Fact = { ...shipped, causes: ['paid', 'placed'] };
  const after: Fact = { kind: 'publish', id: 'after', arn: bus, atMs: 50, causes: ['shipped'] };
  await using w = await traced(placed, paid, joined, after);
  const trace = await w.traces.trace('placed');
  const [paidNode, again] = trace?.tree.children ?? [];
  expect(paidNode?.children[0]?.children.map(({ id }) => id)).toEqual([]);
  expect(again).toMatchObject({ id: 'shipped', children: [{ id: 'after' }] });
  expect(paidNode?.children[0]).toMatchObject({ id: 'shipped', again: true });
});

test('events that cause each other make no endless tree', async () => {
  const first: Fact = { ...placed, causes: ['paid'] };
  await using w = await traced(first, paid);
  const trace = await w.traces.trace('placed');
  expect(trace?.tree.children[0]?.children[0]).toMatchObject({ id: 'placed', again: true });
});

test('an event that the journal does not know has no trace', async () => {
  await using w = await traced(placed);
  expect(await w.traces.trace('nobody')).toBeUndefined();
});

test('a journal that is switched off records nothing', () => {
  expect(journal(false).record(placed)).toEqual([]);
});

test('a trimmed journal forgets the oldest facts', async () => {
  const many = Array.from({ length: 500 }, (_, index) => ({ ...placed, id: `e${index}` }));
  await using w = await traced();
  for (const fact of many) await w.tell([fact]);
  expect(await w.traces.trace('e0')).toBeDefined();
  await w.storage.commit([trimJournal(10, 100, 1000)]);
  await w.tell([paid]);
  expect(await w.traces.trace('e0')).toBeUndefined();
  expect(await w.traces.trace('e499')).toBeDefined();
});

test('a drawn trace has a line per event and under it one per fact', async () => {
  await using w = await traced(placed, delivered, received, paid);
  const trace = await w.traces.trace('placed');
  expect(trace && drawTrace(trace).split('\n')).toEqual([
    'OrderPlaced placed at events:event-bus/shop',
    '│       +1 ms  handed over by events:rule/shop/r to sqs:orders',
    '├─ message at sqs:orders',
    '│         +10 ms  received from sqs:orders',
    '└─ OrderPaid paid at events:event-bus/shop',
    '',
  ]);
});
