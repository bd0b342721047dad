/**
 * Opening a data directory. Refuses, naming the file and the way out, when another process has
 * it open, when a file is not ours or was written by a newer version, and when acknowledged
 * commits are missing.
 */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Storage } from '../storage.ts';
import { COMMIT_FILE, CommitNumber, notedCommit } from './commit-number.ts';
import { removeLeftCopies } from './copy.ts';
import { connect, DATABASE_FILE, type Database, type Durability } from './database.ts';
import { SqliteStorage } from './engine.ts';
import { isBusy, isForeign, translate } from './errors.ts';
import { syncFolder } from './folder.ts';
import { migrate } from './migrations.ts';
import { Reserve } from './reserve.ts';
import { APPLICATION_ID } from './schema.ts';

/** Another process has the data directory open. */
export class InUse extends Error {
  override readonly name = 'InUse';

  constructor(path: string, options: ErrorOptions) {
    super(`Another process has ${path} open.`, options);
  }
}

export interface SqliteOptions {
  /** The data directory, made when it is missing; `:memory:` keeps nothing. */
  readonly path: string;
  /** What an acknowledged write survives. Default `power`. */
  readonly durability?: Durability;
  /** Opens a directory in which acknowledged commits are missing, and goes on without them. */
  readonly acceptLoss?: boolean;
  /** The database file does not grow beyond this. */
  readonly maxBytes?: number;
  /** Space kept for deleting when the disk is full. Default 64 MiB. */
  readonly reserveBytes?: number;
  /**
   * Called after a failed write or fsync, when what the disk holds is no longer known. By default
   * prints the error and ends the process; starting anew recovers what is there.
   */
  readonly onFatal?: (cause: Error) => void;
}

const RESERVE_BYTES = 64 * 1024 * 1024;
/** Positions and versions skipped after a loss, so that none is given out twice. */
export const SKIPPED_AFTER_LOSS = 2 ** 32;

export async function openSqlite(options: SqliteOptions): Promise<Storage> {
  const { path, durability = 'power', reserveBytes = RESERVE_BYTES, maxBytes } = options;
  const onFatal = options.onFatal ?? endProcess;
  if (path === ':memory:') {
    const database = connect(path, 'process', maxBytes);
    migrate(database);
    const reserve = new Reserve(undefined, 0);
    return new SqliteStorage(database, { reserve, commitNumber: undefined, onFatal });
  }
  makeDirectory(resolve(path));
  const database = take(path, durability, maxBytes);
  try {
    refuseForeign(database);
    removeLeftCopies(path);
    const commits = checkCommits(database, path, options.acceptLoss === true);
    migrate(database);
    const reserve = new Reserve(path, reserveBytes);
    const commitNumber = new CommitNumber(path, commits);
    syncFolder(path);
    return new SqliteStorage(database, { reserve, commitNumber, onFatal });
  } catch (cause) {
    database.sql.close();
    throw translate(cause, database.file);
  }
}

/** Not `recursive`: Node then goes round for ever where a folder cannot be made, as in /proc. */
function makeDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  makeDirectory(dirname(path));
  mkdirSync(path);
}

/**
 * Opens what is there as it is, whatever its format, for a copy of it. Nobody else can open it
 * meanwhile.
 */
export function openAsItIs(path: string): Database {
  if (!existsSync(join(path, DATABASE_FILE))) {
    throw new Error(`${resolve(path)} is no data folder: it has no ${DATABASE_FILE}.`);
  }
  const database = take(path, 'process');
  try {
    refuseForeign(database);
    checkCommits(database, path, false);
    return database;
  } catch (cause) {
    database.sql.close();
    throw translate(cause, database.file);
  }
}

function take(path: string, durability: Durability, maxBytes?: number): Database {
  try {
    return connect(path, durability, maxBytes);
  } catch (cause) {
    if (isBusy(cause)) throw new InUse(path, { cause });
    if (isForeign(cause)) throw new Error(`${join(path, DATABASE_FILE)} ${FOREIGN}`, { cause });
    throw translate(cause, join(path, DATABASE_FILE));
  }
}

const FOREIGN = 'was not written by millrace. Choose another data directory.';

function refuseForeign({ sql, file }: Database): void {
  const { application_id: application } = sql.prepare('PRAGMA application_id').get() ?? {};
  if (application === APPLICATION_ID) return;
  const { tables } = sql.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() ?? {};
  if (application !== 0 || tables !== 0) throw new Error(`${file} ${FOREIGN}`);
}

/** Number of the last commit that is there; refuses when it is not the last there was. */
function checkCommits({ sql, file }: Database, path: string, acceptLoss: boolean): number {
  const row = hasTables(sql) ? sql.prepare('SELECT commits FROM progress').get() : undefined;
  const commits = Number(row?.commits ?? 0);
  const noted = notedCommit(path);
  if (noted === undefined || noted <= commits) return commits;
  if (acceptLoss) {
    if (row) sql.exec(`UPDATE progress SET sequence = sequence + ${SKIPPED_AFTER_LOSS}`);
    return commits;
  }
  const accept = `To go on without them: millrace start --accept-loss (acceptLoss: true).`;
  if (Number.isNaN(noted)) {
    throw new Error(
      `${join(path, COMMIT_FILE)} is damaged: it cannot be told whether ` +
        `acknowledged commits are missing after number ${commits} of ${file}. ${accept}`,
    );
  }
  throw new Error(
    `${file} is damaged or of an older date: it ends with commit ${commits}, but ` +
      `commits up to ${noted} were acknowledged, so ${noted - commits} are missing. ${accept}`,
  );
}

function hasTables(sql: Database['sql']): boolean {
  return sql.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'progress'").get() !== undefined;
}

function endProcess(cause: Error): void {
  console.error(`millrace: ${cause.message}\nThe process ends; starting it again recovers.`);
  process.exit(1);
}
