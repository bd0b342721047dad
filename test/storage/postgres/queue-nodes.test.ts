/** Queues that two nodes share: each is an engine of its own on one schema. */
import pg from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import { Connection } from '../../../src/storage/postgres/connection.ts';
import { Schema } from '../../../src/storage/postgres/names.ts';
import { openPostgres } from '../../../src/storage/postgres/open.ts';
import { openQueues } from '../../../src/storage/postgres/queue.ts';
import type { Claimed, Storage } from '../../../src/storage/storage.ts';
import {
  claimIds,
  claimOf,
  claimOne,
  enqueue,
  inTurn,
  LEASE_MS,
  NOW,
  once,
  Q,
  release,
  settle,
} from '../contract/writes.ts';
import { emptyStore, missing, onPostgres } from './cluster.ts';

const LATER = NOW + LEASE_MS;
const nodes: Storage[] = [];

async function twoNodes(): Promise<readonly [Storage, Storage]> {
  const store = await emptyStore();
  const open = () => openPostgres({ ...store, pollMs: 60_000 });
  const [a, b] = [await open(), await open()];
  nodes.push(a, b);
  return [a, b];
}

afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.close()));
});

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`);

describe.skipIf(missing)(`queues of two nodes on ${onPostgres}`, () => {
  test('no message is claimed twice under one lease', async () => {
    const [a, b] = await twoNodes();
    const ids = numbered(200);
    await Promise.all(ids.map((id, index) => (index % 2 ? a : b).commit([enqueue(id)])));

    const taken: string[] = [];
    const drain = async (node: Storage) => {
      for (;;) {
        const claimed = await node.claim(Q, claimOf({ max: 7 }));
        if (claimed.length === 0) return;
        taken.push(...claimed.map(({ id }) => id));
      }
    };
    await Promise.all([drain(a), drain(a), drain(b), drain(b)]);
    // What one node had locked when the other one looked is left to a later claim.
    await drain(a);

    expect(taken.sort()).toEqual(ids.sort());
  });

  test('what is sent on one node is claimed on the other, and settled on either', async () => {
    const [a, b] = await twoNodes();
    await a.commit([enqueue('m'), enqueue('n')]);
    const [first, second] = await b.claim(Q, claimOf());
    if (!first || !second) throw new Error('Nothing was claimed.');
    expect(await a.commit([settle(first)])).toEqual([{ changed: 1 }]);
    expect(await b.commit([settle(second, { lost: 'skip' })])).toEqual([{ changed: 1 }]);
    expect(await a.queues('')).toEqual([]);
  });

  test('when a node is gone another takes over after the lease, and it comes late', async () => {
    const [a, b] = await twoNodes();
    await a.commit([enqueue('m')]);
    const old = await claimOne(a);

    expect(await claimIds(b, { nowMs: LATER - 1 })).toEqual([]);
    const taken = await claimOne(b, { nowMs: LATER });
    expect(taken).toMatchObject({ id: 'm', claims: 2 });

    const late = { lost: 'skip' } as const;
    expect(await a.commit([settle(old, late), release(old, NOW, late)])).toEqual([
      { changed: 0 },
      { changed: 0 },
    ]);
    await expect(a.commit([settle(old)])).rejects.toThrow('lost');
    expect(await b.commit([settle(taken)])).toEqual([{ changed: 1 }]);
  });

  test('a queue looks different when something may have become claimable', async () => {
    const { url, schema: name } = await emptyStore();
    const node = await openPostgres({ url, schema: name, pollMs: 60_000 });
    nodes.push(node);
    const connection = await Connection.open(pg, {
      connectionString: url,
      applicationName: 'test',
      connectTimeoutMs: 5_000,
      prepares: true,
    });
    const { reads } = openQueues({
      schema: new Schema(name),
      reader: connection,
      hints: { touch() {} },
    });
    const looks = async () => (await reads.signatures(['none', Q])).join();
    const seen = [await looks()];
    const differs = async () => {
      const now = await looks();
      const other = !seen.includes(now);
      seen.push(now);
      return other;
    };

    await node.commit([enqueue('m'), enqueue('n')]);
    expect(await differs()).toBe(true);
    expect(await differs()).toBe(false);
    const held = await node.claim(Q, claimOf());
    await differs();
    await node.commit(held.map((one) => release(one, NOW + 5)));
    expect(await differs()).toBe(true);
    await node.commit([inTurn('a', 'g', { sentAtMs: NOW - 9 }), inTurn('b', 'g')]);
    const [first] = await node.claim(Q, claimOf({ max: 1 }));
    await differs();
    if (first) await node.commit([settle(first)]);
    expect(await differs()).toBe(true);
    await connection.close();
  });

  test('leases that nobody gave out settle nothing', async () => {
    const [a] = await twoNodes();
    await a.commit([enqueue('m')]);
    const { lease } = await claimOne(a);
    const forged = [{ position: 1e300 }, { position: 0.5 }, { position: -1 }, { token: 2 ** 40 }];
    const writes = forged.map((part) => settle({ lease: { ...lease, ...part } }, { lost: 'skip' }));
    const receipts = await a.commit(writes);
    expect(receipts).toEqual(forged.map(() => ({ changed: 0 })));
    expect(await a.counts(Q, NOW)).toMatchObject({ inFlight: 1 });
  });

  test('a key that both nodes send at once is a duplicate on one of them', async () => {
    const [a, b] = await twoNodes();
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const write = once(`key ${attempt}`, enqueue(`m${attempt}`));
      const receipts = (await Promise.all([a.commit([write]), b.commit([write])])).flat();
      const duplicates = receipts.filter(({ duplicateOf }) => duplicateOf !== undefined);
      expect(duplicates).toEqual([{ position: receipts[0]?.position, duplicateOf: `m${attempt}` }]);
      expect(receipts[1]?.position).toBe(receipts[0]?.position);
    }
    expect(await a.counts(Q, NOW)).toMatchObject({ visible: 20 });
  });

  test('claims of both nodes together keep to what may be in flight', async () => {
    const [a, b] = await twoNodes();
    await a.commit(numbered(60).map((id) => enqueue(id)));
    const claims = Array.from({ length: 20 }, (_, index) =>
      (index % 2 ? a : b).claim(Q, claimOf({ max: 3, maxInFlight: 25 })),
    );
    await Promise.all(claims);
    await claimIds(a, { max: 30, maxInFlight: 25 });
    expect(await b.counts(Q, NOW)).toMatchObject({ inFlight: 25, visible: 35 });
  });

  test('many nodes settle and release the same messages without standing in a circle', async () => {
    const [a, b] = await twoNodes();
    await a.commit(numbered(50).map((id) => enqueue(id)));
    const held = await a.claim(Q, claimOf({ max: 50 }));
    const skip = { lost: 'skip' } as const;
    const one = a.commit(held.map((message) => release(message, NOW + 5, skip)));
    const other = b.commit(held.toReversed().map((message) => settle(message, skip)));
    const third = b.commit(held.map((message) => settle(message, { ...skip, fence: 'any' })));
    const receipts = (await Promise.all([one, other, third])).flat();
    const changes = receipts.reduce((sum, { changed = 0 }) => sum + changed, 0);
    expect(changes).toBeGreaterThanOrEqual(50);
    expect(await b.queues('')).toEqual([]);
  });

  test('a purge on one node leaves what comes later, and old leases settle nothing', async () => {
    const [a, b] = await twoNodes();
    await a.commit([enqueue('a'), once('key', enqueue('b'))]);
    const held = await claimOne(b);
    expect(await b.commit([{ kind: 'purge', queue: Q }])).toEqual([{ changed: 2 }]);

    expect(await a.commit([settle(held, { lost: 'skip' })])).toEqual([{ changed: 0 }]);
    const [again, other] = await a.commit([once('key', enqueue('b')), enqueue('c')]);
    expect(again).toMatchObject({ duplicateOf: 'b' });
    expect(other?.position).toBeGreaterThan(held.lease.position);
    expect(await claimIds(b)).toEqual(['c']);

    await b.commit([{ kind: 'purge', queue: Q, forget: true }]);
    const [forgotten] = await a.commit([once('key', enqueue('b'))]);
    expect(forgotten?.duplicateOf).toBeUndefined();
  });
});

describe.skipIf(missing)(`groups of two nodes on ${onPostgres}`, () => {
  test('messages come in the order in which they were committed, by one at a time', async () => {
    const [a, b] = await twoNodes();
    const groups = ['g', 'h', 'i'];
    const sent = new Map<number, { group: string; id: string }>();
    const send = async (node: Storage, name: string) => {
      for (let index = 0; index < 25; index += 1) {
        const writes = groups.map((group) => inTurn(`${name}${index}`, group));
        const receipts = await node.commit(writes);
        receipts.forEach(({ position = 0 }, at) => {
          sent.set(position, { group: groups[at] ?? '', id: `${name}${index}` });
        });
      }
    };
    const got: Claimed[] = [];
    const busy = new Map<string, Storage>();
    const take = async (node: Storage) => {
      for (let idle = 0; idle < 40; ) {
        const claimed = await node.claim(Q, claimOf({ max: 4 }));
        idle = claimed.length === 0 ? idle + 1 : 0;
        for (const { group = '' } of claimed) {
          expect(busy.get(group) ?? node, `group ${group} is with one node`).toBe(node);
          busy.set(group, node);
        }
        got.push(...claimed);
        await Promise.resolve();
        for (const { group = '' } of claimed) busy.delete(group);
        await node.commit(claimed.map((one) => settle(one, { lost: 'skip' })));
      }
    };
    await Promise.all([send(a, 'a'), send(b, 'b'), take(a), take(b)]);
    await Promise.all([take(a), take(b)]);

    const inOrder = [...sent].sort(([a], [b]) => a - b).map(([, one]) => one);
    for (const group of groups) {
      const ids = got.filter((one) => one.group === group).map(({ id }) => id);
      expect(ids).toEqual(inOrder.filter((one) => one.group === group).map(({ id }) => id));
    }
    expect(await a.queues('')).toEqual([]);
  });

  test('a group that is with one node is not with the other', async () => {
    const [a, b] = await twoNodes();
    await a.commit([inTurn('1', 'g'), inTurn('2', 'g'), inTurn('x', 'h')]);
    const held = await claimOne(a);
    expect(held.id).toBe('1');
    expect(await claimIds(b)).toEqual(['x']);
    await b.commit([settle(held)]);
    expect(await claimIds(a)).toEqual(['2']);
  });

  test('a purge among sends of both nodes leaves no group stuck', async () => {
    const [a, b] = await twoNodes();
    for (let turn = 0; turn < 10; turn += 1) {
      const sends = numbered(12).map((id, index) =>
        (index % 2 ? a : b).commit([inTurn(`${id} of ${turn}`, `g${index % 3}`)]),
      );
      const purge = (turn % 2 ? a : b).commit([{ kind: 'purge', queue: Q }]);
      await Promise.all([...sends, purge]);
      const last = await b.commit([inTurn('last', 'g0'), inTurn('last', 'g1')]);
      expect(last.every(({ position = 0 }) => position > 0)).toBe(true);

      const { visible } = await a.counts(Q, NOW);
      const claimed = await claimAll(a);
      expect(claimed).toHaveLength(visible);
      expect(claimed.filter(({ id }) => id === 'last')).toHaveLength(2);
      await b.commit(claimed.map((one) => settle(one)));
      expect(await a.queues('')).toEqual([]);
    }
  });

  test('expiring on one node lets the next of a group go on the other', async () => {
    const [a, b] = await twoNodes();
    await a.commit([inTurn('old', 'g', { sentAtMs: NOW - 9 }), inTurn('next', 'g')]);
    await claimOne(a);
    expect(await claimIds(b)).toEqual([]);
    const expire = { kind: 'expire', queue: Q, bornBeforeMs: NOW, max: 9 } as const;
    expect(await b.commit([expire])).toEqual([{ changed: 1 }]);
    expect(await claimIds(b)).toEqual(['next']);
  });
});

async function claimAll(node: Storage): Promise<readonly Claimed[]> {
  return node.claim(Q, claimOf({ max: 1_000 }));
}
