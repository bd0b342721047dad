/**
 * Item collections: all items of one partition key in a table with local secondary indexes, and
 * their entries in those. They may take 10 GB together.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html#LSI.ItemCollections
 *
 * A collection is counted when it is written to for the first time; from then on what is written
 * is added. Every node counts for itself and knows of what others write only after an hour, so
 * what is told is an estimate, as it is on AWS.
 */
import type { AwsError } from '../../core/errors.ts';
import type { Stack } from '../../delivery/stack.ts';
import { type Item, memberOf } from '../../expressions/attribute-values.ts';
import type { Storage } from '../../storage/storage.ts';
import type {
  ItemCollectionMetrics,
  ReturnItemCollectionMetrics,
} from '../../wire/types/dynamodb.ts';
import { fault } from './errors.ts';
import { bytesOfRow } from './item-text.ts';
import { partitionText } from './keys.ts';
import { entriesOf, INDEXES, ITEMS, type TableRecord } from './store.ts';

type Counting = Pick<Stack, 'storage' | 'clock' | 'settings'>;

interface Estimate {
  bytes: number;
  readonly atMs: number;
}

const GIB = 1024 ** 3;
const FRESH_MS = 3_600_000;
const MOST_KNOWN = 10_000;
const SLICE = 500;

const estimates = new WeakMap<Storage, Map<string, Estimate>>();

/** Whether the items of one partition key are counted together. */
export function hasCollections({ indexes }: TableRecord): boolean {
  return indexes.some(({ kind }) => kind === 'local');
}

/** What refuses a change that makes a collection larger than it may be. */
export async function tooLargeCollection(
  stack: Counting,
  table: TableRecord,
  item: Item,
  growth: number,
): Promise<AwsError | undefined> {
  const hash = memberOf(item, table.key.hash.name);
  if (!hash) return undefined;
  const { bytes } = await estimateOf(stack, table, partitionText(hash));
  const isTooLarge = growth > 0 && bytes + growth > stack.settings.quotas[LIMIT];
  if (!isTooLarge) return undefined;
  return fault('ItemCollectionSizeLimitExceededException', 'Collection size exceeded.');
}

const LIMIT = 'dynamodb.collectionBytes';

/** To be called when the change is committed. */
export function growCollection(
  { storage }: Pick<Stack, 'storage'>,
  table: TableRecord,
  item: Item,
  growth: number,
): void {
  const hash = hasCollections(table) && memberOf(item, table.key.hash.name);
  if (!hash || growth === 0) return;
  const known = estimates.get(storage)?.get(nameOf(table, partitionText(hash)));
  if (known) known.bytes = Math.max(0, known.bytes + growth);
}

function nameOf({ id }: TableRecord, collection: string): string {
  return `${id}/${collection}`;
}

async function estimateOf(
  { storage, clock }: Counting,
  table: TableRecord,
  collection: string,
): Promise<Estimate> {
  const known = estimates.get(storage) ?? new Map<string, Estimate>();
  estimates.set(storage, known);
  const name = nameOf(table, collection);
  const before = known.get(name);
  const atMs = clock.nowMs();
  if (before && atMs - before.atMs < FRESH_MS) return before;
  const places = [
    { rows: ITEMS, partition: table.id },
    ...table.indexes
      .filter(({ kind }) => kind === 'local')
      .map((index) => ({ rows: INDEXES, partition: entriesOf(table, index) })),
  ];
  let bytes = 0;
  for (const place of places) bytes += await bytesOf(storage, place, collection);
  const estimate = { bytes, atMs };
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(name, estimate);
  return estimate;
}

async function bytesOf(
  storage: Storage,
  { rows, partition }: { readonly rows: string; readonly partition: string },
  prefix: string,
): Promise<number> {
  let bytes = 0;
  for (let after: string | undefined; ; ) {
    const more = after !== undefined && { after };
    const slice = await storage.scan(rows, partition, { prefix, limit: SLICE, ...more });
    for (const { value } of slice) bytes += bytesOfRow(value);
    after = slice.at(-1)?.key;
    if (slice.length < SLICE) return bytes;
  }
}

/** Of a collection that has just been written to. */
export function collectionMetrics(
  { storage }: Pick<Stack, 'storage'>,
  asked: ReturnItemCollectionMetrics | undefined,
  table: TableRecord,
  item: Item,
): ItemCollectionMetrics | undefined {
  const { hash } = table.key;
  const value = memberOf(item, hash.name);
  if (asked !== 'SIZE' || !value || !hasCollections(table)) return undefined;
  const bytes = estimates.get(storage)?.get(nameOf(table, partitionText(value)))?.bytes ?? 0;
  const least = Math.floor(bytes / GIB);
  return { ItemCollectionKey: { [hash.name]: value }, SizeEstimateRangeGB: [least, least + 1] };
}

/** By the name of the table, where there are any. */
export function metricsByTable(
  metrics: readonly (readonly [string, ItemCollectionMetrics | undefined])[],
): { readonly ItemCollectionMetrics?: Readonly<Record<string, ItemCollectionMetrics[]>> } {
  const byTable = new Map<string, ItemCollectionMetrics[]>();
  for (const [name, metric] of metrics) {
    if (metric) byTable.set(name, [...(byTable.get(name) ?? []), metric]);
  }
  return byTable.size > 0 ? { ItemCollectionMetrics: Object.fromEntries(byTable) } : {};
}
