/**
 * Brings a data directory of an older format forward, one step per format, in one transaction.
 */

import type { Database } from './database.ts';
import { createTables, FORMAT } from './schema.ts';

export type Step = (sql: Database['sql']) => void;

/** The step at index 0 leads from format 1 to format 2. */
const STEPS: readonly Step[] = [];

/** `steps` are the known ones, but for a test of the way they are taken. */
export function migrate({ sql, file }: Database, steps: readonly Step[] = STEPS): void {
  const newest = steps === STEPS ? FORMAT : steps.length + 1;
  const format = Number(sql.prepare('PRAGMA user_version').get()?.user_version);
  if (format === newest) return;
  if (format > newest) {
    throw new Error(
      `${file} has format ${format}; this version of millrace reads up to ${newest}. ` +
        'Start the version that wrote it, or a newer one.',
    );
  }
  sql.exec('BEGIN IMMEDIATE');
  try {
    if (format === 0) createTables(sql);
    else for (const step of steps.slice(format - 1)) step(sql);
    sql.exec(`PRAGMA user_version = ${newest}; COMMIT`);
  } catch (cause) {
    sql.exec('ROLLBACK');
    throw cause;
  }
}
