/**
 * Records that a delivery has put into a shard after its mark, because the shard was closed while
 * the delivery was under way. A client's record is put again by its own request; a delivery's
 * commit is also its end, so a job looks after it: a moment later and a minute later, and each
 * record exactly once.
 */
import { type Job, schedule, TIMETABLE } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { LogEntry, Write } from '../../storage/storage.ts';
import { parseStreamArn, type StreamAddress, streamArn } from './arns.ts';
import { findStream } from './lookup.ts';
import { endOf } from './marks.ts';
import { appends } from './placing.ts';
import { type Draft, dataOf, ownId } from './records.ts';
import { logOf, type Shard, type Stream } from './store.ts';

const RESCUE = 'kinesis/rescue';
/**
 * Between a delivery's look at the stream and its commit lie milliseconds, but a node that was
 * paused in between may come late.
 */
const ROUNDS_MS = [1_000, 60_000];
/** Far more than deliveries can be under way. */
const MOST = 10_000;

interface Note {
  readonly arn: string;
  readonly id: string;
  readonly sinceMs: number;
  /** Rounds that are over. */
  readonly rounds: number;
  /** By number of a shard, the position that the rounds have come to. */
  readonly seen: Readonly<Record<number, number>>;
}

/** The write that makes the job run after shards were closed. */
export function rescueSoon(stack: Stack, address: StreamAddress, id: string): Write {
  const sinceMs = stack.clock.nowMs();
  return nextRound(stack, { arn: streamArn(address), id, sinceMs, rounds: 0, seen: {} });
}

function nextRound(stack: Stack, note: Note): Write {
  const atMs = note.sinceMs + (ROUNDS_MS[note.rounds] ?? 0);
  return schedule(stack, TIMETABLE, RESCUE, JSON.stringify(note), atMs);
}

const rescue: Job = async (stack, { note: text }) => {
  const note: Note = JSON.parse(text);
  const address = parseStreamArn(note.arn);
  const stream = (address && (await findStream(stack, address)))?.row.value;
  if (stream?.id !== note.id) return [];
  const closed = stream.shards.filter((shard) => (shard.closed?.atMs ?? 0) >= note.sinceMs);
  const seen: Record<number, number> = { ...note.seen };
  const drafts: Draft[] = [];
  for (const shard of closed) {
    const late = await lateIn(stack, stream, shard, seen[shard.number]);
    drafts.push(...draftsOf(late));
    const last = late.at(-1);
    if (last) seen[shard.number] = last.position;
  }
  const writes = appends(stack, stream, drafts);
  const rounds = note.rounds + 1;
  return rounds < ROUNDS_MS.length
    ? [...writes, nextRound(stack, { ...note, rounds, seen })]
    : writes;
};

/** What stands behind a shard's mark, and behind what was seen before. */
async function lateIn(
  { storage }: Stack,
  stream: Stream,
  shard: Shard,
  seen: number | undefined,
): Promise<readonly LogEntry[]> {
  if (!shard.closed) return [];
  const after = seen ?? (await endOf(storage, stream, shard, shard.closed));
  return storage.read(logOf(stream, shard), { from: after + 1, max: MOST });
}

/** Those of deliveries, which have ids; a client's were put again by its own request. */
function draftsOf(entries: readonly LogEntry[]): readonly Draft[] {
  return entries.flatMap((entry): Draft[] => {
    const id = ownId(entry);
    return id === undefined ? [] : [{ id, data: dataOf(entry), partitionKey: entry.key ?? '' }];
  });
}

export const rescueJobs: Readonly<Record<string, Job>> = { [RESCUE]: rescue };
