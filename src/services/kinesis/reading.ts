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

/** Characters that a byte of data takes at most, in base64. */
const CHARS_PER_BYTE = 4 / 3;

export async function readShard(
  stack: Stack,
  stream: Stream,
  shard: Shard,
  { from, max, maxBytes }: ShardRead,
): Promise<ShardPage> {
  const { storage, clock } = stack;
  const nowMs = clock.nowMs();
  const log = logOf(stream, shard);
  const { closed } = shard;
  const end = closed ? await endOf(storage, stream, shard, closed) : undefined;
  const asked = {
    from,
    max,
    sinceMs: horizonMs(stream, nowMs),
    maxChars: maxBytes * CHARS_PER_BYTE,
  };
  const entries: LogEntry[] = [];
  let bytes = 0;
  for (const entry of await storage.read(log, asked)) {
    const size = dataBytes(entry);
    const isTooMuch = bytes + size > maxBytes && entries.length > 0;
    const isBehind = end !== undefined && entry.position >= end;
    if (isBehind || isMark(entry) || isTooMuch) break;
    entries.push(entry);
    bytes += size;
  }
  const last = entries.at(-1);
  let next = last ? last.position + 1 : from;
  // Where nothing was found, nothing is left before the end.
  if (!last && end !== undefined) next = Math.max(next, end);
  const limit = end ?? (await storage.bounds(log)).next;
  // A reader that has more to read is behind, be it in the same millisecond.
  const behindMs = last && next < limit ? Math.max(1, nowMs - last.atMs) : 0;
  return { entries, bytes, next, behindMs, ended: end !== undefined && next >= end };
}
