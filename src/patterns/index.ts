/**
 * Patterns of event-driven systems, on the public API of AWS alone.
 *
 * They take clients of the AWS SDK and a clock, and run the same against AWS and in a test:
 *
 * ```ts
 * import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
 * import { idempotent } from 'millrace/patterns';
 *
 * const client = new DynamoDBClient({});
 * const charge = idempotent(pay, { client, table: 'idempotency', clock: Date, key: idOf });
 * ```
 */

export type { Duration } from '../core/duration.ts';
export {
  type Appended,
  type AppendOptions,
  ConcurrencyError,
  type ExpectedVersion,
  TooManyEvents,
} from './append.ts';
export type { Attributes, Image, ImageValue } from './attribute-values.ts';
export {
  type BatchAnswer,
  type BatchHandlerOptions,
  batchHandler,
  type QueueEvent,
  type QueueRecord,
} from './batch-handler.ts';
export type { Backoff, Clock } from './clock.ts';
export {
  type ConsumedRecord,
  jsonOfRecord,
  type KeyedState,
  type RecordsHandler,
  type ShardContext,
  type StreamProcessor,
} from './consumed-records.ts';
export type { Decider, DomainEvent, Fold } from './decider.ts';
export {
  type EventStoreStreamOptions,
  eventStoreStream,
  NotStored,
  outgoing,
  storedEventIn,
} from './envelopes.ts';
export { dynamoEventStore, type EventStore, type EventStoreOptions } from './event-store.ts';
export { type Handled, type HandleOptions, handle } from './handle.ts';
export {
  type IdempotencyRecord,
  powertoolsKey,
  readRecord,
  type TableOptions,
} from './idempotency-record.ts';
export {
  AlreadyHandled,
  AlreadyInProgress,
  type IdempotentOptions,
  idempotent,
  PayloadMismatch,
} from './idempotent.ts';
export { dynamoInbox, type Inbox, type InboxOptions } from './inbox.ts';
export { type Arrival, type Group, type Join, type JoinOptions, join } from './join.ts';
export type { HashRange } from './key-hashes.ts';
export { type KeySkew, type KeySkewOptions, keySkew } from './key-skew.ts';
export type { Loaded, LoadOptions, SnapshotOptions } from './load.ts';
export {
  type LastWriteOptions,
  type Order,
  type Ordered,
  type OrderTable,
  type SequenceOptions,
  TooEarly,
} from './order.ts';
export { ordered } from './ordered.ts';
export {
  dynamoOutbox,
  type EmittedEvent,
  type EmittingTransaction,
  type Outbox,
  type OutboxOptions,
  type OutboxRow,
  type OutboxTable,
} from './outbox.ts';
export {
  type OutboxRelay,
  type OutboxRelayOptions,
  outboxRelay,
  type RelayRun,
} from './outbox-relay.ts';
export {
  type HandlerOptions,
  NotCaughtUp,
  type Projection,
  ProjectionGap,
  type ProjectionOptions,
  projection,
  type Rebuilt,
} from './projection.ts';
export {
  eventBridgePublisher,
  type OutgoingEvent,
  type Publisher,
  type PublisherOptions,
  type Unpublished,
} from './publisher.ts';
export type { ReadAllOptions, ReadOptions } from './read-events.ts';
export {
  type OutgoingRecord,
  type PutRecord,
  type RecordProducer,
  type RecordProducerOptions,
  type RefusedRecord,
  recordProducer,
} from './record-producer.ts';
export type { StoredEvent, Upcaster, Upcasters } from './stored-events.ts';
export {
  type RunOptions,
  type StreamConsumer,
  type StreamConsumerOptions,
  streamConsumer,
  type Turn,
} from './stream-consumer.ts';
export {
  type ChangedItem,
  type ChangeEvent,
  NotPublished,
  type OutboxStreamOptions,
  outboxStream,
  type StreamEvent,
  type StreamHandler,
  type StreamHandlerOptions,
  type StreamRecord,
  type StreamToEventOptions,
  streamToEvent,
} from './stream-to-event.ts';
export type {
  CheckWrite,
  CommitOptions,
  KeyedWrite,
  PutWrite,
  Transaction,
  UpdateWrite,
} from './transaction.ts';
export {
  type Causality,
  compareClocks,
  mergeClocks,
  tick,
  type VectorClock,
} from './vector-clock.ts';
export { type Window, type WindowOptions, window } from './window.ts';
