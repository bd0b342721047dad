/**
 * Numbered events, each applied behind the one before it. See `ordered`.
 *
 * Whoever keeps an early event looks afterwards whether the gap has closed meanwhile: it and the
 * one that closes the gap may pass each other, but not both before the other's row is there.
 */
import {
  DeleteItemCommand,
  PutItemCommand,
  paginateQuery,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { durationMs } from '../core/duration.ts';
import { fromItem, toItem } from './attribute-values.ts';
import {
  type Order,
  type Ordered,
  type OrderTable,
  orderKey,
  readState,
  type SequenceOptions,
  STATE,
  TooEarly,
} from './order.ts';
import { versionKey } from './stored-events.ts';
import { commit, draft, failedWrites, isRefused, untilAlone } from './transaction.ts';

export function inSequence<Event extends object>(options: SequenceOptions<Event>): Order<Event> {
  return {
    arrive: (event) => arrive(options, event),
    sweep: async () => {
      const skipped: string[] = [];
      for (const key of await overdue(options)) {
        if (await drain(options, key)) skipped.push(key);
      }
      return skipped;
    },
  };
}

async function arrive<Event extends object>(
  options: SequenceOptions<Event>,
  event: Event,
): Promise<Ordered> {
  const { sequence: numberOf, onGap } = options;
  const [key, sequence] = [options.key(event), numberOf(event)];
  const next = await nextOf(options, key);
  if (sequence < next) return 'dropped';
  if (sequence === next) {
    const isApplied = await applyNext(options, key, sequence, event);
    if (onGap === 'buffer') await drain(options, key);
    return isApplied ? 'applied' : 'dropped';
  }
  if (onGap === 'defer') throw new TooEarly(key, sequence, next);
  await keep(options, key, sequence, event);
  await drain(options, key);
  return (await nextOf(options, key)) > sequence ? 'applied' : 'buffered';
}

/** The number that the key waits for. */
async function nextOf<Event>(options: SequenceOptions<Event>, key: string): Promise<number> {
  const { last } = await readState(options, key);
  return typeof last === 'number' ? last + 1 : (options.first ?? 1);
}

/** False when someone else has applied it; its kept row goes in either case. */
async function applyNext<Event>(
  options: SequenceOptions<Event>,
  key: string,
  sequence: number,
  event: Event,
): Promise<boolean> {
  const { client, table, name, apply, onGap, backoff } = options;
  const tx = draft();
  tx.put(moveTo(options, key, sequence - 1, sequence));
  if (onGap === 'buffer') {
    tx.delete({ TableName: table, Key: orderKey(name, key, versionKey(sequence)) });
  }
  await apply(event, tx);
  try {
    await commit(client, tx, { backoff });
    return true;
  } catch (cause) {
    if (failedWrites(cause).includes(0)) return false;
    throw cause;
  }
}

/** Moves the key on, if it still stands where it was seen. */
function moveTo<Event>(options: SequenceOptions<Event>, key: string, from: number, to: number) {
  const { table, name, first = 1 } = options;
  const isFirst = from === first - 1;
  return {
    TableName: table,
    Item: { ...orderKey(name, key, STATE), last: to },
    ConditionExpression: `${isFirst ? 'attribute_not_exists(id) OR ' : ''}#last = :from`,
    ExpressionAttributeNames: { '#last': 'last' },
    ExpressionAttributeValues: { ':from': from },
  };
}

async function keep<Event extends object>(
  { client, table, name, clock, backoff }: SequenceOptions<Event>,
  key: string,
  sequence: number,
  event: Event,
): Promise<void> {
  const Item = toItem({
    ...orderKey(name, key, versionKey(sequence)),
    ...{ sequence, event, key, waiting: name, since: new Date(clock.now()).toISOString() },
  });
  const put = new PutItemCommand({
    TableName: table,
    Item,
    // A duplicate does not make the wait begin again.
    ConditionExpression: 'attribute_not_exists(id)',
  });
  await untilAlone(() => client.send(put), backoff).catch((cause: unknown) => {
    if (!isRefused(cause)) throw cause;
  });
}

interface Kept {
  readonly sequence: number;
  readonly event: unknown;
  readonly since: string;
}

/** Applies what is kept and due; answers whether a gap was skipped. */
async function drain<Event>(options: SequenceOptions<Event>, key: string): Promise<boolean> {
  const { client, clock, maxWait, backoff, onSkip } = options;
  let isSkipped = false;
  for (;;) {
    const kept = await firstKept(options, key);
    if (!kept) return isSkipped;
    const next = await nextOf(options, key);
    const { sequence } = kept;
    if (sequence === next) {
      await applyNext(options, key, sequence, kept.event as Event);
    } else if (sequence < next) {
      // Kept by one that had not seen it applied.
      await forget(options, key, sequence);
    } else {
      const waitedMs = clock.now() - Date.parse(kept.since);
      if (maxWait === undefined || waitedMs < durationMs(maxWait)) return isSkipped;
      const tx = draft();
      tx.put(moveTo(options, key, next - 1, sequence - 1));
      const moved = await commit(client, tx, { backoff }).then(
        () => true,
        (cause: unknown) => {
          if (failedWrites(cause).includes(0)) return false;
          throw cause;
        },
      );
      if (moved) onSkip?.(key, next, sequence);
      isSkipped ||= moved;
    }
  }
}

async function firstKept(
  { client, table, name }: OrderTable,
  key: string,
): Promise<Kept | undefined> {
  const { id } = orderKey(name, key, STATE);
  const { Items: [item] = [] } = await client.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: '#id = :id AND #position < :state',
      ExpressionAttributeNames: { '#id': 'id', '#position': 'position' },
      ExpressionAttributeValues: toItem({ ':id': id, ':state': STATE }),
      ConsistentRead: true,
      Limit: 1,
    }),
  );
  return item && (fromItem(item) as unknown as Kept);
}

async function forget(
  { client, table, name, backoff }: OrderTable,
  key: string,
  sequence: number,
): Promise<void> {
  const Key = toItem(orderKey(name, key, versionKey(sequence)));
  await untilAlone(() => client.send(new DeleteItemCommand({ TableName: table, Key })), backoff);
}

/** Keys of which an event was kept longer than it should be. */
async function overdue<Event>(options: SequenceOptions<Event>): Promise<ReadonlySet<string>> {
  const { client, table, name, clock, maxWait, index = 'waiting' } = options;
  const keys = new Set<string>();
  if (maxWait === undefined) return keys;
  const until = new Date(clock.now() - durationMs(maxWait)).toISOString();
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      IndexName: index,
      KeyConditionExpression: 'waiting = :name AND since <= :until',
      ExpressionAttributeValues: toItem({ ':name': name, ':until': until }),
    },
  );
  for await (const { Items = [] } of pages) {
    for (const item of Items) keys.add(String(fromItem(item).key));
  }
  return keys;
}
