/**
 * One write of one item: under the item's lock, planned from what stands there, committed, and
 * planned again should somebody else have been faster all the same.
 */
import { causesOf } from '../../core/trace-header.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Item } from '../../expressions/attribute-values.ts';
import type { Call } from '../call.ts';
import { untilWon } from '../change.ts';
import { lost } from './change.ts';
import { fault } from './errors.ts';
import { type Circumstances, type PlannedChange, planChange } from './item-changes.ts';
import { Contended, locksOf } from './item-locks.ts';
import { destinationWrites } from './kinesis-records.ts';
import { partitionOf, storeOf, type TableRecord } from './store.ts';
import { type StoredItem, storedItem } from './stored-items.ts';

export interface Written extends PlannedChange {
  readonly before: StoredItem | undefined;
  readonly after: Item | undefined;
}

export interface WriteOrder {
  readonly key: string;
  readonly by: 'item' | 'update';
  /** What the item shall be after what it is; undefined for none. Throws to refuse. */
  readonly decide: (before: StoredItem | undefined, table: TableRecord) => Item | undefined;
}

/** On whose behalf something is written. */
export interface Writer extends Circumstances {
  readonly stack: Stack;
}

export function writerOf({ stack, traceHeader }: Call): Writer {
  return { stack, causes: causesOf(traceHeader).causes ?? [] };
}

export async function writeItem(
  writer: Writer,
  table: TableRecord,
  { key, by, decide }: WriteOrder,
): Promise<Written> {
  const { stack } = writer;
  const attempt = async () => {
    const current = await currentTable(stack, table);
    const before = await storedItem(stack, current, key);
    const after = decide(before, current);
    const change = { table: current, key, before, after, by };
    const planned = planChange(stack, change, writer);
    if (planned.writes.length > 0) {
      const more = current.destinations ? await destinationWrites(stack, change, writer) : [];
      await stack.storage.commit([...planned.writes, ...more]);
    }
    return { ...planned, before, after };
  };
  const names = [lockName(table.id, key)];
  try {
    return await locksOf(stack).while(names, 'plain', () => untilWon(attempt, lost));
  } catch (cause) {
    throw cause instanceof Contended ? transactionConflict() : cause;
  }
}

/** The table as it is now: indexes and the stream may have come or gone in the meantime. */
export async function currentTable(stack: Stack, table: TableRecord): Promise<TableRecord> {
  const found = await storeOf(stack).tables.get(partitionOf(table), table.name);
  if (found?.value.id === table.id) return found.value;
  throw fault('ResourceNotFoundException', 'Requested resource not found');
}

export function lockName(tableId: string, key: string): string {
  return `${tableId}/${key}`;
}

function transactionConflict() {
  return fault('TransactionConflictException', 'Transaction is ongoing for the item');
}
