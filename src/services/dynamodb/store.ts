/**
 * What DynamoDB keeps: tables as documents; items and index entries as rows of their own.
 *
 * Items stand under the id of their table, index entries under the id of their index, so that
 * what is deleted and made again by the same name shares nothing with what was there before.
 */
import type { ChangeStream } from '../../delivery/change-streams.ts';
import type { Stack } from '../../delivery/stack.ts';
import { Collection } from '../../storage/collection.ts';
import type { Storage } from '../../storage/storage.ts';
import type {
  ApproximateCreationDateTimePrecision,
  BillingMode,
  IndexStatus,
  OnDemandThroughput,
  ProjectionType,
  SSEType,
  TableClass,
  TableStatus,
  WarmThroughput,
} from '../../wire/types/dynamodb.ts';

export type KeyType = 'S' | 'N' | 'B';

export interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

/** The key of a table or of an index. */
export interface KeySchema {
  readonly hash: KeyAttribute;
  readonly range?: KeyAttribute | undefined;
}

export interface Throughput {
  readonly read: number;
  readonly write: number;
  readonly increasedAtMs?: number | undefined;
  readonly decreasedAtMs?: number | undefined;
}

export interface IndexRecord {
  readonly name: string;
  /** Differs from that of an earlier index of the same name. */
  readonly id: string;
  readonly kind: 'local' | 'global';
  readonly key: KeySchema;
  readonly projection: ProjectionType;
  /** What is projected besides the keys, when that is `INCLUDE`. */
  readonly included: readonly string[];
  readonly status: IndexStatus;
  readonly throughput: Throughput;
  readonly onDemand?: OnDemandThroughput | undefined;
  readonly warm?: WarmThroughput | undefined;
}

/** A Kinesis stream that changes go to. */
export interface Destination {
  readonly arn: string;
  readonly precision: ApproximateCreationDateTimePrecision;
  /** One that was switched off is still told of. */
  readonly isActive: boolean;
}

export interface TableRecord {
  readonly name: string;
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly status: TableStatus;
  readonly createdAtMs: number;
  readonly key: KeySchema;
  /** In the order of the request that defined them. */
  readonly attributes: readonly KeyAttribute[];
  readonly indexes: readonly IndexRecord[];
  readonly billing: BillingMode;
  readonly onDemandSinceMs?: number | undefined;
  readonly throughput: Throughput;
  readonly onDemand?: OnDemandThroughput | undefined;
  readonly warm?: WarmThroughput | undefined;
  /** The latest one; it may be switched off. */
  readonly stream?: ChangeStream | undefined;
  /** Says what other accounts may do with the table. */
  readonly policy?: { readonly text: string; readonly revisionId: string } | undefined;
  readonly destinations?: readonly Destination[] | undefined;
  readonly encryption?:
    | { readonly type: SSEType; readonly keyArn?: string | undefined }
    | undefined;
  readonly tableClass?: TableClass | undefined;
  readonly classSinceMs?: number | undefined;
  readonly isProtected: boolean;
  readonly timeToLive?: { readonly attribute: string; readonly sinceMs: number } | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** Recovery to a point in time, while it is switched on. */
  readonly recovery?: { readonly sinceMs: number; readonly days: number } | undefined;
  /** Ids of the backups and tables that are being made from it; it cannot be deleted meanwhile. */
  readonly copies?: readonly string[] | undefined;
  /** ARNs of what it was made from, and the moment that it shows. */
  readonly restored?:
    | { readonly backup?: string | undefined; readonly table: string; readonly atMs: number }
    | undefined;
}

/** Rows of tables: partition `account/region`, key the name. */
export const TABLES = 'dynamodb/tables';
/** Rows of items: partition is the table's id; see keys.ts and item-text.ts. */
export const ITEMS = 'dynamodb/items';
/** Rows of index entries: partition is `<table id>/<index id>`. */
export const INDEXES = 'dynamodb/indexes';

export interface Store {
  readonly tables: Collection<TableRecord>;
}

const stores = new WeakMap<Storage, Store>();

export function storeOf({ storage }: Pick<Stack, 'storage'>): Store {
  let store = stores.get(storage);
  if (!store) {
    store = { tables: new Collection(storage, TABLES) };
    stores.set(storage, store);
  }
  return store;
}

/** The partition of an account's tables in a Region. */
export function partitionOf(at: { readonly account: string; readonly region: string }): string {
  return `${at.account}/${at.region}`;
}

export function entriesOf(table: Pick<TableRecord, 'id'>, index: Pick<IndexRecord, 'id'>): string {
  return `${table.id}/${index.id}`;
}
