/**
 * What Query and Scan have in common: which attributes are asked for and whether an index can
 * give them, where a page starts, and how it is answered.
 */
import type { AwsError } from '../../core/errors.ts';
import type { Stack } from '../../delivery/stack.ts';
import { type Item, readItem } from '../../expressions/attribute-values.ts';
import type { Projection } from '../../expressions/projections.ts';
import type { Row } from '../../storage/storage.ts';
import { withReadyJson } from '../../wire/documents/ready-json.ts';
import type {
  ConsumedCapacity,
  Key,
  ReturnConsumedCapacity,
  Select,
} from '../../wire/types/dynamodb.ts';
import { type Consumption, consumed, readUnits } from './capacity.ts';
import { invalid, invalidValues } from './errors.ts';
import { shown } from './get-item.ts';
import { projectedNames } from './index-entries.ts';
import { inBase64, jsonOfRow } from './item-text.ts';
import { attributesOf, checkKey, END, keyOf } from './keys.ts';
import type { Page } from './pages.ts';
import type { IndexRecord, TableRecord } from './store.ts';
import { type StoredItem, storedItem } from './stored-items.ts';

export interface Asked {
  readonly Select?: Select | undefined;
  readonly IndexName?: string | undefined;
  readonly ProjectionExpression?: string | undefined;
  readonly AttributesToGet?: readonly string[] | undefined;
  readonly ConsistentRead?: boolean | undefined;
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity | undefined;
  readonly ExclusiveStartKey?: Key | undefined;
}

/** Refuses a `Select` that does not go with the rest of the request. */
export function checkSelect(asked: Asked): void {
  const { Select: select, ProjectionExpression: text, AttributesToGet: names } = asked;
  const isSpecific = text !== undefined || names !== undefined;
  if (select === 'SPECIFIC_ATTRIBUTES' && !isSpecific) {
    throw invalid(
      'Must specify the AttributesToGet or ProjectionExpression when choosing to get ' +
        'SPECIFIC_ATTRIBUTES',
    );
  }
  if (select === 'ALL_PROJECTED_ATTRIBUTES' && asked.IndexName === undefined) {
    throw invalid('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName');
  }
  if (select !== undefined && select !== 'SPECIFIC_ATTRIBUTES' && isSpecific) {
    const what = text === undefined ? 'AttributesToGet' : 'ProjectionExpression';
    const chosen = select === 'COUNT' ? 'only the Count' : select;
    throw invalid(`Cannot specify the ${what} when choosing to get ${chosen}`);
  }
}

type Fetch = (entry: Row) => Promise<StoredItem | undefined>;

/**
 * How to get at what an index does not hold: from the table, where the index is local. A global
 * one has nothing but its own.
 */
export function fetchFor(
  stack: Stack,
  table: TableRecord,
  index: IndexRecord | undefined,
  { Select: select, ConsistentRead: isConsistent }: Asked,
  projection: Projection | undefined,
): Fetch | undefined {
  if (!index) return undefined;
  if (index.kind === 'global' && isConsistent) {
    throw invalid('Consistent reads are not supported on global secondary indexes');
  }
  if (index.projection === 'ALL') return undefined;
  const names = projectedNames(table, index);
  const missing = (projection?.paths ?? []).map(([name]) => name).filter((one) => !names.has(one));
  if (index.kind === 'global') {
    if (select === 'ALL_ATTRIBUTES') throw unsupported(index);
    if (missing.length > 0) {
      const list = [...new Set(missing)].join(', ');
      throw invalidValues(`Global secondary index ${index.name} does not project [${list}]`);
    }
    return undefined;
  }
  if (select !== 'ALL_ATTRIBUTES' && missing.length === 0) return undefined;
  return async ({ key }) => storedItem(stack, table, ownKey(key));
}

function unsupported({ name }: IndexRecord): AwsError {
  return invalidValues(
    `Select type ALL_ATTRIBUTES is not supported for global secondary index ${name} because its ` +
      'projection type is not ALL',
  );
}

/** The item's own key, which stands behind that of the index; see keys.ts. */
function ownKey(entryKey: string): string {
  return entryKey.slice(entryKey.indexOf(END) + END.length);
}

/** The key that a page starts after, when it is one of the table or index. */
export function startKey(table: TableRecord, index: IndexRecord | undefined, given: Key): Item {
  const key = readItem(given);
  const attributes = new Map(
    [...attributesOf(table.key), ...(index ? attributesOf(index.key) : [])].map((attribute) => [
      attribute.name,
      attribute,
    ]),
  );
  const names = Object.keys(key);
  const isWhole = names.length === attributes.size && names.every((name) => attributes.has(name));
  if (index && !isWhole) throw invalid('The provided starting key is invalid');
  try {
    for (const schema of index ? [table.key, index.key] : [table.key]) {
      checkKey(schema, index ? partOf(schema, key) : key);
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw invalid(`The provided starting key is invalid: ${why}`);
  }
  return key;
}

function partOf(schema: TableRecord['key'], key: Item): Item {
  const names = attributesOf(schema).map(({ name }) => name);
  return Object.fromEntries(Object.entries(key).filter(([name]) => names.includes(name)));
}

/** The answer of a page. */
export function pageAnswer(
  asked: Asked,
  table: TableRecord,
  index: IndexRecord | undefined,
  projection: Projection | undefined,
  page: Page,
) {
  const { items, scanned, last } = page;
  const rest = {
    Count: items.length,
    ScannedCount: scanned,
    ...(last && { LastEvaluatedKey: lastKey(table, index, last) }),
    ...consumption(asked, table, index, page),
  };
  if (asked.Select === 'COUNT') return rest;
  if (projection) return { Items: items.map((item) => shown(item, projection)), ...rest };
  const answer = {
    get Items() {
      return items.map((found) => found.item());
    },
    ...rest,
  };
  return withReadyJson(answer, wholeText(items, rest));
}

/** Items go out as they are stored. */
function wholeText(items: readonly StoredItem[], rest: object): string {
  let rows = '';
  for (const { row } of items) rows += rows === '' ? jsonOfRow(row) : `,${jsonOfRow(row)}`;
  return `{"Items":[${rows}],${JSON.stringify(rest, inBase64).slice(1)}`;
}

export function lastKey(table: TableRecord, index: IndexRecord | undefined, last: Item): Item {
  return { ...(index && keyOf(index.key, last)), ...keyOf(table.key, last) };
}

export function consumption(
  asked: Asked,
  table: TableRecord,
  index: IndexRecord | undefined,
  page: Page,
): { readonly ConsumedCapacity?: ConsumedCapacity } {
  return consumed(asked.ReturnConsumedCapacity, consumptionOf(asked, table, index, page));
}

export function consumptionOf(
  { ConsistentRead: isConsistent = false }: Pick<Asked, 'ConsistentRead'>,
  table: TableRecord,
  index: IndexRecord | undefined,
  { bytes, fetched }: Pick<Page, 'bytes' | 'fetched'>,
): Consumption {
  const units = readUnits(bytes, isConsistent);
  if (!index) return { table, units };
  const more = fetched.reduce((sum, one) => sum + readUnits(one, isConsistent), 0);
  return { table, units: more, indexUnits: new Map([[index.name, units]]) };
}
