/**
 * Items of a reading transaction, as they stand at one moment: all are read, and then a commit
 * that changes nothing says whether all of them still are what was read. Those that are changed
 * again and again meanwhile cancel the transaction, as on AWS.
 */
import type { Stack } from '../../delivery/stack.ts';
import { Conflict } from '../../storage/storage.ts';
import type { TableRecord } from './store.ts';
import { itemCheck, type StoredItem, storedItem } from './stored-items.ts';
import { conflicting } from './transactions.ts';

const MOST_READS = 20;

export interface Place {
  readonly table: TableRecord;
  readonly key: string;
}

export async function itemsAtOnce(
  stack: Stack,
  places: readonly Place[],
): Promise<readonly (StoredItem | undefined)[]> {
  let before = await readAll(stack, places);
  if (places.length === 1) return before;
  for (let reads = 1; ; reads += 1) {
    const checks = places.map(({ table, key }, at) => itemCheck(table, key, before[at]));
    try {
      await stack.storage.commit(checks);
      return before;
    } catch (cause) {
      if (!(cause instanceof Conflict)) throw cause;
    }
    const found = await readAll(stack, places);
    if (reads === MOST_READS) throw conflicting(places.length, changed(before, found));
    before = found;
  }
}

type Found = readonly (StoredItem | undefined)[];

function readAll(stack: Stack, places: readonly Place[]): Promise<Found> {
  return Promise.all(places.map(({ table, key }) => storedItem(stack, table, key)));
}

function changed(before: Found, after: Found): readonly number[] {
  return before.flatMap((one, at) => (one?.version === after[at]?.version ? [] : [at]));
}
