/**
 * Settings of a stream that take a moment: mode, largest record, warm throughput.
 * https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html
 */
import type { Operations } from '../../wire/types/kinesis.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { streamArn } from './arns.ts';
import { change } from './change.ts';
import { fault, invalid } from './errors.ts';
import { checkRoom } from './limits.ts';
import { activeStream, named, type StreamInput } from './lookup.ts';
import { openShards, type Stream } from './store.ts';
import { arriveSoon, updating } from './transitions.ts';

/** Changes an ACTIVE stream, which is UPDATING for a while. */
export async function setStream(
  call: Call,
  input: StreamInput,
  plan: (stream: Stream) => Partial<Stream> | Promise<Partial<Stream>>,
) {
  const { stack } = call;
  const address = await change(stack, async () => {
    const found = await activeStream(call, input);
    const writes = updating(stack, found, await plan(found.row.value));
    return { writes, answer: found.address };
  });
  await arriveSoon(stack, address);
  return {};
}

const DAY_MS = 24 * 3_600_000;
/** Of one stream in 24 hours. */
const MOST_MODES = 2;

export const UpdateStreamMode: Operation<Operations['UpdateStreamMode']> = (call, input) =>
  setStream(call, input, async (stream) => {
    const { StreamMode: mode } = input.StreamModeDetails;
    const { WarmThroughputMiBps: warm } = input;
    if (warm !== undefined && mode !== 'ON_DEMAND') {
      throw invalid('WarmThroughputMiBps is for streams in On-Demand mode only.');
    }
    const warmMiBps = mode === 'ON_DEMAND' ? (warm ?? stream.warmMiBps) : undefined;
    if (mode === stream.mode) return { warmMiBps };
    const nowMs = call.stack.clock.nowMs();
    const modeSetAtMs = stream.modeSetAtMs.filter((atMs) => atMs > nowMs - DAY_MS);
    if (modeSetAtMs.length >= MOST_MODES) {
      const message = `can be changed at most ${MOST_MODES} times in 24 hours.`;
      throw fault('LimitExceededException', `The mode of stream ${stream.name} ${message}`);
    }
    await checkRoom(call, mode, openShards(stream).length);
    return { mode, warmMiBps, modeSetAtMs: [...modeSetAtMs, nowMs] };
  });

export const UpdateMaxRecordSize: Operation<Operations['UpdateMaxRecordSize']> = (call, input) =>
  setStream(call, input, () => ({ maxRecordKiB: input.MaxRecordSizeInKiB }));

export const UpdateStreamWarmThroughput: Operation<
  Operations['UpdateStreamWarmThroughput']
> = async (call, input) => {
  const { WarmThroughputMiBps: warmMiBps } = input;
  const { address } = await activeStream(call, input);
  await setStream(call, input, (stream) => {
    if (stream.mode === 'ON_DEMAND') return { warmMiBps };
    const { name, account } = named({ address });
    const message = `Stream ${name} under account ${account} is not in On-Demand mode.`;
    throw fault('ValidationException', `Request is invalid. ${message}`);
  });
  return {
    StreamARN: streamArn(address),
    StreamName: address.name,
    WarmThroughput: { TargetMiBps: warmMiBps, CurrentMiBps: warmMiBps },
  };
};
