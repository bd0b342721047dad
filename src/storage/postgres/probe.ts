/**
 * Looks after what this design suffers from: whoever holds an old snapshot keeps the database from
 * cleaning up what was deleted, and claims get slower by the minute. The culprit is named within
 * seconds. Looks also at slots and standbys of replication, dead rows and the clock.
 */
import type { Clock, Timer } from '../../core/clock.ts';
import type { StorageReport } from '../reporting.ts';
import { type ClockOffset, isTooFar, measureOffset } from './clock-offset.ts';
import type { Connection } from './connection.ts';
import type { Line } from './line.ts';
import { type Schema, statement } from './names.ts';
import { HELD_TOO_LONG_MS, warningsOf } from './warnings.ts';

/** Who holds the oldest snapshot: a session, a prepared transaction or a replication slot. */
export interface Holder {
  readonly what: 'session' | 'prepared transaction' | 'replication slot';
  /** Process id of the session; 0 for the others. */
  readonly pid: number;
  /** The session's application, or the name of the transaction or slot. */
  readonly name: string;
  readonly state: string;
  readonly heldMs: number;
  /** How many transactions have begun since. */
  readonly transactions: number;
  readonly query: string;
}

export interface Slot {
  readonly name: string;
  readonly active: boolean;
  readonly lagBytes: number;
}

export interface Standby {
  readonly name: string;
  readonly state: string;
  /** `sync`, `quorum`, `potential` or `async`. */
  readonly sync: string;
  readonly lagBytes: number;
}

export interface PostgresHealth {
  readonly oldestSnapshot: Holder | undefined;
  readonly slots: readonly Slot[];
  readonly standbys: readonly Standby[];
  readonly deadRows: number;
  readonly liveRows: number;
  readonly tableBytes: number;
  readonly clock: ClockOffset;
}

export interface PostgresReport extends StorageReport {
  readonly engine: 'postgres';
  readonly gauges: Readonly<Record<string, number>>;
  readonly health: PostgresHealth;
}

export interface ProbeOptions {
  readonly line: Line;
  readonly clock: Clock;
  readonly schema: Schema;
  readonly mostOffsetMs: number;
  readonly onWarning: (message: string, fields: Readonly<Record<string, unknown>>) => void;
  /** How long a snapshot may be held. Default `HELD_TOO_LONG_MS`. */
  readonly heldTooLongMs?: number;
}

const EVERY_MS = 5_000;
/** Every so many looks the clock is measured: once a minute. */
const LOOKS_PER_CLOCK = 12;

const HOLDER = statement(
  'probe-holder',
  `SELECT * FROM (
     SELECT 'session', pid, application_name, coalesce(state, ''),
       (extract(epoch FROM clock_timestamp() - coalesce(xact_start, backend_start)) * 1000)::float8,
       age(backend_xmin) AS transactions, left(coalesce(query, ''), 200)
     FROM pg_stat_activity
     WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid()
       AND backend_type NOT LIKE 'autovacuum%'
       AND (datname = current_database() OR datname IS NULL)
     UNION ALL
     SELECT 'prepared transaction', 0, gid, 'prepared',
       (extract(epoch FROM clock_timestamp() - prepared) * 1000)::float8, age(transaction), ''
     FROM pg_prepared_xacts WHERE database = current_database()
     UNION ALL
     SELECT 'replication slot', 0, slot_name, CASE WHEN active THEN 'active' ELSE 'inactive' END,
       'infinity'::float8, age(xmin), '' FROM pg_replication_slots WHERE xmin IS NOT NULL
   ) AS held ORDER BY transactions DESC, 5 DESC LIMIT 1`,
);
/** On a standby `pg_current_wal_lsn` is refused; we are never on one. */
const BEHIND = 'coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(),';
const SLOTS = statement(
  'probe-slots',
  `SELECT slot_name, active, ${BEHIND} restart_lsn), 0)::float8 FROM pg_replication_slots`,
);
const STANDBYS = statement(
  'probe-standbys',
  `SELECT application_name, coalesce(state, ''), coalesce(sync_state, ''),
     ${BEHIND} replay_lsn), 0)::float8 FROM pg_stat_replication`,
);
const ROWS = statement(
  'probe-rows',
  `SELECT coalesce(sum(n_dead_tup), 0)::bigint, coalesce(sum(n_live_tup), 0)::bigint,
     coalesce(sum(pg_total_relation_size(relid)), 0)::bigint
   FROM pg_stat_user_tables WHERE schemaname = $1`,
);

