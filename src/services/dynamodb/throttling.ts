/**
 * Throttling, which is off unless the quota `dynamodb.throttle` is 1: tables and global indexes
 * then give what they are provisioned with, or what their on-demand maximum says, and no more.
 *
 * A bucket fills at the rate of its table. A request is let in while there is anything in it and
 * takes what it has cost, so a large one may leave it below nothing. "DynamoDB currently retains
 * up to 5 minutes (300 seconds) of unused read and write capacity."
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html
 *
 * Every node counts for itself: several of them let through as many times the rate.
 */
import type { AwsError } from '../../core/errors.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Storage } from '../../storage/storage.ts';
import type { Consumption } from './capacity.ts';
import { fault } from './errors.ts';
import { tableArn } from './lookup.ts';
import type { IndexRecord, TableRecord } from './store.ts';

type Kind = 'read' | 'write';
type Metered = Pick<Stack, 'storage' | 'clock' | 'settings'>;

const BURST_S = 300;
/** A maximum for on-demand tables is meant to be kept, so nothing is saved up for later. */
const ON_DEMAND_BURST_S = 1;
const MOST_BUCKETS = 10_000;

interface Bucket {
  left: number;
  atMs: number;
}

interface Limit {
  readonly perSecond: number;
  readonly burst: number;
}

const buckets = new WeakMap<Storage, Map<string, Bucket>>();

function isOn({ settings }: Metered): boolean {
  return settings.quotas['dynamodb.throttle'] > 0;
}

/** Why a table, or the global index that is read, has nothing left; undefined while it has. */
export function shortage(
  stack: Metered,
  table: TableRecord,
  kind: Kind,
  index?: IndexRecord,
): AwsError | undefined {
  if (!isOn(stack)) return undefined;
  const global = index?.kind === 'global' ? index : undefined;
  return isEmpty(stack, table, kind, global) ? throttled(table, kind, global) : undefined;
}

export function checkCapacity(
  stack: Metered,
  table: TableRecord,
  kind: Kind,
  index?: IndexRecord,
): void {
  const short = shortage(stack, table, kind, index);
  if (short) throw short;
}

/** Refuses a write that touches a global index which has nothing left. */
export function checkIndexCapacity(
  stack: Metered,
  table: TableRecord,
  names: Iterable<string>,
): void {
  if (!isOn(stack)) return;
  for (const name of names) {
    const index = table.indexes.find((one) => one.name === name);
    if (index?.kind === 'global') checkCapacity(stack, table, 'write', index);
  }
}

/** Takes what a request has cost; local indexes live on the table's. */
export function takeCapacity(stack: Metered, kind: Kind, consumption: Consumption): void {
  if (!isOn(stack)) return;
  const { table, units, indexUnits = new Map<string, number>() } = consumption;
  let own = units;
  for (const [name, more] of indexUnits) {
    const index = table.indexes.find((one) => one.name === name);
    if (index?.kind === 'global') take(stack, table, kind, index, more);
    else own += more;
  }
  take(stack, table, kind, undefined, own);
}

function take(
  stack: Metered,
  table: TableRecord,
  kind: Kind,
  index: IndexRecord | undefined,
  units: number,
): void {
  const limit = limitOf(table, kind, index);
  if (limit) bucketOf(stack, table, kind, index, limit).left -= units;
}

function isEmpty(
  stack: Metered,
  table: TableRecord,
  kind: Kind,
  index: IndexRecord | undefined,
): boolean {
  const limit = limitOf(table, kind, index);
  return limit !== undefined && bucketOf(stack, table, kind, index, limit).left <= 0;
}

/** Undefined where there is none: an on-demand table without a maximum. */
function limitOf(
  { billing, ...table }: TableRecord,
  kind: Kind,
  index: IndexRecord | undefined,
): Limit | undefined {
  const { throughput, onDemand } = index ?? table;
  if (billing === 'PROVISIONED') {
    return { perSecond: throughput[kind], burst: throughput[kind] * BURST_S };
  }
  const most = kind === 'read' ? onDemand?.MaxReadRequestUnits : onDemand?.MaxWriteRequestUnits;
  if (most === undefined || most < 0) return undefined;
  return { perSecond: most, burst: most * ON_DEMAND_BURST_S };
}

/** Filled up to now. */
function bucketOf(
  { storage, clock }: Metered,
  table: TableRecord,
  kind: Kind,
  index: IndexRecord | undefined,
  { perSecond, burst }: Limit,
): Bucket {
  const known = buckets.get(storage) ?? new Map<string, Bucket>();
  buckets.set(storage, known);
  const name = `${index?.id ?? table.id} ${kind}`;
  const atMs = clock.nowMs();
  const bucket = known.get(name) ?? { left: burst, atMs };
  if (known.size >= MOST_BUCKETS) known.clear();
  known.set(name, bucket);
  const since = Math.max(0, atMs - bucket.atMs) / 1000;
  bucket.left = Math.min(burst, bucket.left + since * perSecond);
  bucket.atMs = atMs;
  return bucket;
}

const EXCEEDED =
  'The level of configured provisioned throughput for the table was exceeded. ' +
  'Consider increasing your provisioning level with the UpdateTable API.';
const INDEX_EXCEEDED =
  'The level of configured provisioned throughput for one or more global secondary indexes of ' +
  'the table was exceeded. Consider increasing your provisioning level for the ' +
  'under-provisioned global secondary indexes with the UpdateTable API';
/** The words are ours. */
const MAXIMUM_EXCEEDED =
  'Throughput exceeds the maximum OnDemandThroughput that is configured for the table or index.';

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ThrottlingReason.html */
function throttled(table: TableRecord, kind: Kind, index: IndexRecord | undefined): AwsError {
  const what = `${index ? 'Index' : 'Table'}${kind === 'read' ? 'Read' : 'Write'}`;
  const resource = `${tableArn(table)}${index ? `/index/${index.name}` : ''}`;
  if (table.billing === 'PROVISIONED') {
    const ThrottlingReasons = [{ reason: `${what}ProvisionedThroughputExceeded`, resource }];
    return fault('ProvisionedThroughputExceededException', index ? INDEX_EXCEEDED : EXCEEDED, {
      fields: { ThrottlingReasons },
    });
  }
  const throttlingReasons = [{ reason: `${what}MaxOnDemandThroughputExceeded`, resource }];
  return fault('ThrottlingException', MAXIMUM_EXCEEDED, { fields: { throttlingReasons } });
}

/** For batches, which name what they could not do. */
export function isThrottled({ code }: AwsError): boolean {
  return code === 'ProvisionedThroughputExceededException' || code === 'ThrottlingException';
}
