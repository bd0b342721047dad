/** Work that one node does at a time. */
import { expect, test } from 'vitest';
import { createStack, type RunningStack } from '../../src/app.ts';
import { VirtualClock } from '../../src/core/clock.ts';
import { TENURE_MS, Tenure } from '../../src/delivery/tenure.ts';
import type { Worker } from '../../src/delivery/workers.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';
import { Conflict, type Storage, type Write } from '../../src/storage/storage.ts';
import { sharedView } from './nodes.ts';

const NOW = 1_000_000;

/** A node that writes down when it holds the tenure. */
class Node {
  readonly stack: RunningStack;
  readonly tenure: Tenure;
  holds = false;
  fence: readonly Write[] = [];

  constructor(stack: RunningStack) {
    this.stack = stack;
    this.tenure = new Tenure(stack, {
      name: 'work',
      begin: async (fence) => {
        this.fence = fence;
        return this.#worker();
      },
    });
    stack.workers.add(this.tenure);
  }

  #worker(): Worker {
    return {
      name: 'work',
      awaited: false,
      busy: false,
      start: () => {
        this.holds = true;
      },
      idle: () => Promise.resolve(),
      nextDueMs: () => Promise.resolve(Number.POSITIVE_INFINITY),
      stop: async () => {
        this.holds = false;
      },
    };
  }

  /** Work, as a holder does it. */
  write(): Promise<unknown> {
    const put = { kind: 'put', table: 't', partition: 'p', key: 'k', value: 'v' } as const;
    return this.stack.storage.commit([...this.fence, put]);
  }
}

async function world() {
  const storage = await openSqlite({ path: ':memory:' });
  const clock = new VirtualClock(NOW);
  const stacks: RunningStack[] = [];
  const node = async (of: Storage = sharedView(storage)) => {
    const stack = await createStack({ storage: of, services: [], clock });
    stacks.push(stack);
    const made = new Node(stack);
    await stack.quiet();
    return made;
  };
  const quiet = async () => {
    for (const stack of stacks) await stack.quiet();
  };
  const close = async () => {
    for (const stack of stacks) await stack.close();
    await storage.close();
  };
  const passes = (ms: number) => clock.advanceTo(clock.nowMs() + ms, quiet);
  return { storage, clock, node, passes, quiet, [Symbol.asyncDispose]: close };
}

test('one node holds it, for as long as it lives', async () => {
  await using w = await world();
  const [one, two] = [await w.node(), await w.node()];
  expect([one.holds, two.holds]).toEqual([true, false]);
  await w.passes(20 * TENURE_MS);
  expect([one.holds, two.holds]).toEqual([true, false]);
});

test('another node takes over at once when the holder stops', async () => {
  await using w = await world();
  const [one, two] = [await w.node(), await w.node()];
  await one.tenure.stop();
  await w.quiet();
  expect([one.holds, two.holds]).toEqual([false, true]);
});

test('another node takes over when a holder is dead, and not before its lease ends', async () => {
  await using w = await world();
  const view = sharedView(w.storage);
  let isDead = false;
  const dying: Storage = {
    ...view,
    commit: (writes) => (isDead ? Promise.reject(new Error('dead')) : view.commit(writes)),
  };
  const [one, two] = [await w.node(dying), await w.node()];
  isDead = true;
  await w.passes(TENURE_MS - 1);
  expect([one.holds, two.holds]).toEqual([true, false]);
  await w.passes(2_000);
  expect([one.holds, two.holds]).toEqual([false, true]);
});

test('a holder that wakes up after its time is refused by the fence', async () => {
  await using w = await world();
  const view = sharedView(w.storage);
  let isPaused = false;
  const waiting: (() => void)[] = [];
  const paused: Storage = {
    ...view,
    commit: async (writes) => {
      if (isPaused) await new Promise<void>((resolve) => waiting.push(resolve));
      return view.commit(writes);
    },
  };
  const one = await w.node(paused);
  await expect(one.write()).resolves.toBeDefined();
  isPaused = true;
  const late = one.write();
  await w.clock.advanceTo(NOW + 2 * TENURE_MS, () => Promise.resolve());
  const two = new Node(await createStack({ storage: view, services: [], clock: w.clock }));
  await two.stack.quiet();
  expect(two.holds).toBe(true);
  isPaused = false;
  for (const resume of waiting) resume();
  await expect(late).rejects.toThrow(Conflict);
  await expect(two.write()).resolves.toBeDefined();
  await two.stack.close();
});

test('a holder whose work could not begin is not in office, and tries again', async () => {
  await using w = await world();
  const { stack } = await w.node();
  let tries = 0;
  const begin = async () => {
    tries += 1;
    if (tries === 1) throw new Error('the source cannot be read');
    return undefined;
  };
  stack.workers.add(new Tenure(stack, { name: 'other', begin }));
  await w.quiet();
  expect(tries).toBe(1);
  await w.passes(TENURE_MS + 2_000);
  expect(tries).toBe(2);
});

test('where the data is nobody else’s, the work begins without a lease', async () => {
  await using w = await world();
  const only = await w.node({ ...sharedView(w.storage), shared: false });
  expect(only.holds).toBe(true);
  expect(only.fence).toEqual([]);
  expect(w.clock.nextAtMs()).toBe(Number.POSITIVE_INFINITY);
});
