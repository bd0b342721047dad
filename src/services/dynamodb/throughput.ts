/**
 * Billing modes and provisioned throughput. Units are kept and answered; see throttling.ts.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/capacity-mode.html
 */
import type {
  BillingMode,
  ProvisionedThroughput,
  ProvisionedThroughputDescription,
} from '../../wire/types/dynamodb.ts';
import { invalid, invalidValues } from './errors.ts';
import type { Throughput } from './store.ts';

/** The units of a table, or of an index when it is named; none when paid per request. */
export function readThroughput(
  given: ProvisionedThroughput | undefined,
  { billing }: { readonly billing: BillingMode },
  index?: string,
): Throughput {
  if (billing === 'PAY_PER_REQUEST') {
    if (!given) return { read: 0, write: 0 };
    throw index === undefined
      ? invalidValues(
          'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is ' +
            'PAY_PER_REQUEST',
        )
      : invalidValues(
          `ProvisionedThroughput should not be specified for index: ${index} when BillingMode is ` +
            'PAY_PER_REQUEST',
        );
  }
  if (!given) {
    throw index === undefined
      ? invalidValues(
          'ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is ' +
            'PROVISIONED',
        )
      : invalidValues(`ProvisionedThroughput must be specified for index: ${index}`);
  }
  return { read: given.ReadCapacityUnits, write: given.WriteCapacityUnits };
}

/** `before` with other units, and when they went up or down. */
export function changedThroughput(
  before: Throughput,
  { read, write }: Throughput,
  nowMs: number,
): Throughput {
  const isMore = read > before.read || write > before.write;
  const isLess = read < before.read || write < before.write;
  return {
    ...{ ...before, read, write },
    ...(isMore && { increasedAtMs: nowMs }),
    ...(isLess && { decreasedAtMs: nowMs }),
  };
}

export function checkChanged(before: Throughput, { read, write }: Throughput, what: string): void {
  if (before.read !== read || before.write !== write) return;
  throw invalid(
    `The provisioned throughput for the ${what} will not change. ` +
      `The requested value equals the current value. Current ReadCapacityUnits provisioned for ` +
      `the ${what}: ${before.read}. Requested ReadCapacityUnits: ${read}. ` +
      `Current WriteCapacityUnits provisioned for the ${what}: ${before.write}. ` +
      `Requested WriteCapacityUnits: ${write}. Refer to the Amazon DynamoDB Developer Guide for ` +
      'current limits and how to request higher limits.',
  );
}

export function throughputDescription(throughput: Throughput): ProvisionedThroughputDescription {
  const { read, write, increasedAtMs, decreasedAtMs } = throughput;
  return {
    ...(increasedAtMs !== undefined && { LastIncreaseDateTime: increasedAtMs }),
    ...(decreasedAtMs !== undefined && { LastDecreaseDateTime: decreasedAtMs }),
    NumberOfDecreasesToday: 0,
    ReadCapacityUnits: read,
    WriteCapacityUnits: write,
  };
}
