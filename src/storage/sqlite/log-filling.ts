/** Logs as they are imported: records at the positions that they had, packed as if appended. */
import type { DatabaseSync } from 'node:sqlite';
import { pack } from '../log-block.ts';
import { type LogRecord, Unavailable } from '../storage.ts';
import type { KeptLog, KeptRecord } from '../transfer.ts';
import { rowOf, runOf } from './database.ts';
import { MOST_BYTES, MOST_RECORDS } from './logs.ts';
import { KEY } from './queue-state.ts';
import { LAST_ID } from './schema.ts';

interface Filling {
  readonly id: number;
  latestAtMs: number;
  /** Bytes of all that came so far. */
  bytes: number;
  /** Position of the next record. */
  next: number;
  pending: LogRecord[];
  pendingBytes: number;
}

export class LogFilling {
  readonly #make;
  readonly #insert;
  readonly #update;
  #log: Filling | undefined;

  constructor(sql: DatabaseSync) {
    this.#make = rowOf<[number]>(
      sql,
      `INSERT INTO log (name, first, next, latest_at, bytes, gone)
       VALUES (?, ?, ?, ${Number.MIN_SAFE_INTEGER}, 0, 0) RETURNING id`,
    );
    this.#insert = runOf(
      sql,
      `INSERT INTO block (key, count, latest_at, bytes_before, frames, seal, text)
       VALUES (${KEY}, ?3, ?4, ?5, ?6, ?7, ?8)`,
    );
    this.#update = runOf(sql, 'UPDATE log SET latest_at = ?, bytes = ? WHERE id = ?');
  }

  begin({ log, first, next }: KeptLog): void {
    this.finish();
    const id = this.#make(log, first, next)?.[0] ?? 0;
    if (id > LAST_ID) throw new Unavailable(`More than ${LAST_ID} logs.`);
    const empty = { bytes: 0, pending: [], pendingBytes: 0 };
    this.#log = { id, latestAtMs: Number.MIN_SAFE_INTEGER, next: first, ...empty };
  }

  record({ atMs, key, body }: KeptRecord): void {
    const log = this.#log;
    if (!log) throw new TypeError('A record comes after its log.');
    const bytes = Buffer.byteLength(body);
    log.pending.push(key === undefined ? { atMs, body } : { atMs, key, body });
    log.pendingBytes += bytes;
    log.bytes += bytes;
    log.next += 1;
    log.latestAtMs = Math.max(log.latestAtMs, atMs);
    if (log.pending.length >= MOST_RECORDS || log.pendingBytes >= MOST_BYTES) this.#pack(log);
  }

  /** Writes what is left of the last log. */
  finish(): void {
    const log = this.#log;
    if (!log) return;
    this.#pack(log);
    this.#update(log.latestAtMs, log.bytes, log.id);
    this.#log = undefined;
  }

  #pack(log: Filling): void {
    const { id, next, pending, latestAtMs, bytes, pendingBytes } = log;
    if (pending.length === 0) return;
    const { frames, seal, text } = pack(pending);
    const first = next - pending.length;
    const before = bytes - pendingBytes;
    this.#insert(id, first, pending.length, latestAtMs, before, frames, seal, text);
    log.pending = [];
    log.pendingBytes = 0;
  }
}
