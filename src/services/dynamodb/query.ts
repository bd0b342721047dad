/**
 * Query: the items of one partition key, in the order of their sort keys.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
 */
import type { AwsError } from '../../core/errors.ts';
import { type Condition, parseCondition, pathsOf } from '../../expressions/conditions.ts';
import { type KeyCondition, parseKeyCondition } from '../../expressions/key-conditions.ts';
import { conditionOfFilter, keyConditionOfConditions } from '../../expressions/legacy.ts';
import type { Placeholders } from '../../expressions/placeholders.ts';
import type { Scan } from '../../storage/storage.ts';
import type { Key, Operations, QueryInput } from '../../wire/types/dynamodb.ts';
import type { Operation } from '../service.ts';
import { invalid } from './errors.ts';
import { projectionOf } from './get-item.ts';
import { boundsOf, isWithin, placeOf, startingAfter } from './key-ranges.ts';
import { keyNames } from './key-schemas.ts';
import { usableIndex, usableTable } from './lookup.ts';
import { readPage } from './pages.ts';
import { placeholdersOf, type Rules } from './parameters.ts';
import { checkSelect, consumptionOf, fetchFor, pageAnswer, startKey } from './reading.ts';
import type { IndexRecord, KeySchema, TableRecord } from './store.ts';
import { checkCapacity, takeCapacity } from './throttling.ts';

const RULES: Rules<QueryInput> = {
  expressions: ['ProjectionExpression', 'FilterExpression', 'KeyConditionExpression'],
  withValues: ['FilterExpression', 'KeyConditionExpression'],
  legacy: ['AttributesToGet', 'QueryFilter', 'ConditionalOperator', 'KeyConditions'],
};

export const Query: Operation<Operations['Query']> = async (call, input) => {
  const { stack } = call;
  const placeholders = placeholdersOf(input, RULES);
  checkSelect(input);
  const filter = filterOf(input, placeholders);
  const projection = projectionOf(input, placeholders);
  const { value: table } = await usableTable(call, input.TableName, { index: input.IndexName });
  const index = input.IndexName === undefined ? undefined : usableIndex(table, input.IndexName);
  const schema = index?.key ?? table.key;
  const condition = keyCondition(input, placeholders, schema);
  placeholders.checkAllUsed();
  if (filter) checkFilter(filter, schema, input.FilterExpression === undefined);
  const bounds = {
    ...boundsOf(condition),
    ...(input.ScanIndexForward === false && { reverse: true }),
  };
  checkCapacity(stack, table, 'read', index);
  const page = await readPage(stack, {
    ...{ table, index, filter, limit: input.Limit },
    bounds: startBounds(table, index, condition, bounds, input.ExclusiveStartKey),
    whole: fetchFor(stack, table, index, input, projection),
  });
  takeCapacity(stack, 'read', consumptionOf(input, table, index, page));
  return pageAnswer(input, table, index, projection, page);
};

function filterOf(input: QueryInput, placeholders: Placeholders): Condition | undefined {
  const { FilterExpression: text } = input;
  if (text !== undefined) return parseCondition(text, placeholders, 'FilterExpression');
  return conditionOfFilter(input.QueryFilter, input.ConditionalOperator);
}

function keyCondition(
  input: QueryInput,
  placeholders: Placeholders,
  schema: KeySchema,
): KeyCondition {
  const { KeyConditionExpression: text, KeyConditions: conditions } = input;
  if (text !== undefined) return parseKeyCondition(text, placeholders, schema);
  if (conditions) return keyConditionOfConditions(conditions, schema);
  throw invalid(
    'Either the KeyConditions or KeyConditionExpression parameter must be specified in ' +
      'the request.',
  );
}

/** Conditions on the key have a place of their own. */
function checkFilter(filter: Condition, schema: KeySchema, isLegacy: boolean): void {
  const looked = new Set(pathsOf(filter).map(([name]) => name));
  const name = keyNames(schema).find((one) => looked.has(one));
  if (name === undefined) return;
  const what = isLegacy ? 'QueryFilter' : 'Filter Expression';
  throw invalid(
    `${what} can only contain non-primary key attributes: Primary key attribute: ${name}`,
  );
}

function startBounds(
  table: TableRecord,
  index: IndexRecord | undefined,
  condition: KeyCondition,
  bounds: Scan,
  given: Key | undefined,
): Scan {
  if (!given) return bounds;
  const place = placeOf(table, index, startKey(table, index, given));
  if (!isWithin(boundsOf({ hash: condition.hash }), place)) throw outside();
  if (isWithin(bounds, place)) return startingAfter(bounds, place);
  throw invalid('The provided starting key does not match the range key predicate');
}

function outside(): AwsError {
  return invalid(
    'The provided starting key is outside query boundaries based on provided conditions',
  );
}
