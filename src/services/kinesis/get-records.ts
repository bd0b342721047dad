/**
 * GetRecords: what stands in a shard behind an iterator, and the iterator to go on with. There is
 * none at the end of a closed shard, and its children are named in its stead.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
 */
import { ticksMs } from '../../core/clock.ts';
import type * as Kinesis from '../../wire/types/kinesis.ts';
import type { Operation } from '../service.ts';
import { withRecords } from './answered-records.ts';
import { shardId, streamArn } from './arns.ts';
import { childrenOf } from './describing.ts';
import { checkDryRun } from './dry-runs.ts';
import { invalid, rateExceeded, streamMissing } from './errors.ts';
import { countGetRecords, countRefusedRead } from './figures.ts';
import { checkAge, readIterator, writeIterator } from './iterators.ts';
import { knownShard, named, usableStream } from './lookup.ts';
import { readShard } from './reading.ts';
import { countRead, mayRead } from './throttling.ts';

const MOST_RECORDS = 10_000;
const MOST_BYTES = 10 * 1024 * 1024;

export const GetRecords: Operation<Kinesis.Operations['GetRecords']> = async (call, input) => {
  const { stack } = call;
  const sinceMs = ticksMs();
  const iterator = readIterator(input.ShardIterator);
  const arn = streamArn(iterator.address);
  if (input.StreamARN !== undefined && input.StreamARN !== arn) {
    throw invalid('The ShardIterator does not belong to the stream of the StreamARN.');
  }
  const found = await usableStream(call, { StreamARN: arn, StreamId: input.StreamId });
  const stream = found.row.value;
  if (stream.id !== iterator.streamId) throw streamMissing(named(found));
  const nowMs = stack.clock.nowMs();
  checkAge(iterator, nowMs);
  const id = shardId(iterator.shard);
  const shard = knownShard(stack, found, id);
  checkDryRun(input);
  if (!(await mayRead(stack, stream, shard))) {
    countRefusedRead(stack, found, shard);
    throw rateExceeded(id, named(found));
  }
  const page = await readShard(stack, stream, shard, {
    from: iterator.position,
    max: input.Limit ?? MOST_RECORDS,
    maxBytes: MOST_BYTES,
  });
  await countRead(stack, stream, shard, page.bytes);
  countGetRecords(stack, found, shard, page, sinceMs);
  return withRecords(stream, shard, page.entries, {
    ...(page.ended
      ? { ChildShards: childrenOf(stream, shard) }
      : {
          NextShardIterator: writeIterator({ ...iterator, position: page.next, madeAtMs: nowMs }),
        }),
    MillisBehindLatest: page.behindMs,
  });
};
