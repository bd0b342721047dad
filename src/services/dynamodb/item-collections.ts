/**
 * Item collections: all items of one partition key in a table with local secondary indexes.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html#LSI.ItemCollections
 */
import { type Item, memberOf } from '../../expressions/attribute-values.ts';
import type {
  ItemCollectionMetrics,
  ReturnItemCollectionMetrics,
} from '../../wire/types/dynamodb.ts';
import type { TableRecord } from './store.ts';

/** The estimate, in GB, of whatever is not counted: AWS's is as coarse. */
const SMALL = [0, 1];

export function collectionMetrics(
  asked: ReturnItemCollectionMetrics | undefined,
  { key, indexes }: TableRecord,
  item: Item,
): ItemCollectionMetrics | undefined {
  const hash = memberOf(item, key.hash.name);
  if (asked !== 'SIZE' || !hash || !indexes.some(({ kind }) => kind === 'local')) return undefined;
  return { ItemCollectionKey: { [key.hash.name]: hash }, SizeEstimateRangeGB: SMALL };
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
