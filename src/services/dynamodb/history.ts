/**
 * What items were before they changed, for recovery to a point in time: while that is switched on,
 * each change appends what it took away, in its own commit. The table of a moment is the table of
 * today without the changes since.
 */
import { type Job, schedule, TIMETABLE } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { LogName, Trim, Write } from '../../storage/storage.ts';
import { type TableAddress, tableAt } from './lookup.ts';
import type { TableRecord } from './store.ts';
import type { StoredItem } from './stored-items.ts';

const TRIM = 'dynamodb/trim-history';
const DAY_MS = 24 * 3_600_000;

type Recovering = Pick<TableRecord, 'id' | 'recovery'>;

/** One for each time that recovery is switched on. */
export function itemHistory({ id, recovery }: Recovering): LogName {
  return `dynamodb/history/${id}/${recovery?.sinceMs}`;
}

/** The write that remembers how an item was; an empty text for one that was not there. */
export function historyWrites(
  { clock }: Stack,
  table: TableRecord,
  key: string,
  before: StoredItem | undefined,
): readonly Write[] {
  if (!table.recovery) return [];
  const record = { atMs: clock.nowMs(), key, body: before?.row ?? '' };
  return [{ kind: 'append', log: itemHistory(table), record }];
}

/** The write that forgets all of it. */
export function forgetting(table: Recovering): Trim {
  return { kind: 'trim', log: itemHistory(table), keep: 0 };
}

/** The write that lets go of what is past the recovery period, a day from now and so on. */
export function trimLater(stack: Stack, { account, region, name, id, recovery }: TableRecord) {
  const note = JSON.stringify({ account, region, name, id, sinceMs: recovery?.sinceMs });
  return schedule(stack, TIMETABLE, TRIM, note, stack.clock.nowMs() + DAY_MS);
}

const trimHistory: Job = async (stack, { note }) => {
  const { id, sinceMs, ...at } = JSON.parse(note) as TableAddress & {
    readonly id: string;
    readonly sinceMs: number;
  };
  const table = (await tableAt(stack, at))?.value;
  if (!table?.recovery || table.id !== id || table.recovery.sinceMs !== sinceMs) return [];
  const beforeMs = earliestMs(stack, table.recovery);
  return [{ kind: 'trim', log: itemHistory(table), beforeMs }, trimLater(stack, table)];
};

/** The earliest moment that can be restored. */
export function earliestMs(
  { clock }: Pick<Stack, 'clock'>,
  { sinceMs, days }: NonNullable<TableRecord['recovery']>,
): number {
  return Math.max(sinceMs, clock.nowMs() - days * DAY_MS);
}

export const historyJobs: Readonly<Record<string, Job>> = { [TRIM]: trimHistory };
