/**
 * SELECT: a query where the partition is named, of several ones in turn where there are more, and
 * a scan of all else.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.select.html
 */
import type { AwsError } from '../../core/errors.ts';
import type { Item } from '../../expressions/attribute-values.ts';
import { columnsOf, type Select } from '../../expressions/partiql.ts';
import { type Reach, reachOf, targetOf } from '../../expressions/partiql-keys.ts';
import type { Scan } from '../../storage/storage.ts';
import type { Call } from '../call.ts';
import { invalid } from './errors.ts';
import type { Place } from './items-at-once.ts';
import { boundsOf, startingAfter } from './key-ranges.ts';
import { keyNames } from './key-schemas.ts';
import { checkKey, keyText } from './keys.ts';
import { usableIndex, usableTable } from './lookup.ts';
import { type Page, type Reading, readPage } from './pages.ts';
import { consumptionOf, fetchFor } from './reading.ts';
import type { IndexRecord, KeySchema, TableRecord } from './store.ts';
import type { StoredItem } from './stored-items.ts';
import { checkCapacity, takeCapacity } from './throttling.ts';

export interface Selection {
  readonly table: TableRecord;
  readonly index: IndexRecord | undefined;
  readonly page: Page;
  /** Where the next page starts; undefined when there is none. */
  readonly next: Position | undefined;
}

/** Which of the stretches read comes next, and behind which row. */
export interface Position {
  readonly stretch: number;
  readonly after?: string | undefined;
}

export interface Wish {
  readonly limit: number | undefined;
  readonly isConsistent: boolean | undefined;
  readonly from: Position;
}

const MOST_BYTES = 1024 * 1024;

export async function select(call: Call, asked: Select, wish: Wish): Promise<Selection> {
  const purpose = { action: 'PartiQLSelect', index: asked.index };
  const { value: table } = await usableTable(call, asked.table, purpose);
  const index = asked.index === undefined ? undefined : usableIndex(table, asked.index);
  const schema = index?.key ?? table.key;
  const reach = reachOf(asked.condition, schema);
  const isReverse = checkOrder(asked, schema, reach);
  const projection = asked.columns && { paths: asked.columns.map(({ path }) => path) };
  const whole = fetchFor(
    call.stack,
    table,
    index,
    { ConsistentRead: wish.isConsistent },
    projection,
  );
  const stretches = stretchesOf(reach).map((one) => (isReverse ? { ...one, reverse: true } : one));
  checkCapacity(call.stack, table, 'read', index);
  const reading = { table, index, filter: reach.filter, whole };
  const read = await readStretches(call, reading, stretches, wish);
  const taken = consumptionOf({ ConsistentRead: wish.isConsistent }, table, index, read.page);
  takeCapacity(call.stack, 'read', taken);
  return { table, index, ...read };
}

function stretchesOf({ hash, range }: Reach): readonly Scan[] {
  return hash ? hash.map((value) => boundsOf({ hash: value, ...(range && { range }) })) : [{}];
}

/** Whether the order asked for is backwards; only keys within a partition have one. */
function checkOrder({ order }: Select, schema: KeySchema, { hash }: Reach): boolean {
  if (order.length === 0) return false;
  if (!hash) {
    throw invalid(
      'Must have at least one non-optional hash key condition in WHERE clause when using ' +
        'ORDER BY clause.',
    );
  }
  const names = keyNames(schema);
  const other = order.find(({ name }) => !names.includes(name));
  if (other) throw notOrdered(other.name);
  return order.some(({ name, descending }) => descending && name === schema.range?.name);
}

function notOrdered(name: string): AwsError {
  return invalid(`Variable reference ${name} in ORDER BY clause must be part of the primary key`);
}

async function readStretches(
  call: Call,
  reading: Omit<Reading, 'bounds' | 'limit'>,
  stretches: readonly Scan[],
  { from, limit = Number.POSITIVE_INFINITY }: Wish,
): Promise<Pick<Selection, 'page' | 'next'>> {
  const items: StoredItem[] = [];
  const fetched: number[] = [];
  let [scanned, bytes] = [0, 0];
  for (let { stretch, after } = from; stretch < stretches.length; stretch += 1) {
    const whole = stretches[stretch] ?? {};
    const bounds = after === undefined ? whole : startingAfter(whole, after);
    const page = await readPage(call.stack, { ...reading, bounds, limit: limit - scanned });
    items.push(...page.items);
    fetched.push(...page.fetched);
    scanned += page.scanned;
    bytes += page.bytes;
    after = undefined;
    const isFull = page.last !== undefined || scanned >= limit || bytes >= MOST_BYTES;
    if (!isFull) continue;
    const next =
      page.lastKey === undefined ? { stretch: stretch + 1 } : { stretch, after: page.lastKey };
    return { page: { ...page, items, fetched, scanned, bytes }, next };
  }
  const page = { items, fetched, scanned, bytes, last: undefined, lastKey: undefined };
  return { page, next: undefined };
}

export function columnsIn({ columns }: Select, item: Item): Item {
  return columns ? columnsOf(columns, item) : item;
}

/** For batches and transactions: the one item whose whole key the statement names. */
export async function placeMeant(call: Call, asked: Select, where: string): Promise<Place> {
  const { value: table } = await usableTable(call, asked.table, { action: 'PartiQLSelect' });
  if (asked.index !== undefined || !asked.condition) {
    throw invalid(
      `Select statements within ${where} must specify the primary key in the where clause.`,
    );
  }
  const { key, condition } = targetOf(asked.condition, table.key);
  checkKey(table.key, key);
  if (condition) {
    throw invalid(
      `Select statements within ${where} must specify the primary key in the where clause.`,
    );
  }
  return { table, key: keyText(table.key, key) };
}
