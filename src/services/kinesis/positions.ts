/**
 * Where in a shard a reader wants to begin. The answer is a position in the shard's log, fixed at
 * the moment of the call.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html
 */
import type { Stack } from '../../delivery/stack.ts';
import type { ShardIteratorType } from '../../wire/types/kinesis.ts';
import { shardId } from './arns.ts';
import { invalid } from './errors.ts';
import { type Found, named } from './lookup.ts';
import { parseSequenceNumber, streamHash } from './sequence-numbers.ts';
import { logOf, type Shard } from './store.ts';

export interface Start {
  readonly type: ShardIteratorType;
  readonly sequenceNumber?: string | undefined;
  readonly timestampMs?: number | undefined;
}

export async function positionOf(
  stack: Stack,
  found: Found,
  shard: Shard,
  start: Start,
): Promise<number> {
  switch (start.type) {
    case 'TRIM_HORIZON':
      return 1;
    case 'LATEST':
      return latest(stack, found, shard);
    case 'AT_TIMESTAMP':
      return atTimestamp(stack, found, shard, start.timestampMs);
    case 'AT_SEQUENCE_NUMBER':
      return Math.max(1, numbered(found, shard, start));
    case 'AFTER_SEQUENCE_NUMBER':
      return numbered(found, shard, start) + 1;
  }
}

async function latest({ storage }: Stack, { row }: Found, shard: Shard): Promise<number> {
  return shard.closed?.position ?? (await storage.bounds(logOf(row.value, shard))).next;
}

async function atTimestamp(
  stack: Stack,
  found: Found,
  shard: Shard,
  sinceMs: number | undefined,
): Promise<number> {
  if (sinceMs === undefined) {
    const what = 'Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP.';
    throw invalid(`${what} Current request has no timestamp parameter.`);
  }
  const nowMs = stack.clock.nowMs();
  if (sinceMs > nowMs) {
    const what = 'The timestampInMillis parameter cannot be greater than the';
    const moments = `timestampInMillis: ${sinceMs}, currentTimestampInMillis: ${nowMs}`;
    throw invalid(`${what} currentTimestampInMillis. ${moments}`);
  }
  const log = logOf(found.row.value, shard);
  const end = await latest(stack, found, shard);
  const [first] = await stack.storage.read(log, { from: 1, max: 1, sinceMs });
  return Math.min(end, first?.position ?? end);
}

function numbered(found: Found, shard: Shard, { type, sequenceNumber: text }: Start): number {
  if (text === undefined) {
    throw invalid(`StartingSequenceNumber must be specified for iterators of type ${type}.`);
  }
  const number = parseSequenceNumber(text);
  const { name, account } = named(found);
  const own = shardId(shard.number);
  if (number?.streamHash !== streamHash(found.row.value)) {
    throw invalid(
      `StartingSequenceNumber ${text} used in GetShardIterator on shard ${own} in stream ${name} ` +
        `under account ${account} is invalid because it did not come from this stream.`,
    );
  }
  if (number.shard === shard.number) return number.position;
  throw invalid(
    `Invalid StartingSequenceNumber. It encodes ${shardId(number.shard)}, while it was used in ` +
      `a call to a shard with ${own}`,
  );
}
