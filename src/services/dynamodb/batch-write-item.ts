/**
 * BatchWriteItem: up to 25 puts and deletions, each for itself and without conditions. What meets
 * a transaction or is throttled is named, to be asked for again.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
 */
import { AwsError } from '../../core/errors.ts';
import { type Item, readItem } from '../../expressions/attribute-values.ts';
import type { Stored } from '../../storage/collection.ts';
import type { Operations, WriteRequest } from '../../wire/types/dynamodb.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { type Consumption, consumedByTable } from './capacity.ts';
import { invalid } from './errors.ts';
import { checkIndexKeys } from './index-entries.ts';
import { collectionMetrics, metricsByTable } from './item-collections.ts';
import { bytesOfRow, rowOf } from './item-text.ts';
import { checkItemKey, checkKey, keyText } from './keys.ts';
import { usableTable } from './lookup.ts';
import type { TableRecord } from './store.ts';
import { isThrottled } from './throttling.ts';
import { writeItem, writerOf } from './write-item.ts';

const MOST_REQUESTS = 25;
const MOST_ITEM_BYTES = 400 * 1024;

interface Planned {
  /** The table as the request names it. */
  readonly name: string;
  readonly standing: Stored<TableRecord>;
  readonly request: WriteRequest;
  readonly key: string;
  /** The item to put, or the key of the one to delete. */
  readonly given: Item;
  readonly after: Item | undefined;
}

export const BatchWriteItem: Operation<Operations['BatchWriteItem']> = async (call, input) => {
  const requests = Object.entries(input.RequestItems);
  const count = requests.reduce((sum, [, ofTable]) => sum + ofTable.length, 0);
  if (count > MOST_REQUESTS) {
    throw invalid('Too many items requested for the BatchWriteItem call');
  }
  const plans = (
    await Promise.all(requests.map(([name, ofTable]) => planTable(call, name, ofTable)))
  ).flat();
  const written = await Promise.all(plans.map((plan) => write(call, plan)));
  const left = plans.filter((_, at) => written[at] instanceof AwsError);
  const done = plans.filter((_, at) => !(written[at] instanceof AwsError));
  const short = written.find((one) => one instanceof AwsError && isThrottled(one));
  if (short && done.length === 0) throw short;
  const asked = input.ReturnItemCollectionMetrics;
  const consumptions = written.flatMap((one) => (one instanceof AwsError ? [] : [one]));
  return {
    UnprocessedItems: requestsByTable(left),
    ...metricsByTable(
      done.map(({ name, standing, given }) => [
        name,
        collectionMetrics(call.stack, asked, standing.value, given),
      ]),
    ),
    ...consumedByTable(input.ReturnConsumedCapacity, consumptions),
  };
};

function requestsByTable(plans: readonly Planned[]): Record<string, WriteRequest[]> {
  const byTable = new Map<string, WriteRequest[]>();
  for (const { name, request } of plans) {
    byTable.set(name, [...(byTable.get(name) ?? []), request]);
  }
  return Object.fromEntries(byTable);
}

async function planTable(
  call: Call,
  name: string,
  requests: readonly WriteRequest[],
): Promise<readonly Planned[]> {
  const read = requests.map((request) => ({ request, given: readItem(givenBy(request)) }));
  const standing = await usableTable(call, name);
  const { value: table } = standing;
  const plans = read.map(({ request, given }) => {
    const after = request.PutRequest ? given : undefined;
    if (after) {
      checkItemKey(table.key, after);
      checkIndexKeys(table, after, 'item');
      if (bytesOfRow(rowOf(after)) > MOST_ITEM_BYTES) {
        throw invalid('Item size has exceeded the maximum allowed size');
      }
    } else {
      checkKey(table.key, given);
    }
    return { name, standing, request, key: keyText(table.key, given), given, after };
  });
  if (new Set(plans.map(({ key }) => key)).size < plans.length) {
    throw invalid('Provided list of item keys contains duplicates');
  }
  return plans;
}

function givenBy({ PutRequest: put, DeleteRequest: remove }: WriteRequest) {
  if (put && !remove) return put.Item;
  if (remove && !put) return remove.Key;
  throw invalid('A WriteRequest must have exactly one of PutRequest and DeleteRequest');
}

/** Why not, for what has to be tried again. */
async function write(call: Call, planned: Planned): Promise<Consumption | AwsError> {
  const { standing, key, after } = planned;
  try {
    const decide = () => after;
    const { units, indexUnits } = await writeItem(writerOf(call), standing, {
      key,
      by: 'item',
      decide,
    });
    return { table: standing.value, units, indexUnits };
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause;
    if (cause.code === 'TransactionConflictException' || isThrottled(cause)) return cause;
    throw cause;
  }
}
