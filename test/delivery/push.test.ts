import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deliver } from '../../src/delivery/deliver.ts';
import { push } from '../../src/delivery/push.ts';
import { Refused } from '../../src/delivery/targets.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';
import type { Storage, Write } from '../../src/storage/storage.ts';
import { delivery, world } from './world.ts';

const soon = () => new Refused('THROTTLING', 'later', { retryable: true });

test('a waiting delivery goes on after a restart', async () => {
  const path = mkdtempSync(join(tmpdir(), 'millrace-'));
  try {
    {
      await using before = await world(await openSqlite({ path }));
      before.refusals.inside.push(soon());
      const items = [{ delivery: delivery('inside'), body: 'hello' }];
      await before.stack.storage.commit(await deliver(before.stack, items));
    }
    await using after = await world(await openSqlite({ path }));
    expect(await after.arrived()).toEqual([]);
    await after.stack.settled();
    expect(await after.arrived()).toEqual(['hello']);
  } finally {
    rmSync(path, { recursive: true });
  }
});

test("the target's writes and the settle are one commit", async () => {
  const storage = await openSqlite({ path: ':memory:' });
  const commits: (readonly Write[])[] = [];
  const commit = storage.commit.bind(storage);
  const watched: Storage = Object.assign(storage, {
    commit: (writes: readonly Write[]) => {
      commits.push(writes);
      return commit(writes);
    },
  });
  await using w = await world(watched);
  w.refusals.inside.push(soon());
  const items = [{ delivery: delivery('inside'), body: 'hello' }];
  await w.stack.storage.commit(await deliver(w.stack, items));
  await w.stack.settled();
  const last = commits.at(-1)?.map(({ kind }) => kind);
  expect(last).toContain('settle');
  expect(last).toContain('enqueue');
  expect(await w.arrived()).toEqual(['hello']);
});

test('a slow target does not hold up another one', async () => {
  await using w = await world(await openSqlite({ path: ':memory:' }));
  w.refusals.outside.push(soon());
  const items = [
    { delivery: delivery('outside', { to: { kind: 'outside', arn: 'slow' } }), body: 'slow' },
    { delivery: delivery('outside', { to: { kind: 'outside', arn: 'quick' } }), body: 'quick' },
  ];
  await w.stack.storage.commit(await deliver(w.stack, items));
  await w.stack.quiet();
  expect(w.sent).toEqual(['quick']);
  await w.stack.settled();
  expect(w.sent).toEqual(['quick', 'slow']);
});

test('a request that outlived its lease is not sent again by whoever lost it', async () => {
  await using w = await world(await openSqlite({ path: ':memory:' }));
  const nowMs = w.clock.nowMs();
  await push(w.stack, {
    ...{ id: 'm', body: 'hello', meta: JSON.stringify(delivery('outside')) },
    ...{ sentAtMs: nowMs, visibleAtMs: nowMs, claims: 1, firstClaimedAtMs: nowMs },
    lease: { queue: 'deliveries/outside', position: 1, token: 1 },
  });
  expect(w.sent).toEqual(['hello']);
});

test('closing breaks off what is under way, and the delivery goes on after a restart', async () => {
  const path = mkdtempSync(join(tmpdir(), 'millrace-'));
  try {
    const before = await world(await openSqlite({ path }));
    const asked = before.hang();
    const items = [{ delivery: delivery('outside'), body: 'hello' }];
    await before.stack.storage.commit(await deliver(before.stack, items));
    await asked;
    await before.stack.close();
    expect(before.told).toEqual([]);
    await using after = await world(await openSqlite({ path }));
    await after.stack.quiet();
    expect(after.sent).toEqual(['hello']);
  } finally {
    rmSync(path, { recursive: true });
  }
});
