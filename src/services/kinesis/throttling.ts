/**
 * What a shard takes and gives in a second, as buckets of tokens; off unless the quotas
 * `kinesis.shardWriteRecords`, `shardWriteBytes`, `shardReadCalls` and `shardReadBytes` are set
 * (AWS: 1,000 and 1 MiB, 5 and 2 MiB). Known to this process only, and forgotten with it.
 * https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
 */
import type { QuotaName } from '../../core/quotas.ts';
import type { Stack } from '../../delivery/stack.ts';
import { logOf, type Shard, type Stream } from './store.ts';

interface Bucket {
  tokens: number;
  atMs: number;
}

const buckets = new WeakMap<Stack, Map<string, Bucket>>();

/** Whether the shard takes another record; if so it is counted. */
export function mayWrite(stack: Stack, stream: Stream, shard: Shard, bytes: number): boolean {
  const records = bucketOf(stack, stream, shard, 'kinesis.shardWriteRecords');
  const volume = bucketOf(stack, stream, shard, 'kinesis.shardWriteBytes');
  if ((records && records.tokens < 1) || (volume && volume.tokens < bytes)) return false;
  if (records) records.tokens -= 1;
  if (volume) volume.tokens -= bytes;
  return true;
}

/** Whether the shard may be read again; if so the call is counted. */
export function mayRead(stack: Stack, stream: Stream, shard: Shard): boolean {
  const calls = bucketOf(stack, stream, shard, 'kinesis.shardReadCalls');
  const volume = bucketOf(stack, stream, shard, 'kinesis.shardReadBytes');
  if ((calls && calls.tokens < 1) || (volume && volume.tokens <= 0)) return false;
  if (calls) calls.tokens -= 1;
  return true;
}

/** One answer may be larger than a second's share; the next ones then wait until that is over. */
export function countRead(stack: Stack, stream: Stream, shard: Shard, bytes: number): void {
  const volume = bucketOf(stack, stream, shard, 'kinesis.shardReadBytes');
  if (volume) volume.tokens -= bytes;
}

/** Filled up to now; undefined where nothing is limited. */
function bucketOf(stack: Stack, stream: Stream, shard: Shard, quota: QuotaName) {
  const perSecond = stack.settings.quotas[quota];
  if (perSecond === 0) return undefined;
  const all = buckets.get(stack) ?? new Map<string, Bucket>();
  buckets.set(stack, all);
  const key = `${quota} ${logOf(stream, shard)}`;
  const nowMs = stack.clock.nowMs();
  const bucket = all.get(key) ?? { tokens: perSecond, atMs: nowMs };
  all.set(key, bucket);
  const added = ((nowMs - bucket.atMs) / 1000) * perSecond;
  bucket.tokens = Math.min(perSecond, bucket.tokens + added);
  bucket.atMs = nowMs;
  return bucket;
}
