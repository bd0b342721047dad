/** What events in an order are made of: options, answers, and where a key stands. See `ordered`. */
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Duration } from '../core/duration.ts';
import { type Attributes, fromItem, toItem } from './attribute-values.ts';
import type { Backoff, Clock } from './clock.ts';
import type { Transaction } from './transaction.ts';

export interface OrderTable {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly clock: Clock;
  /** The name of this order: several may share a table. */
  readonly name: string;
  readonly backoff?: Backoff;
}

interface Ordering<Event> extends OrderTable {
  /** What has an order of its own: the aggregate. */
  readonly key: (event: Event) => string;
  /** Writes the event's effect. It may run again when someone else was faster. */
  readonly apply: (event: Event, tx: Transaction) => Promise<void> | void;
}

export interface SequenceOptions<Event> extends Ordering<Event> {
  readonly by: 'sequence';
  /** The event's number within its key. */
  readonly sequence: (event: Event) => number;
  /** The first number. Default 1. */
  readonly first?: number;
  readonly onGap: 'defer' | 'buffer';
  /** With `buffer`: how long a gap may last. Then it is skipped. Default: for ever. */
  readonly maxWait?: Duration;
  /** Told of each gap that was skipped: the first number missing, and the next one there. */
  readonly onSkip?: (key: string, missing: number, next: number) => void;
  /** The index that `sweep` reads. Default `waiting`. */
  readonly index?: string;
}

export interface LastWriteOptions<Event> extends Ordering<Event> {
  readonly by: 'lastWrite';
  /** When the event happened, by its producer's clock. */
  readonly at: (event: Event) => string | number | Date;
  /** Decides between events of the same moment: an id. */
  readonly tiebreak: (event: Event) => string;
}

/**
 * `dropped`: the event, or one that counts in its stead, was applied before. `buffered`: it is
 * kept, and applied when the events before it have come.
 */
export type Ordered = 'applied' | 'dropped' | 'buffered';

export interface Order<Event> {
  /** Throws `TooEarly` with `onGap: 'defer'`. */
  arrive(event: Event): Promise<Ordered>;
  /** Skips gaps that have lasted longer than `maxWait`; answers their keys. */
  sweep(): Promise<readonly string[]>;
}

/** An event came before one that precedes it. */
export class TooEarly extends Error {
  override readonly name = 'TooEarly';
  readonly key: string;
  /** The number that is to come next. */
  readonly next: number;

  constructor(key: string, sequence: number, next: number) {
    super(`${key} waits for ${next}, and ${sequence} has come.`);
    this.key = key;
    this.next = next;
  }
}

/** Encoded, so that no name and key read as another pair. */
export function orderKey(name: string, key: string, position: string): Attributes {
  return { id: `${encodeURIComponent(name)}#${key}`, position };
}

/** Where the key stands. Its row's sort key comes behind those of numbers. */
export const STATE = 'STATE';

export async function readState(
  { client, table, name }: OrderTable,
  key: string,
): Promise<Attributes> {
  const Key = toItem(orderKey(name, key, STATE));
  const get = new GetItemCommand({ TableName: table, Key, ConsistentRead: true });
  const { Item = {} } = await client.send(get);
  return fromItem(Item);
}
