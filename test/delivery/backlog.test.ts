import { expect, test } from 'vitest';
import { backlogOf } from '../../src/delivery/backlog.ts';
import type { Stack } from '../../src/delivery/stack.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';
import { claimOf, enqueue, NOW } from '../storage/contract/writes.ts';

test('the fullest queues come first, with the age of their oldest message', async () => {
  const storage = await openSqlite({ path: ':memory:' });
  const born = { sentAtMs: NOW - 5_000 };
  await storage.commit([
    enqueue('a', {}, 'one'),
    ...['b', 'c', 'd'].map((id) => enqueue(id, born, 'three')),
    enqueue('e', { visibleAtMs: NOW + 1_000 }, 'later'),
  ]);
  await storage.claim('three', claimOf({ max: 1 }));
  const clock = { nowMs: () => NOW };
  const backlog = await backlogOf({ storage, clock } as unknown as Stack);
  expect(backlog).toEqual({
    queues: 3,
    counted: 3,
    visible: 3,
    inFlight: 1,
    delayed: 1,
    oldestAgeMs: 5_000,
    fullest: [
      { queue: 'three', visible: 2, inFlight: 1, delayed: 0, oldestAgeMs: 5_000 },
      { queue: 'one', visible: 1, inFlight: 0, delayed: 0, oldestAgeMs: 0 },
      { queue: 'later', visible: 0, inFlight: 0, delayed: 1, oldestAgeMs: 0 },
    ],
  });
  await storage.close();
});

test('of many queues some are counted, and few are told one by one', async () => {
  const storage = await openSqlite({ path: ':memory:' });
  await storage.commit(Array.from({ length: 1_100 }, (_, n) => enqueue('m', {}, `q${n}`)));
  const clock = { nowMs: () => NOW };
  const backlog = await backlogOf({ storage, clock } as unknown as Stack);
  expect(backlog).toMatchObject({ queues: 1_100, counted: 1_000, visible: 1_000 });
  expect(backlog.fullest).toHaveLength(20);
  await storage.close();
});
