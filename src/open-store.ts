/**
 * Opening the data of a server, wherever it is: in a folder, in memory, or in PostgreSQL, whose
 * engine and driver are loaded only then.
 */
import type { Log } from './delivery/stack.ts';
import { openSqlite } from './storage/sqlite/open.ts';
import type { Storage } from './storage/storage.ts';

export interface StoreOptions {
  /** Folder of the data; made when missing. Without it and `store` everything is in memory. */
  readonly data?: string;
  /** A database that several nodes may share: `postgres://user@host/database`. Needs `pg`. */
  readonly store?: string;
  /** Schema of the database in which our tables are; made when missing. Default `millrace`. */
  readonly storeSchema?: string;
  /** Whether the database is reached through a pooler of transactions, such as PgBouncer. */
  readonly storePooled?: boolean;
  readonly durability?: 'power' | 'process';
  readonly acceptLoss?: boolean;
  readonly log?: Log;
}

export async function openStore(options: StoreOptions): Promise<Storage> {
  const { data, store, durability = 'power', log } = options;
  if (store === undefined) {
    const acceptLoss = options.acceptLoss ?? false;
    return openSqlite({ path: data ?? ':memory:', durability, acceptLoss });
  }
  if (!/^postgres(?:ql)?:\/\//.test(store)) {
    throw new Error('A store is an address that begins with postgres://.');
  }
  const { openPostgres } = await import('./storage/postgres/open.ts');
  return openPostgres({
    url: store,
    durability,
    ...(options.storeSchema !== undefined && { schema: options.storeSchema }),
    ...(options.storePooled && { pooled: true }),
    onWarning: (message, fields) => log?.warn(message, fields),
  });
}

/** The address as people may read it, without its password. */
export function shownStore(store: string): string {
  const url = new URL(store);
  return `${url.protocol}//${url.host}${url.pathname}`;
}
