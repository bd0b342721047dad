/** What goes along with claims and writes: follow-up writes, hints, looking without touching. */
import { expect, test } from 'vitest';
import type { Claimed, Storage, Write } from '../../../src/storage/storage.ts';
import type { Given } from './given.ts';
import {
  append,
  bodiesIn,
  claimIds,
  claimOf,
  claimOne,
  enqueue,
  inTurn,
  NOW,
  Q,
  release,
  settle,
} from './writes.ts';

const DEAD = 'sqs/000000000000/us-east-1/dead';

export function claimContract(given: Given): void {
  test(
    'the writes that follow a claim belong to it',
    given(async (storage) => {
      await storage.commit([enqueue('a'), enqueue('b')]);
      const calls: string[][] = [];
      const follow = (claimed: readonly Claimed[]): readonly Write[] => {
        calls.push(claimed.map(({ id }) => id));
        return claimed.flatMap((one) => [
          append('journal', `received ${one.id}`),
          enqueue(one.id, { claims: one.claims }, DEAD),
          settle(one, { lost: 'skip' }),
        ]);
      };

      expect(await claimIds(storage, { follow })).toHaveLength(2);
      expect(await claimIds(storage, { follow })).toEqual([]);
      expect(calls).toHaveLength(1);
      expect([...(await bodiesIn(storage, 'journal'))].sort()).toEqual([
        'received a',
        'received b',
      ]);
      expect(await storage.queues('')).toEqual([DEAD]);
      expect(await storage.counts(DEAD, NOW)).toMatchObject({ visible: 2 });
    }),
  );

  test(
    'a claim whose leases end at once takes each message once',
    given(async (storage) => {
      await storage.commit([enqueue('a')]);
      await storage.commit([
        { ...inTurn('b', 'g'), queue: DEAD },
        { ...inTurn('c', 'h'), queue: DEAD },
      ]);
      for (let index = 0; index < 3; index += 1) {
        expect(await claimIds(storage, { leaseUntilMs: NOW })).toEqual(['a']);
        const claimed = await storage.claim(DEAD, claimOf({ leaseUntilMs: NOW }));
        expect(claimed.map(({ id }) => id).sort()).toEqual(['b', 'c']);
      }
    }),
  );

  test(
    'a claim whose follow-up fails takes nothing, and fails alone',
    given(async (storage) => {
      await storage.commit([enqueue('m')]);
      const follow = (): readonly Write[] => {
        throw new Error('no follow-up');
      };

      const [before, failed, after] = await Promise.allSettled([
        storage.commit([append('log', 'before')]),
        storage.claim(Q, claimOf({ follow })),
        storage.commit([append('log', 'after')]),
      ]);

      expect(failed).toMatchObject({ status: 'rejected', reason: new Error('no follow-up') });
      expect([before.status, after.status]).toEqual(['fulfilled', 'fulfilled']);
      expect(await bodiesIn(storage, 'log')).toEqual(['before', 'after']);
      expect(await storage.counts(Q, NOW)).toMatchObject({ visible: 1, inFlight: 0 });
    }),
  );

  test(
    'follow-up writes with a condition are refused with the claim',
    given(async (storage) => {
      await storage.commit([enqueue('m')]);
      const follow = (claimed: readonly Claimed[]) => claimed.map((one) => settle(one));

      await expect(storage.claim(Q, claimOf({ follow }))).rejects.toThrow('conditions');
      expect(await storage.counts(Q, NOW)).toMatchObject({ visible: 1, inFlight: 0 });
    }),
  );

  test(
    'peeking shows every message in order and touches none',
    given(async (storage) => {
      const delayed = { visibleAtMs: NOW + 10 };
      await storage.commit([enqueue('a'), enqueue('b', delayed), enqueue('c')]);
      const held = await claimOne(storage);

      const all = await storage.peek(Q, { nowMs: NOW, max: 10 });
      expect(all.map(({ id, state, claims, token }) => [id, state, claims, token])).toEqual([
        ['a', 'in-flight', 1, 1],
        ['b', 'delayed', 0, 0],
        ['c', 'visible', 0, 0],
      ]);
      const [a, b, c] = all.map(({ position }) => position);
      expect(a).toBe(held.lease.position);
      const page = await storage.peek(Q, { nowMs: NOW, max: 1, after: a ?? 0 });
      expect(page.map(({ id }) => id)).toEqual(['b']);
      const positions = [c ?? 0, a ?? 0, 123_456];
      const some = await storage.peek(Q, { nowMs: NOW, max: 10, positions });
      expect(some.map(({ id }) => id)).toEqual(['a', 'c']);
      expect((await storage.peek(Q, { nowMs: NOW + 10, max: 10 }))[1]?.state).toBe('visible');
      expect(b).toBeGreaterThan(a ?? 0);
    }),
  );

  test(
    'queues that hold messages are listed by prefix, in order',
    given(async (storage) => {
      const names = ['sqs/b', 'sqs/a', 'sqs', 'sqs/\u{10FFFF}', 'sqt', 'other'];
      await storage.commit(names.map((name) => enqueue('m', {}, name)));
      await storage.commit([{ kind: 'purge', queue: 'sqs/b' }]);

      expect(await storage.queues('sqs/')).toEqual(['sqs/a', 'sqs/\u{10FFFF}']);
      expect(await storage.queues('')).toEqual(['other', 'sqs', 'sqs/a', 'sqs/\u{10FFFF}', 'sqt']);
      expect(await storage.queues('none')).toEqual([]);
    }),
  );

  test(
    'a watcher hears of what may be claimed now or later, once it is committed',
    given(async (storage) => {
      const heard = watchCounts(storage, Q);
      await storage.commit([enqueue('m')]);
      expect(heard()).toBe(1);
      const held = await claimOne(storage);
      await storage.commit([enqueue('elsewhere', {}, DEAD)]);
      expect(heard()).toBe(0);
      await storage.commit([release(held, NOW)]);
      expect(heard()).toBe(1);
      await storage.commit([{ kind: 'redelay', queue: Q, delayMs: 1 }]);
      expect(heard()).toBe(1);
    }),
  );

  test(
    'a watcher hears when settling the first of a group lets the next one go',
    given(async (storage) => {
      await storage.commit([inTurn('a', 'g', { sentAtMs: NOW - 9 }), inTurn('b', 'g')]);
      await storage.commit([inTurn('c', 'g')]);
      const held = await claimOne(storage);
      const heard = watchCounts(storage, Q);

      await storage.commit([settle(held)]);
      expect(heard()).toBe(1);
      await storage.commit([{ kind: 'expire', queue: Q, bornBeforeMs: NOW + 1, max: 1 }]);
      expect(heard()).toBe(1);
    }),
  );

  test(
    'a watcher that stopped hears nothing; others go on',
    given(async (storage) => {
      let [stopped, going] = [0, 0];
      const stop = storage.watch(Q, () => {
        stopped += 1;
      });
      storage.watch(Q, () => {
        going += 1;
        stop();
      });

      await storage.commit([enqueue('a')]);
      await storage.commit([enqueue('b')]);
      await storage.idle();
      expect(going).toBe(2);
      expect(stopped).toBe(1);
      stop();
    }),
  );
}

/** How often a watcher was called since last asked: 1 stands for once or more often. */
function watchCounts(storage: Storage, queue: string): () => number {
  let calls = 0;
  storage.watch(queue, () => {
    calls += 1;
  });
  return () => {
    const heard = Math.min(calls, 1);
    calls = 0;
    return heard;
  };
}
