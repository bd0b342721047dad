/**
 * Reading a shard from a position on: what is past retention is left out, and nothing behind the
 * mark of a closed shard is ever seen.
 */
import type { Stack } from '../../delivery/stack.ts';
import type { LogEntry } from '../../storage/storage.ts';
import { endOf } from './marks.ts';
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
  const log = logOf(stream, shard);
  const { closed } = shard;
  const end = closed ? await endOf(stack.storage, stream, shard, closed) : undefined;
  const entries: LogEntry[] = [];
  let bytes = 0;
  let next = from;
  let step = FIRST_STEP;
  let sinceMs: number | undefined = horizonMs(stream, nowMs);
  for (let hasMore = end === undefined || next < end; hasMore; ) {
    const wanted = Math.min(step, max - entries.length);
    const asked = { from: next, max: wanted, ...(sinceMs !== undefined && { sinceMs }) };
    const read = await stack.storage.read(log, asked);
    for (const entry of read) {
      const size = dataBytes(entry);
      const isTooMuch = bytes + size > maxBytes && entries.length > 0;
      if (entry.position === end || isMark(entry) || isTooMuch) break;
      entries.push(entry);
      bytes += size;
      next = entry.position + 1;
    }
    const isWhole = read.length === wanted && next === (read.at(-1)?.position ?? 0) + 1;
    hasMore = isWhole && entries.length < max && bytes < maxBytes;
    sinceMs = undefined; // Those that follow are younger.
    step = Math.min(step * 2, LARGEST_STEP);
  }
  // Where nothing was found, nothing is left before the end.
  if (entries.length === 0 && end !== undefined) next = Math.max(next, end);
  const limit = end ?? (await stack.storage.bounds(log)).next;
  const last = entries.at(-1);
  // A reader that has more to read is behind, be it in the same millisecond.
  const behindMs = last && next < limit ? Math.max(1, nowMs - last.atMs) : 0;
  return { entries, bytes, next, behindMs, ended: end !== undefined && next >= end };
}
