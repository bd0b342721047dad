/** Messages that take turns in their group. */
import { expect, test } from 'vitest';
import type { Storage } from '../../../src/storage/storage.ts';
import type { Given } from './given.ts';
import {
  claimIds,
  claimOf,
  claimOne,
  enqueue,
  inTurn,
  LEASE_MS,
  NOW,
  Q,
  release,
  settle,
} from './writes.ts';

const LATER = NOW + LEASE_MS;

export function orderedContract(given: Given): void {
  test(
    'one claim takes several of a group in a row, in the order they were sent',
    given(async (storage) => {
      await storage.commit(['a', 'b', 'c', 'd'].map((id) => inTurn(id, 'g')));

      expect(await claimIds(storage, { max: 3 })).toEqual(['a', 'b', 'c']);
      expect(await claimIds(storage)).toEqual([]);
    }),
  );

  test(
    'a claim fills up from the same group before it turns to the next',
    given(async (storage) => {
      await storage.commit([
        inTurn('a', 'g'),
        inTurn('x', 'h'),
        inTurn('b', 'g'),
        inTurn('y', 'h'),
      ]);

      expect(await claimIds(storage, { max: 3 })).toEqual(['a', 'b', 'x']);
      expect(await claimIds(storage)).toEqual([]);
    }),
  );

  test(
    'a message that was passed over as too old is due as soon as a claim may have it',
    given(async (storage) => {
      const born = NOW - LEASE_MS;
      const old = inTurn('old', 'g', { sentAtMs: born, visibleAtMs: born });
      await storage.commit([old, inTurn('new', 'g')]);

      expect(await claimIds(storage, { bornAfterMs: NOW })).toEqual(['new']);
      expect(await claimIds(storage)).toEqual(['old']);
    }),
  );

  test(
    'settling the first of a group lets the next one go, however it was left',
    given(async (storage) => {
      await storage.commit([inTurn('a', 'g'), inTurn('b', 'g'), inTurn('c', 'g')]);
      const [a, b] = await storage.claim(Q, claimOf({ max: 2 }));
      if (!a || !b) throw new Error('Nothing was claimed.');

      await storage.commit([settle(b)]);
      expect(await claimIds(storage)).toEqual([]);
      await storage.commit([settle(a)]);
      expect(await claimIds(storage)).toEqual(['c']);
    }),
  );

  // Of A, B and C in flight: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/
  // SQSDeveloperGuide/FIFO-queues-understanding-logic.html
  test.each([
    { released: ['a'], claimed: ['a'] },
    { released: ['a', 'b'], claimed: ['a', 'b'] },
    { released: ['c'], claimed: [] },
    { released: ['b', 'c'], claimed: [] },
    { released: ['a', 'c'], claimed: ['a'] },
  ])('when $released of three in flight are released, $claimed can be claimed', (example) =>
    given(async (storage) => {
      await storage.commit(['a', 'b', 'c', 'd'].map((id) => inTurn(id, 'g')));
      const held = await storage.claim(Q, claimOf({ max: 3 }));

      const released = held.filter(({ id }) => example.released.includes(id));
      await storage.commit(released.map((one) => release(one, NOW)));

      expect(await claimIds(storage)).toEqual(example.claimed);
    })(),
  );

  test(
    'when leases run out the group goes on where it stopped, in order',
    given(async (storage) => {
      await storage.commit(['a', 'b', 'c'].map((id) => inTurn(id, 'g')));
      await claimIds(storage, { max: 2 });

      expect(await claimIds(storage, { nowMs: LATER - 1 })).toEqual([]);
      expect(await claimIds(storage, { nowMs: LATER })).toEqual(['a', 'b', 'c']);
    }),
  );

  test(
    'a delayed message holds up what was sent after it',
    given(async (storage) => {
      await storage.commit([
        inTurn('a', 'g'),
        inTurn('delayed', 'g', { visibleAtMs: NOW + 10 }),
        inTurn('behind', 'g'),
        inTurn('x', 'h', { visibleAtMs: NOW + 10 }),
        inTurn('y', 'h'),
      ]);

      expect(await claimIds(storage)).toEqual(['a']);
      await storage.commit([{ kind: 'redelay', queue: Q, delayMs: 5 }]);
      expect(await claimIds(storage, { nowMs: NOW + 5 })).toEqual(['x', 'y']);
    }),
  );

  test(
    'removing the first of a group by age or by position lets the next one go',
    given(async (storage) => {
      const old = { sentAtMs: NOW - 100 };
      await storage.commit([inTurn('old', 'g', old), inTurn('b', 'g'), inTurn('c', 'g')]);
      await claimIds(storage, { max: 1, nowMs: NOW - 50 });
      expect(await claimIds(storage, { nowMs: NOW - 40 })).toEqual([]);

      await storage.commit([{ kind: 'expire', queue: Q, bornBeforeMs: NOW, max: 10 }]);
      expect(await claimIds(storage)).toEqual(['b', 'c']);
    }),
  );

  test(
    'a message past retention that nobody holds does not stand in the way',
    given(async (storage) => {
      const old = { sentAtMs: NOW - 100 };
      const groups = Array.from({ length: 12 }, (_, index) => `g${index}`);
      await storage.commit([
        ...groups.map((group) => inTurn(`old of ${group}`, group, old)),
        ...groups.map((group) => inTurn(`young of ${group}`, group)),
      ]);

      const young = await claimIds(storage, { max: 12, bornAfterMs: NOW });
      expect(young.sort()).toEqual(groups.map((group) => `young of ${group}`).sort());
    }),
  );

  test(
    'an emptied group starts anew',
    given(async (storage) => {
      for (const id of ['a', 'b']) {
        await storage.commit([inTurn(id, 'g')]);
        const claimed = await claimOne(storage);
        expect(claimed.id).toBe(id);
        await storage.commit([settle(claimed)]);
      }
      await storage.commit([inTurn('c', 'g')]);
      await storage.commit([{ kind: 'purge', queue: Q }, inTurn('d', 'g')]);
      expect(await claimIds(storage)).toEqual(['d']);
    }),
  );

  test(
    'a group with much in flight comes after the quiet ones when claims are fair',
    given(async (storage) => {
      await fillWithNoise(storage);

      const fair = await storage.claim(Q, claimOf({ max: 3, fair: true }));
      expect(fair.map(({ group }) => group)).toEqual(['quiet 1', 'quiet 2', undefined]);
      expect(await claimIds(storage, { max: 2, fair: true })).toHaveLength(2);
    }),
  );

  test(
    'what is first comes first when claims are not fair, or no group is noisy',
    given(async (storage) => {
      await fillWithNoise(storage);
      const groups = async (fair: boolean, nowMs: number) => {
        const claimed = await storage.claim(Q, claimOf({ max: 2, fair, nowMs }));
        return claimed.map(({ group }) => group);
      };

      expect(await groups(false, NOW + 1)).toEqual(['noisy', 'noisy']);
      expect(await groups(true, LATER + LEASE_MS)).toEqual(['noisy', 'noisy']);
    }),
  );

  test(
    'fair claims find quiet groups behind a long backlog, one after the other',
    given(async (storage) => {
      await storage.commit(Array.from({ length: 500 }, (_, i) => noisy(`noise ${i}`)));
      await storage.claim(Q, claimOf({ max: 40 }));
      const quiet = Array.from({ length: 30 }, (_, index) => `quiet ${index}`);
      await storage.commit(quiet.map((group) => enqueue(group, { group })));

      const found: string[] = [];
      for (let claims = 0; claims < 10; claims += 1) {
        found.push(...(await claimIds(storage, { max: 3, fair: true })));
      }
      expect(found.sort()).toEqual(quiet.sort());
      expect(await claimIds(storage, { max: 1, fair: true })).toEqual([
        expect.stringMatching(/noise/),
      ]);
    }),
  );
}

function noisy(id: string) {
  return enqueue(id, { group: 'noisy' });
}

/** Forty of one group in flight and more waiting, before one message each of three others. */
async function fillWithNoise(storage: Storage): Promise<void> {
  await storage.commit(Array.from({ length: 60 }, (_, index) => noisy(`noise ${index}`)));
  await storage.claim(Q, claimOf({ max: 40 }));
  await storage.commit([
    enqueue('first', { group: 'quiet 1' }),
    enqueue('second', { group: 'quiet 2' }),
    enqueue('third'),
  ]);
}