type HolderRow = readonly [Holder['what'], number, string, string, number, number, string];

export class Probe {
  readonly #options: ProbeOptions;
  #timer: Timer | undefined;
  #looks = 0;
  #clock: ClockOffset = { offsetMs: 0, errorMs: Number.POSITIVE_INFINITY };
  /** Who was warned of; once is enough for each. */
  #warnedOf = '';
  #looking: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: ProbeOptions) {
    this.#options = options;
    this.#later();
  }

  async report() {
    const connection = await this.#options.line.get();
    const [holder, slots, standbys, rows] = await Promise.all([
      oldestSnapshot(connection),
      connection.query<readonly [string, boolean, number]>(SLOTS),
      connection.query<readonly [string, string, string, number]>(STANDBYS),
      connection.query<readonly [number, number, number]>(ROWS, [this.#options.schema.name]),
    ]);
    const [deadRows, liveRows, tableBytes] = rows[0] ?? [0, 0, 0];
    const clock = this.#clock;
    const health: PostgresHealth = {
      oldestSnapshot: holder,
      slots: slots.map(([name, active, lagBytes]) => ({ name, active, lagBytes })),
      standbys: standbys.map(([name, state, sync, lagBytes]) => ({ name, state, sync, lagBytes })),
      ...{ deadRows, liveRows, tableBytes, clock },
    };
    return {
      ...{ engine: 'postgres' as const, health, gauges: gaugesOf(health) },
      warnings: warningsOf(health),
      // Ours is ahead where the database's is behind.
      ...(Number.isFinite(clock.errorMs) && { clockOffsetMs: -clock.offsetMs }),
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#looking;
  }

  #later(): void {
    if (this.#closed) return;
    this.#timer = this.#options.clock.afterWallMs(EVERY_MS, () => {
      // While the database is away everyone is told so otherwise.
      this.#looking = this.#look().catch(() => {});
      void this.#looking.then(() => this.#later());
    });
  }

  async #look(): Promise<void> {
    const { line, clock, mostOffsetMs, onWarning } = this.#options;
    const { heldTooLongMs = HELD_TOO_LONG_MS } = this.#options;
    const connection = await line.get();
    const holder = await oldestSnapshot(connection);
    const heldLong = holder && holder.heldMs > heldTooLongMs ? holder : undefined;
    const who = heldLong ? `${heldLong.what} ${heldLong.pid} ${heldLong.name}` : '';
    if (heldLong && who !== this.#warnedOf) {
      onWarning(`a ${heldLong.what} keeps the database from cleaning up`, { ...heldLong });
    }
    this.#warnedOf = who;
    if (this.#looks % LOOKS_PER_CLOCK === 0) {
      this.#clock = await measureOffset(connection, clock);
      if (isTooFar(this.#clock, mostOffsetMs)) {
        onWarning('the clocks of this machine and of the database differ', { ...this.#clock });
      }
    }
    this.#looks += 1;
  }
}

async function oldestSnapshot(connection: Connection): Promise<Holder | undefined> {
  const [row] = await connection.query<HolderRow>(HOLDER);
  if (!row) return undefined;
  const [what, pid, name, state, heldMs, transactions, query] = row;
  return { what, pid, name, state, heldMs, transactions, query };
}

function gaugesOf(health: PostgresHealth): Readonly<Record<string, number>> {
  const { oldestSnapshot: oldest, slots, standbys, deadRows, liveRows, tableBytes } = health;
  const held = oldest && Number.isFinite(oldest.heldMs) ? oldest.heldMs : 0;
  const most = (lags: readonly { readonly lagBytes: number }[]) =>
    Math.max(0, ...lags.map(({ lagBytes }) => lagBytes));
  return {
    oldest_snapshot_seconds: held / 1000,
    oldest_snapshot_transactions: oldest?.transactions ?? 0,
    replication_slot_lag_bytes: most(slots),
    standby_lag_bytes: most(standbys),
    synchronous_standbys: standbys.filter(({ sync }) => sync === 'sync' || sync === 'quorum')
      .length,
    dead_rows: deadRows,
    live_rows: liveRows,
    table_bytes: tableBytes,
    clock_offset_seconds: health.clock.offsetMs / 1000,
  };
}
