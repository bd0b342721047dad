/**
 * GetShardIterator.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html
 */
import type { Operations } from '../../wire/types/kinesis.ts';
import type { Operation } from '../service.ts';
import { checkDryRun } from './dry-runs.ts';
import { writeIterator } from './iterators.ts';
import { knownShard, usableStream } from './lookup.ts';
import { positionOf } from './positions.ts';

export const GetShardIterator: Operation<Operations['GetShardIterator']> = async (call, input) => {
  const { stack } = call;
  const found = await usableStream(call, input);
  const shard = knownShard(stack, found, input.ShardId);
  const position = await positionOf(stack, found, shard, {
    type: input.ShardIteratorType,
    sequenceNumber: input.StartingSequenceNumber,
    timestampMs: input.Timestamp,
  });
  checkDryRun(input);
  const iterator = writeIterator({
    address: found.address,
    streamId: found.row.value.id,
    shard: shard.number,
    position,
    madeAtMs: stack.clock.nowMs(),
  });
  return { ShardIterator: iterator };
};
