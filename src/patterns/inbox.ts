/**
 * Exactly one effect per event, where the effect is writes to DynamoDB.
 *
 * The marker "this event was handled" is written in the same transaction as the effect. There is
 * no moment between the two to crash in, so nothing is lost and nothing happens twice, for as
 * long as the marker is kept. Its row is a COMPLETED record as in `idempotency-record.ts`.
 */
import { type Duration, durationMs } from '../core/duration.ts';
import { type Backoff, epochSeconds } from './clock.ts';
import {
  FREE,
  FREE_NAMES,
  freeValues,
  readRecord,
  type TableOptions,
} from './idempotency-record.ts';
import { commit, draft, failedWrites, type Transaction } from './transaction.ts';

export interface InboxOptions extends TableOptions {
  /**
   * How long a marker is kept; longer than any redelivery. Default 28d: the longest a queue and
   * its dead-letter queue keep a message.
   */
  readonly ttl?: Duration;
  readonly backoff?: Backoff;
}

export interface Inbox {
  /**
   * Runs `effect` and commits what it writes together with the marker. Answers false, with
   * nothing written, when the event was handled before. Throws what AWS answers when a condition
   * of the effect's own does not hold; the event then counts as not handled.
   */
  once(eventId: string, effect: (tx: Transaction) => Promise<void> | void): Promise<boolean>;
}

/**
 * ```ts
 * const inbox = dynamoInbox({ client, table: 'inbox', clock: Date });
 * await inbox.once(event.id, (tx) => {
 *   tx.update({
 *     TableName: 'stock', Key: { sku: 'A1' },
 *     UpdateExpression: 'ADD reserved :one', ExpressionAttributeValues: { ':one': 1 },
 *   });
 * });
 * ```
 */
export function dynamoInbox(options: InboxOptions): Inbox {
  const { client, table, clock, ttl = '28d', backoff } = options;
  const ttlMs = durationMs(ttl);
  const isHandled = async (id: string) => {
    const record = await readRecord(options, id);
    return record !== undefined && record.expiration >= clock.now() / 1000;
  };
  return {
    once: async (eventId, effect) => {
      // Saves running the effect for most duplicates. What decides is the condition below.
      if (await isHandled(eventId)) return false;
      const tx = draft();
      const nowMs = clock.now();
      const expiration = epochSeconds(nowMs + ttlMs);
      tx.put({
        TableName: table,
        Item: { id: eventId, status: 'COMPLETED', expiration },
        ConditionExpression: FREE,
        ExpressionAttributeNames: FREE_NAMES,
        ExpressionAttributeValues: freeValues(nowMs),
      });
      await effect(tx);
      try {
        await commit(client, tx, { backoff });
        return true;
      } catch (cause) {
        if (failedWrites(cause).includes(0)) return false;
        throw cause;
      }
    },
  };
}
