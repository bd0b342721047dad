/**
 * How long records are kept. Those past retention are not read from that moment on; a job every
 * hour lets go of them, and of closed shards that have none left.
 * https://docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html
 */
import { type Job, schedule, TIMETABLE } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Write } from '../../storage/storage.ts';
import type { Operations } from '../../wire/types/kinesis.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { parseStreamArn, type StreamAddress, streamArn } from './arns.ts';
import { change } from './change.ts';
import { invalid } from './errors.ts';
import { activeStream, findStream, type StreamInput } from './lookup.ts';
import { horizonMs, livingShards, logOf, partitionOf, storeOf } from './store.ts';
import { arriveSoon, updating } from './transitions.ts';

export const SHORTEST_HOURS = 24;
const LONGEST_HOURS = 8760;

type Input = StreamInput & { readonly RetentionPeriodHours: number };

export const IncreaseStreamRetentionPeriod: Operation<
  Operations['IncreaseStreamRetentionPeriod']
> = (call, input) =>
  setRetention(call, input, (hours, before, name) => {
    if (hours >= before) return;
    throw invalid(
      `Requested retention period (${hours} hours) for stream ${name} can not be shorter than ` +
        `existing retention period (${before} hours). Use DecreaseRetentionPeriod API.`,
    );
  });

export const DecreaseStreamRetentionPeriod: Operation<
  Operations['DecreaseStreamRetentionPeriod']
> = (call, input) =>
  setRetention(call, input, (hours, before, name) => {
    if (hours <= before) return;
    throw invalid(
      `Requested retention period (${hours} hours) for stream ${name} can not be longer than ` +
        `existing retention period (${before} hours). Use IncreaseRetentionPeriod API.`,
    );
  });

async function setRetention(
  call: Call,
  input: Input,
  check: (hours: number, before: number, name: string) => void,
) {
  const { RetentionPeriodHours: hours } = input;
  const { stack } = call;
  const address = await change(stack, async () => {
    const found = await activeStream(call, input);
    checkHours(hours);
    check(hours, found.row.value.retentionHours, found.address.name);
    return { writes: updating(stack, found, { retentionHours: hours }), answer: found.address };
  });
  await arriveSoon(stack, address);
  return {};
}

function checkHours(hours: number): void {
  const requested = `Requested retention period (${hours} hours)`;
  if (hours < SHORTEST_HOURS) {
    const least = `Minimum allowed retention period is ${SHORTEST_HOURS} hours.`;
    throw invalid(`${least} ${requested} is too short.`);
  }
  if (hours > LONGEST_HOURS) {
    const most = `Maximum allowed retention period is ${LONGEST_HOURS} hours.`;
    throw invalid(`${most} ${requested} is too long.`);
  }
}

// ---------------------------------------------------------------- letting go

const SWEEP = 'kinesis/sweep';
const EVERY_MS = 3_600_000;

/** The write that begins a stream's sweeps; they end with the stream. */
export function sweeping(stack: Stack, address: StreamAddress, id: string): Write {
  const note = JSON.stringify([streamArn(address), id]);
  return schedule(stack, TIMETABLE, SWEEP, note, stack.clock.nowMs() + EVERY_MS);
}

const sweep: Job = async (stack, { note }) => {
  const [arn = '', id = ''] = JSON.parse(note) as readonly string[];
  const address = parseStreamArn(arn);
  const found = address && (await findStream(stack, address));
  if (!address || found?.row.value.id !== id) return [];
  const { value: stream, version } = found.row;
  const nowMs = stack.clock.nowMs();
  const beforeMs = horizonMs(stream, nowMs);
  const living = new Set(livingShards(stream, nowMs));
  const trims = stream.shards.map((shard): Write => {
    const log = logOf(stream, shard);
    return living.has(shard) ? { kind: 'trim', log, beforeMs } : { kind: 'trim', log, keep: 0 };
  });
  const again = sweeping(stack, address, id);
  // A stream on its way is left as it is; its shards will be gone through next time.
  if (living.size === stream.shards.length || stream.status !== 'ACTIVE') return [...trims, again];
  const left = { ...stream, shards: [...living] };
  const put = storeOf(stack).streams.put(partitionOf(address), stream.name, left, version);
  return [put, ...trims, again];
};

export const retentionJobs: Readonly<Record<string, Job>> = { [SWEEP]: sweep };
