/**
 * Noting of the items that are there already what is noted of items from now on: their entries in
 * a new index, or when they expire.
 *
 * Whoever writes an item meanwhile notes it too, so each item is read and its note written under
 * the item's lock. Done twice, it is done once.
 */
import type { Stack } from '../../delivery/stack.ts';
import type { Write } from '../../storage/storage.ts';
import { Contended, locksOf } from './item-locks.ts';
import { ITEMS, type TableRecord } from './store.ts';
import { type StoredItem, storedItem } from './stored-items.ts';
import { lockName } from './write-item.ts';

const SLICE = 100;

type Note = (found: StoredItem, key: string) => readonly Write[];

export async function backfill(stack: Stack, table: TableRecord, note: Note): Promise<void> {
  for (let after: string | undefined; ; ) {
    const rows = await stack.storage.scan(ITEMS, table.id, {
      limit: SLICE,
      ...(after !== undefined && { after }),
    });
    await Promise.all(rows.map(({ key }) => take(stack, table, key, note)));
    after = rows.at(-1)?.key;
    if (rows.length < SLICE) return;
  }
}

async function take(stack: Stack, table: TableRecord, key: string, note: Note): Promise<void> {
  const write = async () => {
    const found = await storedItem(stack, table, key);
    const writes = found ? note(found, key) : [];
    if (writes.length > 0) await stack.storage.commit(writes);
  };
  try {
    await locksOf(stack).while([lockName(table.id, key)], 'plain', write);
  } catch (cause) {
    // The transaction at work on the item is over as soon as it is committed.
    if (!(cause instanceof Contended)) throw cause;
    await stack.storage.idle();
    await take(stack, table, key, note);
  }
}
