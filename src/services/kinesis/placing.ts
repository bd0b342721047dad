/**
 * Putting records into the shards of their hash keys.
 *
 * One commit stores them all. A shard may have been closed between the look at the stream and
 * the commit; its records are then behind the shard's mark, where nobody reads, and are put again
 * into the shards that are open now, before the writer hears of them.
 */
import type { Stack } from '../../delivery/stack.ts';
import type { Append, Write } from '../../storage/storage.ts';
import { streamMissing } from './errors.ts';
import { hashOf, shardFor } from './hash-keys.ts';
import { checkUsable, type Found, findStream, named } from './lookup.ts';
import { endOf } from './marks.ts';
import { watching } from './on-demand-watch.ts';
import { appendOf, type Draft } from './records.ts';
import type { Shard, Stream } from './store.ts';

export interface Placed {
  readonly stream: Stream;
  readonly shard: Shard;
  readonly position: number;
}

export function shardOf(stream: Stream, { hashKey, partitionKey }: Draft): Shard {
  return shardFor(stream, () => hashKey ?? hashOf(partitionKey));
}

/** The writes that put records, in their order. */
export function appends(stack: Stack, stream: Stream, drafts: readonly Draft[]): Append[] {
  const atMs = stack.clock.nowMs();
  return drafts.map((draft) => appendOf(stream, shardOf(stream, draft), draft, atMs));
}

/** Puts records into a stream; the answer stands in their order. */
export async function place(
  stack: Stack,
  found: Found,
  drafts: readonly Draft[],
): Promise<readonly Placed[]> {
  const stream = found.row.value;
  const shards = drafts.map((draft) => shardOf(stream, draft));
  const atMs = stack.clock.nowMs();
  const writes = drafts.map((draft, index): Write => {
    return appendOf(stream, shards[index] as Shard, draft, atMs);
  });
  writes.push(...(await watching(stack, found)));
  const receipts = await stack.storage.commit(writes);
  const placed = shards.map((shard, index): Placed => {
    return { stream, shard, position: receipts[index]?.position ?? 0 };
  });
  const now = await findStream(stack, found.address);
  if (now?.row.version === found.row.version) return placed;
  if (now?.row.value.id !== stream.id) throw streamMissing(named(found));
  checkUsable(now);
  return again(stack, now, drafts, placed);
}

/** Puts those again that came too late for their shard. */
async function again(
  stack: Stack,
  now: Found,
  drafts: readonly Draft[],
  placed: readonly Placed[],
): Promise<readonly Placed[]> {
  const late = await lateOnes(stack, now.row.value, placed);
  if (late.length === 0) return placed;
  const anew = await place(
    stack,
    now,
    late.map((index) => drafts[index] as Draft),
  );
  const all = [...placed];
  for (const [at, index] of late.entries()) all[index] = anew[at] as Placed;
  return all;
}

async function lateOnes(
  stack: Stack,
  now: Stream,
  placed: readonly Placed[],
): Promise<readonly number[]> {
  const ends = new Map<number, number>();
  for (const shard of now.shards) {
    if (!shard.closed || !placed.some((one) => one.shard.number === shard.number)) continue;
    ends.set(shard.number, await endOf(stack.storage, now, shard, shard.closed));
  }
  return placed.flatMap(({ shard, position }, index) => {
    return position > (ends.get(shard.number) ?? Number.POSITIVE_INFINITY) ? [index] : [];
  });
}
