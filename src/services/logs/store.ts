/**
 * What CloudWatch Logs keeps: groups, streams and policies as documents, and a log per stream.
 * A record's key is the event's own timestamp, its moment that of its coming in.
 */
import { arnOf, parseArn } from '../../core/arn.ts';
import type { Stack } from '../../delivery/stack.ts';
import { Collection } from '../../storage/collection.ts';
import type { Append, Storage } from '../../storage/storage.ts';
import type { LogGroupClass } from '../../wire/types/logs.ts';

export interface Group {
  readonly name: string;
  readonly retentionDays?: number | undefined;
  /** Names the sweep in force; sweeps with another name do nothing. */
  readonly retentionId?: string | undefined;
  readonly kmsKeyId?: string | undefined;
  readonly groupClass: LogGroupClass;
  readonly isProtected?: boolean | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
}

export interface Stream {
  readonly name: string;
  /** Differs from that of an earlier stream of the same name. */
  readonly log: string;
  readonly createdAtMs: number;
}

export interface StoredPolicy {
  readonly name?: string | undefined;
  /** The log group that it belongs to; of the whole account and Region when absent. */
  readonly resourceArn?: string | undefined;
  readonly document: string;
  readonly updatedAtMs: number;
  readonly revisionId: string;
}

export interface Store {
  readonly groups: Collection<Group>;
  readonly streams: Collection<Stream>;
  readonly policies: Collection<StoredPolicy>;
}

const stores = new WeakMap<Storage, Store>();

export function storeOf({ storage }: Stack): Store {
  let store = stores.get(storage);
  if (!store) {
    store = {
      groups: new Collection(storage, 'logs/groups'),
      streams: new Collection(storage, 'logs/streams'),
      policies: new Collection(storage, 'logs/policies'),
    };
    stores.set(storage, store);
  }
  return store;
}

/** Where a group is. */
export interface GroupAddress {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

/** The partition of groups and policies. */
export function partitionOf(at: { readonly account: string; readonly region: string }): string {
  return `${at.account}/${at.region}`;
}

/** The partition of a group's streams. */
export function streamsOf(group: GroupAddress): string {
  return `${group.account}/${group.region}/${group.name}`;
}

export function groupArn({ account, region, name }: GroupAddress): string {
  return arnOf('logs', region, account, `log-group:${name}`);
}

/** The group of an ARN, with or without `:*` at its end; undefined when it is none of a group. */
export function parseGroupArn(text: string): GroupAddress | undefined {
  const arn = parseArn(text);
  if (arn?.service !== 'logs' || !arn.resource.startsWith('log-group:')) return undefined;
  const name = arn.resource.slice('log-group:'.length).replace(/:\*$/, '');
  return { account: arn.account, region: arn.region, name };
}

export function newStream(stack: Stack, group: GroupAddress, name: string): Stream {
  const log = `logs/${streamsOf(group)}/${stack.ids.uuid()}`;
  return { name, log, createdAtMs: stack.clock.nowMs() };
}

/** The write that puts one event into a stream. */
export function append(stack: Stack, stream: Stream, timestampMs: number, body: string): Append {
  const record = { atMs: stack.clock.nowMs(), key: String(timestampMs), body };
  return { kind: 'append', log: stream.log, record };
}
