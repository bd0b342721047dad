/**
 * Finding the stream that a request means: by its ARN, which goes before its name, or by its id.
 */
import type { Stack } from '../../delivery/stack.ts';
import type { Stored } from '../../storage/collection.ts';
import type { Check } from '../../storage/storage.ts';
import type { Call } from '../call.ts';
import { checkAccess } from './access.ts';
import { parseStreamArn, type StreamAddress, shardNumber, streamArn } from './arns.ts';
import { invalid, notActive, shardMissing, streamMissing } from './errors.ts';
import { livingShards, partitionOf, type Shard, STREAMS, type Stream, storeOf } from './store.ts';

export interface Found {
  readonly address: StreamAddress;
  readonly row: Stored<Stream>;
}

export interface StreamInput {
  readonly StreamName?: string | undefined;
  readonly StreamARN?: string | undefined;
  readonly StreamId?: string | undefined;
}

export async function findStream(
  stack: Pick<Stack, 'storage'>,
  address: StreamAddress,
): Promise<Found | undefined> {
  const row = await storeOf(stack).streams.get(partitionOf(address), address.name);
  return row && { address, row };
}

/** The stream that a request names, whatever its state; throws AWS's error when there is none. */
export async function knownStream(call: Call, input: StreamInput): Promise<Found> {
  const address = await addressOf(call, input);
  const isHere = address.region === call.region;
  const found = isHere ? await findStream(call.stack, address) : undefined;
  const { StreamId: id } = input;
  if (!found || (id !== undefined && found.row.value.id !== id)) throw streamMissing(address);
  const arn = streamArn(address);
  checkAccess(call, { arn, account: address.account, policy: found.row.value.policy });
  return found;
}

async function addressOf(call: Call, input: StreamInput): Promise<StreamAddress> {
  const { StreamARN: arn, StreamName: name, StreamId: id } = input;
  const { account, region } = call;
  if (arn !== undefined) {
    const address = parseStreamArn(arn);
    if (address) return address;
    throw invalid(`StreamARN ${arn} is not the ARN of a stream.`);
  }
  if (name !== undefined) return { account, region, name };
  if (id === undefined) throw invalid('Either StreamName or StreamARN must be specified.');
  const rows = await storeOf(call.stack).streams.list(partitionOf(call));
  const row = rows.find(({ value }) => value.id === id);
  if (!row) throw streamMissing({ account, name: id });
  return { account, region, name: row.key };
}

/** The same, for what may only be done while nothing else is under way. */
export async function activeStream(call: Call, input: StreamInput): Promise<Found> {
  const found = await knownStream(call, input);
  const { status } = found.row.value;
  if (status !== 'ACTIVE') throw notActive(named(found), status);
  return found;
}

/** For records: also while shards are being split or merged. */
export async function usableStream(call: Call, input: StreamInput): Promise<Found> {
  const found = await knownStream(call, input);
  checkUsable(found);
  return found;
}

export function checkUsable(found: Found): void {
  const { status } = found.row.value;
  if (status === 'CREATING' || status === 'DELETING') throw streamMissing(named(found));
}

/** The condition that the stream is as it was found. */
export function unchanged({ address, row }: Found): Check {
  const partition = partitionOf(address);
  return { kind: 'check', table: STREAMS, partition, key: row.key, ifVersion: row.version };
}

/** A shard whose records can be read. */
export function knownShard(stack: Stack, found: Found, id: string): Shard {
  const number = shardNumber(id);
  const shards = livingShards(found.row.value, stack.clock.nowMs());
  const shard = shards.find((candidate) => candidate.number === number);
  if (!shard) throw shardMissing(id, named(found));
  return shard;
}

/** As messages name the stream. */
export function named({ address }: Pick<Found, 'address'>) {
  return { name: address.name, account: address.account };
}
