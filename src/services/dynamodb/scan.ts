/**
 * Scan: all items of a table or an index, or one segment of them, in the order of a hash.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
 */
import { type Condition, parseCondition } from '../../expressions/conditions.ts';
import { conditionOfFilter } from '../../expressions/legacy.ts';
import type { Placeholders } from '../../expressions/placeholders.ts';
import type { Scan as Bounds } from '../../storage/storage.ts';
import type { Operations, ScanInput } from '../../wire/types/dynamodb.ts';
import type { Operation } from '../service.ts';
import { invalid } from './errors.ts';
import { projectionOf } from './get-item.ts';
import { isWithin, placeOf, startingAfter } from './key-ranges.ts';
import { segmentStart } from './keys.ts';
import { usableIndex, usableTable } from './lookup.ts';
import { readPage } from './pages.ts';
import { placeholdersOf, type Rules } from './parameters.ts';
import { checkSelect, consumptionOf, fetchFor, pageAnswer, startKey } from './reading.ts';
import type { IndexRecord, TableRecord } from './store.ts';
import { checkCapacity, takeCapacity } from './throttling.ts';

const RULES: Rules<ScanInput> = {
  expressions: ['ProjectionExpression', 'FilterExpression'],
  withValues: ['FilterExpression'],
  legacy: ['AttributesToGet', 'ScanFilter', 'ConditionalOperator'],
};

export const Scan: Operation<Operations['Scan']> = async (call, input) => {
  const { stack } = call;
  const placeholders = placeholdersOf(input, RULES);
  checkSelect(input);
  const segment = segmentBounds(input);
  const filter = filterOf(input, placeholders);
  const projection = projectionOf(input, placeholders);
  placeholders.checkAllUsed();
  const { value: table } = await usableTable(call, input.TableName, { index: input.IndexName });
  const index = input.IndexName === undefined ? undefined : usableIndex(table, input.IndexName);
  checkCapacity(stack, table, 'read', index);
  const page = await readPage(stack, {
    ...{ table, index, filter, limit: input.Limit },
    bounds: startBounds(table, index, segment, input),
    whole: fetchFor(stack, table, index, input, projection),
  });
  takeCapacity(stack, 'read', consumptionOf(input, table, index, page));
  return pageAnswer(input, table, index, projection, page);
};

function filterOf(input: ScanInput, placeholders: Placeholders): Condition | undefined {
  const { FilterExpression: text } = input;
  if (text !== undefined) return parseCondition(text, placeholders, 'FilterExpression');
  return conditionOfFilter(input.ScanFilter, input.ConditionalOperator);
}

/** A segment is a stretch of the hash that keys begin with. */
function segmentBounds({ Segment: segment, TotalSegments: total }: ScanInput): Bounds {
  if (segment === undefined && total === undefined) return {};
  if (total === undefined) throw invalid(lacking('TotalSegments', 'Segment'));
  if (segment === undefined) throw invalid(lacking('Segment', 'TotalSegments'));
  if (segment >= total) {
    throw invalid(
      'The Segment parameter is zero-based and must be less than parameter TotalSegments: ' +
        `Segment: ${segment} is not less than TotalSegments: ${total}`,
    );
  }
  return {
    after: segmentStart(segment, total),
    ...(segment + 1 < total && { before: segmentStart(segment + 1, total) }),
  };
}

function lacking(absent: string, present: string): string {
  return (
    `The ${absent} parameter is required but was not present in the request when ${present} ` +
    'parameter is present'
  );
}

function startBounds(
  table: TableRecord,
  index: IndexRecord | undefined,
  segment: Bounds,
  { ExclusiveStartKey: given, TotalSegments: total, Segment: number }: ScanInput,
): Bounds {
  if (!given) return segment;
  const place = placeOf(table, index, startKey(table, index, given));
  if (isWithin(segment, place)) return startingAfter(segment, place);
  throw invalid(
    'The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ' +
      `ExclusiveStartKey with correct Segment. TotalSegments: ${total} Segment: ${number}`,
  );
}
