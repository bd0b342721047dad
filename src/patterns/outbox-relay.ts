/**
 * The polling relay of an outbox: finds pending events, takes a lease on each, publishes, marks
 * them as sent. Several relays may run at once.
 *
 * A relay that dies after publishing and before marking leaves its lease behind; when it has run
 * out, another publishes the event again, with the same id. Of one aggregate the next event goes
 * out when the one before it was taken, and one that is not taken holds up its aggregate alone.
 *
 * Pending events are found through an index, and DynamoDB's indexes follow their table a moment
 * later. Events of one aggregate that were emitted within such a moment of each other, by two
 * transactions, may be seen in the other order. What must not be is `ordered` by its consumer.
 */
import {
  type ConditionalCheckFailedException,
  paginateQuery,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Duration, durationMs } from '../core/duration.ts';
import { toItem } from './attribute-values.ts';
import { epochSeconds } from './clock.ts';
import { type OutboxRow, type OutboxTable, outboxKey, outboxRowOf } from './outbox.ts';
import type { Publisher, Unpublished } from './publisher.ts';
import { isRefused, untilAlone } from './transaction.ts';

export interface OutboxRelayOptions extends OutboxTable {
  readonly publisher: Publisher;
  /** How many events one run takes at most. Default 25. */
  readonly batch?: number;
  /** How long publishing may take before another relay takes over. Default 30s. */
  readonly lease?: Duration;
  /** How long sent events stay in the table. Default 7d. */
  readonly keep?: Duration;
  /** The index of pending rows. Default `pending`. */
  readonly index?: string;
}

export interface RelayRun {
  /** Ids of the events published in this run. */
  readonly sent: readonly string[];
  /** What the bus did not take. It is still pending and tried by the next run. */
  readonly failed: readonly Unpublished[];
}

export interface OutboxRelay {
  /** Publishes what is pending, up to `batch`. Call it from a schedule or a loop. */
  run(): Promise<RelayRun>;
}

/**
 * ```ts
 * const relay = outboxRelay({ client, table: 'outbox', clock: Date, publisher });
 * export const handler = () => relay.run(); // of a function on a schedule
 * ```
 */
export function outboxRelay(options: OutboxRelayOptions): OutboxRelay {
  const keepMs = durationMs(options.keep ?? '7d');
  return {
    run: async () => {
      const sent: string[] = [];
      const failed: Unpublished[] = [];
      const queues = await claimPending(options);
      while (queues.length > 0) {
        const round = queues.splice(0);
        const heads = round.flatMap(([head]) => (head ? [head] : []));
        const unpublished = await options.publisher.publish(heads.map(({ row }) => row.event));
        const refused = new Set(unpublished.map(({ event }) => event.id));
        failed.push(...unpublished);
        for (const [head, ...rest] of round) {
          if (!head) continue;
          if (refused.has(head.row.event.id)) {
            await Promise.all([head, ...rest].map((claimed) => release(options, claimed)));
            continue;
          }
          await markSent(options, head.row, keepMs);
          sent.push(head.row.event.id);
          if (rest.length > 0) queues.push(rest);
        }
      }
      return { sent, failed };
    },
  };
}

interface Claimed {
  readonly row: OutboxRow;
  readonly leaseUntil: number;
}

/** The claimed rows, a queue per aggregate. */
async function claimPending(options: OutboxRelayOptions): Promise<Claimed[][]> {
  const { client, table, batch = 25, index = 'pending' } = options;
  const queues = new Map<string, Claimed[]>();
  const blocked = new Set<string>();
  let left = batch;
  const pages = paginateQuery(
    { client, pageSize: batch },
    {
      TableName: table,
      IndexName: index,
      KeyConditionExpression: '#status = :pending',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: toItem({ ':pending': 'PENDING' }),
    },
  );
  for await (const { Items = [] } of pages) {
    for (const row of Items.map(outboxRowOf)) {
      if (left === 0) return [...queues.values()];
      if (blocked.has(row.aggregateId)) continue;
      const outcome = await claim(options, row);
      if (outcome === 'leased') blocked.add(row.aggregateId);
      if (typeof outcome === 'string') continue;
      const queue = queues.get(row.aggregateId) ?? [];
      queues.set(row.aggregateId, [...queue, outcome]);
      left -= 1;
    }
  }
  return [...queues.values()];
}

/** `sent`: the index was behind. `leased`: another relay is at it, so what follows must wait. */
async function claim(
  { client, table, clock, lease = '30s' }: OutboxRelayOptions,
  row: OutboxRow,
): Promise<Claimed | 'sent' | 'leased'> {
  const nowMs = clock.now();
  const leaseUntil = nowMs + durationMs(lease);
  try {
    const update = new UpdateItemCommand({
      TableName: table,
      Key: toItem(outboxKey(row)),
      UpdateExpression: 'SET leaseUntil = :until ADD attempts :one',
      ConditionExpression:
        '#status = :pending AND (attribute_not_exists(leaseUntil) OR leaseUntil < :now)',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: toItem({
        ...{ ':until': leaseUntil, ':now': nowMs },
        ...{ ':pending': 'PENDING', ':one': 1 },
      }),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await untilAlone(() => client.send(update));
    return { row, leaseUntil };
  } catch (cause) {
    if (!isRefused(cause)) throw cause;
    const { Item } = cause as ConditionalCheckFailedException;
    return Item && outboxRowOf(Item).status === 'PENDING' ? 'leased' : 'sent';
  }
}

async function release(
  { client, table }: OutboxTable,
  { row, leaseUntil }: Claimed,
): Promise<void> {
  const update = new UpdateItemCommand({
    TableName: table,
    Key: toItem(outboxKey(row)),
    UpdateExpression: 'REMOVE leaseUntil',
    ConditionExpression: 'leaseUntil = :mine',
    ExpressionAttributeValues: toItem({ ':mine': leaseUntil }),
  });
  await client.send(update).catch((cause: unknown) => {
    // The lease ran out and is another relay's now.
    if (!isRefused(cause)) throw cause;
  });
}

/** Whoever has published it may say so, even past the lease: it was published. */
export async function markSent(
  { client, table, clock }: OutboxTable,
  row: OutboxRow,
  keepMs: number,
): Promise<void> {
  const nowMs = clock.now();
  const update = new UpdateItemCommand({
    TableName: table,
    Key: toItem(outboxKey(row)),
    UpdateExpression: 'SET #status = :sent, sentAt = :at, expiration = :end REMOVE leaseUntil',
    ConditionExpression: 'attribute_exists(aggregateId)',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: toItem({
      ':sent': 'SENT',
      ':at': new Date(nowMs).toISOString(),
      ':end': epochSeconds(nowMs + keepMs),
    }),
  });
  await untilAlone(() => client.send(update)).catch((cause: unknown) => {
    // Expired or removed meanwhile; it is not to come back as a stump.
    if (!isRefused(cause)) throw cause;
  });
}
