/**
 * What a shard takes and gives in a second, as buckets of tokens; off unless the quotas
 * `kinesis.shardWriteRecords`, `shardWriteBytes`, `shardReadCalls` and `shardReadBytes` are set
 * (AWS: 1,000 and 1 MiB, 5 and 2 MiB). They are kept in memory, and in rows where nodes share a
 * storage, so that a shard gives no more for being asked on several of them.
 * https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
 */
import type { Stack } from '../../delivery/stack.ts';
import type { Write } from '../../storage/storage.ts';
import { untilWon } from '../change.ts';
import { fault } from './errors.ts';
import { type Shard, type Share, type Stream, storeOf } from './store.ts';

/** In a second; 0 is no limit. */
interface Rates {
  readonly count: number;
  readonly bytes: number;
}

interface Taking<Result> {
  readonly left: Share;
  readonly result: Result;
}

function writeRates({ settings: { quotas } }: Stack): Rates {
  return { count: quotas['kinesis.shardWriteRecords'], bytes: quotas['kinesis.shardWriteBytes'] };
}

export function isWriteLimited(stack: Stack): boolean {
  return isLimited(writeRates(stack));
}

/** Records for one shard: which of them it takes; those are counted. */
export function takeWrites(
  stack: Stack,
  stream: Stream,
  shard: Shard,
  sizes: readonly number[],
): Promise<readonly boolean[]> | readonly boolean[] {
  const rates = writeRates(stack);
  if (!isLimited(rates)) return sizes.map(() => true);
  return fromShare(stack, stream, `write/${shard.number}`, rates, (share) => {
    let left = share;
    const result = sizes.map((bytes) => {
      const isTaken = left.count >= 1 && left.bytes >= bytes;
      if (isTaken) left = { ...left, count: left.count - 1, bytes: left.bytes - bytes };
      return isTaken;
    });
    return { left, result };
  });
}

/** Whether the shard may be read again; if so the call is counted. */
export function mayRead(stack: Stack, stream: Stream, shard: Shard): Promise<boolean> | boolean {
  const rates = readRates(stack);
  if (!isLimited(rates)) return true;
  return fromShare(stack, stream, `read/${shard.number}`, rates, (share) => {
    const result = share.count >= 1 && share.bytes > 0;
    return { left: result ? { ...share, count: share.count - 1 } : share, result };
  });
}

/** One answer may be larger than a second's share; the next ones then wait until that is over. */
export async function countRead(
  stack: Stack,
  stream: Stream,
  shard: Shard,
  bytes: number,
): Promise<void> {
  const rates = readRates(stack);
  if (rates.bytes === 0 || bytes === 0) return;
  await fromShare(stack, stream, `read/${shard.number}`, rates, (share) => {
    return { left: { ...share, bytes: share.bytes - bytes }, result: undefined };
  });
}

function readRates({ settings: { quotas } }: Stack): Rates {
  return { count: quotas['kinesis.shardReadCalls'], bytes: quotas['kinesis.shardReadBytes'] };
}

function isLimited({ count, bytes }: Rates): boolean {
  return count > 0 || bytes > 0;
}

const shares = new WeakMap<Stack, Map<string, Share>>();
/** Other nodes may be faster so often; then so much is asked of the shard that it is too much. */
const MOST_TRIES = 50;

async function fromShare<Result>(
  stack: Stack,
  stream: Stream,
  key: string,
  rates: Rates,
  take: (share: Share) => Taking<Result>,
): Promise<Result> {
  const nowMs = stack.clock.nowMs();
  if (!stack.storage.shared) {
    const own = shares.get(stack) ?? new Map<string, Share>();
    shares.set(stack, own);
    const { left, result } = take(filled(own.get(`${stream.id}/${key}`), rates, nowMs));
    own.set(`${stream.id}/${key}`, left);
    return result;
  }
  const rows = storeOf(stack).shares;
  return untilWon(
    async () => {
      const row = await rows.get(stream.id, key);
      const { left, result } = take(filled(row?.value, rates, nowMs));
      await stack.storage.commit([rows.put(stream.id, key, left, row?.version ?? 0)]);
      return result;
    },
    () => fault('ProvisionedThroughputExceededException', 'Rate exceeded.'),
    MOST_TRIES,
  );
}

/** A share as it is now. What is not limited stays full. */
function filled(before: Share | undefined, rates: Rates, nowMs: number): Share {
  const atMs = Math.max(nowMs, before?.atMs ?? nowMs);
  const passed = (atMs - (before?.atMs ?? atMs)) / 1000;
  const level = (rate: number, left: number | undefined) => {
    if (rate === 0) return Number.MAX_SAFE_INTEGER;
    return Math.min(rate, (left ?? rate) + passed * rate);
  };
  return {
    count: level(rates.count, before?.count),
    bytes: level(rates.bytes, before?.bytes),
    atMs,
  };
}

/** The writes that go with the end of a stream. */
export async function forgettingShares(stack: Stack, stream: Stream): Promise<readonly Write[]> {
  if (!stack.storage.shared) return [];
  const { shares: rows } = storeOf(stack);
  return (await rows.list(stream.id)).map(({ key }) => rows.remove(stream.id, key));
}
