import { describe, expect, test } from 'vitest';
import { drawTrace } from '../../src/journal/draw.ts';
import {
  decodeFact,
  encodeFact,
  type Fact,
  journal,
  trimJournal,
} from '../../src/journal/journal.ts';
import { journalsOf } from '../../src/journal/logs.ts';
import { Traces } from '../../src/journal/trace.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';
import { sharedView } from '../delivery/nodes.ts';

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
  const { record } = journal({ on: true });
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

test('a fact keeps no more than a little of what clients say', () => {
  const long = 'x'.repeat(1_000_000);
  const kept = decodeFact(encodeFact({ ...paid, causes: [long, 'placed'], note: long }));
  expect(kept).toEqual({ ...paid, causes: ['placed'], note: 'x'.repeat(1_024) });
});

test('a trace joins what several nodes have written down', async () => {
  await using w = await traced();
  const storage = sharedView(w.storage);
  const logs = journalsOf(storage);
  const told = [placed, delivered, received, paid, shipped];
  for (const [index, fact] of told.entries()) {
    await storage.commit(journal({ on: true, log: logs[1 + (index % 3)] ?? '' }).record(fact));
  }
  const traces = new Traces(storage);
  expect((await traces.trace('placed'))?.tree).toMatchObject({
    facts: [placed, delivered],
    children: [{ id: 'message', facts: [received] }, { id: 'paid' }],
  });
  const first = await traces.facts([], 3);
  const rest = await traces.facts(first.next, 10);
  expect([...first.facts, ...rest.facts].toSorted((a, b) => a.atMs - b.atMs)).toEqual(told);
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
  expect(journal({ on: false }).record(placed)).toEqual([]);
});

test('a trimmed journal forgets the oldest facts', async () => {
  const many = Array.from({ length: 500 }, (_, index) => ({ ...placed, id: `e${index}` }));
  await using w = await traced();
  for (const fact of many) await w.tell([fact]);
  expect(await w.traces.trace('e0')).toBeDefined();
  await w.storage.commit(trimJournal(w.storage, 10, 100, 1000));
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

test('a drawn trace tells what was tried from what was done, and why', async () => {
  const rule = 'arn:aws:events:us-east-1:000000000000:rule/shop/r';
  const target = 'arn:aws:sqs:us-east-1:000000000000:orders';
  const about = { id: 'placed', arn: rule, target, outcome: 'NO_PERMISSIONS' };
  const tried: Fact = {
    ...about,
    kind: 'deliver',
    atMs: placed.atMs + 1,
    note: 'The queue says no.',
  };
  const given: Fact = { ...about, kind: 'dead-letter', atMs: placed.atMs + 2, note: 'LOST' };
  await using w = await traced(placed, tried, given);
  const trace = await w.traces.trace('placed');
  const lines = trace ? drawTrace(trace).split('\n') : [];
  expect(lines.map((line) => line.trim()).slice(1, 3)).toEqual([
    '+1 ms  tried in vain by events:rule/shop/r to sqs:orders [NO_PERMISSIONS]: The queue says no.',
    '+2 ms  given up by events:rule/shop/r to sqs:orders [NO_PERMISSIONS]: LOST',
  ]);
});

describe('a trace that is too long to show', () => {
  const event = (id: string, ...causes: readonly string[]): Fact => {
    return { kind: 'publish', id, arn: bus, atMs: 1, causes };
  };

  test('a chain of 20,000 events ends at a level, and goes on in a trace of its own', async () => {
    const chain = Array.from({ length: 20_000 }, (_, i) => event(`e${i}`, `e${i - 1}`));
    await using w = await traced(...chain);
    const trace = await w.traces.trace('e0');
    expect(trace && drawTrace(trace)).toContain('… not shown: 0 more facts, 1 more events');
    let node = trace?.tree;
    let levels = 1;
    for (; node?.children[0]; levels += 1) node = node.children[0];
    expect(levels).toBe(500);
    expect(node).toMatchObject({ id: 'e499', leftOut: { facts: 0, children: 1 } });
    expect(JSON.parse(JSON.stringify(trace)).tree.id).toBe('e0');
    expect((await w.traces.trace('e499'))?.tree.children[0]?.id).toBe('e500');
  });

  test('the causes of the last event of a chain are those that are closest', async () => {
    const chain = Array.from({ length: 2_000 }, (_, i) => event(`e${i + 1}`, `e${i}`));
    await using w = await traced(...chain);
    const trace = await w.traces.trace('e2000');
    expect(trace?.ancestors).toHaveLength(500);
    expect(trace?.ancestors.at(-1)?.id).toBe('e1999');
    expect(trace?.ancestorsLeftOut).toBe(1_500);
    expect(trace && drawTrace(trace)).toContain('caused by 1500 more that are not shown');
  });

  test('an event with 20,000 effects shows the first ones and counts the others', async () => {
    const effects = Array.from({ length: 20_000 }, (_, i) => event(`e${i}`, 'root'));
    await using w = await traced(...effects);
    const tree = (await w.traces.trace('root'))?.tree;
    expect(tree?.children).toHaveLength(9_999);
    expect(tree?.leftOut).toEqual({ facts: 0, children: 10_001 });
  });

  test('an event with 3,000 facts shows the first ones and counts the others', async () => {
    await using w = await traced(...Array.from({ length: 3_000 }, () => received));
    const tree = (await w.traces.trace('message'))?.tree;
    expect(tree?.facts).toHaveLength(1_000);
    expect(tree?.leftOut).toEqual({ facts: 2_000, children: 0 });
  });

  test('causes that have many causes in common are gone through once', async () => {
    const levels = Array.from({ length: 40 }, (_, level) =>
      Array.from({ length: 5 }, (_, i) =>
        event(`${level}-${i}`, ...[0, 1, 2, 3, 4].map((above) => `${level - 1}-${above}`)),
      ),
    );
    await using w = await traced(...levels.flat());
    expect((await w.traces.trace('39-0'))?.ancestors).toHaveLength(200);
  });
});

test('two questions at once see every fact once', async () => {
  await using w = await traced(placed, delivered);
  const [one, other] = await Promise.all([w.traces.trace('placed'), w.traces.trace('placed')]);
  expect(one?.tree.facts).toEqual([placed, delivered]);
  expect(other?.tree.facts).toEqual([placed, delivered]);
});

test('single events are looked up with what made them and what they led to', async () => {
  await using w = await traced(placed, delivered, received);
  const known = await w.traces.known();
  expect(known('message')).toEqual({ facts: [received], madeBy: delivered, effects: [] });
  expect(known('placed')).toEqual({ facts: [placed, delivered], effects: ['message'] });
  expect(known('nobody')).toBeUndefined();
  await w.tell([paid]);
  expect((await w.traces.known())('paid')).toEqual({ facts: [paid], effects: [] });
});
