/**
 * The watch over what is written to an on-demand stream; see on-demand.ts. The first put that
 * finds nobody watching begins one: a job in its own commit, which knows how far each log went.
 * It is one for all nodes of a storage, and a stream that nobody writes to costs nothing.
 */
import { schedule, TIMETABLE } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Write } from '../../storage/storage.ts';
import { streamArn } from './arns.ts';
import type { Found } from './lookup.ts';
import { logOf, openShards, type Shard, type Stream } from './store.ts';

export const SCALE_OUT = 'kinesis/scale-out';
export const WATCHED_MS = 60_000;

/** How far a shard's log went when the watch began: its next position, and its bytes. */
export type Level = readonly [shard: number, next: number, bytes: number];

export interface Watch {
  readonly arn: string;
  readonly id: string;
  readonly sinceMs: number;
  readonly levels: readonly Level[];
}

/** When the watches that this process knows of are over, by stream. */
const watches = new WeakMap<Stack, Map<string, number>>();

/** The writes that go with a put: the beginning of a watch, where nobody is watching. */
export async function watching(stack: Stack, { address, row }: Found): Promise<readonly Write[]> {
  const { value: stream } = row;
  if (stream.mode !== 'ON_DEMAND') return [];
  const nowMs = stack.clock.nowMs();
  const known = watches.get(stack) ?? new Map<string, number>();
  watches.set(stack, known);
  if (nowMs < (known.get(stream.id) ?? 0)) return [];
  const untilMs = nowMs + WATCHED_MS;
  known.set(stream.id, untilMs);
  const levels = await Promise.all(
    openShards(stream).map((shard) => levelOf(stack, stream, shard)),
  );
  const note: Watch = { arn: streamArn(address), id: stream.id, sinceMs: nowMs, levels };
  const job = schedule(stack, TIMETABLE, SCALE_OUT, JSON.stringify(note), untilMs);
  // Other nodes do not know of this one's watch, but the queue does.
  return [{ ...job, dedup: { key: `${SCALE_OUT} ${stream.id}`, nowMs, untilMs } }];
}

async function levelOf({ storage }: Stack, stream: Stream, shard: Shard): Promise<Level> {
  const { next, bytes } = await storage.bounds(logOf(stream, shard));
  return [shard.number, next, bytes];
}
