/**
 * PutRecord, and PutRecords, whose records succeed or fail one by one.
 *
 * When the answer leaves, every record with a sequence number is stored.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
 */
import { ticksMs } from '../../core/clock.ts';
import { tracedAs } from '../../core/trace-context.ts';
import { causesOf } from '../../core/trace-header.ts';
import type { Stack } from '../../delivery/stack.ts';
import type * as Kinesis from '../../wire/types/kinesis.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { shardId, streamArn } from './arns.ts';
import { checkDryRun } from './dry-runs.ts';
import { invalid, rateExceeded, unsatisfied } from './errors.ts';
import { countPutRecord, countPutRecords, countRefusedPut } from './figures.ts';
import { byRange, fromDecimal, hashOf } from './hash-keys.ts';
import { type Found, named, usableStream } from './lookup.ts';
import { type Placed, place, shardOf } from './placing.ts';
import type { Draft } from './records.ts';
import { parseSequenceNumber, sequenceNumber, streamHash } from './sequence-numbers.ts';
import type { Stream } from './store.ts';
import { isWriteLimited, takeWrites } from './throttling.ts';

export const PutRecord: Operation<Kinesis.Operations['PutRecord']> = async (call, input) => {
  const sinceMs = ticksMs();
  const found = await usableStream(call, input);
  const stream = found.row.value;
  const draft = draftOf(stream, input, 'data', 'partitionKey');
  checkOrdering(found, input.SequenceNumberForOrdering);
  checkDryRun(input);
  const shard = shardOf(stream, draft);
  const [isTaken] = await takeWrites(call.stack, stream, shard, [bytesOf(draft)]);
  if (!isTaken) countRefusedPut(call.stack, found, shard);
  if (!isTaken) throw rateExceeded(shardId(shard.number), named(found));
  const placed = await place(call.stack, found, [draft]);
  countPutRecord(call.stack, found, { shard, bytes: bytesOf(draft) }, sinceMs);
  recordPut(call, found, placed);
  const [one] = placed.map(answerOf);
  return { ShardId: '', SequenceNumber: '', ...one, ...encryption(stream) };
};

export const PutRecords: Operation<Kinesis.Operations['PutRecords']> = async (call, input) => {
  const { stack } = call;
  const sinceMs = ticksMs();
  const found = await usableStream(call, input);
  const stream = found.row.value;
  const drafts = input.Records.map((record, index) => {
    const path = `records.${index + 1}.member`;
    return draftOf(stream, record, `${path}.data`, `${path}.partitionKey`);
  });
  checkTotal(drafts, stack.settings.quotas['kinesis.putBytes']);
  checkDryRun(input);
  const refused = await refusals(stack, found, drafts);
  const taken = drafts.filter((_, index) => !refused[index]);
  const placed = taken.length > 0 ? await place(stack, found, taken) : [];
  const puts = placed.map(({ shard }, at) => ({ shard, bytes: bytesOf(taken[at] as Draft) }));
  const left = drafts.filter((_, index) => refused[index]).map((one) => shardOf(stream, one));
  countPutRecords(stack, found, puts, left, sinceMs);
  recordPut(call, found, placed);
  let next = 0;
  return {
    FailedRecordCount: drafts.length - taken.length,
    Records: refused.map((failure) => failure ?? answerOf(placed[next++] as Placed)),
    ...encryption(stream),
  };
};

