/**
 * Events from the changes of a table, in a function that is fed by the table's stream.
 *
 * Records are published one after the other; the first that is not taken ends the batch, and is
 * reported so that the mapping (`ReportBatchItemFailures`) goes on from there. Each is published
 * at least once, under an id that retries do not change.
 */
import { type Duration, durationMs } from '../core/duration.ts';
import { type Attributes, fromItem, type Image } from './attribute-values.ts';
import type { BatchAnswer } from './batch-handler.ts';
import { type OutboxRow, type OutboxTable, outboxRowOf } from './outbox.ts';
import { markSent } from './outbox-relay.ts';
import type { OutgoingEvent, Publisher } from './publisher.ts';

/** What is used of a stream's record; `DynamoDBRecord` of @types/aws-lambda is one. */
export interface StreamRecord {
  readonly eventID?: string | undefined;
  readonly eventName?: 'INSERT' | 'MODIFY' | 'REMOVE' | undefined;
  readonly dynamodb?:
    | {
        readonly NewImage?: Image | undefined;
        readonly OldImage?: Image | undefined;
        readonly SequenceNumber?: string | undefined;
      }
    | undefined;
}

export interface StreamEvent {
  readonly Records: readonly StreamRecord[];
}

export type StreamHandler = (event: StreamEvent) => Promise<BatchAnswer>;

export interface ChangedItem {
  /** Absent when the item was removed, or the stream's view type leaves it out. */
  readonly after: Attributes | undefined;
  readonly before: Attributes | undefined;
}

/** An event of a change. Its id is that of the stream's record, if it has none of its own. */
export type ChangeEvent = Omit<OutgoingEvent, 'id'> & { readonly id?: string | undefined };

export interface StreamHandlerOptions {
  /** Told why a record failed; the answer carries only its place. */
  readonly onFailure?: (cause: unknown, record: StreamRecord) => void;
}

export interface StreamToEventOptions extends StreamHandlerOptions {
  readonly publisher: Publisher;
  readonly on: 'INSERT' | 'MODIFY' | 'REMOVE' | readonly ('INSERT' | 'MODIFY' | 'REMOVE')[];
  readonly when?: (change: ChangedItem) => boolean;
  readonly to: (change: ChangedItem) => ChangeEvent;
}

/**
 * The table itself as outbox.
 *
 * ```ts
 * export const handler = streamToEvent({
 *   publisher,
 *   on: 'MODIFY',
 *   when: ({ before, after }) => before?.status !== 'PAID' && after?.status === 'PAID',
 *   to: ({ after }) => ({ source: 'shop', type: 'OrderPaid', data: after }),
 * });
 * ```
 */
export function streamToEvent(options: StreamToEventOptions): StreamHandler {
  const { publisher, on, when = () => true, to } = options;
  const names = new Set<string | undefined>([on].flat());
  return eachRecord(async (record) => {
    if (!names.has(record.eventName)) return;
    const { NewImage, OldImage } = record.dynamodb ?? {};
    const change = {
      after: NewImage && fromItem(NewImage),
      before: OldImage && fromItem(OldImage),
    };
    if (!when(change)) return;
    const event = to(change);
    await publishOne(publisher, { ...event, id: event.id ?? record.eventID ?? '' });
  }, options);
}

export interface OutboxStreamOptions extends OutboxTable, StreamHandlerOptions {
  readonly publisher: Publisher;
  /** How long sent events stay in the table. Default 7d. */
  readonly keep?: Duration;
}

/**
 * The relay of an outbox table that is fed by its stream (view type NEW_IMAGE or more). Rows of
 * one aggregate share a partition key, and so their order in the stream. Run an `outboxRelay` now
 * and then behind it: it sweeps up what an outage longer than the stream's 24 hours left behind.
 */
export function outboxStream(options: OutboxStreamOptions): StreamHandler {
  const keepMs = durationMs(options.keep ?? '7d');
  return eachRecord(async ({ eventName, dynamodb }) => {
    const row = dynamodb?.NewImage && outboxRowOf(dynamodb.NewImage);
    if (eventName !== 'INSERT' || !row || !isPending(row)) return;
    await publishOne(options.publisher, row.event);
    await markSent(options, row, keepMs);
  }, options);
}

function isPending({ status, event }: OutboxRow): boolean {
  return status === 'PENDING' && event !== undefined;
}

/** The bus did not take the event. */
export class NotPublished extends Error {
  override readonly name = 'NotPublished';
  readonly eventId: string;
  readonly code: string;

  constructor(eventId: string, code: string, message: string) {
    super(`Event ${eventId} was not published: ${code} ${message}`.trimEnd());
    this.eventId = eventId;
    this.code = code;
  }
}

export async function publishOne(publisher: Publisher, event: OutgoingEvent): Promise<void> {
  const [unpublished] = await publisher.publish([event]);
  if (unpublished) throw new NotPublished(event.id, unpublished.code, unpublished.message);
}

/** Handles records in order up to the first that fails; a stream goes on from that one. */
export function eachRecord(
  handle: (record: StreamRecord) => Promise<void>,
  { onFailure = () => undefined }: StreamHandlerOptions,
): StreamHandler {
  return async ({ Records }) => {
    for (const record of Records) {
      try {
        await handle(record);
      } catch (cause) {
        onFailure(cause, record);
        const itemIdentifier = record.dynamodb?.SequenceNumber;
        // Without a place to go on from, the whole batch has to fail.
        if (itemIdentifier === undefined) throw cause;
        return { batchItemFailures: [{ itemIdentifier }] };
      }
    }
    return { batchItemFailures: [] };
  };
}
