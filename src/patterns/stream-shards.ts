/**
 * Which shards of a stream a consumer may read next: those that it began with, and those whose
 * parents it has read to their end. So records of one key come in order, whatever is split or
 * merged. Pure, but for the list of shards.
 */
import type { KinesisClient, Shard, ShardFilter } from '@aws-sdk/client-kinesis';
import type { KeyedState } from './consumed-records.ts';
import { type HashRange, holdsKey } from './key-hashes.ts';
import { type Beginning, ENDED, type Lease } from './stream-leases.ts';

export interface KnownShard {
  readonly shardId: string;
  readonly parents: readonly string[];
  readonly range: HashRange;
}

/** What the API takes for a stream's name or ARN. */
export function streamInput(stream: string) {
  return stream.startsWith('arn:') ? { StreamARN: stream } : { StreamName: stream };
}

export async function listShards(
  client: KinesisClient,
  stream: string,
  filter?: ShardFilter,
): Promise<readonly KnownShard[]> {
  const { ListShardsCommand } = await import('@aws-sdk/client-kinesis');
  const shards: KnownShard[] = [];
  let token: string | undefined;
  do {
    const first = { ...streamInput(stream), ...(filter && { ShardFilter: filter }) };
    const input = token === undefined ? first : { NextToken: token };
    const { Shards = [], NextToken } = await client.send(new ListShardsCommand(input));
    shards.push(...Shards.map(known));
    token = NextToken;
  } while (token !== undefined);
  return shards;
}

function known({ ShardId = '', ParentShardId, AdjacentParentShardId, HashKeyRange }: Shard) {
  const parents = [ParentShardId, AdjacentParentShardId].filter((one) => one !== undefined);
  const { StartingHashKey = '0', EndingHashKey = '0' } = HashKeyRange ?? {};
  const range = { first: BigInt(StartingHashKey), last: BigInt(EndingHashKey) };
  return { shardId: ShardId, parents, range };
}

/** Those whose parents are gone, or never were. */
export function rootsOf(shards: readonly KnownShard[]): readonly string[] {
  const ids = new Set(shards.map(({ shardId }) => shardId));
  const isRoot = ({ parents }: KnownShard) => !parents.some((parent) => ids.has(parent));
  return shards.filter(isRoot).map(({ shardId }) => shardId);
}

export interface NewLease {
  readonly shardId: string;
  readonly checkpoint: string;
  readonly state: KeyedState;
}

/** The shards that have no lease and are to get one now. */
export function readyShards(
  shards: readonly KnownShard[],
  leases: ReadonlyMap<string, Lease>,
  beginning: Beginning,
): readonly NewLease[] {
  const byId = new Map(shards.map((shard) => [shard.shardId, shard]));
  const begun = new Set(beginning.shards);
  const concerned = new Map<string, boolean>();
  /** Whether it is, was or will be read: it has a lease, or is descended from one that has. */
  const isConcerned = (shardId: string): boolean => {
    const before = concerned.get(shardId);
    if (before !== undefined) return before;
    const parents = byId.get(shardId)?.parents ?? [];
    const found = leases.has(shardId) || begun.has(shardId) || parents.some(isConcerned);
    concerned.set(shardId, found);
    return found;
  };
  return shards.flatMap(({ shardId, parents, range }): NewLease[] => {
    if (leases.has(shardId)) return [];
    if (begun.has(shardId)) return [{ shardId, checkpoint: beginning.checkpoint, state: {} }];
    const waited = parents.filter(isConcerned);
    const ended = waited.flatMap((parent) => leases.get(parent) ?? []);
    const isReady = ended.length === waited.length && ended.every(isEnded);
    if (waited.length === 0 || !isReady) return [];
    return [{ shardId, checkpoint: 'TRIM_HORIZON', state: stateIn(range, ended) }];
  });
}

/** Leases of shards that are gone and whose children have leases of their own. */
export function spentLeases(
  shards: readonly KnownShard[],
  leases: ReadonlyMap<string, Lease>,
): readonly Lease[] {
  const ids = new Set(shards.map(({ shardId }) => shardId));
  return [...leases.values()].filter((lease) => {
    if (ids.has(lease.shardId) || !isEnded(lease)) return false;
    const children = shards.filter(({ parents }) => parents.includes(lease.shardId));
    return children.every(({ shardId }) => leases.has(shardId));
  });
}

export function isEnded({ checkpoint }: Lease): boolean {
  return checkpoint === ENDED;
}

/** What the parents knew of the keys that lie in a range. */
function stateIn(range: HashRange, parents: readonly Lease[]): KeyedState {
  const known = parents.flatMap(({ state }) => Object.entries(state));
  return Object.fromEntries(known.filter(([key]) => holdsKey(range, key)));
}
