/**
 * What Kinesis keeps: a document per stream, which holds its shards too, a log per shard, and a
 * document per consumer and per subscription of one.
 *
 * A shard that is closed ends with a mark in its own log, written in the commit that opens its
 * children. So the log itself tells which records came in time: what stands behind the mark was
 * put by somebody who had not yet heard of it, is never read, and is put again by its writer.
 */
import type { Stack } from '../../delivery/stack.ts';
import { Collection } from '../../storage/collection.ts';
import type { LogName, Storage } from '../../storage/storage.ts';
import type { MetricsName, StreamMode, StreamStatus } from '../../wire/types/kinesis.ts';
import type { StreamAddress } from './arns.ts';

export interface Stream {
  readonly name: string;
  /** Differs from that of an earlier stream of the same name. */
  readonly id: string;
  readonly createdAtMs: number;
  readonly status: StreamStatus;
  readonly mode: StreamMode;
  readonly retentionHours: number;
  /** By number; closed ones stay until their records are past retention. */
  readonly shards: readonly Shard[];
  readonly nextShard: number;
  /** What UPDATING is for, unless it is a mere setting. */
  readonly resharding?: Resharding | undefined;
  readonly metrics: readonly MetricsName[];
  /** Of the key that records are said to be encrypted with. */
  readonly keyId?: string | undefined;
  readonly maxRecordKiB: number;
  readonly warmMiBps?: number | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly policy?: string | undefined;
  /** Moments of recent UpdateShardCount and UpdateStreamMode, which are limited by the day. */
  readonly countedAtMs: readonly number[];
  readonly modeSetAtMs: readonly number[];
}

export interface Shard {
  readonly number: number;
  /** Hash keys as 32 hexadecimal digits, both included. */
  readonly first: string;
  readonly last: string;
  /** The parent, and after a merge the adjacent parent. */
  readonly parents: readonly number[];
  /** Later than that of its parents, if need be by a millisecond. */
  readonly openedAtMs: number;
  readonly closed?: Closed | undefined;
}

export interface Closed {
  readonly atMs: number;
  /** The mark stands here or later in the shard's log. */
  readonly markFrom: number;
  /** Where the mark stands, once that is known. */
  readonly position?: number | undefined;
}

export type Resharding =
  | { readonly kind: 'split'; readonly shard: number; readonly at: string }
  | { readonly kind: 'merge'; readonly shards: readonly [number, number] }
  | { readonly kind: 'scale'; readonly to: number };

export interface Consumer {
  readonly name: string;
  readonly createdAtMs: number;
  /** It is CREATING until then. */
  readonly readyAtMs: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly policy?: string | undefined;
}

/** That somebody is sent the records of a shard as a consumer. */
export interface Subscribed {
  readonly sinceMs: number;
}

/** What is left of a second's share of a shard. */
export interface Share {
  readonly count: number;
  readonly bytes: number;
  readonly atMs: number;
}

/** A commitment to a minimum of throughput, by which on-demand streams cost less. */
export interface AccountSettings {
  readonly startedAtMs: number;
  readonly endedAtMs?: number | undefined;
}

export interface Store {
  readonly streams: Collection<Stream>;
  /** By stream id. */
  readonly consumers: Collection<Consumer>;
  readonly accounts: Collection<AccountSettings>;
  /** By stream id and consumer; keys are numbers of shards. */
  readonly subscriptions: Collection<Subscribed>;
  /** By stream id; only where nodes share a storage and shards are limited. */
  readonly shares: Collection<Share>;
}

export const STREAMS = 'kinesis/streams';

const stores = new WeakMap<Storage, Store>();

export function storeOf({ storage }: Pick<Stack, 'storage'>): Store {
  let store = stores.get(storage);
  if (!store) {
    store = {
      streams: new Collection(storage, STREAMS),
      consumers: new Collection(storage, 'kinesis/consumers'),
      accounts: new Collection(storage, 'kinesis/accounts'),
      subscriptions: new Collection(storage, 'kinesis/subscriptions'),
      shares: new Collection(storage, 'kinesis/shares'),
    };
    stores.set(storage, store);
  }
  return store;
}

export function partitionOf(at: Pick<StreamAddress, 'account' | 'region'>): string {
  return `${at.account}/${at.region}`;
}

export function logOf(stream: Pick<Stream, 'id'>, shard: Pick<Shard, 'number'>): LogName {
  return `kinesis/${stream.id}/${shard.number}`;
}

const HOUR_MS = 3_600_000;

/** Records from before this moment are past retention. */
export function horizonMs(stream: Pick<Stream, 'retentionHours'>, nowMs: number): number {
  return nowMs - stream.retentionHours * HOUR_MS;
}

/** The shards that still have, or may get, records within retention. */
export function livingShards(stream: Stream, nowMs: number): readonly Shard[] {
  const sinceMs = horizonMs(stream, nowMs);
  return stream.shards.filter(({ closed }) => !closed || closed.atMs >= sinceMs);
}

export function openShards(stream: Pick<Stream, 'shards'>): readonly Shard[] {
  return stream.shards.filter(({ closed }) => !closed);
}
