/**
 * Waiting for several events of one thing, and telling exactly once that all have come.
 *
 * Arrivals are kept in a row per key. Whoever finds that nothing is missing closes the row and
 * emits through an outbox in one transaction, so of many at once one does, and a crash before it
 * leaves the row open for the next arrival or redelivery. Duplicates change nothing. A row that
 * is not complete in time is closed by `timeOut` or `sweep`; what comes after that is recorded in
 * it as late.
 *
 * The table: string partition key `id`; for `sweep` an index `open` with the string keys `status`
 * and `deadline`; time to live on `expiration`.
 */
import {
  type ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Duration, durationMs } from '../core/duration.ts';
import { type Attributes, fromItem, toItem } from './attribute-values.ts';
import { type Backoff, type Clock, epochSeconds } from './clock.ts';
import type { DomainEvent } from './decider.ts';
import type { EmittedEvent, Outbox } from './outbox.ts';
import { commit, draft, failedWrites, isRefused, untilAlone } from './transaction.ts';

/** The first event of each type that came for one key. */
export interface Group<Event extends DomainEvent = DomainEvent> {
  readonly key: string;
  readonly events: Readonly<Record<string, Event>>;
}

export interface JoinOptions<Event extends DomainEvent> {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly clock: Clock;
  /** The join's name: several may share a table. */
  readonly name: string;
  readonly outbox: Outbox;
  /** What belongs together. */
  readonly key: (event: Event) => string;
  /** The types of which one event each is waited for. */
  readonly needs: readonly string[];
  readonly emit: (group: Group<Event>) => EmittedEvent;
  /** How long to wait, from the first arrival. */
  readonly timeout: Duration;
  /** What to emit when that was in vain. Default: nothing. */
  readonly onTimeout?: (group: Group<Event>) => EmittedEvent;
  /** How long closed rows are kept, to know duplicates by. Default 28d. */
  readonly keep?: Duration;
  /** The index that `sweep` reads. Default `open`. */
  readonly index?: string;
  readonly backoff?: Backoff;
}

/**
 * `emitted`: this was the last one, and the event is in the outbox. `late`: recorded after the
 * time-out. `ignored`: a duplicate after the end, or of a type that nobody waits for.
 */
export type Arrival = 'waiting' | 'emitted' | 'late' | 'ignored';

export interface Join<Event extends DomainEvent> {
  arrive(event: Event): Promise<Arrival>;
  /** Closes the row of `key` if its time is up; answers whether it did. */
  timeOut(key: string): Promise<boolean>;
  /** Closes every row whose time is up; answers their keys. Call it from a schedule. */
  sweep(): Promise<readonly string[]>;
}

/**
 * ```ts
 * const ready = join<ShopEvent>({
 *   client, table: 'joins', clock: Date, name: 'ready', outbox,
 *   key: ({ data }) => data.orderId,
 *   needs: ['InventoryReserved', 'PaymentSuccessful'],
 *   emit: ({ key }) => ({ source: 'shop', type: 'OrderReady', data: { orderId: key } }),
 *   timeout: '1h',
 * });
 * await ready.arrive(event);
 * ```
 */
export function join<Event extends DomainEvent>(options: JoinOptions<Event>): Join<Event> {
  return {
    arrive: (event) => arrive(options, event),
    timeOut: (key) => timeOut(options, key),
    sweep: async () => {
      const closed: string[] = [];
      for await (const key of overdue(options)) {
        if (await timeOut(options, key)) closed.push(key);
      }
      return closed;
    },
  };
}

/** Each event has an attribute of its own, so that arrivals at once do not undo each other. */
const EVENT = 'event:';
const LATE = 'late:';

