/**
 * Streams on their way: from CREATING and UPDATING to ACTIVE, from DELETING to nothing.
 *
 * What a stream is on its way to stands in its document, so whoever finds it there can bring it
 * to its end, step by step, each step one commit: the request that began it does so before it
 * answers, and a durable job does it after a crash. With the quota `kinesis.transitionMs` only
 * the job does, so much later, and the states between can be seen.
 */
import { type Job, schedule, WORK } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Stored } from '../../storage/collection.ts';
import type { Storage, Write } from '../../storage/storage.ts';
import { untilWon } from '../change.ts';
import { parseStreamArn, type StreamAddress, streamArn } from './arns.ts';
import { fault } from './errors.ts';
import { type Found, findStream } from './lookup.ts';
import { endOf } from './marks.ts';
import { markOf } from './records.ts';
import { rescueSoon } from './rescue.ts';
import { reshard } from './resharding.ts';
import { logOf, partitionOf, type Resharding, type Shard, type Stream, storeOf } from './store.ts';
import { forgetting } from './subscriptions.ts';
import { forgettingShares } from './throttling.ts';

const ARRIVE = 'kinesis/arrive';

/** The writes that set a stream on its way. */
export function departing(stack: Stack, address: StreamAddress, stream: Stream, version: number) {
  const atMs = stack.clock.nowMs() + stack.settings.quotas['kinesis.transitionMs'];
  return [
    storeOf(stack).streams.put(partitionOf(address), address.name, stream, version),
    schedule(stack, WORK, ARRIVE, streamArn(address), atMs),
  ];
}

/** The writes that make a stream UPDATING. */
export function updating(
  stack: Stack,
  { address, row }: Found,
  changed: Partial<Stream>,
  resharding?: Resharding,
): readonly Write[] {
  const stream: Stream = { ...row.value, ...changed, status: 'UPDATING', resharding };
  return departing(stack, address, stream, row.version);
}

/** Brings a stream to the end of its way at once, unless that is to take its time. */
export async function arriveSoon(stack: Stack, address: StreamAddress): Promise<void> {
  if (stack.settings.quotas['kinesis.transitionMs'] === 0) await arrive(stack, address);
}

const arriving: Job = async (stack, { note }) => {
  const address = parseStreamArn(note);
  if (address) await arrive(stack, address);
  return [];
};

export const transitionJobs: Readonly<Record<string, Job>> = { [ARRIVE]: arriving };

async function arrive(stack: Stack, address: StreamAddress): Promise<void> {
  const lost = () => fault('ResourceInUseException', 'The stream is being changed by others.');
  for (let isThere = false; !isThere; ) {
    isThere = await untilWon(async () => {
      const found = await findStream(stack, address);
      const writes = found ? await nextStep(stack, found) : [];
      if (writes.length > 0) await stack.storage.commit(writes);
      return writes.length === 0;
    }, lost);
  }
}

/** The next commit on a stream's way; none when it is there. */
async function nextStep(stack: Stack, { address, row }: Found): Promise<readonly Write[]> {
  const { value: stream, version } = row;
  const put = (changed: Partial<Stream>) =>
    storeOf(stack).streams.put(partitionOf(address), row.key, { ...stream, ...changed }, version);
  switch (stream.status) {
    case 'ACTIVE':
      return [];
    case 'CREATING':
      return [put({ status: 'ACTIVE' })];
    case 'DELETING':
      return removal(stack, address, row);
    case 'UPDATING':
      if (stream.resharding) {
        const { shards, nextShard, marks } = await closing(stack, stream, stream.resharding);
        const step = put({ shards, nextShard, resharding: undefined });
        return [step, ...marks, rescueSoon(stack, address, stream.id)];
      }
      return [put({ status: 'ACTIVE', shards: await placed(stack.storage, stream) })];
  }
}

/** Opens the new shards and marks the ends of the old ones. */
async function closing(stack: Stack, stream: Stream, resharding: Resharding) {
  const nowMs = stack.clock.nowMs();
  const { shards, nextShard } = reshard(stream, resharding, nowMs);
  const marks: Write[] = [];
  const marked = shards.map(async (shard) => {
    if (!shard.closed || shard.closed.position !== undefined) return shard;
    marks.push(markOf(stream, shard, nowMs));
    const { next } = await stack.storage.bounds(logOf(stream, shard));
    return { ...shard, closed: { ...shard.closed, markFrom: next } };
  });
  return { shards: await Promise.all(marked), nextShard, marks };
}

/** The shards, now that it can be told where the marks stand. */
function placed(storage: Storage, stream: Stream): Promise<readonly Shard[]> {
  return Promise.all(
    stream.shards.map(async (shard) => {
      const { closed } = shard;
      if (!closed || closed.position !== undefined) return shard;
      return {
        ...shard,
        closed: { ...closed, position: await endOf(storage, stream, shard, closed) },
      };
    }),
  );
}

/** A stream's end: with its document go its consumers and its records. */
async function removal(stack: Stack, address: StreamAddress, row: Stored<Stream>) {
  const { streams, consumers } = storeOf(stack);
  const stream = row.value;
  const gone = await consumers.list(stream.id);
  return [
    streams.remove(partitionOf(address), row.key, row.version),
    ...gone.map(({ key }) => consumers.remove(stream.id, key)),
    ...(await Promise.all(gone.map(({ value }) => forgetting(stack, stream, value)))).flat(),
    ...(await forgettingShares(stack, stream)),
    ...stream.shards.map((shard): Write => ({ kind: 'trim', log: logOf(stream, shard), keep: 0 })),
  ];
}
