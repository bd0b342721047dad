/**
 * Consuming a Kinesis stream as the Kinesis Client Library does, on the SDK's clients alone.
 *
 * Every shard is read by one worker at a time, which holds a lease on it; workers share the shards
 * evenly, and take over from those that are gone. The checkpoint moves when a batch was handled:
 * every record is handled at least once, those of one key in order, and a shard's children come
 * after the shard. A worker that was paused beyond its lease may still handle its batch while
 * another one does, but cannot move the checkpoint.
 *
 * The table: string partition key `consumer`, string sort key `shard`; several consumers may
 * share one.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { Duration } from '../core/duration.ts';
import type { Clock } from './clock.ts';
import type { RecordsHandler, StreamProcessor } from './consumed-records.ts';
import { StreamWorker } from './stream-worker.ts';

export interface StreamConsumerOptions {
  readonly kinesis: KinesisClient;
  /** Name or ARN. */
  readonly stream: string;
  readonly client: DynamoDBClient;
  /** Where leases and checkpoints are. */
  readonly table: string;
  /** The consumer's name. Its workers have it in common. */
  readonly name: string;
  /** Names this worker; no two have the same. */
  readonly worker: string;
  readonly clock: Clock;
  /**
   * Where the consumer begins, the first time that one of its workers starts. `LATEST` is that
   * moment by the worker's clock. Default `TRIM_HORIZON`, the oldest record there is.
   */
  readonly start?: 'TRIM_HORIZON' | 'LATEST' | Date;
  readonly handler: RecordsHandler | StreamProcessor;
  /** How long a worker may be silent before others take its shards. Default 30s. */
  readonly lease?: Duration;
  /** How long `run` waits when there was nothing. Default 1s. */
  readonly poll?: Duration;
  /** Records in a batch, at most. Default 1000. */
  readonly limit?: number;
  /** Told after each read how far behind the newest record it was. */
  readonly onIteratorAge?: (ageMs: number, shardId: string) => void;
  /** Told of what a handler throws. Its batch comes again with the next turn. */
  readonly onFailure?: (cause: unknown, shardId: string | undefined) => void;
}

/** What a turn has come to. */
export interface Turn {
  /** Handled and behind the checkpoint. */
  readonly records: number;
  /** Shards that this worker holds. */
  readonly shards: readonly string[];
  readonly failures: number;
}

export interface RunOptions {
  /** Ends the run, after the batches at hand. */
  readonly signal: AbortSignal;
  /**
   * Waits, such as `(ms, signal) => setTimeout(ms, undefined, { signal })` with the function of
   * `node:timers/promises`.
   */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

export interface StreamConsumer {
  /** Sees to the leases and handles one batch of each shard that it holds. One turn at a time. */
  turn(): Promise<Turn>;
  /** One turn after another, until told to stop. Without `onFailure`, what fails ends it. */
  run(options: RunOptions): Promise<void>;
  /** Lets go of its shards, so that others need not wait for the leases to run out. */
  close(): Promise<void>;
}

/**
 * ```ts
 * const consumer = streamConsumer({
 *   kinesis: new KinesisClient({}), stream: 'clicks', client: new DynamoDBClient({}),
 *   table: 'consumers', name: 'totals', worker: hostname(), clock: Date,
 *   handler: async (records) => add(records.map(jsonOfRecord)),
 * });
 * await consumer.run({ signal, wait: (ms, signal) => setTimeout(ms, undefined, { signal }) });
 * ```
 */
export function streamConsumer(options: StreamConsumerOptions): StreamConsumer {
  return new StreamWorker(options);
}
