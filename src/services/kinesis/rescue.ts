/**
 * Records that a delivery has put into a shard after its mark, because the shard was closed while
 * the delivery was under way. A client's record is put again by its own request; a delivery's
 * commit is also its end, so a job looks after it: a moment later, and exactly once.
 */
import { type Job, schedule, TIMETABLE } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Write } from '../../storage/storage.ts';
import { parseStreamArn, type StreamAddress, streamArn } from './arns.ts';
import { findStream } from './lookup.ts';
import { endOf } from './marks.ts';
import { appends } from './placing.ts';
import { type Draft, dataOf, ownId } from './records.ts';
import { logOf, type Shard, type Stream } from './store.ts';

const RESCUE = 'kinesis/rescue';
/** Between a delivery's look at the stream and its commit lie milliseconds. */
const AFTER_MS = 1_000;
/** Far more than deliveries can be under way. */
const MOST = 10_000;

/** The write that makes the job run after shards were closed. */
export function rescueSoon(stack: Stack, address: StreamAddress, id: string): Write {
  const nowMs = stack.clock.nowMs();
  const note = JSON.stringify([streamArn(address), id, nowMs]);
  return schedule(stack, TIMETABLE, RESCUE, note, nowMs + AFTER_MS);
}

const rescue: Job = async (stack, { note }) => {
  const [arn, id, sinceMs] = JSON.parse(note) as readonly [string, string, number];
  const address = parseStreamArn(arn);
  const stream = (address && (await findStream(stack, address)))?.row.value;
  if (stream?.id !== id) return [];
  const closed = stream.shards.filter((shard) => (shard.closed?.atMs ?? 0) >= sinceMs);
  const late = await Promise.all(closed.map((shard) => lateIn(stack, stream, shard)));
  return appends(stack, stream, late.flat());
};

async function lateIn({ storage }: Stack, stream: Stream, shard: Shard): Promise<Draft[]> {
  if (!shard.closed) return [];
  const end = await endOf(storage, stream, shard, shard.closed);
  const entries = await storage.read(logOf(stream, shard), { from: end + 1, max: MOST });
  return entries.flatMap((entry): Draft[] => {
    const id = ownId(entry);
    return id === undefined ? [] : [{ id, data: dataOf(entry), partitionKey: entry.key ?? '' }];
  });
}

export const rescueJobs: Readonly<Record<string, Job>> = { [RESCUE]: rescue };
