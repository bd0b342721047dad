/**
 * Reading a shard from a position on: what is past retention is left out, and nothing behind the
 * mark of a closed shard is ever seen.
 */
import type { Stack } from '../../delivery/stack.ts';
import type { LogEntry } from '../../storage/storage.ts';
import { dataBytes, isMark } from './records.ts';
import { horizonMs, logOf, type Shard, type Stream } from './store.ts';

export interface ShardRead {
  readonly from: number;
  readonly max: number;
  /** Of data; one record is given whatever its size. */
  readonly maxBytes: number;
}

export interface ShardPage {
  /** See records.ts for what their bodies hold. */
  readonly entries: readonly LogEntry[];
  readonly bytes: number;
  /** Where to read on. */
  readonly next: number;
  /** The shard is closed, and there is nothing more in it. */
  readonly ended: boolean;
  /** How far the reader is behind the newest record; 0 when it has read that. */
  readonly behindMs: number;
}

/** Records that are read at once; more would make a page of large ones too large to hold. */
const FIRST_STEP = 64;
const LARGEST_STEP = 512;

export async function readShard(
  stack: Stack,
  stream: Stream,
  shard: Shard,
  { from, max, maxBytes }: ShardRead,
): Promise<ShardPage> {
  const nowMs = stack.clock.nowMs();
  const end = shard.closed?.position ?? Number.POSITIVE_INFINITY;
  const log = logOf(stream, shard);
  const entries: LogEntry[] = [];
  let bytes = 0;
  let next = from;
  let step = FIRST_STEP;
  let sinceMs: number | undefined = horizonMs(stream, nowMs);
  for (let hasMore = next < end && max > 0; hasMore; ) {
    const wanted = Math.min(step, max - entries.length);
    const asked = { from: next, max: wanted, ...(sinceMs !== undefined && { sinceMs }) };
    const read = await stack.storage.read(log, asked);
    for (const entry of read) {
      const size = dataBytes(entry);
      const isTooMuch = bytes + size > maxBytes && entries.length > 0;
      if (entry.position >= end || isMark(entry) || isTooMuch) break;
      entries.push(entry);
      bytes += size;
      next = entry.position + 1;
    }
    const isWhole = read.length === wanted && next === (read.at(-1)?.position ?? 0) + 1;
    hasMore = isWhole && entries.length < max && bytes < maxBytes;
    sinceMs = undefined; // Those that follow are younger.
    step = Math.min(step * 2, LARGEST_STEP);
  }
  return pageOf(stack, stream, shard, { entries, bytes, next }, nowMs);
}

async function pageOf(
  stack: Stack,
  stream: Stream,
  shard: Shard,
  page: Pick<ShardPage, 'entries' | 'bytes' | 'next'>,
  nowMs: number,
): Promise<ShardPage> {
  const { entries } = page;
  const end = shard.closed?.position;
  // Nothing was found, so that nothing is left before the end.
  const next = entries.length === 0 && end !== undefined ? Math.max(page.next, end) : page.next;
  const limit = end ?? (await stack.storage.bounds(logOf(stream, shard))).next;
  const last = entries.at(-1);
  const hasMore = next < limit && last !== undefined;
  // A reader that has more to read is behind, be it in the same millisecond.
  const behindMs = hasMore ? Math.max(1, nowMs - last.atMs) : 0;
  return { ...page, next, ended: end !== undefined && next >= end, behindMs };
}
