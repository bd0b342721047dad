/**
 * Opening a store on PostgreSQL: connects, checks the server and the clock, brings the tables up to
 * date, and puts the engine together. What cannot work is refused here, by name.
 */
import type pg from 'pg';
import { keepAlive, realClock } from '../../core/clock.ts';
import { Unavailable } from '../storage.ts';
import type { Settings } from './attempt.ts';
import { isTooFar, measureOffset } from './clock-offset.ts';
import { Connection, loadDriver } from './connection.ts';
import { type OnWarning, PostgresStorage } from './engine.ts';
import { codeOf, isFromServer, mayPass } from './errors.ts';
import { migrate } from './migrations.ts';
import { Schema, statement } from './names.ts';
import { checkServer } from './server-checks.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`; what it leaves out is in the environment. */
  readonly url: string;
  /** Whose tables are ours; made when it is missing. Default `millrace`. */
  readonly schema?: string;
  /**
   * The connection goes through a pooler that gives each transaction another one, such as
   * PgBouncer: nothing is expected to last longer than a transaction, hints among them.
   */
  readonly pooled?: boolean;
  /** What an acknowledged write survives. Default `power`. */
  readonly durability?: 'power' | 'process';
  /** How far the clocks of this machine and of the database may differ. Default one second. */
  readonly mostClockOffsetMs?: number;
  /** How long a request waits for a database that is away. Default two seconds. */
  readonly patienceMs?: number;
  /** How long a start waits for a database that is there and not ready. Default a minute. */
  readonly startPatienceMs?: number;
  /** How often to ask about what is watched, besides being told. Default 250. */
  readonly pollMs?: number;
  /** Shown by the database as who we are. Default `millrace`. */
  readonly applicationName?: string;
  readonly onWarning?: OnWarning;
}

const MOST_OFFSET_MS = 1_000;
const PATIENCE_MS = 2_000;
const START_PATIENCE_MS = 60_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
const POLL_MS = 250;
/** Nodes with one number wait for each other now and then, and no more. */
const MOST_NODES = 64;

/**
 * Our statements have one good plan each, by index; that must not depend on what the planner
 * thinks of a table that was empty when it last looked. Limits are for what should never be.
 */
const SETTINGS: Settings = {
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  // What comes in order from an index is not sorted as a whole, only within equal beginnings.
  enable_sort: 'off',
  jit: 'off',
  plan_cache_mode: 'force_generic_plan',
  lock_timeout: '2s',
  statement_timeout: '10s',
  idle_in_transaction_session_timeout: '5s',
};

/**
 * Waits for a database that starts, or is about to: nodes are started beside it, and again while
 * it fails over. One that cannot be reached at all is waited for as long as a request would.
 */
export async function openPostgres(options: PostgresOptions): Promise<PostgresStorage> {
  const { startPatienceMs = START_PATIENCE_MS, patienceMs = PATIENCE_MS, onWarning } = options;
  const clock = realClock();
  const beganAtMs = clock.wallNowMs();
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await openOnce(options);
    } catch (cause) {
      const isThere = isFromServer(cause) || cause instanceof Unavailable;
      const untilMs = beganAtMs + (isThere ? startPatienceMs : patienceMs);
      const isAway = isOfConnection(cause) && mayPass(cause);
      if (!isAway || clock.wallNowMs() + pauseMs >= untilMs) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      if (pauseMs === FIRST_PAUSE_MS) onWarning?.('the database is waited for', { cause: why });
    }
    // Nothing else may keep the process here yet.
    const letGo = keepAlive();
    await new Promise<void>((resolve) => clock.afterWallMs(pauseMs, resolve));
    letGo();
  }
}

/** As against what is wrong with this machine or its setting up, and stays so. */
function isOfConnection(cause: unknown): boolean {
  if (cause instanceof Unavailable || codeOf(cause) !== undefined) return true;
  // The driver has no code for these.
  return cause instanceof Error && /^(Connection terminated|timeout)/.test(cause.message);
}

async function openOnce(options: PostgresOptions): Promise<PostgresStorage> {
  const { pooled = false, patienceMs = PATIENCE_MS, pollMs = POLL_MS } = options;
  const { mostClockOffsetMs: mostOffsetMs = MOST_OFFSET_MS, onWarning = () => {} } = options;
  const driver = await loadDriver();
  const schema = new Schema(options.schema ?? 'millrace');
  const first = await connect(driver, options, 'open');
  try {
    const server = await checkServer(first);
    for (const warning of server.warnings) onWarning(warning, {});
    await checkClock(first, mostOffsetMs);
    await migrate(first, schema);
    const settings = { ...SETTINGS, ...synchronous(options, server.synchronousCommit) };
    const open = (purpose: string) =>
      connect(driver, options, purpose, pooled ? undefined : settings);
    const node = await nodeNumber(first, schema);
    return new PostgresStorage({
      ...{ open, schema, node, settings, pooled },
      ...{ patienceMs, pollMs, mostOffsetMs, onWarning },
    });
  } finally {
    await first.close();
  }
}

const HANDSHAKE = statement(
  '',
  `SELECT pg_is_in_recovery(), CASE WHEN pg_is_in_recovery() THEN ''
     ELSE substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END`,
);

/** A connection to a primary; with `settings`, they are set for all that it does. */
async function connect(
  driver: typeof pg,
  { url, applicationName = 'millrace', pooled = false, patienceMs = PATIENCE_MS }: PostgresOptions,
  purpose: string,
  settings: Settings = {},
): Promise<Connection> {
  const connection = await Connection.open(driver, {
    connectionString: url,
    applicationName: `${applicationName} ${purpose}`,
    connectTimeoutMs: patienceMs,
    prepares: !pooled,
  });
  try {
    const set = Object.entries(settings).map(([name, value]) => `SET ${name} = '${value}'`);
    const done = set.length > 0 ? connection.query(statement('', set.join('; '))) : undefined;
    done?.catch(() => {});
    const [row] = await connection.query<readonly [boolean, string]>(HANDSHAKE);
    await done;
    if (row?.[0]) throw new Unavailable('The database is a standby, where nothing can be written.');
    connection.timeline = row?.[1] ?? '';
    return connection;
  } catch (cause) {
    connection.destroy();
    throw cause;
  }
}

async function checkClock(connection: Connection, mostMs: number): Promise<void> {
  const offset = await measureOffset(connection, realClock());
  if (!isTooFar(offset, mostMs)) return;
  const by = Math.round(Math.abs(offset.offsetMs));
  const how = offset.offsetMs < 0 ? 'ahead of' : 'behind';
  throw new Error(
    `The clock of this machine is ${by} ms ${how} that of the database; ${mostMs} ms are ` +
      'allowed. Set both by NTP.',
  );
}

/** A stronger setting of the server's stays. */
function synchronous({ durability }: PostgresOptions, found: string): Settings {
  if (durability === 'process') return { synchronous_commit: 'off' };
  return found === 'off' || found === 'local' ? { synchronous_commit: 'on' } : {};
}

async function nodeNumber(connection: Connection, schema: Schema): Promise<number> {
  const text = `SELECT nextval('${schema.at('node')}')`;
  const [row] = await connection.query<readonly [number]>(statement('', text));
  return (row?.[0] ?? 0) % MOST_NODES;
}
