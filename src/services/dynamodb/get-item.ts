/**
 * GetItem: one item by its key. Every read is consistent here; one that need not be costs half.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html
 */
import { type Item, readItem } from '../../expressions/attribute-values.ts';
import { projectionOfAttributes } from '../../expressions/legacy.ts';
import type { Placeholders } from '../../expressions/placeholders.ts';
import { type Projection, parseProjection, project } from '../../expressions/projections.ts';
import { withReadyJson } from '../../wire/documents/ready-json.ts';
import type { GetItemInput, Operations } from '../../wire/types/dynamodb.ts';
import type { Operation } from '../service.ts';
import { consumed, readUnits } from './capacity.ts';
import { jsonOfRow } from './item-text.ts';
import { checkKey, keyText } from './keys.ts';
import { usableTable } from './lookup.ts';
import { placeholdersOf, type Rules } from './parameters.ts';
import { type StoredItem, storedItem } from './stored-items.ts';
import { checkCapacity, takeCapacity } from './throttling.ts';

const RULES: Rules<GetItemInput & { ExpressionAttributeValues?: undefined }> = {
  expressions: ['ProjectionExpression'],
  withValues: [],
  legacy: ['AttributesToGet'],
};

export interface Projecting {
  readonly ProjectionExpression?: string | undefined;
  readonly AttributesToGet?: readonly string[] | undefined;
}

export const GetItem: Operation<Operations['GetItem']> = async (call, input) => {
  const placeholders = placeholdersOf(input, RULES);
  const key = readItem(input.Key);
  const projection = projectionOf(input, placeholders);
  placeholders.checkAllUsed();
  const { value: table } = await usableTable(call, input.TableName);
  checkKey(table.key, key);
  checkCapacity(call.stack, table, 'read');
  const found = await storedItem(call.stack, table, keyText(table.key, key));
  const units = readUnits(found?.bytes ?? 0, input.ConsistentRead ?? false);
  takeCapacity(call.stack, 'read', { table, units });
  const capacity = consumed(input.ReturnConsumedCapacity, { table, units });
  if (!found) return capacity;
  if (projection) return { Item: shown(found, projection), ...capacity };
  return wholeItem(found, capacity);
};

/** Goes out as it is stored. */
function wholeItem(found: StoredItem, { ConsumedCapacity }: ReturnType<typeof consumed>) {
  const answer = {
    get Item() {
      return found.item();
    },
    ConsumedCapacity,
  };
  const more = ConsumedCapacity && `,"ConsumedCapacity":${JSON.stringify(ConsumedCapacity)}`;
  return withReadyJson(answer, `{"Item":${jsonOfRow(found.row)}${more ?? ''}}`);
}

/** The parts of items that a request asks for; undefined for all of them. */
export function projectionOf(
  { ProjectionExpression: text, AttributesToGet: names }: Projecting,
  placeholders: Placeholders,
): Projection | undefined {
  if (text !== undefined) return parseProjection(text, placeholders);
  return names && projectionOfAttributes(names);
}

export function shown(found: Pick<StoredItem, 'item'>, projection: Projection | undefined): Item {
  return projection ? project(projection, found.item()) : found.item();
}
