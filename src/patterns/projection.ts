/**
 * Read models that are right whatever order and however often events arrive.
 *
 * For each stream the projection keeps the version it has applied, and moves it on in the same
 * transaction as the rows of the model. An event that was applied is skipped; one whose
 * predecessor has not come yet is refused, for the queue to bring it again. So each event changes
 * the model exactly once and in its order, even with writes such as `ADD count :one`.
 *
 * To build a model anew, make the projection with other tables and `rebuild` it from the store;
 * then switch readers and handler over and rebuild once more: what was applied is skipped, so the
 * second time brings only what happened in between.
 */
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { fromItem, toItem } from './attribute-values.ts';
import { type BatchAnswer, batchHandler, type QueueEvent } from './batch-handler.ts';
import type { Backoff } from './clock.ts';
import { storedEventIn } from './envelopes.ts';
import type { EventStore } from './event-store.ts';
import type { StoredEvent } from './stored-events.ts';
import { eachRecord, type StreamHandler } from './stream-to-event.ts';
import { commit, draft, failedWrites, type Transaction } from './transaction.ts';

export interface ProjectionOptions {
  readonly client: DynamoDBClient;
  /** The model's name: positions are kept under it. */
  readonly name: string;
  /** A table with the string partition key `id`, for the versions that were applied. */
  readonly positions: string;
  /** By event type, what changes in the model. Other types move the position and nothing else. */
  readonly on: Readonly<
    Record<string, (event: StoredEvent, tx: Transaction) => Promise<void> | void>
  >;
  readonly backoff?: Backoff;
}

/** An event came before the one that precedes it. */
export class ProjectionGap extends Error {
  override readonly name = 'ProjectionGap';
  readonly streamId: string;
  /** The version that is to come next. */
  readonly next: number;

  constructor(name: string, { streamId, version }: StoredEvent, next: number) {
    super(`${name} is to apply version ${next} of ${streamId} next, and was given ${version}.`);
    this.streamId = streamId;
    this.next = next;
  }
}

/** The model did not get as far as it was waited for. */
export class NotCaughtUp extends Error {
  override readonly name = 'NotCaughtUp';
}

export interface Rebuilt {
  readonly applied: number;
  /** Events that the model had already. */
  readonly skipped: number;
}

export interface HandlerOptions {
  readonly onFailure?: (cause: unknown) => void;
}

export interface Projection {
  /** Throws `ProjectionGap`, and what AWS answers to the model's own writes. */
  apply(event: StoredEvent): Promise<'applied' | 'skipped'>;
  /** The version of the stream that the model is at; 0 before the first. */
  versionOf(streamId: string): Promise<number>;
  /** Resolves when the model has the version; throws `NotCaughtUp` after `attempts` looks. */
  waitForVersion(
    streamId: string,
    version: number,
    options: { readonly attempts: number; readonly backoff: Backoff },
  ): Promise<void>;
  /** Applies all events given, such as `store.readAll()`; each stream's in its order. */
  rebuild(events: AsyncIterable<StoredEvent>): Promise<Rebuilt>;
  /** For a queue behind a bus; `read` finds the event in a body (default `storedEventIn`). */
  queueHandler(
    options?: HandlerOptions & { readonly read?: (body: string) => StoredEvent },
  ): (event: QueueEvent) => Promise<BatchAnswer>;
  /** For the stream of the event store's table. */
  streamHandler(store: EventStore, options?: HandlerOptions): StreamHandler;
}

/**
 * ```ts
 * const balances = projection({
 *   client, name: 'balances', positions: 'positions',
 *   on: {
 *     Deposited: ({ streamId, data }, tx) =>
 *       tx.update({
 *         TableName: 'balances', Key: { id: streamId },
 *         UpdateExpression: 'ADD balance :amount',
 *         ExpressionAttributeValues: { ':amount': data },
 *       }),
 *   },
 * });
 * export const handler = balances.queueHandler();
 * ```
 */
export function projection(options: ProjectionOptions): Projection {
  const apply = (event: StoredEvent) => applyOnce(options, event);
  return {
    apply,
    versionOf: (streamId) => positionOf(options, streamId),
    waitForVersion: async (streamId, version, { attempts, backoff }) => {
      let at = await positionOf(options, streamId);
      for (let attempt = 1; at < version; attempt++) {
        if (attempt >= attempts) {
          throw new NotCaughtUp(`${options.name} has ${streamId} at ${at}, not at ${version} yet.`);
        }
        await backoff(attempt);
        at = await positionOf(options, streamId);
      }
    },
    rebuild: async (events) => {
      const count = { applied: 0, skipped: 0 };
      for await (const event of events) count[await apply(event)] += 1;
      return count;
    },
    queueHandler: ({ read = storedEventIn, ...handling } = {}) =>
      batchHandler(({ body }) => apply(read(body)), handling),
    streamHandler: (store, handling = {}) =>
      eachRecord(async ({ eventName, dynamodb }) => {
        const image = eventName === 'INSERT' ? dynamodb?.NewImage : undefined;
        const event = image && store.eventIn(image);
        if (event) await apply(event);
      }, handling),
  };
}

async function applyOnce(
  options: ProjectionOptions,
  event: StoredEvent,
): Promise<'applied' | 'skipped'> {
  const { client, name, positions, on, backoff } = options;
  const { streamId, version, type } = event;
  for (;;) {
    const at = await positionOf(options, streamId);
    if (version <= at) return 'skipped';
    if (version > at + 1) throw new ProjectionGap(name, event, at + 1);

    const tx = draft();
    tx.put({
      TableName: positions,
      Item: { id: positionId(name, streamId), lastVersion: version },
      // Whoever is first at a version moves it on; the others find it moved and skip.
      ConditionExpression: at === 0 ? 'attribute_not_exists(id)' : 'lastVersion = :at',
      ...(at > 0 && { ExpressionAttributeValues: { ':at': at } }),
    });
    if (Object.hasOwn(on, type)) await on[type]?.(event, tx);
    try {
      await commit(client, tx, { backoff });
      return 'applied';
    } catch (cause) {
      if (!failedWrites(cause).includes(0)) throw cause;
    }
  }
}

async function positionOf(
  { client, name, positions }: ProjectionOptions,
  streamId: string,
): Promise<number> {
  const Key = toItem({ id: positionId(name, streamId) });
  const get = new GetItemCommand({ TableName: positions, Key, ConsistentRead: true });
  const { Item } = await client.send(get);
  return Item ? Number(fromItem(Item).lastVersion) : 0;
}

/** Encoded, so that no name and stream read as another pair. */
function positionId(name: string, streamId: string): string {
  return `${encodeURIComponent(name)}#${streamId}`;
}
