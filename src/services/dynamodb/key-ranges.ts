/** Key conditions as stretches of the rows, whose order keys.ts makes. */
import type { Item } from '../../expressions/attribute-values.ts';
import type { KeyCondition, RangeCondition } from '../../expressions/key-conditions.ts';
import type { Scan } from '../../storage/storage.ts';
import { BEYOND, END, keyText, orderText, partitionText } from './keys.ts';
import type { IndexRecord, TableRecord } from './store.ts';

export function boundsOf({ hash, range }: KeyCondition): Scan {
  const head = partitionText(hash);
  return range ? rangeBounds(head, range) : { prefix: head };
}

function rangeBounds(prefix: string, { operator, values }: RangeCondition): Scan {
  const [first = '', second = ''] = values.map((value) => prefix + orderText(value));
  switch (operator) {
    case '=':
      return { prefix: first + END };
    case '<':
      return { prefix, before: first };
    case '<=':
      return { prefix, before: first + BEYOND };
    case '>':
      return { prefix, after: first + BEYOND };
    case '>=':
      return { prefix, after: first };
    case 'between':
      return { prefix, after: first, before: second + BEYOND };
    case 'begins_with':
      return { prefix: first };
  }
}

/** Where the row of an item, or its entry in an index, stands. */
export function placeOf(table: TableRecord, index: IndexRecord | undefined, item: Item): string {
  const own = keyText(table.key, item);
  return index ? keyText(index.key, item) + own : own;
}

/** The bounds from a place on, in the direction that they are read in. */
export function startingAfter(bounds: Scan, place: string): Scan {
  return bounds.reverse ? { ...bounds, before: place } : { ...bounds, after: place };
}

/** Whether a place lies within the bounds. */
export function isWithin({ prefix = '', after, before }: Scan, place: string): boolean {
  if (!place.startsWith(prefix)) return false;
  const order = Buffer.from(place);
  if (after !== undefined && Buffer.compare(order, Buffer.from(after)) <= 0) return false;
  return before === undefined || Buffer.compare(order, Buffer.from(before)) < 0;
}
