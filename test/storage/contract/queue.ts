/** Messages, leases and counts. */
import { expect, test } from 'vitest';
import { Conflict } from '../../../src/storage/storage.ts';
import type { Given } from './given.ts';
import {
  claimIds,
  claimOf,
  claimOne,
  enqueue,
  LEASE_MS,
  NOW,
  once,
  Q,
  release,
  settle,
} from './writes.ts';

const LATER = NOW + LEASE_MS;

export function queueContract(given: Given): void {
  test(
    'a claimed message is hidden until its lease ends, and then claimed with another token',
    given(async (storage) => {
      await storage.commit([enqueue('m', { meta: 'note', group: 'g' })]);

      const first = await claimOne(storage);
      expect(first).toEqual({
        id: 'm',
        body: 'body of m',
        meta: 'note',
        group: 'g',
        sentAtMs: NOW,
        visibleAtMs: LATER,
        claims: 1,
        firstClaimedAtMs: NOW,
        lease: { queue: Q, position: first.lease.position, token: 1 },
      });
      expect(await claimIds(storage, { nowMs: LATER - 1 })).toEqual([]);
      const second = await claimOne(storage, { nowMs: LATER });
      expect(second).toMatchObject({ id: 'm', claims: 2, firstClaimedAtMs: NOW });
      expect(second.lease.token).not.toBe(first.lease.token);
    }),
  );

  test(
    'two claims of one turn do not share a message',
    given(async (storage) => {
      await storage.commit([enqueue('a'), enqueue('b'), enqueue('c')]);

      const claims = await Promise.all([
        claimIds(storage, { max: 2 }),
        claimIds(storage, { max: 2 }),
        claimIds(storage, { max: 2 }),
      ]);

      expect(claims.map(({ length }) => length)).toEqual([2, 1, 0]);
      expect(claims.flat().sort()).toEqual(['a', 'b', 'c']);
    }),
  );

  test(
    'only the newest lease passes the fence `latest`; an older one passes `any`',
    given(async (storage) => {
      await storage.commit([enqueue('m')]);
      const old = await claimOne(storage);
      const newest = await claimOne(storage, { nowMs: LATER });

      await expect(storage.commit([settle(old)])).rejects.toBeInstanceOf(Conflict);
      expect(await storage.commit([settle(old, { lost: 'skip' })])).toEqual([{ changed: 0 }]);
      expect(await storage.commit([release(old, LATER, { fence: 'any' })])).toEqual([
        { changed: 1 },
      ]);
      expect(await storage.commit([settle(newest)])).toEqual([{ changed: 1 }]);
      await expect(storage.commit([settle(newest)])).rejects.toBeInstanceOf(Conflict);
      expect(await storage.queues('')).toEqual([]);
    }),
  );

  test(
    'a lease that has run out passes unless the write asks that it be alive',
    given(async (storage) => {
      await storage.commit([enqueue('m')]);
      const claimed = await claimOne(storage);

      const late = settle(claimed, { aliveAtMs: LATER });
      await expect(storage.commit([late])).rejects.toBeInstanceOf(Conflict);
      expect(await storage.commit([{ ...late, lost: 'skip' }])).toEqual([{ changed: 0 }]);
      const inTime = settle(claimed, { aliveAtMs: LATER - 1, fence: 'any' });
      expect(await storage.commit([inTime])).toEqual([{ changed: 1 }]);
    }),
  );

  test(
    'releasing decides when a message is visible, and may replace the text beside its body',
    given(async (storage) => {
      await storage.commit([enqueue('m', { meta: 'before' })]);
      const claimed = await claimOne(storage);

      await storage.commit([release(claimed, NOW + 5, { meta: 'after' })]);

      expect(await claimIds(storage, { nowMs: NOW + 4 })).toEqual([]);
      const again = await claimOne(storage, { nowMs: NOW + 5 });
      expect(again).toMatchObject({ claims: 2, meta: 'after', body: 'body of m' });
    }),
  );

  test(
    'a claim that is given back uncounted leaves the message as if it had not been',
    given(async (storage) => {
      await storage.commit([enqueue('m')]);
      const claimed = await claimOne(storage);
      const [uncounted, lost] = [{ uncounted: true }, { lost: 'skip' }] as const;

      await storage.commit([release(claimed, NOW, uncounted)]);
      const again = await claimOne(storage);
      expect(again).toMatchObject({ claims: 1, firstClaimedAtMs: NOW });

      const late = await storage.commit([release(claimed, NOW, { ...uncounted, ...lost })]);
      expect(late).toEqual([{ changed: 0 }]);
      expect(await claimOne(storage, { nowMs: LATER })).toMatchObject({ claims: 2 });
    }),
  );

  test(
    'a message that moves from another queue keeps its claims and its birth',
    given(async (storage) => {
      const moved = { claims: 3, firstClaimedAtMs: NOW - 500, sentAtMs: NOW - 900 };
      await storage.commit([enqueue('m', moved)]);

      const [seen] = await storage.peek(Q, { nowMs: NOW, max: 1 });
      expect(seen).toMatchObject({ ...moved, token: 0, state: 'visible' });
      const claimed = await claimOne(storage);
      expect(claimed).toMatchObject({ ...moved, claims: 4 });
      expect(claimed.lease.token).toBe(1);
    }),
  );

  test(
    'counts tell visible, in flight and delayed apart at any moment',
    given(async (storage) => {
      const later = { visibleAtMs: NOW + 10 };
      await storage.commit([
        enqueue('a', { sentAtMs: NOW - 7 }),
        enqueue('b'),
        enqueue('c', later),
      ]);
      await storage.claim(Q, claimOf({ max: 1 }));

      const oldestSentAtMs = NOW - 7;
      const at = (nowMs: number) => storage.counts(Q, nowMs);
      expect(await at(NOW)).toEqual({ visible: 1, inFlight: 1, delayed: 1, oldestSentAtMs });
      expect(await at(NOW + 10)).toEqual({ visible: 2, inFlight: 1, delayed: 0, oldestSentAtMs });
      expect(await at(LATER)).toEqual({ visible: 3, inFlight: 0, delayed: 0, oldestSentAtMs });
      expect(await at(NOW)).toEqual({ visible: 1, inFlight: 1, delayed: 1, oldestSentAtMs });
      expect(await storage.counts('unknown', NOW)).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    }),
  );

  test(
    'the next moment a message shows up is known',
    given(async (storage) => {
      expect(await storage.nextVisibleAtMs(Q, NOW)).toBe(Number.POSITIVE_INFINITY);
      await storage.commit([enqueue('a'), enqueue('b', { visibleAtMs: NOW + 10 })]);
      expect(await storage.nextVisibleAtMs(Q, NOW)).toBe(NOW + 10);
      expect(await storage.nextVisibleAtMs(Q, NOW + 10)).toBe(Number.POSITIVE_INFINITY);
      await storage.claim(Q, claimOf({ leaseUntilMs: NOW + 5 }));
      expect(await storage.nextVisibleAtMs(Q, NOW)).toBe(NOW + 5);
    }),
  );

  test(
    'a claim takes no more than may be in flight at once',
    given(async (storage) => {
      await storage.commit(['a', 'b', 'c', 'd', 'e'].map((id) => enqueue(id)));

      expect(await claimIds(storage, { max: 2, maxInFlight: 3 })).toHaveLength(2);
      expect(await claimIds(storage, { max: 2, maxInFlight: 3 })).toHaveLength(1);
      expect(await claimIds(storage, { maxInFlight: 3 })).toHaveLength(0);
      expect(await claimIds(storage, { maxInFlight: 3, nowMs: LATER })).toHaveLength(3);
    }),
  );

  test(
    'messages past retention are neither claimed nor counted against what may be in flight',
    given(async (storage) => {
      await storage.commit([enqueue('old'), enqueue('older', { sentAtMs: NOW - 5 })]);
      await storage.claim(Q, claimOf({ leaseUntilMs: NOW + 1_000_000 }));
      const young = { sentAtMs: NOW + 50 };
      await storage.commit([
        enqueue('old too'),
        enqueue('young', young),
        enqueue('young 2', young),
      ]);

      const claim = { nowMs: NOW + 60, bornAfterMs: NOW + 50, maxInFlight: 1 };
      expect(await claimIds(storage, claim)).toHaveLength(1);
      expect(await claimIds(storage, claim)).toEqual([]);
      expect(await storage.counts(Q, NOW + 60)).toMatchObject({ visible: 2, inFlight: 3 });
    }),
  );

  test(
    'expiring removes the oldest first, in flight or not',
    given(async (storage) => {
      const born = (sentAtMs: number) => ({ sentAtMs });
      await storage.commit([
        enqueue('third', born(NOW - 10)),
        enqueue('first', born(NOW - 30)),
        enqueue('second', born(NOW - 20)),
        enqueue('stays', born(NOW)),
      ]);
      await storage.claim(Q, claimOf({ max: 2 }));

      const expire = { kind: 'expire', queue: Q, bornBeforeMs: NOW, max: 2 } as const;
      expect(await storage.commit([expire])).toEqual([{ changed: 2 }]);
      const left = async () => (await storage.peek(Q, { nowMs: NOW, max: 9 })).map(({ id }) => id);
      expect(await left()).toEqual(['third', 'stays']);
      expect(await storage.commit([expire])).toEqual([{ changed: 1 }]);
      expect(await left()).toEqual(['stays']);
      expect(await storage.counts(Q, NOW)).toMatchObject({ visible: 1, inFlight: 0 });
    }),
  );

  test(
    'redelaying gives never-claimed messages the delay counted from their birth',
    given(async (storage) => {
      await storage.commit([enqueue('claimed')]);
      await storage.claim(Q, claimOf({ max: 1 }));
      await storage.commit([
        enqueue('visible', { sentAtMs: NOW - 100 }),
        enqueue('delayed', { visibleAtMs: NOW + 900 }),
      ]);

      await storage.commit([{ kind: 'redelay', queue: Q, delayMs: 50 }]);

      const seen = await storage.peek(Q, { nowMs: NOW, max: 3 });
      expect(seen.map(({ visibleAtMs }) => visibleAtMs - NOW)).toEqual([LEASE_MS, -50, 50]);
    }),
  );

  test(
    'purging removes everything; what is sent afterwards stays, and old leases settle nothing',
    given(async (storage) => {
      const before = await storage.commit([enqueue('a'), enqueue('b')]);
      const claimed = await claimOne(storage);

      const [purged, after] = await storage.commit([{ kind: 'purge', queue: Q }, enqueue('c')]);

      expect(purged).toEqual({ changed: 2 });
      expect(after?.position).toBeGreaterThan(before[1]?.position ?? 0);
      expect(await storage.commit([settle(claimed, { lost: 'skip' })])).toEqual([{ changed: 0 }]);
      expect(await storage.counts(Q, NOW)).toMatchObject({ visible: 1, inFlight: 0 });
      expect(await claimIds(storage)).toEqual(['c']);
      expect(await storage.commit([{ kind: 'purge', queue: 'unknown' }])).toEqual([{ changed: 0 }]);
    }),
  );

  test(
    'purging keeps the deduplication memory unless told to forget it',
    given(async (storage) => {
      const [first] = await storage.commit([once('key', enqueue('m'))]);
      await storage.commit([{ kind: 'purge', queue: Q }]);
      expect(await storage.commit([once('key', enqueue('again'))])).toEqual([
        { position: first?.position, duplicateOf: 'm' },
      ]);
      await storage.commit([{ kind: 'purge', queue: Q, forget: true }]);
      const [fresh] = await storage.commit([once('key', enqueue('fresh'))]);
      expect(fresh?.duplicateOf).toBeUndefined();
    }),
  );

  test(
    'a key is remembered for its time, per queue, even when its message is gone',
    given(async (storage) => {
      const [first] = await storage.commit([once('key', enqueue('m'))]);
      await storage.commit([settle(await claimOne(storage))]);

      const again = (nowMs: number) => storage.commit([once('key', enqueue('n'), nowMs)]);
      expect(await again(NOW + 299_999)).toEqual([{ ...first, duplicateOf: 'm' }]);
      const [elsewhere] = await storage.commit([once('key', enqueue('o', {}, 'another'))]);
      expect(elsewhere?.duplicateOf).toBeUndefined();
      expect((await again(NOW + 300_000))[0]?.duplicateOf).toBeUndefined();
      expect(await claimIds(storage, { nowMs: NOW + 300_000 })).toEqual(['n']);
    }),
  );

  test(
    'messages of one list that carry the same long body each keep it',
    given(async (storage) => {
      const body = 'long '.repeat(20_000);
      await storage.commit([
        enqueue('a', { body }),
        enqueue('b', { body }),
        enqueue('c', { body }),
      ]);
      for (let left = 3; left > 0; left -= 1) {
        const claimed = await claimOne(storage);
        expect(claimed.body).toBe(body);
        await storage.commit([settle(claimed)]);
      }
      expect(await storage.queues('')).toEqual([]);
    }),
  );
}
