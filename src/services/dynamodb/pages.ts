/**
 * Pages of Query and Scan: rows are evaluated in order until the page is full, by `Limit` or by
 * 1 MB of what was evaluated, filter or not. A page that was full says where to go on, even when
 * nothing follows.
 */
import type { Stack } from '../../delivery/stack.ts';
import type { Item } from '../../expressions/attribute-values.ts';
import { type Condition, holds } from '../../expressions/conditions.ts';
import type { Row, Scan } from '../../storage/storage.ts';
import { entriesOf, INDEXES, type IndexRecord, ITEMS, type TableRecord } from './store.ts';
import { StoredItem } from './stored-items.ts';

const MOST_BYTES = 1024 * 1024;
const FIRST_SLICE = 32;
const MOST_SLICE = 1024;

export interface Reading {
  readonly table: TableRecord;
  readonly index: IndexRecord | undefined;
  readonly bounds: Scan;
  readonly limit: number | undefined;
  readonly filter: Condition | undefined;
  /** The whole item behind an entry, where more is wanted than an index holds. */
  readonly whole?: ((entry: Row) => Promise<StoredItem | undefined>) | undefined;
}

export interface Page {
  readonly items: readonly StoredItem[];
  readonly scanned: number;
  /** Of all that was evaluated. */
  readonly bytes: number;
  /** Of whole items that were fetched, as the table counts them, one by one. */
  readonly fetched: readonly number[];
  /** The last item evaluated, when the page is full. */
  readonly last: Item | undefined;
  /** The key of its row. */
  readonly lastKey: string | undefined;
}

export async function readPage(stack: Stack, reading: Reading): Promise<Page> {
  const { limit = Number.POSITIVE_INFINITY, filter, whole } = reading;
  const items: StoredItem[] = [];
  const fetched: number[] = [];
  let scanned = 0;
  let bytes = 0;
  const next = slicesOf(stack, reading);
  for (let rows = await next(FIRST_SLICE, limit); ; ) {
    for (const row of rows) {
      const entry = new StoredItem(row);
      const found = whole ? await whole(row) : entry;
      if (whole && found) fetched.push(found.bytes);
      scanned += 1;
      bytes += entry.bytes;
      if (found && (!filter || holds(filter, found.item()))) items.push(found);
      if (scanned >= limit || bytes >= MOST_BYTES) {
        return { items, scanned, bytes, fetched, last: entry.item(), lastKey: row.key };
      }
    }
    if (rows.length > 0) rows = await next(sliceAfter(scanned, bytes), limit - scanned);
    if (rows.length === 0) break;
  }
  return { items, scanned, bytes, fetched, last: undefined, lastKey: undefined };
}

/** As many rows as may fill the page, going by those that were read. */
function sliceAfter(scanned: number, bytes: number): number {
  const left = ((MOST_BYTES - bytes) * scanned) / bytes;
  return Math.min(MOST_SLICE, Math.ceil(left) + 1);
}

/** Reads slice after slice; the slice behind the last one is empty. */
function slicesOf({ storage }: Stack, { table, index, bounds }: Reading) {
  const rows = index ? INDEXES : ITEMS;
  const partition = index ? entriesOf(table, index) : table.id;
  let rest: Scan | undefined = bounds;
  return async (slice: number, left: number): Promise<readonly Row[]> => {
    if (!rest) return [];
    const limit = Math.min(slice, left);
    const found = await storage.scan(rows, partition, { ...rest, limit });
    const last = found.at(-1);
    const isMore = last && found.length === limit;
    rest = isMore
      ? { ...rest, ...(bounds.reverse ? { before: last.key } : { after: last.key }) }
      : undefined;
    return found;
  };
}
