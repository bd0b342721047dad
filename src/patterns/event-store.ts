/**
 * Event streams in a DynamoDB table: append-only, versioned, folded into states.
 *
 * An append is one transaction; all its events are there or none is, at the versions that
 * followed the one expected, with no gap. Within a stream the order is that of versions. Across
 * streams no order is promised.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Appended, type AppendOptions, appendTo } from './append.ts';
import type { Image } from './attribute-values.ts';
import type { Backoff, Clock } from './clock.ts';
import type { DomainEvent, Fold } from './decider.ts';
import { type Loaded, type LoadOptions, loadFrom } from './load.ts';
import { type ReadAllOptions, type ReadOptions, readAllOf, readStream } from './read-events.ts';
import { eventOf, type StoredEvent, type Upcasters } from './stored-events.ts';

export interface EventStoreOptions {
  readonly client: DynamoDBClient;
  /** A table with the string keys `streamId` (partition) and `version` (sort). */
  readonly table: string;
  readonly clock: Clock;
  readonly upcasters?: Upcasters;
  /** Waits between attempts of an append that met another one. Default: at once. */
  readonly backoff?: Backoff;
}

export interface EventStore {
  /**
   * Appends up to 100 events, all or none. Throws `ConcurrencyError` when the stream is not at
   * the version expected, `TooManyEvents`, and what AWS answers (4 MB are the most in one append).
   */
  append(
    streamId: string,
    events: readonly DomainEvent[],
    options?: AppendOptions,
  ): Promise<Appended>;
  /** The state that the stream's events lead to; of no events, the initial state at version 0. */
  load<State, Event extends DomainEvent>(
    streamId: string,
    fold: Fold<State, Event>,
    options?: LoadOptions<State>,
  ): Promise<Loaded<State>>;
  /** The stream's events in order, oldest first. */
  read(streamId: string, options?: ReadOptions): AsyncIterable<StoredEvent>;
  /** The events of all streams: in order within each stream, the streams in no order. */
  readAll(options?: ReadAllOptions): AsyncIterable<StoredEvent>;
  /** The event in a record of the table's stream; undefined when it is none (a snapshot). */
  eventIn(image: Image): StoredEvent | undefined;
}

/**
 * ```ts
 * const store = dynamoEventStore({ client, table: 'events', clock: Date });
 * await store.append('account-7', [{ type: 'Deposited', data: 50 }], { expectedVersion: 'none' });
 * const { state, version } = await store.load('account-7', account);
 * ```
 */
export function dynamoEventStore(options: EventStoreOptions): EventStore {
  const { upcasters = {} } = options;
  const store = { ...options, upcasters };
  return {
    append: (streamId, events, appending = {}) => appendTo(store, streamId, events, appending),
    load: (streamId, fold, loading = {}) => loadFrom(store, streamId, fold, loading),
    read: (streamId, reading = {}) => readStream(store, streamId, reading),
    readAll: (reading = {}) => readAllOf(store, reading),
    eventIn: (image) => eventOf(image, upcasters),
  };
}
