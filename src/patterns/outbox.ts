/**
 * Events that are published if and only if the change they tell of was made.
 *
 * The events are written as rows of an outbox table in the transaction that makes the change. A
 * relay publishes them afterwards: by polling (`outboxRelay`), or from the table's stream
 * (`outboxStream`) with the polling one as a sweep behind it. Every event is published at least
 * once, always with the same id; consumers that mind duplicates have `idempotent` and `inbox`.
 *
 * The table: partition key `aggregateId`, sort key `position`, both strings; an index `pending`
 * with the partition key `status` and the sort key `position`; time to live on `expiration`.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Attributes, fromItem, type Image } from './attribute-values.ts';
import type { Clock } from './clock.ts';
import type { OutgoingEvent } from './publisher.ts';
import { type CommitOptions, commit, draft, type Transaction } from './transaction.ts';

export interface OutboxTable {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly clock: Clock;
}

export interface OutboxOptions extends OutboxTable {
  /** Makes the ids of events that have none: `() => crypto.randomUUID()`. */
  readonly newId: () => string;
}

/** An event as it is emitted. */
export interface EmittedEvent extends Omit<OutgoingEvent, 'id'> {
  readonly id?: string | undefined;
  /**
   * Events of one aggregate are published in the order they were emitted, by the clocks of those
   * who emitted them. Default: no order.
   */
  readonly aggregateId?: string | undefined;
}

export interface EmittingTransaction extends Transaction {
  /** Answers the event's id. */
  emit(event: EmittedEvent): string;
}

export interface Outbox {
  /** Commits what `effect` writes and emits, all of it or nothing; answers the events' ids. */
  transact(
    effect: (tx: EmittingTransaction) => Promise<void> | void,
    options?: CommitOptions,
  ): Promise<readonly string[]>;
  /** Emits in a transaction of another pattern's, such as that of `inbox.once`. */
  emit(tx: Transaction, event: EmittedEvent): string;
}

/**
 * ```ts
 * const outbox = dynamoOutbox({ client, table: 'outbox', clock: Date, newId: randomUUID });
 * await outbox.transact((tx) => {
 *   tx.put({ TableName: 'orders', Item: order });
 *   tx.emit({ source: 'shop', type: 'OrderPlaced', data: order, aggregateId: order.id });
 * });
 * ```
 */
export function dynamoOutbox(options: OutboxOptions): Outbox {
  const { client, table, clock, newId } = options;
  let count = 0;
  const emit = (tx: Transaction, event: EmittedEvent): string => {
    const { id = newId(), aggregateId = id, source, type, data, metadata } = event;
    // What this process emits within one millisecond stays in order too.
    count = (count + 1) % 1_000_000;
    const createdAt = new Date(clock.now()).toISOString();
    const position = `${createdAt}#${String(count).padStart(6, '0')}#${id}`;
    const Item = {
      ...{ aggregateId, position, status: 'PENDING', createdAt },
      event: { id, source, type, data, metadata },
    };
    tx.put({ TableName: table, Item });
    return id;
  };
  return {
    emit,
    transact: async (effect, commitOptions) => {
      const tx = draft();
      const ids: string[] = [];
      const emitting = (event: EmittedEvent) => {
        const id = emit(tx, event);
        ids.push(id);
        return id;
      };
      await effect({ ...tx, emit: emitting });
      await commit(client, tx, commitOptions);
      return ids;
    },
  };
}

/** A row of the outbox, as far as relays look at it. */
export interface OutboxRow {
  readonly aggregateId: string;
  readonly position: string;
  readonly status: 'PENDING' | 'SENT';
  readonly event: OutgoingEvent;
  /** Epoch milliseconds; until then the row is some relay's. */
  readonly leaseUntil?: number;
}

export function outboxRowOf(item: Image): OutboxRow {
  return fromItem(item) as unknown as OutboxRow;
}

export function outboxKey({ aggregateId, position }: OutboxRow): Attributes {
  return { aggregateId, position };
}
