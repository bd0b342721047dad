/**
 * ListShards, with its filters. Pages are told apart by tokens that are good for five minutes and
 * name the stream themselves.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListShards.html
 */
import type * as Wire from '../../wire/types/kinesis.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { shardNumber, streamArn } from './arns.ts';
import { checkCreation } from './consumers.ts';
import { describeShard } from './describing.ts';
import { fault, invalid, notActive } from './errors.ts';
import { type Found, knownStream, named } from './lookup.ts';
import { horizonMs, livingShards, type Shard, type Stream } from './store.ts';

const TOKEN_LIFE_MS = 300_000;
/** Also when more are asked for, says the API reference. */
const PAGE = 1000;

interface Token {
  readonly streamArn: string;
  readonly filter: Wire.ShardFilter | undefined;
  /** Number of the last shard of the page before. */
  readonly after: number;
  readonly madeAtMs: number;
}

export const ListShards: Operation<Wire.Operations['ListShards']> = async (call, input) => {
  const token = tokenOf(call, input);
  const named = token ? { StreamARN: token.streamArn, StreamId: input.StreamId } : input;
  const found = await knownStream(call, named);
  const stream = found.row.value;
  if (stream.status === 'CREATING' || stream.status === 'DELETING') refuse(found);
  checkCreation(found, input.StreamCreationTimestamp);
  const filter = token ? token.filter : input.ShardFilter;
  const nowMs = call.stack.clock.nowMs();
  const after = token?.after ?? startOf(input.ExclusiveStartShardId);
  const all = livingShards(stream, nowMs)
    .filter(selection(stream, filter, nowMs))
    .filter(({ number }) => number > after);
  const shards = all.slice(0, Math.min(input.MaxResults ?? PAGE, PAGE));
  const last = shards.at(-1);
  const hasMore = last !== undefined && shards.length < all.length;
  const next = { streamArn: streamArn(found.address), filter, madeAtMs: nowMs };
  return {
    Shards: shards.map((shard) => describeShard(stream, shard)),
    ...(hasMore && { NextToken: writeToken({ ...next, after: last.number }) }),
  };
};

function refuse(found: Found): never {
  throw notActive(named(found), found.row.value.status);
}

function startOf(id: string | undefined): number {
  if (id === undefined) return -1;
  return shardNumber(id) ?? Number.POSITIVE_INFINITY;
}

/** Which shards a filter lets through. */
function selection(
  stream: Stream,
  filter: Wire.ShardFilter | undefined,
  nowMs: number,
): (shard: Shard) => boolean {
  if (!filter) return () => true;
  const trimmedMs = Math.max(horizonMs(stream, nowMs), stream.createdAtMs);
  switch (filter.Type) {
    case 'AFTER_SHARD_ID': {
      const after = startOf(needed(filter.ShardId, 'ShardId', filter.Type));
      return ({ number }) => number > after;
    }
    case 'AT_LATEST':
      return ({ closed }) => !closed;
    case 'AT_TRIM_HORIZON':
      return openAt(trimmedMs);
    case 'FROM_TRIM_HORIZON':
      return openSince(trimmedMs);
    case 'AT_TIMESTAMP':
      return openAt(momentOf(filter, trimmedMs, nowMs));
    case 'FROM_TIMESTAMP':
      return openSince(momentOf(filter, trimmedMs, nowMs));
  }
}

function openAt(atMs: number) {
  return ({ openedAtMs, closed }: Shard) => openedAtMs <= atMs && (!closed || closed.atMs > atMs);
}

function openSince(atMs: number) {
  return ({ closed }: Shard) => !closed || closed.atMs >= atMs;
}

/** What is older than the oldest record stands for that one. */
function momentOf({ Type, Timestamp }: Wire.ShardFilter, trimmedMs: number, nowMs: number): number {
  const atMs = needed(Timestamp, 'Timestamp', Type);
  if (atMs > nowMs) throw invalid('Timestamp in ShardFilter is greater than the current time.');
  return Math.max(atMs, trimmedMs);
}

function needed<Value>(value: Value | undefined, member: string, type: string): Value {
  if (value !== undefined) return value;
  throw invalid(`${member} must be specified when the type of ShardFilter is ${type}.`);
}

// ---------------------------------------------------------------- tokens

function tokenOf(call: Call, input: Wire.ListShardsInput): Token | undefined {
  const { NextToken: text, StreamName, StreamARN } = input;
  if (text === undefined) {
    if (StreamName !== undefined || StreamARN !== undefined || input.StreamId !== undefined) {
      return undefined;
    }
    throw invalid('Either NextToken or StreamName should be provided.');
  }
  if (StreamName !== undefined) {
    throw invalid('NextToken and StreamName cannot be provided together.');
  }
  for (const member of ['StreamCreationTimestamp', 'ExclusiveStartShardId'] as const) {
    if (input[member] === undefined) continue;
    throw invalid(`NextToken and ${member} cannot be provided together.`);
  }
  const token = readToken(text);
  if (!token) throw invalid('The NextToken is invalid.');
  if (call.stack.clock.nowMs() <= token.madeAtMs + TOKEN_LIFE_MS) return token;
  const message = `NextToken has expired: it is good for ${TOKEN_LIFE_MS} milliseconds.`;
  throw fault('ExpiredNextTokenException', message);
}

function writeToken({ streamArn, filter, after, madeAtMs }: Token): string {
  const text = JSON.stringify([streamArn, after, madeAtMs, filter]);
  return Buffer.from(text).toString('base64');
}

function readToken(text: string): Token | undefined {
  try {
    const [streamArn, after, madeAtMs, filter] = JSON.parse(Buffer.from(text, 'base64').toString());
    if (typeof streamArn !== 'string' || !Number.isInteger(after)) return undefined;
    if (!Number.isInteger(madeAtMs)) return undefined;
    return { streamArn, after, madeAtMs, filter: filter ?? undefined };
  } catch {
    return undefined; // Whatever cannot be read was not written here.
  }
}
