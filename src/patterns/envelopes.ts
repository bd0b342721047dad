/**
 * Stored events on a bus and back: what a stream of the event store's table publishes, and what a
 * consumer behind the bus reads. An event's id is its stream and version, so it is the same
 * however often it is published.
 */
import type { EventStore } from './event-store.ts';
import type { OutgoingEvent, Publisher } from './publisher.ts';
import type { StoredEvent } from './stored-events.ts';
import {
  eachRecord,
  publishOne,
  type StreamHandler,
  type StreamHandlerOptions,
} from './stream-to-event.ts';

/** Its place in the stream goes into the metadata: `aggregateId`, `sequence`, `occurredAt`. */
export function outgoing(event: StoredEvent, source: string): OutgoingEvent {
  const { streamId, version, type, data, metadata, schemaVersion, occurredAt } = event;
  const place = { aggregateId: streamId, sequence: version, occurredAt, version: schemaVersion };
  return {
    ...{ id: `${streamId}@${version}`, source, type, data },
    metadata: { ...metadata, ...place },
  };
}

/** What was on the bus is no event of an event store. */
export class NotStored extends Error {
  override readonly name = 'NotStored';
}

/**
 * The stored event in a message's body: an event of EventBridge that `outgoing` made. Throws
 * `NotStored` for anything else.
 */
export function storedEventIn(body: string): StoredEvent {
  const envelope = parse(body);
  const { 'detail-type': type, detail } = envelope ?? {};
  const { aggregateId, sequence, occurredAt, version, ...metadata } = detail?.metadata ?? {};
  if (typeof type !== 'string' || typeof aggregateId !== 'string' || !isVersion(sequence)) {
    const names = 'detail.metadata.aggregateId and sequence';
    throw new NotStored(`The message is no event of an event store: ${names} are not there.`);
  }
  const place = { streamId: aggregateId, version: sequence, occurredAt: String(occurredAt) };
  return { ...place, type, data: detail?.data, metadata, schemaVersion: Number(version ?? 1) };
}

interface Envelope {
  readonly 'detail-type'?: unknown;
  readonly detail?: {
    readonly metadata?: Readonly<Record<string, unknown>>;
    readonly data?: unknown;
  };
}

function parse(body: string): Envelope | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Envelope) : undefined;
  } catch {
    return undefined;
  }
}

function isVersion(sequence: unknown): sequence is number {
  return Number.isInteger(sequence) && Number(sequence) > 0;
}

export interface EventStoreStreamOptions extends StreamHandlerOptions {
  readonly store: EventStore;
  readonly publisher: Publisher;
  /** The `source` of the events on the bus. */
  readonly source: string;
}

/**
 * Publishes what is appended, in a function that is fed by the stream of the event store's table
 * (view type NEW_IMAGE or more, `ReportBatchItemFailures`).
 *
 * ```ts
 * export const handler = eventStoreStream({ store, publisher, source: 'accounts' });
 * ```
 */
export function eventStoreStream(options: EventStoreStreamOptions): StreamHandler {
  const { store, publisher, source } = options;
  return eachRecord(async ({ eventName, dynamodb }) => {
    const image = eventName === 'INSERT' ? dynamodb?.NewImage : undefined;
    const event = image && store.eventIn(image);
    if (event) await publishOne(publisher, outgoing(event, source));
  }, options);
}
