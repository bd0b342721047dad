/**
 * Taking away what has expired, within a minute. AWS takes up to some days; until then an item can
 * be read and changed, here as there.
 */
import { type Job, schedule, WORK } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Stored } from '../../storage/collection.ts';
import type { Write } from '../../storage/storage.ts';
import { backfill } from './backfill.ts';
import { clearing } from './clearing.ts';
import {
  dueBounds,
  EXPIRIES,
  expiriesOf,
  expiryWrites,
  isExpired,
  itemKeyOf,
  SWEEP,
  type Sweep,
  sweepSoon,
} from './expiries.ts';
import { tableAt } from './lookup.ts';
import type { TableRecord } from './store.ts';
import { writeItem } from './write-item.ts';

const NOTE = 'dynamodb/note-expiries';
const SLICE = 100;

/** The write by which the items that are there are noted when time to live is switched on. */
export function beginning(stack: Stack, table: TableRecord): Write {
  const { account, region, name, id, timeToLive } = table;
  const note: Sweep = { account, region, name, id, sinceMs: timeToLive?.sinceMs };
  return schedule(stack, WORK, NOTE, JSON.stringify(note), stack.clock.nowMs());
}

/** The write that forgets all of it, when that is switched off or the table goes. */
export function ending(stack: Stack, table: TableRecord): Write {
  return clearing(stack, EXPIRIES, expiriesOf(table));
}

async function tableOf(stack: Stack, sweep: Sweep): Promise<Stored<TableRecord> | undefined> {
  const table = await tableAt(stack, sweep);
  const { id, timeToLive } = table?.value ?? {};
  return id === sweep.id && timeToLive?.sinceMs === sweep.sinceMs ? table : undefined;
}

const noteExpiries: Job = async (stack, { note }) => {
  const table = await tableOf(stack, JSON.parse(note) as Sweep);
  if (!table) return [];
  const { value } = table;
  const isDone = await backfill(stack, table, (found, key) =>
    expiryWrites(stack, { table: value, key, before: undefined, after: found.item() }),
  );
  return isDone ? [] : [beginning(stack, value)];
};

const sweepTable: Job = async (stack, { note }) => {
  const table = await tableOf(stack, JSON.parse(note) as Sweep);
  if (!table) return [];
  const isDone = await expireDue(stack, table);
  return isDone ? [] : [sweepSoon(stack, table.value, 0)];
};

/** Whether everything that was due is gone. */
async function expireDue(stack: Stack, table: Stored<TableRecord>): Promise<boolean> {
  const nowMs = stack.clock.nowMs();
  const { before, ...first } = dueBounds(nowMs);
  let isDone = true;
  for (let { after } = first; ; ) {
    const rows = await stack.storage.scan(EXPIRIES, expiriesOf(table.value), {
      ...{ after, before, limit: SLICE },
    });
    const gone = await Promise.all(rows.map((row) => expire(stack, table, itemKeyOf(row), nowMs)));
    isDone &&= !gone.includes(false);
    const last = rows.at(-1);
    if (!last || rows.length < SLICE) return isDone;
    after = last.key;
  }
}

/** False for an item that has to be looked at again. */
async function expire(
  stack: Stack,
  table: Stored<TableRecord>,
  key: string,
  nowMs: number,
): Promise<boolean> {
  try {
    await writeItem({ stack, causes: [], expired: true, unmetered: true }, table, {
      key,
      by: 'item',
      decide: (before, current) => {
        const item = before?.item();
        return item && isExpired(current, item, nowMs) ? undefined : item;
      },
    });
    return true;
  } catch (cause) {
    // A transaction is at work on the item, or the table has gone: the next sweep sees to it.
    stack.log.info('an expired item stays for another minute', { cause: String(cause) });
    return false;
  }
}

export const expiringJobs: Readonly<Record<string, Job>> = {
  [NOTE]: noteExpiries,
  [SWEEP]: sweepTable,
};
