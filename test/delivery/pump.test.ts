import { expect, test } from 'vitest';
import { createStack } from '../../src/app.ts';
import { VirtualClock } from '../../src/core/clock.ts';
import { Pump } from '../../src/delivery/pump.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';
import type { Claimed, Enqueue } from '../../src/storage/storage.ts';

const NOW = 1_000_000;
const QUEUE = 'work';

function enqueue(group: string, body = group): Enqueue {
  const message = { id: body, body, group, sentAtMs: NOW, visibleAtMs: NOW };
  return { kind: 'enqueue', queue: QUEUE, message };
}

/** A pump whose messages of group `slow` take until they are let go. */
async function open(mostOfGroup?: number) {
  const storage = await openSqlite({ path: ':memory:' });
  const clock = new VirtualClock(NOW);
  const stack = await createStack({ storage, services: [], clock });
  const handled: Claimed[] = [];
  const held: (() => void)[] = [];
  const pump = new Pump(stack, {
    ...{ queue: QUEUE, width: 40, ...(mostOfGroup !== undefined && { mostOfGroup }) },
    handle: async (_, claimed) => {
      if (claimed.group === 'slow') await new Promise<void>((resolve) => held.push(resolve));
      handled.push(claimed);
      const { lease } = claimed;
      await storage.commit([{ kind: 'settle', lease, fence: 'latest', lost: 'conflict' }]);
    },
  });
  pump.start();
  /** Lets the pump do all it can. */
  const turns = async () => {
    for (let left = 20; left > 0; left -= 1) await stack.quiet();
  };
  const letGo = () => {
    for (const go of held.splice(0)) go();
  };
  const close = async () => {
    letGo();
    await pump.stop();
    await stack.close();
  };
  return { storage, clock, handled, held, turns, letGo, [Symbol.asyncDispose]: close };
}

const SLOW = Array.from({ length: 300 }, (_, index) => enqueue('slow', `slow ${index}`));

test('messages that take long do not hold up those of other groups', async () => {
  await using w = await open(30);
  await w.storage.commit(SLOW);
  await w.turns();
  expect(w.held).toHaveLength(30);
  await w.storage.commit([enqueue('quick')]);
  await w.turns();
  expect(w.handled.map(({ body }) => body)).toEqual(['quick']);
});

test('a message that was put back counts as never claimed, and none is lost', async () => {
  await using w = await open(30);
  await w.storage.commit(SLOW);
  for (let step = 0; w.handled.length < SLOW.length && step < 1_000; step += 1) {
    await w.turns();
    w.letGo();
    await w.turns();
    await w.clock.advanceTo(w.clock.nowMs() + 1_000, w.turns);
  }
  expect(new Set(w.handled.map(({ body }) => body)).size).toBe(300);
  expect(w.handled).toHaveLength(300);
  expect(w.handled.every(({ claims }) => claims === 1)).toBe(true);
});

test('for each message of a full group that ends, at most one is put back', async () => {
  await using w = await open(30);
  let putBack = 0;
  const commit = w.storage.commit.bind(w.storage);
  w.storage.commit = (writes) => {
    putBack += writes.filter(({ kind }) => kind === 'enqueue').length;
    return commit(writes);
  };
  await commit(SLOW);
  for (let step = 0; step < 5; step += 1) {
    await w.turns();
    w.letGo();
  }
  await w.turns();
  expect(w.handled.length).toBe(150);
  expect(putBack).toBeLessThanOrEqual(150);
});

test('without a bound a group takes every place', async () => {
  await using w = await open();
  await w.storage.commit(SLOW);
  await w.turns();
  expect(w.held).toHaveLength(40);
});

test('a message that becomes visible while a claim is answered is handled', async () => {
  await using w = await open();
  const { storage, clock } = w;
  await w.turns();
  const claim = storage.claim.bind(storage);
  storage.claim = async (queue, wish) => {
    const claimed = await claim(queue, wish);
    // Storage that takes its time: the message shows up before the answer is there.
    await clock.advanceTo(NOW + 10, () => Promise.resolve());
    return claimed;
  };
  const { message, ...enqueued } = enqueue('quick');
  await storage.commit([{ ...enqueued, message: { ...message, visibleAtMs: NOW + 5 } }]);
  await w.turns();
  await clock.advanceTo(NOW + 10, w.turns);
  expect(w.handled.map(({ body }) => body)).toEqual(['quick']);
});