interface Failure {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

/** Of each record that its shard does not take, in the order of the records. */
async function refusals(
  stack: Stack,
  found: Found,
  drafts: readonly Draft[],
): Promise<readonly (Failure | undefined)[]> {
  const stream = found.row.value;
  const refused: (Failure | undefined)[] = drafts.map(() => undefined);
  if (!isWriteLimited(stack)) return refused;
  const byShard = Map.groupBy(drafts.keys(), (index) => shardOf(stream, drafts[index] as Draft));
  for (const [shard, indexes] of byShard) {
    const sizes = indexes.map((index) => bytesOf(drafts[index] as Draft));
    const taken = await takeWrites(stack, stream, shard, sizes);
    const { code, message } = rateExceeded(shardId(shard.number), named(found));
    for (const [at, index] of indexes.entries()) {
      if (!taken[at]) refused[index] = { ErrorCode: code, ErrorMessage: message };
    }
  }
  return refused;
}

interface Entry {
  readonly Data: Uint8Array;
  readonly PartitionKey?: string | undefined;
  readonly ExplicitHashKey?: string | undefined;
}

function draftOf(stream: Stream, entry: Entry, dataPath: string, keyPath: string): Draft {
  const { Data: data, PartitionKey: partitionKey, ExplicitHashKey: explicit } = entry;
  // The model lets it go, for streams that spread records themselves, which are not built.
  if (partitionKey === undefined) {
    throw unsatisfied(`Value null at '${keyPath}'`, 'Member must not be null');
  }
  // Made once here, as it is asked for more than once where there is a choice of shards.
  const hashKey = explicit === undefined ? hashIn(stream, partitionKey) : hashKeyOf(explicit);
  const draft = { data, partitionKey, hashKey };
  const most = stream.maxRecordKiB * 1024;
  if (bytesOf(draft) <= most) return draft;
  const constraint = `Member must have length less than or equal to ${most}`;
  throw unsatisfied(`Value at '${dataPath}'`, constraint);
}

function hashIn(stream: Stream, partitionKey: string): string | undefined {
  return byRange(stream).length > 1 ? hashOf(partitionKey) : undefined;
}

function hashKeyOf(explicit: string): string {
  const hashKey = fromDecimal(explicit);
  if (hashKey !== undefined) return hashKey;
  const space = '[0, 340282366920938463463374607431768211455]';
  throw invalid(`Invalid ExplicitHashKey. ExplicitHashKey must be in the range: ${space}.`);
}

function bytesOf({ data, partitionKey }: Draft): number {
  return data.length + Buffer.byteLength(partitionKey);
}

function checkTotal(drafts: readonly Draft[], most: number): void {
  const total = drafts.reduce((sum, draft) => sum + bytesOf(draft), 0);
  if (total > most) throw invalid(`Records size exceeds ${most / 2 ** 20} MB limit`);
}

/**
 * Every number given out is greater than all before it in its shard, so there is nothing to do
 * but to refuse those that were never given out.
 */
function checkOrdering(found: Found, text: string | undefined): void {
  if (text === undefined) return;
  if (parseSequenceNumber(text)?.streamHash === streamHash(found.row.value)) return;
  const { name, account } = named(found);
  throw invalid(
    `ExclusiveMinimumSequenceNumber ${text} used in PutRecord on stream ${name} under account ` +
      `${account} is invalid because it did not come from this stream.`,
  );
}

function answerOf({ stream, shard, position }: Placed) {
  return {
    SequenceNumber: sequenceNumber(stream, shard, position),
    ShardId: shardId(shard.number),
  };
}

function encryption({ keyId }: Stream): { readonly EncryptionType?: Kinesis.EncryptionType } {
  return keyId === undefined ? {} : { EncryptionType: 'KMS' };
}

/**
 * The journal's facts follow their records in a commit of their own, because they name what is
 * only known from the first one: the sequence numbers.
 */
function recordPut(call: Call, { address }: Found, placed: readonly Placed[]): void {
  const { journal, storage, clock, log } = call.stack;
  if (!journal.on || placed.length === 0) return;
  const arn = streamArn(address);
  const { traceHeader, again } = call;
  const caused = causesOf(traceHeader, again);
  const more = { arn, atMs: clock.nowMs(), ...caused, ...tracedAs(traceHeader) };
  const facts = placed.flatMap((one) => {
    const { ShardId, SequenceNumber } = answerOf(one);
    return journal.record({ kind: 'publish', id: `${ShardId}:${SequenceNumber}`, ...more });
  });
  storage.commit(facts).catch((cause: unknown) => {
    log.warn('the journal missed records of a stream', { stream: arn, cause: String(cause) });
  });
}
