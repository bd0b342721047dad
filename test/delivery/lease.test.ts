/** Leases that last as long as the work that they are for. */
import { expect, test } from 'vitest';
import { createStack } from '../../src/app.ts';
import { VirtualClock } from '../../src/core/clock.ts';
import { whileLeased } from '../../src/delivery/lease.ts';
import { LEASE_MS } from '../../src/delivery/pump.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';

const NOW = 1_000_000;
const QUEUE = 'work';

async function open() {
  const storage = await openSqlite({ path: ':memory:' });
  const clock = new VirtualClock(NOW);
  const stack = await createStack({ storage, services: [], clock });
  const message = { id: 'm', body: 'm', sentAtMs: NOW, visibleAtMs: NOW };
  await storage.commit([{ kind: 'enqueue', queue: QUEUE, message }]);
  const claim = async () => {
    const nowMs = clock.nowMs();
    const claim = { max: 1, nowMs, leaseUntilMs: nowMs + LEASE_MS };
    return (await storage.claim(QUEUE, claim))[0];
  };
  const passes = (ms: number) => clock.advanceTo(clock.nowMs() + ms, () => storage.idle());
  const first = await claim();
  if (!first) throw new Error('Nothing was claimed.');
  const close = () => stack.close();
  return { storage, clock, stack, lease: first.lease, claim, passes, [Symbol.asyncDispose]: close };
}

test('a message is nobody else’s for as long as the work goes on', async () => {
  await using w = await open();
  await whileLeased(w.stack, w.lease, async () => {
    for (let left = 30; left > 0; left -= 1) {
      await w.passes(LEASE_MS);
      expect(await w.claim()).toBeUndefined();
    }
  });
  expect(w.clock.nextAtMs()).toBe(Number.POSITIVE_INFINITY);
});

test('a message comes again within one lease of the last sign of life', async () => {
  await using w = await open();
  await whileLeased(w.stack, w.lease, () => w.passes(10 * LEASE_MS));
  await w.passes(LEASE_MS);
  expect(await w.claim()).toMatchObject({ id: 'm', claims: 2 });
});

test('an end that was committed is not undone by a renewal', async () => {
  await using w = await open();
  const untilMs = NOW + 3_600_000;
  const end = { kind: 'release', lease: w.lease, visibleAtMs: untilMs } as const;
  await whileLeased(w.stack, w.lease, () => w.passes(LEASE_MS));
  await w.storage.commit([{ ...end, fence: 'latest', lost: 'conflict' }]);
  await w.passes(LEASE_MS);
  expect(await w.storage.nextVisibleAtMs(QUEUE, w.clock.nowMs())).toBe(untilMs);
});

test('a lease that was lost is not taken back', async () => {
  await using w = await open();
  await w.passes(LEASE_MS);
  const other = await w.claim();
  await whileLeased(w.stack, w.lease, () => w.passes(LEASE_MS / 2));
  await w.passes(LEASE_MS / 2);
  const third = await w.claim();
  expect([other?.claims, third?.claims]).toEqual([2, 3]);
});

test('a failure of the work is the caller’s, and the lease is let go', async () => {
  await using w = await open();
  const failing = whileLeased(w.stack, w.lease, async () => {
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(w.clock.nextAtMs()).toBe(Number.POSITIVE_INFINITY);
});
