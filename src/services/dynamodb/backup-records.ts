/** Backups as they are kept: what the table was like, and its items as rows of their own. */
import { arnOf, parseArn } from '../../core/arn.ts';
import type { Stack } from '../../delivery/stack.ts';
import { Collection, type Stored } from '../../storage/collection.ts';
import type { Storage } from '../../storage/storage.ts';
import type { Call } from '../call.ts';
import { fault } from './errors.ts';
import { addressOf, tableFor } from './lookup.ts';
import type { TableRecord } from './store.ts';

export interface BackupRecord {
  /** Such as `01489602797149-73d8d5bc`: its moment, and something of its own. */
  readonly id: string;
  readonly name: string;
  readonly status: 'CREATING' | 'AVAILABLE';
  readonly createdAtMs: number;
  /** The table as it was. */
  readonly table: TableRecord;
  readonly count: number;
  readonly bytes: number;
}

const BACKUPS = 'dynamodb/backups';
/** Rows of items: partition is the backup's id, keys and values are those of the table's rows. */
export const BACKED_UP = 'dynamodb/backup-items';

const collections = new WeakMap<Storage, Collection<BackupRecord>>();

/** By id, in partition `account/region`. */
export function backupsOf({ storage }: Pick<Stack, 'storage'>): Collection<BackupRecord> {
  const known = collections.get(storage) ?? new Collection<BackupRecord>(storage, BACKUPS);
  collections.set(storage, known);
  return known;
}

export function backupArn({ id, table }: Pick<BackupRecord, 'id' | 'table'>): string {
  const { region, account, name } = table;
  return arnOf('dynamodb', region, account, `table/${name}/backup/${id}`);
}

export async function knownBackup(call: Call, arn: string): Promise<Stored<BackupRecord>> {
  const { account, region, resource = '' } = parseArn(arn) ?? {};
  const id = /^table\/[^/]+\/backup\/([\w-]+)$/.exec(resource)?.[1];
  const isOwn = account === call.account && region === call.region;
  const found = id && isOwn && (await backupsOf(call.stack).get(`${account}/${region}`, id));
  if (found && backupArn(found.value) === arn) return found;
  throw fault('BackupNotFoundException', `Backup not found: ${arn}`);
}

/** The table that a request about backups names. */
export async function backedUpTable(call: Call, name: string): Promise<Stored<TableRecord>> {
  const address = addressOf(call, name);
  const table = await tableFor(call, address);
  if (table) return table;
  throw fault('TableNotFoundException', `Table not found: ${address.name}`);
}
