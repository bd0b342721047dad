/**
 * The metrics of AWS/Kinesis, by AWS's names and in AWS's units: how many samples there were and
 * what they add up to. Those of a stream are always kept, those of its shards only while enhanced
 * monitoring has them switched on.
 * https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
 */
import { ticksMs } from '../../core/clock.ts';
import { type Family, figures, type Total } from '../../core/metrics.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { MetricsName } from '../../wire/types/kinesis.ts';
import { shardId } from './arns.ts';
import type { FoundConsumer } from './consumers.ts';
import type { Found } from './lookup.ts';
import type { ShardPage } from './reading.ts';
import type { Shard, Stream } from './store.ts';

const family = figures((metrics) =>
  metrics.summary({
    name: 'millrace_kinesis',
    help: 'The metrics of AWS/Kinesis: samples and their sum, in units of AWS.',
    labels: ['metric', 'account', 'region', 'stream', 'shard', 'consumer'],
    most: 10_000,
  }),
);

/** What is counted for a stream as its document stands. */
class StreamFigures {
  readonly #family: Family<Total>;
  readonly #place: readonly string[];
  readonly #switchedOn: readonly MetricsName[];
  readonly #known = new Map<string, Total>();

  constructor(stack: Stack, { address, row }: Found) {
    this.#family = family(stack.metrics);
    this.#place = [address.account, address.region, address.name];
    this.#switchedOn = row.value.metrics;
  }

  /** `consumer` is empty but for the metrics that AWS keeps for each. */
  observe(metric: string, value: number, consumer = ''): void {
    const name = consumer === '' ? metric : `${metric} ${consumer}`;
    let total = this.#known.get(name);
    if (!total) {
      total = this.#family.of(metric, ...this.#place, '', consumer);
      this.#known.set(name, total);
    }
    total.observe(value);
  }

  isOn(metric: MetricsName): boolean {
    return this.#switchedOn.includes(metric);
  }

  observeShard(metric: MetricsName, shard: Shard, value: number): void {
    if (!this.isOn(metric)) return;
    this.#family.of(metric, ...this.#place, shardId(shard.number), '').observe(value);
  }
}

/** By the document, so that a switch of enhanced monitoring makes new ones. */
const known = new WeakMap<Stream, StreamFigures>();

function figuresOf(stack: Stack, found: Found): StreamFigures {
  let made = known.get(found.row.value);
  if (!made) {
    made = new StreamFigures(stack, found);
    known.set(found.row.value, made);
  }
  return made;
}

/** A record on its way into a stream. */
interface Put {
  readonly shard: Shard;
  readonly bytes: number;
}

export function countPutRecord(stack: Stack, found: Found, put: Put, sinceMs: number): void {
  const of = figuresOf(stack, found);
  of.observe('PutRecord.Success', 1);
  of.observe('PutRecord.Bytes', put.bytes);
  of.observe('PutRecord.Latency', ticksMs() - sinceMs);
  countIncoming(of, [put], 0);
}

export function countRefusedPut(stack: Stack, found: Found, shard: Shard): void {
  const of = figuresOf(stack, found);
  of.observe('PutRecord.Success', 0);
  of.observe('WriteProvisionedThroughputExceeded', 1);
  of.observeShard('WriteProvisionedThroughputExceeded', shard, 1);
}

/** `refused` are the shards of the records that were not taken. */
export function countPutRecords(
  stack: Stack,
  found: Found,
  puts: readonly Put[],
  refused: readonly Shard[],
  sinceMs: number,
): void {
  const of = figuresOf(stack, found);
  of.observe('PutRecords.Success', puts.length > 0 ? 1 : 0);
  of.observe('PutRecords.Bytes', bytesOf(puts));
  of.observe('PutRecords.Records', puts.length);
  of.observe('PutRecords.SuccessfulRecords', puts.length);
  of.observe('PutRecords.TotalRecords', puts.length + refused.length);
  of.observe('PutRecords.FailedRecords', 0);
  of.observe('PutRecords.ThrottledRecords', refused.length);
  of.observe('PutRecords.Latency', ticksMs() - sinceMs);
  countIncoming(of, puts, refused.length);
  for (const shard of refused) of.observeShard('WriteProvisionedThroughputExceeded', shard, 1);
}

function countIncoming(of: StreamFigures, puts: readonly Put[], refused: number): void {
  of.observe('IncomingRecords', puts.length);
  of.observe('IncomingBytes', bytesOf(puts));
  of.observe('WriteProvisionedThroughputExceeded', refused);
  if (!of.isOn('IncomingRecords') && !of.isOn('IncomingBytes')) return;
  for (const [shard, ofShard] of Map.groupBy(puts, (put) => put.shard)) {
    of.observeShard('IncomingRecords', shard, ofShard.length);
    of.observeShard('IncomingBytes', shard, bytesOf(ofShard));
  }
}

function bytesOf(puts: readonly Put[]): number {
  return puts.reduce((sum, { bytes }) => sum + bytes, 0);
}

export function countGetRecords(
  stack: Stack,
  found: Found,
  shard: Shard,
  { entries, bytes, behindMs }: ShardPage,
  sinceMs: number,
): void {
  const of = figuresOf(stack, found);
  of.observe('GetRecords.Success', 1);
  of.observe('GetRecords.Records', entries.length);
  of.observe('GetRecords.Bytes', bytes);
  of.observe('GetRecords.IteratorAgeMilliseconds', behindMs);
  of.observe('GetRecords.Latency', ticksMs() - sinceMs);
  of.observe('ReadProvisionedThroughputExceeded', 0);
  of.observeShard('OutgoingRecords', shard, entries.length);
  of.observeShard('OutgoingBytes', shard, bytes);
  of.observeShard('IteratorAgeMilliseconds', shard, behindMs);
}

export function countRefusedRead(stack: Stack, found: Found, shard: Shard): void {
  const of = figuresOf(stack, found);
  of.observe('GetRecords.Success', 0);
  of.observe('ReadProvisionedThroughputExceeded', 1);
  of.observeShard('ReadProvisionedThroughputExceeded', shard, 1);
}

/** Counts whether `subscribing` came to a subscription, and is what it is. */
export async function countSubscribe<Made>(
  stack: Stack,
  { stream, row }: FoundConsumer,
  subscribing: Promise<Made>,
): Promise<Made> {
  const of = figuresOf(stack, stream);
  const count = (isMade: boolean) => {
    of.observe('SubscribeToShard.Success', isMade ? 1 : 0, row.value.name);
    of.observe('SubscribeToShard.RateExceeded', isMade ? 0 : 1, row.value.name);
  };
  try {
    const made = await subscribing;
    count(true);
    return made;
  } catch (cause) {
    count(false);
    throw cause;
  }
}

export function countSubscriptionEvent(
  stack: Stack,
  { stream, row }: FoundConsumer,
  { entries, bytes, behindMs }: ShardPage,
): void {
  const of = figuresOf(stack, stream);
  const { name } = row.value;
  of.observe('SubscribeToShardEvent.Success', 1, name);
  of.observe('SubscribeToShardEvent.Records', entries.length, name);
  of.observe('SubscribeToShardEvent.Bytes', bytes, name);
  of.observe('SubscribeToShardEvent.MillisBehindLatest', behindMs, name);
}
