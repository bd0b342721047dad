/**
 * TransactGetItems: up to 100 items as they stand at one moment.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html
 */
import { type Item, readItem } from '../../expressions/attribute-values.ts';
import type { Projection } from '../../expressions/projections.ts';
import type { CancellationReason, Get, Operations } from '../../wire/types/dynamodb.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { type Consumption, consumedByTable, readUnits } from './capacity.ts';
import { projectionOf, shown } from './get-item.ts';
import { itemsAtOnce } from './items-at-once.ts';
import { checkKey, keyText } from './keys.ts';
import { type FindTable, tableFinder } from './lookup.ts';
import { placeholdersOf, type Rules } from './parameters.ts';
import type { TableRecord } from './store.ts';
import { checkCapacity, takeCapacity } from './throttling.ts';
import { cancelled, checkTotal, NO_REASON, namesOf, reasonOf } from './transactions.ts';

const RULES: Rules<Get & { ExpressionAttributeValues?: undefined }> = {
  expressions: ['ProjectionExpression'],
  withValues: [],
  legacy: [],
};

interface Wanted {
  readonly table: TableRecord;
  readonly key: string | undefined;
  readonly reason: CancellationReason;
  readonly projection: Projection | undefined;
}

export const TransactGetItems: Operation<Operations['TransactGetItems']> = async (call, input) => {
  const find = tableFinder(call);
  const wanted = await Promise.all(input.TransactItems.map((item) => plan(call, find, item.Get)));
  namesOf(wanted);
  if (wanted.some(({ reason }) => reason !== NO_REASON)) {
    throw cancelled(wanted.map(({ reason }) => reason));
  }
  const places = wanted.map(({ table, key = '' }) => ({ table, key }));
  const found = await itemsAtOnce(call.stack, places);
  checkTotal(found.reduce((sum, item) => sum + (item?.bytes ?? 0), 0));
  const consumptions = wanted.map(({ table }, at): Consumption => {
    return { table, units: 2 * readUnits(found[at]?.bytes ?? 0, true), transaction: 'read' };
  });
  for (const one of consumptions) takeCapacity(call.stack, 'read', one);
  return {
    Responses: found.map((item, at) => (item ? { Item: shown(item, wanted[at]?.projection) } : {})),
    ...consumedByTable(input.ReturnConsumedCapacity, consumptions),
  };
};

async function plan(call: Call, find: FindTable, get: Get): Promise<Wanted> {
  const placeholders = placeholdersOf(get, RULES);
  const projection = projectionOf(get, placeholders);
  placeholders.checkAllUsed();
  const given: Item = readItem(get.Key);
  const { value: table } = await find(get.TableName, 'GetItem');
  try {
    checkKey(table.key, given);
    checkCapacity(call.stack, table, 'read');
    return { table, key: keyText(table.key, given), reason: NO_REASON, projection };
  } catch (cause) {
    return { table, key: undefined, reason: reasonOf(cause), projection };
  }
}
