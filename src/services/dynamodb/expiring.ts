/**
 * Taking away what has expired, in a sweep each minute. AWS takes up to some days; until then an
 * item can be read and changed, here as there.
 */
import { type Job, schedule, TIMETABLE, WORK } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Write } from '../../storage/storage.ts';
import { backfill } from './backfill.ts';
import { clearing } from './clearing.ts';
import { dueBounds, EXPIRIES, expiriesOf, expiryWrites, isExpired, itemKeyOf } from './expiries.ts';
import { type TableAddress, tableAt } from './lookup.ts';
import type { TableRecord } from './store.ts';
import { writeItem } from './write-item.ts';

const NOTE = 'dynamodb/note-expiries';
const SWEEP = 'dynamodb/sweep';
const PAUSE_MS = 60_000;
const SLICE = 100;

interface Sweep extends TableAddress {
  readonly id: string;
  readonly sinceMs: number;
}

/** The writes that begin it when time to live is switched on. */
export function beginning(stack: Stack, table: TableRecord): readonly Write[] {
  const { account, region, name, id, timeToLive } = table;
  if (!timeToLive) return [];
  const { sinceMs } = timeToLive;
  const note = JSON.stringify({ account, region, name, id, sinceMs } satisfies Sweep);
  const nowMs = stack.clock.nowMs();
  return [
    schedule(stack, WORK, NOTE, note, nowMs),
    schedule(stack, TIMETABLE, SWEEP, note, nowMs + PAUSE_MS),
  ];
}

async function tableOf(stack: Stack, sweep: Sweep): Promise<TableRecord | undefined> {
  const table = (await tableAt(stack, sweep))?.value;
  return table?.id === sweep.id && table.timeToLive?.sinceMs === sweep.sinceMs ? table : undefined;
}

const noteExpiries: Job = async (stack, { note }) => {
  const table = await tableOf(stack, JSON.parse(note) as Sweep);
  if (!table) return [];
  await backfill(stack, table, (found, key) =>
    expiryWrites({ table, key, before: undefined, after: found.item() }),
  );
  return [];
};

const sweepTable: Job = async (stack, { note }) => {
  const sweep = JSON.parse(note) as Sweep;
  const table = await tableOf(stack, sweep);
  if (!table) {
    const timeToLive = { attribute: '', sinceMs: sweep.sinceMs };
    return [clearing(stack, EXPIRIES, expiriesOf({ id: sweep.id, timeToLive }))];
  }
  await expireDue(stack, table);
  return [schedule(stack, TIMETABLE, SWEEP, note, stack.clock.nowMs() + PAUSE_MS)];
};

async function expireDue(stack: Stack, table: TableRecord): Promise<void> {
  const nowMs = stack.clock.nowMs();
  const { before, ...first } = dueBounds(nowMs);
  for (let { after } = first; ; ) {
    const rows = await stack.storage.scan(EXPIRIES, expiriesOf(table), {
      ...{ after, before, limit: SLICE },
    });
    await Promise.all(rows.map((row) => expire(stack, table, itemKeyOf(row), nowMs)));
    const last = rows.at(-1);
    if (!last || rows.length < SLICE) return;
    after = last.key;
  }
}

async function expire(stack: Stack, table: TableRecord, key: string, nowMs: number): Promise<void> {
  try {
    await writeItem({ stack, causes: [], expired: true }, table, {
      key,
      by: 'item',
      decide: (before, current) => {
        const item = before?.item();
        return item && isExpired(current, item, nowMs) ? undefined : item;
      },
    });
  } catch (cause) {
    // A transaction is at work on the item, or the table has gone: the next sweep sees to it.
    stack.log.info('an expired item stays for another minute', { cause: String(cause) });
  }
}

export const expiringJobs: Readonly<Record<string, Job>> = {
  [NOTE]: noteExpiries,
  [SWEEP]: sweepTable,
};
