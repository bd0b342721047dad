/**
 * Which streams there are, and of which shards they consist.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_DescribeStream.html
 */
import {
  type ChangeStream,
  changeStreams,
  sequenceNumber,
  startingSequenceNumber,
  streamPlace,
} from '../../delivery/change-streams.ts';
import type {
  DescribeStreamInput,
  Operations,
  Shard as ShardAnswer,
} from '../../wire/types/dynamodbstreams.ts';
import type { Operation } from '../service.ts';
import { checkLimit, invalid } from './errors.ts';
import { isReadable, knownStream } from './lookup.ts';
import { type Shard, shardsOf } from './shards.ts';

/** Streams or shards of one answer. */
const PAGE = 100;

export const ListStreams: Operation<Operations['ListStreams']> = async (call, input) => {
  const { TableName: table, Limit = PAGE, ExclusiveStartStreamArn: start } = input;
  const { storage, clock } = call.stack;
  checkLimit(Limit, PAGE);
  const nowMs = clock.nowMs();
  const all = (await changeStreams(storage).list(streamPlace(call)))
    .map(({ value }) => value)
    .filter((stream) => table === undefined || stream.table === table)
    .filter((stream) => isReadable(stream, nowMs))
    .toSorted((one, other) => (one.arn < other.arn ? -1 : 1))
    .filter(({ arn }) => start === undefined || arn > start);
  const page = all.slice(0, Limit);
  const last = page.length < all.length ? page.at(-1) : undefined;
  return {
    Streams: page.map(({ arn, table: TableName, label }) => ({
      StreamArn: arn,
      TableName,
      StreamLabel: label,
    })),
    LastEvaluatedStreamArn: last?.arn,
  };
};

export const DescribeStream: Operation<Operations['DescribeStream']> = async (call, input) => {
  const stream = await knownStream(call, input.StreamArn);
  const { Limit = PAGE, ExclusiveStartShardId: start } = input;
  checkLimit(Limit, PAGE);
  // Ids begin with the moment of opening, so the order of the ids is that of the shards.
  const all = chosen(await shardsOf(call.stack, stream), input).filter(
    ({ id }) => start === undefined || id > start,
  );
  const page = all.slice(0, Limit);
  const last = page.length < all.length ? page.at(-1) : undefined;
  return {
    StreamDescription: {
      ...descriptionOf(stream),
      Shards: page.map(shardAnswer),
      LastEvaluatedShardId: last?.id,
    },
  };
};

function chosen(shards: readonly Shard[], { ShardFilter: filter }: DescribeStreamInput) {
  if (!filter) return shards;
  const { Type: type, ShardId: id } = filter;
  // The words are ours.
  if (type !== 'CHILD_SHARDS' || id === undefined) {
    throw invalid('ShardFilter needs the Type CHILD_SHARDS and a ShardId.');
  }
  return shards.filter(({ parent }) => parent === id);
}

function descriptionOf(stream: ChangeStream) {
  return {
    StreamArn: stream.arn,
    StreamLabel: stream.label,
    StreamStatus: stream.disabledAtMs === undefined ? 'ENABLED' : 'DISABLED',
    StreamViewType: stream.view,
    CreationRequestDateTime: stream.enabledAtMs,
    TableName: stream.table,
    KeySchema: stream.keySchema,
  } as const;
}

/** A closed shard without records ends where it starts (observed). */
function shardAnswer(shard: Shard): ShardAnswer {
  const { id, parent, from, until } = shard;
  const start = startingSequenceNumber(shard);
  const end = until !== undefined && until > from ? sequenceNumber(until - 1) : start;
  return {
    ShardId: id,
    ParentShardId: parent,
    SequenceNumberRange: {
      StartingSequenceNumber: start,
      ...(until !== undefined && { EndingSequenceNumber: end }),
    },
  };
}
