import { expect, test } from 'vitest';
import { createStack } from '../../src/app.ts';
import { VirtualClock } from '../../src/core/clock.ts';
import { seededIds } from '../../src/core/ids.ts';
import { type Job, schedule, TIMETABLE, WORK } from '../../src/delivery/schedule.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';

async function open(jobs: Record<string, Job>) {
  const clock = new VirtualClock(1_000_000);
  const stack = await createStack({
    storage: await openSqlite({ path: ':memory:' }),
    services: [{ name: 'test', operations: {}, jobs }],
    clock,
    ids: seededIds(1),
  });
  const advance = (byMs: number) => clock.advanceTo(clock.nowMs() + byMs, () => stack.quiet());
  return { stack, clock, advance, [Symbol.asyncDispose]: () => stack.close() };
}

test('a job runs at its moment, not before, and knows what it was scheduled for', async () => {
  const ran: unknown[] = [];
  const job: Job = (stack, due) => {
    ran.push([due.note, due.dueAtMs, stack.clock.nowMs()]);
    return [];
  };
  await using w = await open({ job });
  await w.stack.storage.commit([schedule(w.stack, TIMETABLE, 'job', 'x', 1_005_000)]);
  await w.advance(4_999);
  expect(ran).toEqual([]);
  await w.advance(1);
  expect(ran).toEqual([['x', 1_005_000, 1_005_000]]);
  await w.advance(100_000);
  expect(ran).toHaveLength(1);
});

test('a job that schedules itself again runs on', async () => {
  const ran: number[] = [];
  const job: Job = (stack, due) => {
    ran.push(due.dueAtMs);
    return [schedule(stack, TIMETABLE, 'job', '', due.dueAtMs + 60_000)];
  };
  await using w = await open({ job });
  await w.stack.storage.commit([schedule(w.stack, TIMETABLE, 'job', '', 1_060_000)]);
  await w.advance(300_000);
  expect(ran).toEqual([1_060_000, 1_120_000, 1_180_000, 1_240_000, 1_300_000]);
});

test('settled waits for work, and leaves the timetable alone', async () => {
  const ran: string[] = [];
  const job: Job = (_stack, due) => {
    ran.push(due.note);
    return [];
  };
  await using w = await open({ job });
  await w.stack.storage.commit([
    schedule(w.stack, WORK, 'job', 'work', 1_030_000),
    schedule(w.stack, TIMETABLE, 'job', 'calendar', 1_020_000 + 86_400_000),
  ]);
  expect(await w.stack.settled()).toEqual([]);
  expect(ran).toEqual(['work']);
  expect(w.clock.nowMs()).toBe(1_030_000);
});

test('work without end is given up on and named', async () => {
  const job: Job = (stack, due) => [schedule(stack, WORK, 'job', '', due.dueAtMs + 1000)];
  await using w = await open({ job });
  await w.stack.storage.commit([schedule(w.stack, WORK, 'job', '', 1_001_000)]);
  const [outstanding] = await w.stack.settled(50);
  expect(outstanding?.queue).toBe(WORK);
});
