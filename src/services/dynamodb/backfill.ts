/**
 * Noting of the items that are there already what is noted of items from now on: their entries in
 * a new index, or when they expire.
 *
 * Whoever writes an item meanwhile notes it too, so a note is committed only while the item and
 * the table are as they were read; one that loses is made again. Done twice, it is done once.
 */
import type { Stack } from '../../delivery/stack.ts';
import type { Stored } from '../../storage/collection.ts';
import { Conflict, type Write } from '../../storage/storage.ts';
import { tableAt, tableCheck } from './lookup.ts';
import { ITEMS, type TableRecord } from './store.ts';
import { itemCheck, type StoredItem, storedItem } from './stored-items.ts';

const SLICE = 100;

type Note = (found: StoredItem, key: string) => readonly Write[];

/** False where the table has changed on the way, so that it has to be begun again. */
export async function backfill(
  stack: Stack,
  table: Stored<TableRecord>,
  note: Note,
): Promise<boolean> {
  for (let after: string | undefined; ; ) {
    const rows = await stack.storage.scan(ITEMS, table.value.id, {
      limit: SLICE,
      ...(after !== undefined && { after }),
    });
    const taken = await Promise.all(rows.map(({ key }) => take(stack, table, key, note)));
    if (taken.includes(false)) return false;
    after = rows.at(-1)?.key;
    if (rows.length < SLICE) return true;
  }
}

async function take(
  stack: Stack,
  table: Stored<TableRecord>,
  key: string,
  note: Note,
): Promise<boolean> {
  for (;;) {
    const found = await storedItem(stack, table.value, key);
    const writes = found ? note(found, key) : [];
    if (!found || writes.length === 0) return true;
    try {
      const checks = [tableCheck(table), itemCheck(table.value, key, found)];
      await stack.storage.commit([...checks, ...writes]);
      return true;
    } catch (cause) {
      if (!(cause instanceof Conflict)) throw cause;
      const current = await tableAt(stack, table.value);
      if (current?.version !== table.version) return false;
    }
  }
}
