/**
 * Putting records on a Kinesis stream, and never overlooking one that was not taken.
 *
 * PutRecords answers 200 with some records refused, mostly because a shard is busy. Those are
 * tried again here, and only those; what is left is answered. PutRecords promises no order among
 * its records, and a record that is tried again comes behind others of its key. Where the order
 * matters, number the events and let the consumer be `ordered`.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
 */
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { chunksOf } from './chunks.ts';
import { atOnce, type Backoff } from './clock.ts';

export interface OutgoingRecord {
  /** Records of one key go to one shard. 1 to 256 characters. */
  readonly key: string;
  /** Bytes as they are; anything else as JSON. */
  readonly data: unknown;
}

export interface RefusedRecord {
  readonly record: OutgoingRecord;
  /** AWS's code, such as `ProvisionedThroughputExceededException`. */
  readonly code: string;
  readonly message: string;
}

export interface PutRecord {
  readonly record: OutgoingRecord;
  readonly shardId: string;
  readonly sequenceNumber: string;
}

export interface RecordProducer {
  /** Throws when a whole request fails, such as for a stream that is not there. */
  putAll(records: readonly OutgoingRecord[]): Promise<{
    readonly put: readonly PutRecord[];
    readonly refused: readonly RefusedRecord[];
  }>;
}

export interface RecordProducerOptions {
  readonly client: KinesisClient;
  /** Name or ARN. */
  readonly stream: string;
  /** How often refused records are tried again. Default 8: a busy shard is back in a second. */
  readonly retries?: number;
  /** Waits before that. Default: at once, which a busy shard does not like. */
  readonly backoff?: Backoff;
}

/** In one request; of the size, what has been the quota longest. Keys count. */
const LIMITS = { most: 500, mostBytes: 5 * 1024 * 1024 };

/**
 * ```ts
 * const producer = recordProducer({ client: new KinesisClient({}), stream: 'clicks', backoff });
 * const { refused } = await producer.putAll(clicks.map((data) => ({ key: data.user, data })));
 * ```
 */
export function recordProducer(options: RecordProducerOptions): RecordProducer {
  return {
    putAll: async (records) => {
      const put: PutRecord[] = [];
      const refused: RefusedRecord[] = [];
      for (const chunk of chunksOf(records.map(encoded), LIMITS)) {
        const outcome = await putChunk(options, chunk);
        put.push(...outcome.put);
        refused.push(...outcome.refused);
      }
      return { put, refused };
    },
  };
}

interface Encoded {
  readonly record: OutgoingRecord;
  readonly Data: Uint8Array;
  readonly bytes: number;
}

function encoded(record: OutgoingRecord): Encoded {
  const { key, data } = record;
  const Data = data instanceof Uint8Array ? data : Buffer.from(JSON.stringify(data) ?? 'null');
  return { record, Data, bytes: Data.byteLength + Buffer.byteLength(key) };
}

async function putChunk(
  { client, stream, retries = 8, backoff = atOnce }: RecordProducerOptions,
  chunk: readonly Encoded[],
): Promise<{ readonly put: readonly PutRecord[]; readonly refused: readonly RefusedRecord[] }> {
  // Loaded here, so that who has no streams need not have this client installed.
  const { PutRecordsCommand } = await import('@aws-sdk/client-kinesis');
  const target = stream.startsWith('arn:') ? { StreamARN: stream } : { StreamName: stream };
  const put: PutRecord[] = [];
  let left = chunk;
  for (let attempt = 1; ; attempt++) {
    const Records = left.map(({ record, Data }) => ({ PartitionKey: record.key, Data }));
    const { Records: answers = [] } = await client.send(
      new PutRecordsCommand({ ...target, Records }),
    );
    const again: Encoded[] = [];
    const refused: RefusedRecord[] = [];
    for (const [at, one] of left.entries()) {
      const { record } = one;
      const { ErrorCode: code, ErrorMessage: message = '', ...place } = answers[at] ?? {};
      if (code === undefined) {
        const { ShardId: shardId = '', SequenceNumber: sequenceNumber = '' } = place;
        put.push({ record, shardId, sequenceNumber });
      } else {
        again.push(one);
        refused.push({ record, code, message });
      }
    }
    if (again.length === 0 || attempt > retries) return { put, refused };
    left = again;
    await backoff(attempt);
  }
}
