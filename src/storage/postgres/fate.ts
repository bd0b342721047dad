/**
 * What became of a transaction whose COMMIT was not answered.
 */
import type { Clock } from '../../core/clock.ts';
import type { Connection } from './connection.ts';
import type { Line } from './line.ts';
import { statement } from './names.ts';

export type Fate = 'committed' | 'aborted' | 'unknown';

/** The server may not have noticed yet that the connection is gone: it is helped along. */
const END = statement(
  'fate-end',
  'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_xid = ($1::xid8)::xid',
);
const STATUS = statement('fate-status', 'SELECT pg_xact_status($1::xid8)');

const PAUSE_MS = 20;
const PATIENCE_MS = 5_000;

/**
 * `timeline` is the database's history that the transaction belongs to. After a failover the number
 * may mean another transaction, or none yet; then it cannot be known.
 */
export async function fateOf(
  line: Line,
  clock: Clock,
  transactionId: string,
  timeline: string,
): Promise<Fate> {
  const untilMs = clock.wallNowMs() + PATIENCE_MS;
  for (;;) {
    const fate = await line
      .get()
      .then((connection) => askFor(connection, transactionId, timeline))
      .catch(() => undefined);
    if (fate) return fate;
    if (clock.wallNowMs() >= untilMs) return 'unknown';
    await new Promise<void>((resolve) => clock.afterWallMs(PAUSE_MS, resolve));
  }
}

/** Undefined while it is in progress. */
async function askFor(
  connection: Connection,
  transactionId: string,
  timeline: string,
): Promise<Fate | undefined> {
  if (connection.timeline !== timeline) return 'unknown';
  const [row] = await connection.query<readonly [string | null]>(STATUS, [transactionId]);
  switch (row?.[0]) {
    case 'committed':
    case 'aborted':
      return row[0];
    case 'in progress':
      await connection.query(END, [transactionId]);
      return undefined;
    default:
      return 'unknown';
  }
}
