/**
 * Splitting and merging shards, and bringing a stream to a number of them.
 * https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-resharding.html
 */
import type { Operations } from '../../wire/types/kinesis.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { shardId, shardNumber, streamArn } from './arns.ts';
import { change } from './change.ts';
import { fault, invalid, shardNotFound } from './errors.ts';
import { after, fromDecimal, toDecimal } from './hash-keys.ts';
import { checkShardRoom } from './limits.ts';
import { activeStream, type Found, named, type StreamInput } from './lookup.ts';
import { canSplitAt } from './split-points.ts';
import { livingShards, openShards, type Resharding, type Shard } from './store.ts';
import { arriveSoon, updating } from './transitions.ts';

const DAY_MS = 24 * 3_600_000;

export const SplitShard: Operation<Operations['SplitShard']> = (call, input) =>
  resharding(call, input, async (found) => {
    const shard = openShard(call, found, input.ShardToSplit);
    const at = fromDecimal(input.NewStartingHashKey);
    if (at === undefined || !canSplitAt(shard, at)) {
      const { name, account } = named(found);
      throw invalid(
        `NewStartingHashKey ${input.NewStartingHashKey} used in SplitShard() on shard ` +
          `${input.ShardToSplit} in stream ${name} under account ${account} is not both greater ` +
          `than one plus the shard's StartingHashKey ${toDecimal(shard.first)} and less than the ` +
          `shard's EndingHashKey ${toDecimal(shard.last)}.`,
      );
    }
    await checkShardRoom(call, 1);
    return { kind: 'split', shard: shard.number, at };
  });

export const MergeShards: Operation<Operations['MergeShards']> = (call, input) =>
  resharding(call, input, async (found) => {
    const one = openShard(call, found, input.ShardToMerge);
    const other = openShard(call, found, input.AdjacentShardToMerge);
    if (one.number === other.number || !(isBefore(one, other) || isBefore(other, one))) {
      const { name, account } = named(found);
      throw invalid(
        `Shards ${shardId(one.number)} and ${shardId(other.number)} in stream ${name} under ` +
          `account ${account} are not an adjacent pair of shards eligible for merging.`,
      );
    }
    return { kind: 'merge', shards: [one.number, other.number] };
  });

function isBefore(lower: Shard, upper: Shard): boolean {
  return lower.last < upper.first && after(lower.last) === upper.first;
}

function openShard(call: Call, found: Found, id: string): Shard {
  const number = shardNumber(id);
  const shards = livingShards(found.row.value, call.stack.clock.nowMs());
  const shard = shards.find((candidate) => candidate.number === number);
  if (!shard) throw shardNotFound(id, named(found));
  if (!shard.closed) return shard;
  const { name, account } = named(found);
  throw invalid(
    `Shard ${id} in stream ${name} under account ${account} has already been merged or split, ` +
      'and thus is not eligible for merging or splitting.',
  );
}

async function resharding(
  call: Call,
  input: StreamInput,
  plan: (found: Found) => Promise<Resharding>,
) {
  const address = await change(call.stack, async () => {
    const found = await provisioned(call, input);
    const writes = updating(call.stack, found, {}, await plan(found));
    return { writes, answer: found.address };
  });
  await arriveSoon(call.stack, address);
  return {};
}

async function provisioned(call: Call, input: StreamInput): Promise<Found> {
  const found = await activeStream(call, input);
  if (found.row.value.mode === 'PROVISIONED') return found;
  const { name, account } = named(found);
  const stream = `Stream ${name} under account ${account}`;
  throw fault('ValidationException', `Request is invalid. ${stream} is in On-Demand mode.`);
}

/** Of one stream in 24 hours. */
const MOST_UPDATES = 10;

export const UpdateShardCount: Operation<Operations['UpdateShardCount']> = async (call, input) => {
  const { stack } = call;
  const { TargetShardCount: to } = input;
  const { address, from } = await change(stack, async () => {
    const found = await provisioned(call, input);
    const stream = found.row.value;
    const from = openShards(stream).length;
    checkCount(from, to);
    await checkShardRoom(call, to - from);
    const nowMs = stack.clock.nowMs();
    const countedAtMs = stream.countedAtMs.filter((atMs) => atMs > nowMs - DAY_MS);
    if (countedAtMs.length >= MOST_UPDATES) {
      const message = `can be updated at most ${MOST_UPDATES} times in 24 hours.`;
      throw fault('LimitExceededException', `The shard count of stream ${stream.name} ${message}`);
    }
    const changed = { countedAtMs: [...countedAtMs, nowMs] };
    const writes = updating(stack, found, changed, { kind: 'scale', to });
    return { writes, answer: { address: found.address, from } };
  });
  await arriveSoon(stack, address);
  return {
    StreamName: address.name,
    StreamARN: streamArn(address),
    CurrentShardCount: from,
    TargetShardCount: to,
  };
};

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html */
function checkCount(from: number, to: number): void {
  const most = from * 2;
  const least = Math.ceil(from / 2);
  if (to > most) {
    const message = 'UpdateShardCount cannot scale up over double your current open shard count.';
    throw invalid(`${message} Current open shard count: ${from} Target shard count: ${to}`);
  }
  if (to < least) {
    const message = 'UpdateShardCount cannot scale down below half your current open shard count.';
    throw invalid(`${message} Current open shard count: ${from} Target shard count: ${to}`);
  }
}
