/**
 * Whether partition keys spread over the shards. A shard takes 1,000 records or 1 MiB a second,
 * whatever the others have left, so the busiest one says how many shards a stream needs; and one
 * key can never have more than one shard's share.
 */
import { evenRanges, type HashRange, holdsKey } from './key-hashes.ts';

export interface KeySkewOptions {
  /** So many equal shards, or the ranges of those that there are. */
  readonly shards: number | readonly HashRange[];
  /** How many of the busiest keys to name. Default 5. */
  readonly named?: number;
}

export interface KeySkew {
  readonly records: number;
  readonly keys: number;
  /** In the order of the shards; shares are of all records. */
  readonly shards: readonly { readonly records: number; readonly share: number }[];
  /** The busiest shard's records to the average: 1 is even, 2 wants twice the shards. */
  readonly ratio: number;
  /** The busiest keys, the busiest first. */
  readonly hottest: readonly {
    readonly key: string;
    readonly records: number;
    readonly share: number;
  }[];
}

/**
 * ```ts
 * const { ratio, hottest } = keySkew(orders.map(({ customer }) => customer), { shards: 8 });
 * ```
 */
export function keySkew(keys: Iterable<string>, { shards, named = 5 }: KeySkewOptions): KeySkew {
  const counts = new Map<string, number>();
  let records = 0;
  for (const key of keys) {
    counts.set(key, (counts.get(key) ?? 0) + 1);
    records += 1;
  }
  const ranges = typeof shards === 'number' ? evenRanges(shards) : shards;
  const byShard = ranges.map(() => 0);
  for (const [key, count] of counts) {
    const at = ranges.findIndex((range) => holdsKey(range, key));
    byShard[at] = (byShard[at] ?? 0) + count;
  }
  const share = (count: number) => (records === 0 ? 0 : count / records);
  const sorted = [...counts].sort(([, one], [, other]) => other - one);
  return {
    records,
    keys: counts.size,
    shards: byShard.map((count) => ({ records: count, share: share(count) })),
    ratio: records === 0 ? 1 : Math.max(...byShard) / (records / ranges.length),
    hottest: sorted
      .slice(0, named)
      .map(([key, count]) => ({ key, records: count, share: share(count) })),
  };
}
