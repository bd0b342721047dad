/**
 * Who is subscribed to which shard as which consumer. One at a time: a second one is refused in
 * the first seconds and takes over later.
 *
 * It is a row, and whoever wrote it last has the shard; it is written on the condition that nobody
 * else has done so since it was read. So one rule holds on all nodes that share a storage. A node
 * whose subscriber has lost the shard hears of it from the consumer's log, which is only rung.
 */
import type { Stack } from '../../delivery/stack.ts';
import { Conflict, type LogName, type Write } from '../../storage/storage.ts';
import { shardId } from './arns.ts';
import type { FoundConsumer } from './consumers.ts';
import { fault } from './errors.ts';
import { named } from './lookup.ts';
import { type Consumer, type Shard, type Stream, storeOf } from './store.ts';

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SubscribeToShard.html */
const TAKEOVER_AFTER_MS = 5_000;

export interface Subscription {
  readonly sinceMs: number;
  /** Rings when another subscription to a shard of this consumer has begun. */
  readonly bell: LogName;
  /** What the stream of events ends with, and others are refused with. */
  readonly inUse: () => Error;
  /** Whether another one has begun for the same shard. */
  readonly isTaken: () => Promise<boolean>;
}

export async function subscribe(
  stack: Stack,
  consumer: FoundConsumer,
  shard: Shard,
): Promise<Subscription> {
  const { subscriptions } = storeOf(stack);
  const partition = partitionOf(consumer.stream.row.value, consumer.row.value);
  const key = String(shard.number);
  const inUse = () => another(consumer, shard);
  const before = await subscriptions.get(partition, key);
  const nowMs = stack.clock.nowMs();
  if (before && nowMs < before.value.sinceMs + TAKEOVER_AFTER_MS) throw inUse();
  const put = subscriptions.put(partition, key, { sinceMs: nowMs }, before?.version ?? 0);
  const bell = bellOf(partition);
  const ring: readonly Write[] = [
    { kind: 'append', log: bell, record: { atMs: nowMs, body: key } },
    { kind: 'trim', log: bell, keep: 0 },
  ];
  const [receipt] = await stack.storage.commit([put, ...ring]).catch((cause: unknown) => {
    throw cause instanceof Conflict ? inUse() : cause;
  });
  return {
    sinceMs: nowMs,
    bell,
    inUse,
    isTaken: async () => (await subscriptions.get(partition, key))?.version !== receipt?.version,
  };
}

/** The writes that go with the end of a consumer. */
export async function forgetting(
  stack: Stack,
  stream: Pick<Stream, 'id'>,
  consumer: Pick<Consumer, 'name'>,
): Promise<readonly Write[]> {
  const { subscriptions } = storeOf(stack);
  const partition = partitionOf(stream, consumer);
  const rows = await subscriptions.list(partition);
  return rows.map(({ key }) => subscriptions.remove(partition, key));
}

function partitionOf({ id }: Pick<Stream, 'id'>, { name }: Pick<Consumer, 'name'>): string {
  return `${id}/${name}`;
}

function bellOf(partition: string): LogName {
  return `kinesis-subscriptions/${partition}`;
}

/** In AWS's words, as seen in awslabs/amazon-kinesis-client#391. */
function another(consumer: FoundConsumer, shard: Shard) {
  const { name, account } = named(consumer.stream);
  const key = `${account}:${name}:${shardId(shard.number)}:${consumer.row.value.name}`;
  const message = `Another active subscription exists for this consumer: ${key}`;
  return fault('ResourceInUseException', message);
}
