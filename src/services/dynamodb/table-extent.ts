/**
 * How many items a table or an index holds, and how many bytes they are. Counted when asked, and
 * not again until something has changed; where there are many, only every six hours, as on AWS.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
 */
import type { Stack } from '../../delivery/stack.ts';
import type { Storage, TableName } from '../../storage/storage.ts';
import { bytesOfRow } from './item-text.ts';

export interface Extent {
  readonly count: number;
  readonly bytes: number;
}

const SLICE = 1000;
const MANY = 20_000;
const PAUSE_MS = 6 * 3_600_000;

type Counted = Extent & { readonly revision: number; readonly atMs: number };

const counts = new WeakMap<Storage, Map<string, Counted>>();

export async function extentOf(
  { storage, clock }: Pick<Stack, 'storage' | 'clock'>,
  rows: TableName,
  partition: string,
): Promise<Extent> {
  const known = counts.get(storage) ?? new Map<string, Counted>();
  counts.set(storage, known);
  const revision = await storage.revision(rows, partition);
  const before = known.get(partition);
  const atMs = clock.nowMs();
  const isFresh = (one: Counted) =>
    one.revision === revision || (one.count > MANY && atMs - one.atMs < PAUSE_MS);
  if (before && isFresh(before)) return before;
  const counted = { ...(await count(storage, rows, partition)), revision, atMs };
  known.set(partition, counted);
  return counted;
}

async function count(storage: Storage, rows: TableName, partition: string): Promise<Extent> {
  const extent = { count: 0, bytes: 0 };
  for (let after: string | undefined; ; ) {
    const slice = await storage.scan(rows, partition, {
      limit: SLICE,
      ...(after !== undefined && { after }),
    });
    for (const { value } of slice) extent.bytes += bytesOfRow(value);
    extent.count += slice.length;
    after = slice.at(-1)?.key;
    if (slice.length < SLICE) return extent;
  }
}
