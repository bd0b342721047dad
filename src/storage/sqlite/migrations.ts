/**
 * Brings a data directory of an older format forward, one step per format, in one transaction.
 */

import type { Database } from './database.ts';
import { createTables, FORMAT } from './schema.ts';

type Step = (sql: Database['sql']) => void;

/** The step at index 0 leads from format 1 to format 2. */
const STEPS: readonly Step[] = [];

export function migrate({ sql, file }: Database): void {
  const format = Number(sql.prepare('PRAGMA user_version').get()?.user_version);
  if (format === FORMAT) return;
  if (format > FORMAT) {
    throw new Error(
      `${file} has format ${format}; this version of millrace reads up to ${FORMAT}. ` +
        'Start the version that wrote it, or a newer one.',
    );
  }
  sql.exec('BEGIN IMMEDIATE');
  try {
    if (format === 0) createTables(sql);
    else for (const step of STEPS.slice(format - 1)) step(sql);
    sql.exec(`PRAGMA user_version = ${FORMAT}; COMMIT`);
  } catch (cause) {
    sql.exec('ROLLBACK');
    throw cause;
  }
}
