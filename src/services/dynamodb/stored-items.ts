/** Items as they stand in storage. What a row holds is parsed when somebody looks at it. */

import type { Stack } from '../../delivery/stack.ts';
import type { Item } from '../../expressions/attribute-values.ts';
import type { Check, Row } from '../../storage/storage.ts';
import { bytesOfRow, itemOfRow } from './item-text.ts';
import { ITEMS, type TableRecord } from './store.ts';

/** Refuses writes that were planned from an item, or none, that is no longer so. */
export function itemCheck(
  { id }: Pick<TableRecord, 'id'>,
  key: string,
  found: Pick<StoredItem, 'version'> | undefined,
): Check {
  const ifVersion = found?.version ?? 0;
  return { kind: 'check', table: ITEMS, partition: id, key, ifVersion };
}

export class StoredItem {
  readonly row: string;
  readonly version: number;
  readonly bytes: number;
  #parsed: Item | undefined;

  constructor({ value, version }: Pick<Row, 'value' | 'version'>) {
    this.row = value;
    this.version = version;
    this.bytes = bytesOfRow(value);
  }

  /** The same object each time. */
  item(): Item {
    this.#parsed ??= itemOfRow(this.row);
    return this.#parsed;
  }
}

export async function storedItem(
  { storage }: Pick<Stack, 'storage'>,
  table: Pick<TableRecord, 'id'>,
  key: string,
): Promise<StoredItem | undefined> {
  const row = await storage.get(ITEMS, table.id, key);
  return row && new StoredItem(row);
}
