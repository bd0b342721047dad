/**
 * Which metrics a stream has shard by shard. `ALL` stands for every one of them.
 * https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
 */
import type { MetricsName, Operations } from '../../wire/types/kinesis.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { streamArn } from './arns.ts';
import { change } from './change.ts';
import { activeStream, type StreamInput } from './lookup.ts';
import { arriveSoon, updating } from './transitions.ts';

const EVERY: readonly MetricsName[] = [
  'IncomingBytes',
  'OutgoingRecords',
  'IteratorAgeMilliseconds',
  'IncomingRecords',
  'ReadProvisionedThroughputExceeded',
  'WriteProvisionedThroughputExceeded',
  'OutgoingBytes',
];

export const EnableEnhancedMonitoring: Operation<Operations['EnableEnhancedMonitoring']> = (
  call,
  input,
) => setMetrics(call, input, (isOn, isNamed) => isOn || isNamed);

export const DisableEnhancedMonitoring: Operation<Operations['DisableEnhancedMonitoring']> = (
  call,
  input,
) => setMetrics(call, input, (isOn, isNamed) => isOn && !isNamed);

type Input = StreamInput & { readonly ShardLevelMetrics: readonly MetricsName[] };

async function setMetrics(
  call: Call,
  input: Input,
  keeps: (isOn: boolean, isNamed: boolean) => boolean,
) {
  const { stack } = call;
  const { ShardLevelMetrics: given } = input;
  const { address, answer } = await change(stack, async () => {
    const found = await activeStream(call, input);
    const { metrics: before } = found.row.value;
    const isNamed = (name: MetricsName) => given.includes('ALL') || given.includes(name);
    const metrics = EVERY.filter((name) => keeps(before.includes(name), isNamed(name)));
    const answer = {
      StreamName: found.address.name,
      StreamARN: streamArn(found.address),
      CurrentShardLevelMetrics: before,
      DesiredShardLevelMetrics: metrics,
    };
    const writes = updating(stack, found, { metrics });
    return { writes, answer: { address: found.address, answer } };
  });
  await arriveSoon(stack, address);
  return answer;
}
