/**
 * What has to be written when an item changes: its row, its entries in the indexes and its record
 * in the stream, to be committed together.
 *
 * A change that changes nothing writes nothing, so it has no stream record either.
 */
import { changeWrites, type Image } from '../../delivery/change-streams.ts';
import type { Stack } from '../../delivery/stack.ts';
import { equalItems, type Item } from '../../expressions/attribute-values.ts';
import type { Write } from '../../storage/storage.ts';
import { writeUnits } from './capacity.ts';
import { invalid } from './errors.ts';
import { expiryWrites } from './expiries.ts';
import { historyWrites } from './history.ts';
import { entryOf } from './index-entries.ts';
import { bytesOfRow, jsonOfRow, rowOf, textOf } from './item-text.ts';
import { keyOf } from './keys.ts';
import { entriesOf, INDEXES, ITEMS, type TableRecord } from './store.ts';
import type { StoredItem } from './stored-items.ts';

export interface ItemChange {
  readonly table: TableRecord;
  /** The item's key as text. */
  readonly key: string;
  readonly before: StoredItem | undefined;
  /** Undefined where the item goes. */
  readonly after: Item | undefined;
  /** Whether a client gave the item or an update of it; they are refused in other words. */
  readonly by: 'item' | 'update';
}

export interface Circumstances {
  /** Journal ids of what led to it. */
  readonly causes: readonly string[];
  /** Time to live took it away. */
  readonly expired?: boolean;
}

export interface PlannedChange {
  readonly writes: readonly Write[];
  /** The item's size as it shall be; 0 where it goes. */
  readonly bytes: number;
  /** Write units that it takes in the table, and by name in each index that it touches. */
  readonly units: number;
  readonly indexUnits: ReadonlyMap<string, number>;
  /** Bytes by which its item collection grows, where there are local indexes. */
  readonly growth: number;
}

const MOST_BYTES = 400 * 1024;
const NO_UNITS: ReadonlyMap<string, number> = new Map();

export function planChange(stack: Stack, change: ItemChange, why: Circumstances): PlannedChange {
  const { table, key, before, after } = change;
  const row = after && rowOf(after);
  const bytes = row === undefined ? 0 : bytesOfRow(row);
  if (bytes > MOST_BYTES) throw tooLarge(change.by);
  const units = writeUnits(Math.max(bytes, before?.bytes ?? 0));
  if (isSame(change, row)) return { writes: [], bytes, units, indexUnits: NO_UNITS, growth: 0 };
  const indexes = indexWrites(change, row);
  const ifVersion = before?.version ?? 0;
  const at = { table: ITEMS, partition: table.id, key, ifVersion };
  const own: Write =
    row === undefined ? { kind: 'remove', ...at } : { kind: 'put', ...at, value: row };
  const writes = [
    own,
    ...indexes.writes,
    ...expiryWrites(stack, change),
    ...historyWrites(stack, table, key, before),
    ...streamWrites(stack, change, row, why),
  ];
  const growth = bytes - (before?.bytes ?? 0) + indexes.growth;
  return { writes, bytes, units, indexUnits: indexes.units, growth };
}

function tooLarge(by: ItemChange['by']) {
  return by === 'update'
    ? invalid('Item size to update has exceeded the maximum allowed size')
    : invalid('Item size has exceeded the maximum allowed size');
}

function isSame({ before, after }: ItemChange, row: string | undefined): boolean {
  if (!before || !after) return before === after;
  return before.row === row || equalItems(before.item(), after);
}

interface IndexWrites {
  readonly writes: Write[];
  readonly units: Map<string, number>;
  /** Of all local indexes together, in bytes. */
  growth: number;
}

function indexWrites({ table, key, before, after }: ItemChange, row: string | undefined) {
  const planned: IndexWrites = { writes: [], units: new Map(), growth: 0 };
  for (const index of table.indexes) {
    const old = before && entryOf(table, index, before.item(), { key, row: before.row });
    const fresh =
      after && row !== undefined ? entryOf(table, index, after, { key, row }) : undefined;
    if (old?.key === fresh?.key && old?.row === fresh?.row) continue;
    const at = { table: INDEXES, partition: entriesOf(table, index) };
    if (index.kind === 'local') planned.growth += rowBytes(fresh?.row) - rowBytes(old?.row);
    let units = 0;
    if (old && old.key !== fresh?.key) {
      planned.writes.push({ kind: 'remove', ...at, key: old.key });
      units += writeUnits(bytesOfRow(old.row));
    }
    if (fresh) {
      planned.writes.push({ kind: 'put', ...at, key: fresh.key, value: fresh.row });
      const least = old && old.key === fresh.key ? bytesOfRow(old.row) : 0;
      units += writeUnits(Math.max(least, bytesOfRow(fresh.row)));
    }
    planned.units.set(index.name, units);
  }
  return planned;
}

function rowBytes(row: string | undefined): number {
  return row === undefined ? 0 : bytesOfRow(row);
}

function streamWrites(
  stack: Stack,
  { table, before, after }: ItemChange,
  row: string | undefined,
  { causes, expired }: Circumstances,
): readonly Write[] {
  const { stream } = table;
  const item = after ?? before?.item();
  if (!stream || stream.disabledAtMs !== undefined || !item) return [];
  const name = before ? (after ? 'MODIFY' : 'REMOVE') : 'INSERT';
  return changeWrites(stack, stream, {
    name,
    keys: textOf(keyOf(table.key, item)),
    ...(before && { before: imageOf(before.row) }),
    ...(row !== undefined && { after: imageOf(row) }),
    ...(expired && { expired }),
    causes,
  });
}

function imageOf(row: string): Image {
  return { json: jsonOfRow(row), bytes: bytesOfRow(row) };
}
