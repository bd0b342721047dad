/**
 * Entries of secondary indexes: which items have one, and what it holds of them.
 *
 * An item without an attribute of the index's key has no entry; one whose attribute cannot be a
 * key is refused when it is written, and passed over when an index is made for items that are
 * there already.
 */

import type { AwsError } from '../../core/errors.ts';
import type { Item } from '../../expressions/attribute-values.ts';
import { memberOf } from '../../expressions/attribute-values.ts';
import { invalid, invalidValues } from './errors.ts';
import { rowOf } from './item-text.ts';
import { attributesOf, keyText, tooLarge, type Unfit, unfitness } from './keys.ts';
import type { IndexRecord, KeySchema, TableRecord } from './store.ts';

export interface Entry {
  readonly key: string;
  readonly row: string;
}

/** The item's entry in `index`, given the item's own key and row as text. */
export function entryOf(
  table: TableRecord,
  index: IndexRecord,
  item: Item,
  own: Entry,
): Entry | undefined {
  if (!fits(index.key, item)) return undefined;
  const row = index.projection === 'ALL' ? own.row : rowOf(projected(table, index, item));
  return { key: keyText(index.key, item) + own.key, row };
}

function fits(key: KeySchema, item: Item): boolean {
  return attributesOf(key).every((attribute) => {
    const value = memberOf(item, attribute.name);
    return value && !unfitness(value, attribute, attribute === key.hash ? 'hash' : 'range');
  });
}

/** What is projected of an item into an index that does not take all of it. */
function projected(table: TableRecord, index: IndexRecord, item: Item): Item {
  const names = projectedNames(table, index);
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)));
}

export function projectedNames(table: TableRecord, index: IndexRecord): ReadonlySet<string> {
  const keys = [...attributesOf(table.key), ...attributesOf(index.key)].map(({ name }) => name);
  return new Set([...keys, ...index.included]);
}

/** Refuses an item that cannot stand in every index whose key it has. */
export function checkIndexKeys({ indexes }: TableRecord, item: Item, by: 'item' | 'update'): void {
  for (const { name: index, key } of indexes) {
    for (const attribute of attributesOf(key)) {
      const value = memberOf(item, attribute.name);
      const role = attribute === key.hash ? 'hash' : 'range';
      const unfit = value && unfitness(value, attribute, role);
      if (!unfit) continue;
      if (unfit.why === 'size') throw tooLarge(role);
      throw by === 'update'
        ? wrongByUpdate(unfit)
        : wrongInItem(unfit, attribute.name, attribute.type, index);
    }
  }
}

type Wrong = Exclude<Unfit, { why: 'size' }>;

function wrongInItem(unfit: Wrong, name: string, type: string, index: string): AwsError {
  if (unfit.why === 'type') {
    return invalidValues(
      `Type mismatch for Index Key ${name} Expected: ${type} Actual: ${unfit.actual} ` +
        `IndexName: ${index}`,
    );
  }
  return invalid(
    'One or more parameter values are not valid. A value specified for a secondary index key is ' +
      `not supported. The AttributeValue for a key attribute cannot contain an empty ` +
      `${unfit.kind} value. IndexName: ${index}, IndexKey: ${name}`,
  );
}

function wrongByUpdate(unfit: Wrong): AwsError {
  const attempt = 'The update expression attempted to update the secondary index key to';
  if (unfit.why === 'type') return invalid(`${attempt} unsupported type`);
  return invalid(
    `${attempt} a value that is not supported. The AttributeValue for a key attribute cannot ` +
      `contain an empty ${unfit.kind} value.`,
  );
}
