/**
 * Streams: made, described, listed, deleted.
 * https://docs.aws.amazon.com/streams/latest/dev/working-with-streams.html
 */
import type { Stack } from '../../delivery/stack.ts';
import type { CreateStreamInput, Operations } from '../../wire/types/kinesis.ts';
import type { Call } from '../call.ts';
import { type Page, pageOf } from '../paging.ts';
import type { Operation } from '../service.ts';
import type { StreamAddress } from './arns.ts';
import { change } from './change.ts';
import { describeShard, describeStream } from './describing.ts';
import { fault, invalid, notBuilt } from './errors.ts';
import { checkRoom } from './limits.ts';
import { activeStream, type Found, findStream, knownStream, named } from './lookup.ts';
import { firstShards } from './resharding.ts';
import { SHORTEST_HOURS, sweeping } from './retention.ts';
import { livingShards, openShards, partitionOf, type Stream, storeOf } from './store.ts';
import { checkTags } from './tag-rules.ts';
import { arriveSoon, departing } from './transitions.ts';

/** An on-demand stream begins with so many shards. */
const ON_DEMAND_SHARDS = 4;
export const DEFAULT_RECORD_KIB = 1024;

export const CreateStream: Operation<Operations['CreateStream']> = async (call, input) => {
  const { stack, account, region } = call;
  const address = { account, region, name: input.StreamName };
  const { mode, count } = modeOf(input);
  if (input.RecordDistributionStrategy === 'AUTO') throw notBuilt('AUTO record distribution');
  checkTags(input.Tags ?? {});
  await change(stack, async () => {
    if (await findStream(stack, address)) {
      const message = `Stream ${address.name} under account ${account} already exists.`;
      throw fault('ResourceInUseException', message);
    }
    await checkRoom(call, mode, count);
    const stream = newStream(stack, address, mode, count, input);
    const writes = [...departing(stack, address, stream, 0), sweeping(stack, address, stream.id)];
    return { writes, answer: undefined };
  });
  await arriveSoon(stack, address);
  return {};
};

function modeOf({ StreamModeDetails, ShardCount, WarmThroughputMiBps }: CreateStreamInput) {
  const mode = StreamModeDetails?.StreamMode ?? 'PROVISIONED';
  if (mode === 'ON_DEMAND') {
    if (ShardCount === undefined) return { mode, count: ON_DEMAND_SHARDS };
    throw invalid('ShardCount must not be specified for a stream in On-Demand mode.');
  }
  if (WarmThroughputMiBps !== undefined) {
    throw invalid('WarmThroughputMiBps is for streams in On-Demand mode only.');
  }
  if (ShardCount !== undefined) return { mode, count: ShardCount };
  throw invalid('ShardCount must be specified for a stream in Provisioned mode.');
}

function newStream(
  stack: Stack,
  { name }: StreamAddress,
  mode: Stream['mode'],
  count: number,
  input: CreateStreamInput,
): Stream {
  const { ids, clock } = stack;
  const createdAtMs = clock.nowMs();
  return {
    name,
    id: `${ids.hex(10)}-${ids.hex(2).slice(1)}`,
    createdAtMs,
    status: 'CREATING',
    mode,
    retentionHours: SHORTEST_HOURS,
    ...firstShards(count, createdAtMs),
    metrics: [],
    maxRecordKiB: input.MaxRecordSizeInKiB ?? DEFAULT_RECORD_KIB,
    warmMiBps: input.WarmThroughputMiBps,
    tags: input.Tags ?? {},
    countedAtMs: [],
    modeSetAtMs: [],
  };
}

export const DeleteStream: Operation<Operations['DeleteStream']> = async (call, input) => {
  const { stack } = call;
  const address = await change(stack, async () => {
    const found = await activeStream(call, input);
    const { value: stream, version } = found.row;
    const consumers = await storeOf(stack).consumers.list(stream.id);
    if (consumers.length > 0 && !input.EnforceConsumerDeletion) throw hasConsumers(found);
    const leaving: Stream = { ...stream, status: 'DELETING' };
    const writes = departing(stack, found.address, leaving, version);
    return { writes, answer: found.address };
  });
  await arriveSoon(stack, address);
  return {};
};

/** In AWS's words, as seen in rebuy-de/aws-nuke#497. */
function hasConsumers(found: Found) {
  const { name, account } = named(found);
  return fault(
    'ResourceInUseException',
    `DeleteStream can’t delete ${account}:${name} because there are consumers associated with ` +
      `this data stream. To delete ${name} anyway, set the EnforceConsumerDeletion parameter to ` +
      'true to force the deletion of all the consumers that are associated with it.',
  );
}

const DESCRIBED_SHARDS = 100;

export const DescribeStream: Operation<Operations['DescribeStream']> = async (call, input) => {
  const found = await knownStream(call, input);
  const stream = found.row.value;
  const shards = livingShards(stream, call.stack.clock.nowMs());
  const { ExclusiveStartShardId: after = '', Limit: limit = DESCRIBED_SHARDS } = input;
  const following = shards
    .map((shard) => describeShard(stream, shard))
    .filter(({ ShardId }) => ShardId > after);
  const isReady = stream.status !== 'CREATING';
  return {
    StreamDescription: {
      ...describeStream(found),
      Shards: isReady ? following.slice(0, limit) : [],
      HasMoreShards: isReady && following.length > limit,
    },
  };
};

export const DescribeStreamSummary: Operation<Operations['DescribeStreamSummary']> = async (
  call,
  input,
) => {
  const found = await knownStream(call, input);
  const stream = found.row.value;
  const consumers = await storeOf(call.stack).consumers.list(stream.id);
  const { warmMiBps } = stream;
  return {
    StreamDescriptionSummary: {
      ...describeStream(found),
      StreamId: stream.id,
      OpenShardCount: stream.status === 'CREATING' ? 0 : openShards(stream).length,
      ConsumerCount: consumers.length,
      MaxRecordSizeInKiB: stream.maxRecordKiB,
      ...(warmMiBps !== undefined && {
        WarmThroughput: { TargetMiBps: warmMiBps, CurrentMiBps: warmMiBps },
      }),
    },
  };
};

const LISTED_STREAMS = 100;

export const ListStreams: Operation<Operations['ListStreams']> = async (call, input) => {
  const { ExclusiveStartStreamName: after = '', NextToken: token, Limit } = input;
  const rows = await storeOf(call.stack).streams.list(partitionOf(call));
  const all = rows.filter(({ key }) => token !== undefined || key > after);
  const { items, token: next } = page(call, all, Limit ?? LISTED_STREAMS, token);
  return {
    StreamNames: items.map(({ key }) => key),
    HasMoreStreams: next !== undefined,
    NextToken: next,
    StreamSummaries: items.map((row) => {
      const { account, region } = call;
      const described = describeStream({ address: { account, region, name: row.key }, row });
      const { StreamName, StreamARN, StreamStatus, StreamModeDetails } = described;
      const { StreamCreationTimestamp } = described;
      return { StreamName, StreamARN, StreamStatus, StreamModeDetails, StreamCreationTimestamp };
    }),
  };
};

function page<Item extends { readonly key: string }>(
  call: Call,
  all: readonly Item[],
  limit: number,
  token: string | undefined,
): Page<Item> {
  const asked = [call.operation, call.account, call.region];
  const found = pageOf(all, ({ key }) => key, { asked, limit, token });
  if (!found) throw invalid('The NextToken is invalid.');
  return found;
}
