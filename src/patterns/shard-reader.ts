/** Reading one shard batch by batch: an iterator that is renewed where it has run out. */
import type { GetRecordsCommandOutput, KinesisClient } from '@aws-sdk/client-kinesis';
import type { ConsumedRecord } from './consumed-records.ts';
import { streamInput } from './stream-shards.ts';
import { nameOf } from './transaction.ts';

export interface Batch {
  readonly records: readonly ConsumedRecord[];
  readonly behindMs: number;
  /** There is nothing behind these records, and never will be. */
  readonly isLast: boolean;
}

export interface ShardReader {
  /**
   * The batch at the place where it stands; the same one again until `advance`. Undefined when
   * there is none to be had at the moment.
   */
  read(): Promise<Batch | undefined>;
  /** Goes on behind the batch that was read last. */
  advance(): void;
}

export interface ShardReaderOptions {
  readonly client: KinesisClient;
  readonly stream: string;
  readonly shardId: string;
  /** Where to begin, as leases say it. */
  readonly checkpoint: string;
  readonly limit: number;
}

export function shardReader(options: ShardReaderOptions): ShardReader {
  let { checkpoint } = options;
  let iterator: string | undefined;
  let last: { readonly batch: Batch; readonly next: string | undefined } | undefined;
  return {
    read: async () => {
      if (last) return last.batch;
      try {
        iterator ??= await iteratorAt(options, checkpoint);
        const answer = await get(options, iterator);
        last = { batch: batchOf(options.shardId, answer), next: answer.NextShardIterator };
        return last.batch;
      } catch (cause) {
        // One that is older than five minutes; the checkpoint says where it stood.
        if (nameOf(cause) === 'ExpiredIteratorException') iterator = undefined;
        else if (!isPassing(cause, checkpoint)) throw cause;
        return undefined;
      }
    },
    advance: () => {
      const { batch, next } = last ?? {};
      checkpoint = batch?.records.at(-1)?.sequenceNumber ?? checkpoint;
      iterator = next;
      last = undefined;
    },
  };
}

/** Other readers of the shard have used up its share of the second, or a clock here is ahead. */
function isPassing(cause: unknown, checkpoint: string): boolean {
  const name = nameOf(cause);
  if (name === 'InvalidArgumentException') return checkpoint.startsWith(MOMENT);
  return name === 'ProvisionedThroughputExceededException' || name === 'LimitExceededException';
}

async function iteratorAt(
  { client, stream, shardId: ShardId }: ShardReaderOptions,
  checkpoint: string,
): Promise<string> {
  const { GetShardIteratorCommand } = await import('@aws-sdk/client-kinesis');
  const shard = { ...streamInput(stream), ShardId };
  const { ShardIterator = '' } = await client.send(
    new GetShardIteratorCommand({ ...shard, ...startOf(checkpoint) }),
  );
  return ShardIterator;
}

const MOMENT = 'AT ';

/** A moment, as leases keep it. */
export function atMoment(atMs: number): string {
  return `${MOMENT}${atMs}`;
}

function startOf(checkpoint: string) {
  if (checkpoint === 'TRIM_HORIZON') return { ShardIteratorType: 'TRIM_HORIZON' as const };
  if (!checkpoint.startsWith(MOMENT)) {
    const type = { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const };
    return { ...type, StartingSequenceNumber: checkpoint };
  }
  const Timestamp = new Date(Number(checkpoint.slice(MOMENT.length)));
  return { ShardIteratorType: 'AT_TIMESTAMP' as const, Timestamp };
}

async function get(
  { client, stream, limit: Limit }: ShardReaderOptions,
  ShardIterator: string,
): Promise<GetRecordsCommandOutput> {
  const { GetRecordsCommand } = await import('@aws-sdk/client-kinesis');
  const target = stream.startsWith('arn:') ? { StreamARN: stream } : {};
  return client.send(new GetRecordsCommand({ ...target, ShardIterator, Limit }));
}

function batchOf(shardId: string, answer: GetRecordsCommandOutput): Batch {
  const { Records = [], MillisBehindLatest: behindMs = 0, NextShardIterator: next } = answer;
  const records = Records.map((record): ConsumedRecord => {
    const { PartitionKey: key = '', Data: data = new Uint8Array(), SequenceNumber } = record;
    const { ApproximateArrivalTimestamp: at } = record;
    const arrivedAtMs = at?.getTime() ?? 0;
    return { key, data, sequenceNumber: SequenceNumber ?? '', shardId, arrivedAtMs };
  });
  return { records, behindMs, isLast: next === undefined };
}
