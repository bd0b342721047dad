/**
 * One write of one item: planned from what stands there, committed on the condition that the item
 * and the table still are as they were, and planned again where they are not. The item's lock
 * only spares the writers of one process from doing so.
 */
import { causesOf } from '../../core/trace-header.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Item } from '../../expressions/attribute-values.ts';
import type { Stored } from '../../storage/collection.ts';
import type { Call } from '../call.ts';
import { untilWon } from '../change.ts';
import { lost, MOST_PLANS } from './change.ts';
import { fault } from './errors.ts';
import { type Circumstances, type PlannedChange, planChange } from './item-changes.ts';
import { growCollection, hasCollections, tooLargeCollection } from './item-collections.ts';
import { Contended, locksOf } from './item-locks.ts';
import { destinationWrites } from './kinesis-records.ts';
import { currentTable, tableCheck } from './lookup.ts';
import type { TableRecord } from './store.ts';
import { type StoredItem, storedItem } from './stored-items.ts';
import { checkCapacity, checkIndexCapacity, takeCapacity } from './throttling.ts';

export interface Written extends Pick<PlannedChange, 'units' | 'indexUnits'> {
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
  /** It takes nothing of the table's throughput. */
  readonly unmetered?: true;
}

export function writerOf({ stack, traceHeader }: Call): Writer {
  return { stack, causes: causesOf(traceHeader).causes ?? [] };
}

export async function writeItem(
  writer: Writer,
  table: Stored<TableRecord>,
  order: WriteOrder,
): Promise<Written> {
  const { stack } = writer;
  let known: Stored<TableRecord> | undefined = table;
  const attempt = async () => {
    const standing = known ?? (await currentTable(stack, table.value));
    // Who loses a race has to look again at the table too.
    known = undefined;
    return writeOnce(writer, standing, order);
  };
  const names = [lockName(table.value.id, order.key)];
  try {
    return await locksOf(stack).while(names, 'plain', () => untilWon(attempt, lost, MOST_PLANS));
  } catch (cause) {
    throw cause instanceof Contended ? transactionConflict() : cause;
  }
}

async function writeOnce(
  writer: Writer,
  standing: Stored<TableRecord>,
  { key, by, decide }: WriteOrder,
): Promise<Written> {
  const { stack } = writer;
  const { value: table } = standing;
  if (!writer.unmetered) checkCapacity(stack, table, 'write');
  const before = await storedItem(stack, table, key);
  const after = decide(before, table);
  const change = { table, key, before, after, by };
  const planned = planChange(stack, change, writer);
  const { units, indexUnits } = planned;
  if (!writer.unmetered) checkIndexCapacity(stack, table, indexUnits.keys());
  const item = hasCollections(table) ? (after ?? before?.item()) : undefined;
  const tooLarge = item && (await tooLargeCollection(stack, table, item, planned.growth));
  if (tooLarge) throw tooLarge;
  if (planned.writes.length > 0) {
    const more = table.destinations ? await destinationWrites(stack, change, writer) : [];
    await stack.storage.commit([tableCheck(standing), ...planned.writes, ...more]);
    if (item) growCollection(stack, table, item, planned.growth);
  }
  if (!writer.unmetered) takeCapacity(stack, 'write', { table, units, indexUnits });
  return { units, indexUnits, before, after };
}

export function lockName(tableId: string, key: string): string {
  return `${tableId}/${key}`;
}

function transactionConflict() {
  return fault('TransactionConflictException', 'Transaction is ongoing for the item');
}
