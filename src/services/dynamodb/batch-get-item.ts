/**
 * BatchGetItem: up to 100 items by their keys, of any tables, in no particular order. What does
 * not fit into 16 MB or what is throttled is named, to be asked for again.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
import type { AwsError } from '../../core/errors.ts';
import { type Item, readItem } from '../../expressions/attribute-values.ts';
import type { Projection } from '../../expressions/projections.ts';
import type {
  BatchGetItemInput,
  KeysAndAttributes,
  Operations,
} from '../../wire/types/dynamodb.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { type Consumption, consumedByTable, readUnits } from './capacity.ts';
import { invalid } from './errors.ts';
import { projectionOf, shown } from './get-item.ts';
import { checkKey, keyText } from './keys.ts';
import { usableTable } from './lookup.ts';
import { placeholdersOf, type Rules } from './parameters.ts';
import type { TableRecord } from './store.ts';
import { type StoredItem, storedItem } from './stored-items.ts';
import { shortage, takeCapacity } from './throttling.ts';

const MOST_KEYS = 100;
const MOST_BYTES = 16 * 1024 * 1024;

const RULES: Rules<KeysAndAttributes & { ExpressionAttributeValues?: undefined }> = {
  expressions: ['ProjectionExpression'],
  withValues: [],
  legacy: ['AttributesToGet'],
};

interface Wanted {
  /** The table as the request names it. */
  readonly name: string;
  readonly table: TableRecord;
  readonly asked: KeysAndAttributes;
  readonly keys: readonly string[];
  readonly projection: Projection | undefined;
}

export const BatchGetItem: Operation<Operations['BatchGetItem']> = async (call, input) => {
  const requests = Object.entries(input.RequestItems);
  const count = requests.reduce((sum, [, { Keys }]) => sum + Keys.length, 0);
  if (count > MOST_KEYS) throw invalid('Too many items requested for the BatchGetItem call');
  const wanted = await Promise.all(requests.map(([name, asked]) => plan(call, name, asked)));
  // All reads begin in one turn, so that they show one moment.
  const found = await Promise.all(
    wanted.map(({ table, keys }) =>
      Promise.all(keys.map((key) => storedItem(call.stack, table, key))),
    ),
  );
  return answerOf(call, input, wanted, found);
};

function answerOf(
  { stack }: Call,
  { ReturnConsumedCapacity: told }: BatchGetItemInput,
  wanted: readonly Wanted[],
  found: readonly (readonly (StoredItem | undefined)[])[],
) {
  const Responses: Record<string, Item[]> = {};
  const UnprocessedKeys: Record<string, KeysAndAttributes> = {};
  const consumptions: Consumption[] = [];
  let bytes = 0;
  let short: AwsError | undefined;
  for (const [at, { name, table, asked, projection }] of wanted.entries()) {
    const items: Item[] = [];
    const left: KeysAndAttributes['Keys'][number][] = [];
    for (const [nth, item] of (found[at] ?? []).entries()) {
      const key = asked.Keys[nth];
      const lacking = shortage(stack, table, 'read');
      short ??= lacking;
      if (key && (lacking || (item && bytes + item.bytes > MOST_BYTES))) {
        left.push(key);
        continue;
      }
      bytes += item?.bytes ?? 0;
      const units = readUnits(item?.bytes ?? 0, asked.ConsistentRead ?? false);
      consumptions.push({ table, units });
      takeCapacity(stack, 'read', { table, units });
      if (item) items.push(shown(item, projection));
    }
    Responses[name] = items;
    if (left.length > 0) UnprocessedKeys[name] = { ...asked, Keys: left };
  }
  if (short && consumptions.length === 0) throw short;
  return { Responses, UnprocessedKeys, ...consumedByTable(told, consumptions) };
}

async function plan(call: Call, name: string, asked: KeysAndAttributes): Promise<Wanted> {
  const placeholders = placeholdersOf(asked, RULES);
  const projection = projectionOf(asked, placeholders);
  placeholders.checkAllUsed();
  const given = asked.Keys.map(readItem);
  const { value: table } = await usableTable(call, name);
  const keys = given.map((key) => {
    checkKey(table.key, key);
    return keyText(table.key, key);
  });
  if (new Set(keys).size < keys.length) {
    throw invalid('Provided list of item keys contains duplicates');
  }
  return { name, table, asked, keys, projection };
}