async function arrive<Event extends DomainEvent>(
  options: JoinOptions<Event>,
  event: Event,
): Promise<Arrival> {
  const { client, table, clock, needs, timeout, keep = '28d', backoff } = options;
  if (!needs.includes(event.type)) return 'ignored';
  const key = options.key(event);
  const endMs = clock.now() + durationMs(timeout);
  const update = new UpdateItemCommand({
    TableName: table,
    Key: toItem({ id: rowId(options, key) }),
    UpdateExpression:
      'SET #event = if_not_exists(#event, :event), #status = :open, ' +
      '#key = :key, deadline = if_not_exists(deadline, :deadline), expiration = :expiration',
    ConditionExpression: 'attribute_not_exists(#status) OR #status = :open',
    ExpressionAttributeNames: {
      ...{ '#event': EVENT + event.type, '#status': 'status', '#key': 'key' },
    },
    ExpressionAttributeValues: toItem({
      ...{ ':event': event, ':open': openStatus(options), ':key': key },
      ':deadline': new Date(endMs).toISOString(),
      ':expiration': epochSeconds(endMs + durationMs(keep)),
    }),
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  try {
    const { Attributes: row = {} } = await untilAlone(() => client.send(update), backoff);
    const group = groupOf<Event>(key, fromItem(row));
    if (needs.some((type) => !Object.hasOwn(group.events, type))) return 'waiting';
    const isClosed = await close(options, key, 'EMITTED', options.emit(group));
    return isClosed ? 'emitted' : 'ignored';
  } catch (cause) {
    if (!isRefused(cause)) throw cause;
    const { Item } = cause as ConditionalCheckFailedException;
    if (!Item || fromItem(Item).status !== 'TIMED_OUT') return 'ignored';
    return recordLate(options, key, event);
  }
}

/** Joins that share a table have open rows of their own in the index. */
const openStatus = ({ name }: { readonly name: string }) => `OPEN#${name}`;
const rowId = ({ name }: { readonly name: string }, key: string) =>
  `${encodeURIComponent(name)}#${key}`;

function groupOf<Event extends DomainEvent>(key: string, row: Attributes): Group<Event> {
  const events = Object.entries(row)
    .filter(([name]) => name.startsWith(EVENT))
    .map(([name, event]) => [name.slice(EVENT.length), event as Event]);
  return { key, events: Object.fromEntries(events) as Record<string, Event> };
}

/** Closes the open row and emits, in one transaction; false when someone else has closed it. */
async function close<Event extends DomainEvent>(
  options: JoinOptions<Event>,
  key: string,
  status: 'EMITTED' | 'TIMED_OUT',
  event: EmittedEvent | undefined,
): Promise<boolean> {
  const { client, table, outbox, backoff } = options;
  const id = rowId(options, key);
  const tx = draft();
  tx.update({
    ...{ TableName: table, Key: { id }, UpdateExpression: 'SET #status = :status' },
    ConditionExpression: '#status = :open',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: { ':status': status, ':open': openStatus(options) },
  });
  if (event) outbox.emit(tx, { ...event, id: event.id ?? `${id}#${status}` });
  try {
    await commit(client, tx, { backoff });
    return true;
  } catch (cause) {
    if (failedWrites(cause).includes(0)) return false;
    throw cause;
  }
}

async function recordLate<Event extends DomainEvent>(
  options: JoinOptions<Event>,
  key: string,
  event: Event,
): Promise<Arrival> {
  const { client, table, backoff } = options;
  const update = new UpdateItemCommand({
    TableName: table,
    Key: toItem({ id: rowId(options, key) }),
    UpdateExpression: 'SET #late = if_not_exists(#late, :event)',
    ExpressionAttributeNames: { '#late': LATE + event.type },
    ExpressionAttributeValues: toItem({ ':event': event }),
  });
  await untilAlone(() => client.send(update), backoff);
  return 'late';
}

async function timeOut<Event extends DomainEvent>(
  options: JoinOptions<Event>,
  key: string,
): Promise<boolean> {
  const { client, table, clock, onTimeout } = options;
  const Key = toItem({ id: rowId(options, key) });
  const { Item } = await client.send(
    new GetItemCommand({ TableName: table, Key, ConsistentRead: true }),
  );
  const row = Item && fromItem(Item);
  if (!row || row.status !== openStatus(options)) return false;
  if (Date.parse(String(row.deadline)) > clock.now()) return false;
  return close(options, key, 'TIMED_OUT', onTimeout?.(groupOf<Event>(key, row)));
}

async function* overdue<Event extends DomainEvent>(
  options: JoinOptions<Event>,
): AsyncGenerator<string, void> {
  const { client, table, clock, index = 'open' } = options;
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      IndexName: index,
      KeyConditionExpression: '#status = :open AND deadline <= :now',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: toItem({
        ':open': openStatus(options),
        ':now': new Date(clock.now()).toISOString(),
      }),
    },
  );
  for await (const { Items = [] } of pages) {
    for (const item of Items) yield String(fromItem(item).key);
  }
}
