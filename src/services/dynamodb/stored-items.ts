/** Items as they stand in storage. What a row holds is parsed when somebody looks at it. */

import type { Stack } from '../../delivery/stack.ts';
import type { Item } from '../../expressions/attribute-values.ts';
import type { Check, Row } from '../../storage/storage.ts';
import { bytesOfRow, itemOfRow } from './item-text.ts';
import { ITEMS, type TableRecord } from './store.ts';

/** Refuses writes that were planned from an item, or from there being none, that is no longer so. */
export function itemCheck(
  { id }: Pick<TableRecord, 'id'>,
  key: string,
  found: Pick<StoredItem, 'version'> | undefined,
): Check {
  const ifVersion = found?.version ?? 0;
  return { kind: 'check', table: ITEMS, partition: id, key, ifVersion };
}

export interface StoredItem {
  readonly row: string;
  readonly version: number;
  readonly bytes: number;
  /** The same object each time. */
  readonly item: () => Item;
}

export async function storedItem(
  { storage }: Pick<Stack, 'storage'>,
  table: Pick<TableRecord, 'id'>,
  key: string,
): Promise<StoredItem | undefined> {
  const row = await storage.get(ITEMS, table.id, key);
  return row && stored(row);
}

export function stored({ value: row, version }: Pick<Row, 'value' | 'version'>): StoredItem {
  let parsed: Item | undefined;
  const item = () => {
    parsed ??= itemOfRow(row);
    return parsed;
  };
  return { row, version, bytes: bytesOfRow(row), item };
}
