/**
 * The connection: one file in WAL mode that this process alone may open, and its settings.
 */
import { join } from 'node:path';
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { sqlite } from './node-sqlite.ts';

export const DATABASE_FILE = 'millrace.db';

/** `power`: survives a power cut. `process`: survives the end of the process, however it ends. */
export type Durability = 'power' | 'process';

export interface Database {
  readonly sql: DatabaseSync;
  /** Named in error messages. */
  readonly file: string;
}

/** Three rows of 1 KiB share a page of 8 KiB with less waste; half the pages per commit. */
export const PAGE_BYTES = 8192;
const CACHE_KIB = 32 * 1024;
/** A checkpoint this often moves 16 MB, about 20 ms, and keeps hot pages from moving twice. */
const CHECKPOINT_PAGES = 2000;

export function connect(path: string, durability: Durability, maxBytes?: number): Database {
  const inMemory = path === ':memory:';
  const file = inMemory ? path : join(path, DATABASE_FILE);
  const sql = new sqlite.DatabaseSync(file);
  try {
    sql.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA locking_mode = EXCLUSIVE`);
    if (!inMemory) sql.exec('PRAGMA journal_mode = WAL');
    sql.exec(`PRAGMA synchronous = ${durability === 'power' ? 'FULL' : 'NORMAL'};
      PRAGMA fullfsync = ${durability === 'power' ? 1 : 0};
      PRAGMA checkpoint_fullfsync = ${durability === 'power' ? 1 : 0};
      PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
      PRAGMA cache_size = ${-CACHE_KIB};
      PRAGMA temp_store = MEMORY;
      PRAGMA foreign_keys = OFF`);
    if (maxBytes) sql.exec(`PRAGMA max_page_count = ${Math.ceil(maxBytes / PAGE_BYTES)}`);
    // The first write takes the lock that keeps every other process out until this one ends.
    sql.exec('BEGIN IMMEDIATE; COMMIT');
    return { sql, file };
  } catch (cause) {
    sql.close();
    throw cause;
  }
}

type Values = readonly SQLInputValue[];

interface Statement {
  all(...values: Values): ReturnType<StatementSync['all']>;
  get(...values: Values): ReturnType<StatementSync['get']>;
  run(...values: Values): ReturnType<StatementSync['run']>;
  setReturnArrays?(enabled: boolean): void;
}

/** Node 22.13 fills only a bare `?`: there `?2` is written so, and the values put in that order. */
function prepare(sql: DatabaseSync, text: string): Statement {
  if (bindsNumbers(sql)) return sql.prepare(text);
  const order = Array.from(text.matchAll(/\?(\d+)/g), ([, number]) => Number(number) - 1);
  const statement = sql.prepare(text.replaceAll(/\?\d+/g, '?'));
  if (order.length === 0) return statement;
  const ordered = (values: Values) => order.map((at) => values[at] ?? null);
  return {
    all: (...values) => statement.all(...ordered(values)),
    get: (...values) => statement.get(...ordered(values)),
    run: (...values) => statement.run(...ordered(values)),
    ...(typeof statement.setReturnArrays === 'function' && {
      setReturnArrays: (enabled: boolean) => statement.setReturnArrays(enabled),
    }),
  };
}

let numbersAreBound: boolean | undefined;

function bindsNumbers(sql: DatabaseSync): boolean {
  if (numbersAreBound !== undefined) return numbersAreBound;
  try {
    sql.prepare('SELECT ?1').get(1);
    numbersAreBound = true;
  } catch {
    numbersAreBound = false;
  }
  return numbersAreBound;
}

type Row = readonly (SQLOutputValue | undefined)[];

/**
 * A statement that answers rows as arrays, which cost half of what objects cost
 * (0.8 against 1.3 µs for nine columns). Node before 22.16 only knows objects.
 */
export function rowsOf<R extends Row>(sql: DatabaseSync, text: string) {
  const statement = prepare(sql, text);
  if (typeof statement.setReturnArrays === 'function') {
    statement.setReturnArrays(true);
    return (...values: SQLInputValue[]) => statement.all(...values) as unknown as readonly R[];
  }
  return (...values: SQLInputValue[]) =>
    statement.all(...values).map((row) => Object.values(row) as unknown as R);
}

/** The same for the first row. */
export function rowOf<R extends Row>(sql: DatabaseSync, text: string) {
  const statement = prepare(sql, text);
  if (typeof statement.setReturnArrays === 'function') {
    statement.setReturnArrays(true);
    return (...values: SQLInputValue[]) => statement.get(...values) as unknown as R | undefined;
  }
  return (...values: SQLInputValue[]) => {
    const row = statement.get(...values);
    return row && (Object.values(row) as unknown as R);
  };
}

/** A statement that answers nothing; returns how many rows it changed. */
export function runOf(sql: DatabaseSync, text: string) {
  const statement = prepare(sql, text);
  return (...values: SQLInputValue[]) => Number(statement.run(...values).changes);
}
