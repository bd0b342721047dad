/**
 * The jobs that copy rows: a table's into a backup, a backup's or another table's into a new one.
 * Each takes a slice, commits it with its own end and with the job for the next, so that a crash
 * or another node goes on where it stopped.
 */
import { type Job, schedule, WORK } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Row, Write } from '../../storage/storage.ts';
import { BACKED_UP, type BackupRecord, backupsOf } from './backup-records.ts';
import { itemHistory } from './history.ts';
import { planChange } from './item-changes.ts';
import { bytesOfRow, itemOfRow } from './item-text.ts';
import { type TableAddress, tableAt } from './lookup.ts';
import { ITEMS, partitionOf, storeOf, type TableRecord } from './store.ts';
import { storedItem } from './stored-items.ts';

const BACK_UP = 'dynamodb/back-up';
const RESTORE = 'dynamodb/restore';
const UNDO = 'dynamodb/undo';
const SLICE = 200;

interface BackUp {
  readonly at: TableAddress;
  readonly id: string;
  readonly after?: string | undefined;
  readonly count: number;
  readonly bytes: number;
}

/** The write that has a backup filled. */
export function copySoon(stack: Stack, { id, table }: BackupRecord): Write {
  const { account, region, name } = table;
  return soon(stack, BACK_UP, { at: { account, region, name }, id, count: 0, bytes: 0 });
}

function soon(stack: Stack, kind: string, note: BackUp | Restore | Undo): Write {
  return schedule(stack, WORK, kind, JSON.stringify(note), stack.clock.nowMs());
}

function sliceOf({ storage }: Stack, rows: string, partition: string, after: string | undefined) {
  const limit = SLICE;
  return storage.scan(rows, partition, { limit, ...(after !== undefined && { after }) });
}

const backUp: Job = async (stack, { note }) => {
  const work = JSON.parse(note) as BackUp;
  const partition = partitionOf(work.at);
  const found = await backupsOf(stack).get(partition, work.id);
  if (found?.value.status !== 'CREATING') return [];
  const rows = await sliceOf(stack, ITEMS, found.value.table.id, work.after);
  const copies = rows.map(({ key, value }) => {
    return { kind: 'put', table: BACKED_UP, partition: work.id, key, value } as const;
  });
  const count = work.count + rows.length;
  const bytes = rows.reduce((sum, { value }) => sum + bytesOfRow(value), work.bytes);
  if (rows.length === SLICE) {
    return [...copies, soon(stack, BACK_UP, { ...work, count, bytes, after: rows.at(-1)?.key })];
  }
  const done: BackupRecord = { ...found.value, status: 'AVAILABLE', count, bytes };
  return [
    ...copies,
    backupsOf(stack).put(partition, work.id, done, found.version),
    ...(await released(stack, found.value.table, work.id)),
  ];
};

/** The write by which a table may be deleted again, as far as one copy of it is concerned. */
async function released(stack: Stack, table: TableRecord, copy: string): Promise<readonly Write[]> {
  const found = await tableAt(stack, table);
  if (found?.value.id !== table.id) return [];
  const { copies = [], ...rest } = found.value;
  const left = copies.filter((one) => one !== copy);
  const after: TableRecord = left.length > 0 ? { ...rest, copies: left } : rest;
  return [storeOf(stack).tables.put(partitionOf(table), table.name, after, found.version)];
}

export interface Restore {
  /** The new table. */
  readonly to: TableAddress & { readonly id: string };
  readonly from: { readonly rows: string; readonly partition: string };
  readonly after?: string | undefined;
  /** For a table as it was at a moment: that one, and its history, which is undone afterwards. */
  readonly undo?: { readonly table: TableRecord; readonly untilMs: number } | undefined;
}

export function restoreSoon(stack: Stack, restore: Restore): Write {
  return soon(stack, RESTORE, restore);
}

async function target(stack: Stack, { id, ...address }: Restore['to']) {
  const found = await tableAt(stack, address);
  return found?.value.id === id && found.value.status === 'CREATING' ? found : undefined;
}

const restore: Job = async (stack, { note }) => {
  const work = JSON.parse(note) as Restore;
  const { to, from, undo } = work;
  const found = await target(stack, to);
  if (!found) return [];
  const rows = await sliceOf(stack, from.rows, from.partition, work.after);
  const puts = await Promise.all(rows.map(({ key, value }) => put(stack, found.value, key, value)));
  if (rows.length === SLICE) {
    return [...puts.flat(), restoreSoon(stack, { ...work, after: rows.at(-1)?.key })];
  }
  if (!undo) return [...puts.flat(), ...ready(stack, found)];
  const { next } = await stack.storage.bounds(itemHistory(undo.table));
  return [...puts.flat(), soon(stack, UNDO, { to, ...undo, before: next })];
};

/** The writes by which an item of a table that is being restored stands as `row` says. */
async function put(
  stack: Stack,
  table: TableRecord,
  key: string,
  row: Row['value'],
): Promise<readonly Write[]> {
  const before = await storedItem(stack, table, key);
  const after = row === '' ? undefined : itemOfRow(row);
  return planChange(stack, { table, key, before, after, by: 'item' }, { causes: [] }).writes;
}

function ready(stack: Stack, { value, version }: { value: TableRecord; version: number }): Write[] {
  const indexes = value.indexes.map((index) => ({ ...index, status: 'ACTIVE' as const }));
  const record: TableRecord = { ...value, status: 'ACTIVE', indexes };
  return [storeOf(stack).tables.put(partitionOf(value), value.name, record, version)];
}

interface Undo {
  readonly to: Restore['to'];
  readonly table: TableRecord;
  readonly untilMs: number;
  /** Records from this position on are undone already. */
  readonly before: number;
}

/** Takes back what the table's history holds of after the moment, from the newest to the oldest. */
const undoHistory: Job = async (stack, { note }) => {
  const work = JSON.parse(note) as Undo;
  const found = await target(stack, work.to);
  if (!found) return [];
  const log = itemHistory(work.table);
  const sinceMs = work.untilMs + 1;
  const [first] = await stack.storage.read(log, { from: 1, max: 1, sinceMs });
  const least = first?.position ?? work.before;
  const from = Math.max(least, work.before - SLICE);
  const entries =
    from < work.before ? await stack.storage.read(log, { from, max: work.before - from }) : [];
  const states = new Map<string, string>();
  for (const { key = '', body, atMs } of entries.toReversed()) {
    if (atMs >= sinceMs) states.set(key, body);
  }
  const puts = await Promise.all(
    [...states].map(([key, row]) => put(stack, found.value, key, row)),
  );
  if (from > least) return [...puts.flat(), soon(stack, UNDO, { ...work, before: from })];
  return [
    ...puts.flat(),
    ...ready(stack, found),
    ...(await released(stack, work.table, work.to.id)),
  ];
};

export const copyJobs: Readonly<Record<string, Job>> = {
  [BACK_UP]: backUp,
  [RESTORE]: restore,
  [UNDO]: undoHistory,
};
