/**
 * GetRecords reads a shard from an iterator on, and hands out the next iterator until the shard
 * has ended.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html
 */
import { changeLog } from '../../delivery/change-streams.ts';
import type { LogEntry } from '../../storage/storage.ts';
import type { Operations } from '../../wire/types/dynamodbstreams.ts';
import type { Operation } from '../service.ts';
import { checkLimit, trimmed } from './errors.ts';
import { knownStream } from './lookup.ts';
import { recordOf } from './records.ts';
import { horizonOf, iteratorAt, knownShard, readIterator } from './shard-iterators.ts';

/** Records of one answer: at most this many, and at most 1 MB. */
const MOST_RECORDS = 1_000;
const MOST_BYTES = 1_048_576;

export const GetRecords: Operation<Operations['GetRecords']> = async (call, input) => {
  const { stack } = call;
  checkLimit(input.Limit, MOST_RECORDS);
  const { streamArn, shardId, position } = readIterator(stack, input.ShardIterator);
  const stream = await knownStream(call, streamArn);
  const shard = await knownShard(stack, stream, shardId);
  const { until = Number.POSITIVE_INFINITY } = shard;
  if (position < Math.min(until, await horizonOf(stack, stream))) throw trimmed();
  const max = Math.min(input.Limit ?? MOST_RECORDS, until - position);
  const read = max > 0 ? await stack.storage.read(changeLog(stream), { from: position, max }) : [];
  const entries = fitting(read);
  const next = (entries.at(-1)?.position ?? position - 1) + 1;
  return {
    Records: entries.map((entry) => recordOf(stream, entry)),
    NextShardIterator: next < until ? iteratorAt(call, stream, shard, next) : undefined,
  };
};

/** As many as one answer holds, but at least one. */
function fitting(entries: readonly LogEntry[]): readonly LogEntry[] {
  let bytes = 0;
  const end = entries.findIndex(({ body, key = '' }, index) => {
    bytes += Buffer.byteLength(body) + Buffer.byteLength(key);
    return bytes > MOST_BYTES && index > 0;
  });
  return end < 0 ? entries : entries.slice(0, end);
}
