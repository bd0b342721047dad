/**
 * Whether a server can be used, and what about it should be otherwise.
 */
import type { Connection } from './connection.ts';
import { statement } from './names.ts';

const OLDEST = 15;

const SERVER = statement(
  '',
  `SELECT current_setting('server_version_num')::int, current_setting('server_encoding'),
     current_setting('fsync'), current_setting('full_page_writes'),
     current_setting('synchronous_commit'), current_setting('synchronous_standby_names'),
     (SELECT count(*)::int FROM pg_stat_replication)`,
);

type ServerRow = readonly [number, string, string, string, string, string, number];

export interface Server {
  /** As set for our connections when nothing else is asked for. */
  readonly synchronousCommit: string;
  readonly warnings: readonly string[];
}

/** Throws where the server cannot be used. */
export async function checkServer(connection: Connection): Promise<Server> {
  const [row] = await connection.query<ServerRow>(SERVER);
  if (!row) throw new Error('The database does not answer.');
  const [version, encoding, fsync, fullPages, synchronousCommit, standbyNames, standbys] = row;
  const major = Math.floor(version / 10_000);
  if (major < OLDEST) throw new Error(`PostgreSQL ${major} is too old: ${OLDEST} is needed.`);
  if (encoding !== 'UTF8') {
    throw new Error(`The database has the encoding ${encoding}: create one with UTF8.`);
  }
  const warnings: string[] = [];
  if (fsync === 'off') warnings.push('fsync is off: a power cut loses everything. Set it to on.');
  if (fullPages === 'off') {
    warnings.push('full_page_writes is off: a power cut may damage tables. Set it to on.');
  }
  if (standbys > 0 && standbyNames === '') {
    warnings.push(
      'synchronous_standby_names is empty: a failover loses what was acknowledged last. ' +
        "Set it, for instance to 'ANY 1 (a, b)'.",
    );
  }
  return { synchronousCommit, warnings };
}
