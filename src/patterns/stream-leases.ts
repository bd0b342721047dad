/**
 * The rows by which the workers of one consumer share the shards of a stream.
 *
 * A worker holds a shard for as long as it beats: it counts up a number in the row, and whoever
 * has seen the same number for a whole lease by a clock of its own takes the shard over. So no two
 * clocks are compared. Each taking counts up the epoch, on which every write of the holder is
 * conditional; one that was paused and lost its shard can no longer move the checkpoint.
 *
 * The table: string partition key `consumer`, string sort key `shard`.
 */
import {
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateQuery,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Attributes, fromItem, toItem } from './attribute-values.ts';
import type { KeyedState } from './consumed-records.ts';
import { isRefused } from './transaction.ts';

/** Where reading goes on: behind a number, at one of these places, or nowhere. */
export const ENDED = 'SHARD_END';

export interface Lease {
  readonly shardId: string;
  readonly owner?: string | undefined;
  /** The worker that is to get it next, as soon as its owner is done with its batch. */
  readonly wantedBy?: string | undefined;
  readonly epoch: number;
  readonly beat: number;
  /** A sequence number, `TRIM_HORIZON`, a moment as `AT <milliseconds>`, or `SHARD_END`. */
  readonly checkpoint: string;
  readonly state: KeyedState;
}

/** Where a consumer began: written once, by its first worker. */
export interface Beginning {
  readonly shards: readonly string[];
  readonly checkpoint: string;
}

export interface LeaseTable {
  readonly client: DynamoDBClient;
  readonly table: string;
  /** The consumer's name. */
  readonly name: string;
}

/** Sorts before every shard's id. */
const BEGINNING = '*';

export interface Leases {
  readonly beginning: Beginning | undefined;
  readonly rows: ReadonlyMap<string, Lease>;
}

export async function readLeases({ client, table, name }: LeaseTable): Promise<Leases> {
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: 'consumer = :name',
      ExpressionAttributeValues: toItem({ ':name': name }),
    },
  );
  let beginning: Beginning | undefined;
  const rows = new Map<string, Lease>();
  for await (const { Items = [] } of pages) {
    for (const row of Items.map(fromItem)) {
      if (row.shard === BEGINNING) beginning = row as unknown as Beginning & Attributes;
      else rows.set(String(row.shard), leaseOf(row));
    }
  }
  return { beginning, rows };
}

function leaseOf(row: Attributes): Lease {
  const { shard, owner, wantedBy, epoch, beat, checkpoint, state } = row;
  return {
    shardId: String(shard),
    owner: owner as string | undefined,
    wantedBy: wantedBy as string | undefined,
    epoch: Number(epoch),
    beat: Number(beat),
    checkpoint: String(checkpoint),
    state: JSON.parse(String(state)) as KeyedState,
  };
}

/** False when another worker has begun before. */
export function begin(at: LeaseTable, { shards, checkpoint }: Beginning): Promise<boolean> {
  return putNew(at, { shard: BEGINNING, shards: [...shards], checkpoint });
}

/** A shard that nobody holds yet, unless there is a row for it. */
export async function addLease(
  at: LeaseTable,
  shard: string,
  checkpoint: string,
  state: KeyedState,
): Promise<void> {
  await putNew(at, { shard, checkpoint, state: JSON.stringify(state), epoch: 0, beat: 0 });
}

function putNew({ client, table, name }: LeaseTable, row: Attributes): Promise<boolean> {
  const put = new PutItemCommand({
    TableName: table,
    Item: toItem({ consumer: name, ...row }),
    ConditionExpression: 'attribute_not_exists(consumer)',
  });
  return unlessRefused(client.send(put));
}

export async function removeLease({ client, table, name }: LeaseTable, lease: Lease) {
  const Key = toItem({ consumer: name, shard: lease.shardId });
  await client.send(new DeleteItemCommand({ TableName: table, Key }));
}

/** Makes `owner` the holder, if nothing has moved since the row was read. */
export async function takeLease(
  at: LeaseTable,
  lease: Lease,
  owner: string,
): Promise<Lease | undefined> {
  const { epoch, beat } = lease;
  const isTaken = await update(at, lease, {
    set: { owner, epoch: epoch + 1, beat: 0 },
    remove: ['wantedBy'],
    when: { epoch, beat },
  });
  return isTaken ? { ...lease, owner, epoch: epoch + 1, beat: 0, wantedBy: undefined } : undefined;
}

/** Asks the holder for the shard. */
export function wantLease(at: LeaseTable, lease: Lease, wantedBy: string): Promise<boolean> {
  return update(at, lease, { set: { wantedBy }, when: { epoch: lease.epoch } });
}

/** What the holder says of itself; false when it is the holder no longer. */
export function beatLease(at: LeaseTable, held: Lease, beat: number): Promise<boolean> {
  return update(at, held, { set: { beat }, when: { epoch: held.epoch } });
}

export function saveCheckpoint(
  at: LeaseTable,
  held: Lease,
  checkpoint: string,
  state: KeyedState,
): Promise<boolean> {
  const set = { checkpoint, state: JSON.stringify(state) };
  return update(at, held, { set, when: { epoch: held.epoch } });
}

/** Lets go of it, for another worker or for whoever comes first. */
export function giveLease(at: LeaseTable, held: Lease, to?: string): Promise<boolean> {
  const { epoch } = held;
  const set = { epoch: epoch + 1, beat: 0, ...(to !== undefined && { owner: to }) };
  const remove = to === undefined ? ['owner', 'wantedBy'] : ['wantedBy'];
  return update(at, held, { set, remove, when: { epoch } });
}

interface Change {
  readonly set: Attributes;
  readonly remove?: readonly string[];
  readonly when: Attributes;
}

function update(
  { client, table, name }: LeaseTable,
  { shardId }: Lease,
  { set, remove = [], when }: Change,
): Promise<boolean> {
  const names = new Set([...Object.keys(set), ...remove, ...Object.keys(when)]);
  const assigned = Object.keys(set).map((key) => `#${key} = :${key}`);
  const removing = remove.length > 0 ? ` REMOVE ${remove.map((key) => `#${key}`).join(', ')}` : '';
  const values = {
    ...Object.fromEntries(Object.entries(set).map(([key, value]) => [`:${key}`, value])),
    ...Object.fromEntries(Object.entries(when).map(([key, value]) => [`:is_${key}`, value])),
  };
  const command = new UpdateItemCommand({
    TableName: table,
    Key: toItem({ consumer: name, shard: shardId }),
    UpdateExpression: `SET ${assigned.join(', ')}${removing}`,
    ConditionExpression: Object.keys(when)
      .map((key) => `#${key} = :is_${key}`)
      .join(' AND '),
    ExpressionAttributeNames: Object.fromEntries([...names].map((key) => [`#${key}`, key])),
    ExpressionAttributeValues: toItem(values),
  });
  return unlessRefused(client.send(command));
}

async function unlessRefused(sent: Promise<unknown>): Promise<boolean> {
  try {
    await sent;
    return true;
  } catch (cause) {
    if (isRefused(cause)) return false;
    throw cause;
  }
}
