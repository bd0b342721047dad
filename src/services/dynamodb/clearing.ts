/**
 * Taking away the rows of a table or an index that is gone: piece by piece, in jobs, so that
 * others get their turn and a crash forgets nothing. Nobody can reach the rows meanwhile.
 */
import { type Job, schedule, TIMETABLE, WORK } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Enqueue, TableName } from '../../storage/storage.ts';

const CLEAR = 'dynamodb/clear';
const SLICE = 500;

/** The write that begins it, now or at a later moment, which nothing waits for. */
export function clearing(
  stack: Stack,
  rows: TableName,
  partition: string,
  laterAtMs?: number,
): Enqueue {
  const note = JSON.stringify([rows, partition]);
  if (laterAtMs !== undefined) return schedule(stack, TIMETABLE, CLEAR, note, laterAtMs);
  return schedule(stack, WORK, CLEAR, note, stack.clock.nowMs());
}

const clear: Job = async (stack, { note }) => {
  const [table, partition] = JSON.parse(note) as [TableName, string];
  const slice = await stack.storage.scan(table, partition, { limit: SLICE });
  const removals = slice.map(({ key }) => ({ kind: 'remove', table, partition, key }) as const);
  return slice.length < SLICE ? removals : [...removals, clearing(stack, table, partition)];
};

export const clearJobs: Readonly<Record<string, Job>> = { [CLEAR]: clear };
