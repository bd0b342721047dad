/**
 * A copy of a database that is in use. SQLite copies some pages at a time on another thread, and
 * what is committed meanwhile goes to the copy as well, so that the copy is never of half a
 * commit and holds all that was committed before it began.
 * https://www.sqlite.org/backup.html
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { sqlite } from './node-sqlite.ts';

/** How the folders of copies begin, beside the database. */
export const COPIES = 'copy-';

/** A megabyte; the connection is taken for as long as that takes. */
const PAGES_AT_ONCE = 128;

export async function copyDatabase(
  sql: DatabaseSync,
  file: string,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  // Node before 22.16 cannot: there the server stands still until all is copied.
  if (typeof sqlite.backup !== 'function') sql.prepare('VACUUM INTO ?').run(file);
  else while (!(await copied(sql, file, signal))) signal?.throwIfAborted();
  plain(file);
}

/**
 * SQLite copies no page while the connection is in a transaction that writes, and is to be asked
 * again. Node does that except for the first pages, where it takes "no pages are left" for a
 * failure without a cause: SQLite's code 0, "not an error".
 */
async function copied(sql: DatabaseSync, file: string, signal?: AbortSignal): Promise<boolean> {
  const progress = () => signal?.throwIfAborted();
  try {
    await sqlite.backup(sql, file, { rate: PAGES_AT_ONCE, progress });
    return true;
  } catch (cause) {
    if (cause instanceof Error && 'errcode' in cause && cause.errcode === 0) return false;
    throw cause;
  }
}

/** Makes it one file that can be read without the two beside it that a log of writes needs. */
function plain(file: string): void {
  const copy = new sqlite.DatabaseSync(file);
  try {
    copy.exec('PRAGMA journal_mode = DELETE');
  } finally {
    copy.close();
  }
}

/** Copies that a process left behind when it ended in the middle. */
export function removeLeftCopies(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (name.startsWith(COPIES)) rmSync(join(directory, name), { recursive: true, force: true });
  }
}
