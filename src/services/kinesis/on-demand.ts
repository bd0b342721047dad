/**
 * On-demand streams see to their shards themselves: they take twice as much as they have had to.
 *
 * When a minute's watch is over, and twice of what came in it is more than the shards take, they
 * are doubled until it is not. They do not become fewer again: on AWS a peak counts for 30 days.
 * https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html
 */
import type { Job } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import { parseStreamArn } from './arns.ts';
import { findStream } from './lookup.ts';
import { type Level, SCALE_OUT, WATCHED_MS, type Watch } from './on-demand-watch.ts';
import { dataBytes } from './records.ts';
import { logOf, openShards, type Stream } from './store.ts';
import { updating } from './transitions.ts';

/** What a shard takes in a second. */
const SHARD_RECORDS = 1_000;
const SHARD_BYTES = 2 ** 20;
/** "By default up to 200 MB/s and 200,000 records per second." */
const MOST_SHARDS = 200;

const scaleOut: Job = async (stack, { note }) => {
  const { arn, id, sinceMs, levels }: Watch = JSON.parse(note);
  const address = parseStreamArn(arn);
  const found = address && (await findStream(stack, address));
  if (found?.row.value.id !== id) return [];
  const stream = found.row.value;
  if (stream.mode !== 'ON_DEMAND' || stream.status !== 'ACTIVE') return [];
  const seconds = Math.max(WATCHED_MS, stack.clock.nowMs() - sinceMs) / 1000;
  const loads = await Promise.all(levels.map((level) => loadSince(stack, stream, level)));
  const records = sum(loads.map((load) => load.records)) / seconds;
  const bytes = sum(loads.map((load) => load.bytes)) / seconds;
  const needed = 2 * Math.max(records / SHARD_RECORDS, bytes / SHARD_BYTES);
  const open = openShards(stream).length;
  const to = Math.min(MOST_SHARDS, doubled(open, Math.max(needed, stream.warmMiBps ?? 0)));
  return to > open ? updating(stack, found, {}, { kind: 'scale', to }) : [];
};

/** What came into a shard; as large as its newest record, where a log keeps more than the data. */
async function loadSince(stack: Stack, stream: Stream, [number, next, bytes]: Level) {
  const log = logOf(stream, { number });
  const now = await stack.storage.bounds(log);
  const [newest] = await stack.storage.read(log, { from: now.next - 1, max: 1 });
  const share = newest ? dataBytes(newest) / Math.max(1, newest.body.length) : 1;
  return {
    records: Math.max(0, now.next - next),
    bytes: Math.max(0, now.bytes - bytes) * share,
  };
}

function doubled(from: number, needed: number): number {
  let count = from;
  while (count < needed) count *= 2;
  return count;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export const onDemandJobs: Readonly<Record<string, Job>> = { [SCALE_OUT]: scaleOut };
