/** Records of a Kinesis stream as its consumers see them, and what those are told and answer. */

export interface ConsumedRecord {
  /** The partition key. */
  readonly key: string;
  readonly data: Uint8Array;
  readonly sequenceNumber: string;
  readonly shardId: string;
  /** When it arrived, by the stream's clock, in milliseconds. */
  readonly arrivedAtMs: number;
}

/**
 * What a handler wants to know again with the next records: JSON values by partition key. It is
 * saved in the same write as the checkpoint, and when a shard is split or merged it goes with its
 * keys. All of a shard's must fit into an item of DynamoDB, which has 400 KB.
 */
export type KeyedState = Readonly<Record<string, unknown>>;

export interface ShardContext {
  readonly shardId: string;
  /** What was answered last. */
  readonly state: KeyedState;
  /** How far the last of the records is behind the newest one. */
  readonly behindMs: number;
}

/** Answers the state to be saved; nothing leaves it as it is. When it throws, they come again. */
export type RecordsHandler = (
  records: readonly ConsumedRecord[],
  context: ShardContext,
) => Promise<KeyedState | undefined> | KeyedState | undefined | Promise<void> | void;

/** A handler that also wants to be asked when its shard has nothing new. */
export interface StreamProcessor {
  readonly handle: RecordsHandler;
  /** Answers a state only where it is to be saved. */
  readonly idle?: (
    context: ShardContext,
  ) => Promise<KeyedState | undefined> | KeyedState | undefined;
}

/** The JSON of a record's data. */
export function jsonOfRecord(record: Pick<ConsumedRecord, 'data'>): unknown {
  return JSON.parse(Buffer.from(record.data).toString());
}
