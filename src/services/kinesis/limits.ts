/**
 * How many shards and on-demand streams an account may have.
 * https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
 */
import type { Operations, StreamMode } from '../../wire/types/kinesis.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { fault } from './errors.ts';
import { openShards, partitionOf, type Stream, storeOf } from './store.ts';

export const DescribeLimits: Operation<Operations['DescribeLimits']> = async (call) => {
  const { shards, onDemand } = count(await streamsOf(call));
  const { quotas } = call.stack.settings;
  return {
    ShardLimit: quotas['kinesis.shardsPerAccount'],
    OpenShardCount: shards,
    OnDemandStreamCount: onDemand,
    OnDemandStreamCountLimit: quotas['kinesis.onDemandStreams'],
  };
};

async function streamsOf({ stack, ...call }: Call): Promise<readonly Stream[]> {
  const rows = await storeOf(stack).streams.list(partitionOf(call));
  return rows.map(({ value }) => value);
}

/** Shards of on-demand streams count for nothing. */
function count(streams: readonly Stream[]) {
  const provisioned = streams.filter(({ mode }) => mode === 'PROVISIONED');
  const shards = provisioned.reduce((sum, stream) => sum + openShards(stream).length, 0);
  return { shards, onDemand: streams.length - provisioned.length };
}

/** Streams that may be CREATING at once. */
const MOST_CREATING = 5;

/** Refuses a stream for which there is no room. */
export async function checkRoom(call: Call, mode: StreamMode, wanted: number): Promise<void> {
  const streams = await streamsOf(call);
  const creating = streams.filter(({ status }) => status === 'CREATING').length;
  if (creating >= MOST_CREATING) {
    throw fault('LimitExceededException', 'Too many streams are being created at the same time.');
  }
  if (mode === 'PROVISIONED') return refuseAbove(call, streams, wanted);
  const most = call.stack.settings.quotas['kinesis.onDemandStreams'];
  if (count(streams).onDemand < most) return;
  const message = `This request would exceed the limit of ${most} On-Demand streams.`;
  throw fault('LimitExceededException', `${message} Account: ${call.account}.`);
}

/** Refuses shards beyond those that the account may have. */
export async function checkShardRoom(call: Call, wanted: number): Promise<void> {
  refuseAbove(call, await streamsOf(call), wanted);
}

/** In AWS's words, as seen in mhart/kinesalite#72. */
function refuseAbove(call: Call, streams: readonly Stream[], wanted: number): void {
  const limit = call.stack.settings.quotas['kinesis.shardsPerAccount'];
  const { shards } = count(streams);
  if (shards + wanted <= limit) return;
  throw fault(
    'LimitExceededException',
    `This request would exceed the shard limit for the account ${call.account} in ` +
      `${call.region}. Current shard count for the account: ${shards}. Limit: ${limit}. Number ` +
      `of additional shards that would have resulted from this request: ${wanted}. Refer to the ` +
      'AWS Service Limits page ' +
      '(http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current ' +
      'limits and how to request higher limits.',
  );
}
