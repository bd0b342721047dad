/**
 * Shard iterators: places in a shard to read from, good for a quarter of an hour.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetShardIterator.html
 */
import {
  type ChangeStream,
  changeLog,
  positionAt,
  RETENTION_MS,
} from '../../delivery/change-streams.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { GetShardIteratorInput, Operations } from '../../wire/types/dynamodbstreams.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { fault, invalid, missingShard, trimmed } from './errors.ts';
import { knownStream } from './lookup.ts';
import { firstSince, type Shard, shardsOf } from './shards.ts';

export const GetShardIterator: Operation<Operations['GetShardIterator']> = async (call, input) => {
  const stream = await knownStream(call, input.StreamArn);
  const shard = await knownShard(call.stack, stream, input.ShardId);
  const position = await positionOf(call.stack, stream, shard, input);
  return { ShardIterator: iteratorAt(call, stream, shard, position) };
};

export async function knownShard(stack: Stack, stream: ChangeStream, id: string): Promise<Shard> {
  const shard = (await shardsOf(stack, stream)).find((one) => one.id === id);
  if (!shard) throw missingShard();
  return shard;
}

/** Where the stream's oldest record within retention stands, or the next one will. */
export function horizonOf(stack: Stack, stream: ChangeStream): Promise<number> {
  return firstSince(stack, stream, 1, stack.clock.nowMs() - RETENTION_MS);
}

async function positionOf(
  stack: Stack,
  stream: ChangeStream,
  shard: Shard,
  input: GetShardIteratorInput,
): Promise<number> {
  const { next } = await stack.storage.bounds(changeLog(stream));
  const { from, until: end = next } = shard;
  const horizon = Math.min(Math.max(from, await horizonOf(stack, stream)), end);
  switch (input.ShardIteratorType) {
    case 'TRIM_HORIZON':
      return horizon;
    case 'LATEST':
      return end;
    case 'AT_TIMESTAMP': {
      const sinceMs = timestampOf(stack, input);
      return Math.min(await firstSince(stack, stream, horizon, sinceMs), end);
    }
    default: {
      const position = sequencePosition(shard, input);
      if (position < horizon) throw trimmed();
      return position;
    }
  }
}

/** The words of this and of what follows are ours. */
function timestampOf({ clock }: Stack, { Timestamp: atMs }: GetShardIteratorInput): number {
  if (atMs === undefined) throw invalid('Timestamp must be given with AT_TIMESTAMP.');
  if (atMs > clock.nowMs()) throw invalid('Timestamp must not be in the future.');
  return atMs;
}

function sequencePosition(shard: Shard, input: GetShardIteratorInput): number {
  const { SequenceNumber: sequence, ShardIteratorType: type } = input;
  if (sequence === undefined) throw invalid(`SequenceNumber must be given with ${type}.`);
  if (!/^\d{21,40}$/.test(sequence)) throw invalid(`Invalid SequenceNumber: ${sequence}`);
  const { from, until = Number.POSITIVE_INFINITY } = shard;
  const at = positionAt(sequence);
  const isOfShard = at >= from && at <= until;
  if (!isOfShard) throw invalid(`SequenceNumber ${sequence} is not of shard ${shard.id}.`);
  // A number between two records is that of a beginning, which nothing was read at.
  const isRecord = positionAt(String(BigInt(sequence) + 1n)) > at;
  return type === 'AFTER_SEQUENCE_NUMBER' && isRecord ? at + 1 : at;
}

interface Iterator {
  readonly streamArn: string;
  readonly shardId: string;
  readonly position: number;
}

const LIFE_MS = 15 * 60_000;

/** As DynamoDB's, it begins with the stream's ARN. */
export function iteratorAt(
  { stack }: Call,
  { arn }: ChangeStream,
  { id }: Shard,
  position: number,
): string {
  const text = JSON.stringify([id, position, stack.clock.nowMs()]);
  return `${arn}|1|${Buffer.from(text).toString('base64')}`;
}

export function readIterator({ clock }: Stack, text: string): Iterator {
  const [streamArn = '', version, rest = ''] = text.split('|');
  const read = version === '1' ? parse(rest) : undefined;
  if (!read) throw invalid('Invalid ShardIterator.');
  const { madeAtMs, ...where } = read;
  const ageMs = clock.nowMs() - madeAtMs;
  if (ageMs >= LIFE_MS) {
    // As Kinesis says it; DynamoDB's own words are not known.
    const [made, now] = [madeAtMs, clock.nowMs()].map((ms) => new Date(ms).toUTCString());
    const message =
      `Iterator expired. The iterator was created at time ${made} while right now it is ${now} ` +
      `which is further in the future than the tolerated delay of ${LIFE_MS} milliseconds.`;
    throw fault('ExpiredIteratorException', message);
  }
  return { streamArn, ...where };
}

function parse(text: string) {
  try {
    const [shardId, position, madeAtMs] = JSON.parse(Buffer.from(text, 'base64').toString());
    const isOurs = typeof shardId === 'string' && Number.isSafeInteger(position);
    if (isOurs && Number.isFinite(madeAtMs)) return { shardId, position, madeAtMs };
  } catch {
    // Whatever cannot be read was not written here.
  }
  return undefined;
}
