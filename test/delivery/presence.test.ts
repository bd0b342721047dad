/** Nodes that share a storage know of each other. */
import { expect, test } from 'vitest';
import { createStack, type RunningStack } from '../../src/app.ts';
import { type Clock, VirtualClock } from '../../src/core/clock.ts';
import { seededIds } from '../../src/core/ids.ts';
import { Distribution, SECONDS } from '../../src/core/metrics.ts';
import { ALIVE_MS, BEAT_MS, latencyOf, nodeCount, nodesOf } from '../../src/delivery/nodes.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { mortalView, sharedView } from './nodes.ts';

const NOW = Date.parse('2026-01-15T10:00:00Z');

async function world() {
  const storage = await openSqlite({ path: ':memory:' });
  const virtual = new VirtualClock(NOW);
  // To the stack it is a clock like the machine's.
  const clock: Clock = {
    nowMs: () => virtual.nowMs(),
    at: (atMs, fire) => virtual.at(atMs, fire),
    wallNowMs: () => virtual.nowMs(),
    afterWallMs: (delayMs, fire) => virtual.at(virtual.nowMs() + delayMs, fire),
  };
  const stacks: RunningStack[] = [];
  const node = async (port: number, of: Storage = sharedView(storage)) => {
    const ids = seededIds(port);
    const stack = await createStack({ storage: of, services: [], clock, ids, waits: true });
    stacks.push(stack);
    stack.reachedAt(`http://10.0.0.1:${port}`);
    await stack.quiet();
    return stack;
  };
  const forget = (stack: RunningStack) => stacks.splice(stacks.indexOf(stack), 1);
  const quiet = async () => {
    for (const stack of stacks) await stack.quiet();
  };
  const passes = (ms: number) => virtual.advanceTo(virtual.nowMs() + ms, quiet);
  const there = async () => {
    const nodes = await nodesOf(storage, virtual.nowMs());
    return nodes.map(({ address }) => Number(new URL(address).port));
  };
  const close = async () => {
    for (const stack of stacks) await stack.close();
    await storage.close();
  };
  return { storage, node, forget, passes, there, [Symbol.asyncDispose]: close };
}

test('each node is there for as long as it lives, the oldest first', async () => {
  await using w = await world();
  await w.node(1);
  await w.passes(1_000);
  const two = await w.node(2);
  expect(await w.there()).toEqual([1, 2]);
  await w.passes(10 * ALIVE_MS);
  expect(await w.there()).toEqual([1, 2]);
  w.forget(two);
  await two.close();
  expect(await w.there()).toEqual([1]);
});

test('a node that dies is gone soon, and its row with it', async () => {
  await using w = await world();
  await w.node(1);
  const mortal = mortalView(w.storage);
  w.forget(await w.node(2, mortal.storage));
  mortal.die();
  await w.passes(ALIVE_MS - 1);
  expect(await w.there()).toEqual([1, 2]);
  await w.passes(BEAT_MS);
  expect(await w.there()).toEqual([1]);
  expect(await w.storage.scan('millrace/nodes', '')).toHaveLength(1);
});

test('each node knows how many there are, for its share of what they do', async () => {
  await using w = await world();
  const one = await w.node(1);
  expect(nodeCount(one)).toBe(1);
  const two = await w.node(2);
  await w.passes(2 * BEAT_MS);
  expect([nodeCount(one), nodeCount(two)]).toEqual([2, 2]);
  w.forget(two);
  await two.close();
  await w.passes(2 * BEAT_MS);
  expect(nodeCount(one)).toBe(1);
});

test('a node says what it is', async () => {
  await using w = await world();
  await w.node(7);
  await w.passes(BEAT_MS);
  const [node] = await nodesOf(w.storage, NOW + BEAT_MS);
  expect(node).toMatchObject({
    address: 'http://10.0.0.1:7',
    processId: process.pid,
    startedAtMs: NOW,
    seenAtMs: NOW + BEAT_MS,
    version: expect.stringMatching(/^\d/),
  });
});

test('a node whose storage is its own writes nothing', async () => {
  await using w = await world();
  await w.node(1, { ...sharedView(w.storage), shared: false });
  await w.passes(ALIVE_MS);
  expect(await w.storage.scan('millrace/nodes', '')).toEqual([]);
});

test('latencies are told by the bounds that half and nearly all lie below', () => {
  const seconds = new Distribution(SECONDS);
  expect(latencyOf(seconds)).toEqual({ count: 0, p50Ms: 0, p99Ms: 0 });
  for (let n = 0; n < 98; n += 1) seconds.observe(0.0007);
  for (let n = 0; n < 2; n += 1) seconds.observe(0.2);
  expect(latencyOf(seconds)).toEqual({ count: 100, p50Ms: 1, p99Ms: 250 });
  for (let n = 0; n < 900; n += 1) seconds.observe(100);
  expect(latencyOf(seconds)).toMatchObject({ p99Ms: 30_000 });
});
