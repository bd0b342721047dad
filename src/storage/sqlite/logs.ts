/**
 * Logs. All records that one group appends to a log become one row (few, when they are large), so
 * that a record costs little more than its bytes. What is trimmed is hidden at once; the rows
 * that hold nothing else are removed a bounded number at a time.
 */
import type { DatabaseSync } from 'node:sqlite';
import { type Block, BlockCache } from '../block-cache.ts';
import { type Packed, pack, unpack } from '../log-block.ts';
import { MOST_BYTES, MOST_RECORDS } from '../log-packing.ts';
import {
  type Append,
  Corrupt,
  type LogBounds,
  type LogEntry,
  type LogRead,
  type Receipt,
  type Trim,
} from '../storage.ts';
import { rowOf, runOf } from './database.ts';
import { type Log, LogStates } from './log-state.ts';
import { KEY } from './queue-state.ts';
import { LAST_POSITION, POSITION_BITS } from './schema.ts';
import type { Undo } from './undo.ts';

/** Rows of trimmed records that are removed at once. */
const REMOVED_AT_ONCE = 200;

/** What is known of a block without unpacking it. */
type Outline = readonly [first: number, count: number, latestAtMs: number, bytesBefore: number];

export class Logs {
  readonly #undo: Undo;
  readonly #states: LogStates;
  readonly #cache = new BlockCache();
  readonly #insert;
  readonly #outline;
  readonly #packed;
  readonly #removeBefore;

  constructor(sql: DatabaseSync, undo: Undo) {
    this.#undo = undo;
    this.#states = new LogStates(sql, undo);
    this.#insert = runOf(
      sql,
      `INSERT INTO block (key, count, latest_at, bytes_before, frames, seal, text)
       VALUES (${KEY}, ?3, ?4, ?5, ?6, ?7, ?8)`,
    );
    const holding = `WHERE key BETWEEN (?1 << ${POSITION_BITS}) AND ${KEY}
      ORDER BY key DESC LIMIT 1`;
    this.#outline = rowOf<Outline>(
      sql,
      `SELECT key & ${LAST_POSITION}, count, latest_at, bytes_before FROM block ${holding}`,
    );
    this.#packed = rowOf<[number, string, number, string]>(
      sql,
      `SELECT key & ${LAST_POSITION}, frames, seal, text FROM block ${holding}`,
    );
    this.#removeBefore = runOf(
      sql,
      `DELETE FROM block WHERE key IN (
         SELECT key FROM block WHERE key BETWEEN (?1 << ${POSITION_BITS}) AND (${KEY} - 1)
         ORDER BY key LIMIT ${REMOVED_AT_ONCE})`,
    );
  }

  append({ log: name, record }: Append): Receipt {
    const log = this.#states.touch(name);
    const position = log.next;
    const bytes = Buffer.byteLength(record.body);
    log.pending.push(record);
    log.pendingBytes += bytes;
    log.bytes += bytes;
    log.next += 1;
    log.latestAtMs = Math.max(log.latestAtMs, record.atMs);
    if (log.pending.length >= MOST_RECORDS || log.pendingBytes >= MOST_BYTES) this.#pack(log);
    return { position };
  }

  /** Writes what the group appended; to be called before it commits. */
  finish(): void {
    for (const log of this.#states.touched) {
      this.#pack(log);
      this.#states.write(log);
    }
    this.#states.touched.clear();
  }

  /** Whether rows are left over that `removeTrimmed` should remove. */
  trim(write: Trim): boolean {
    const found = this.#states.find(write.log);
    if (!found) return false;
    const log = this.#states.touch(write.log);
    this.#undo.touch(this.#cache);
    this.#pack(log);
    const { before = 0, beforeMs, keep = Number.MAX_SAFE_INTEGER } = write;
    const young = beforeMs === undefined ? 0 : this.#firstSince(log, beforeMs);
    const first = Math.min(log.next, Math.max(before, log.next - keep, young));
    if (first <= log.first) return false;
    log.first = first;
    log.gone = this.#bytesBefore(log, first);
    return this.removeTrimmed(write.log);
  }

  /** Removes some rows that hold trimmed records only; true when there may be more. */
  removeTrimmed(name: string): boolean {
    const log = this.#states.find(name);
    if (!log) return false;
    const [keepFrom] = (log.first < log.next && this.#outline(log.id, log.first)) || [log.next];
    return this.#removeBefore(log.id, keepFrom) === REMOVED_AT_ONCE;
  }

  read(name: string, read: LogRead): readonly LogEntry[] {
    const { from, max, sinceMs, maxChars = Number.POSITIVE_INFINITY } = read;
    const log = this.#states.find(name);
    if (!log) return [];
    const entries: LogEntry[] = [];
    let position = Math.max(from, log.first);
    if (sinceMs !== undefined) position = Math.max(position, this.#firstSince(log, sinceMs));
    let chars = 0;
    while (position < log.next && entries.length < max && chars < maxChars) {
      const { first, records } = this.#block(log, position);
      for (const record of records.slice(position - first)) {
        if (entries.length >= max || chars >= maxChars) break;
        if (sinceMs === undefined || record.atMs >= sinceMs) {
          entries.push({ ...record, position });
          chars += record.body.length;
        }
        position += 1;
      }
    }
    return entries;
  }

  bounds(name: string): LogBounds {
    const log = this.#states.find(name);
    if (!log) return { first: 1, next: 1, bytes: 0 };
    return { first: log.first, next: log.next, bytes: log.bytes - log.gone };
  }

  #pack(log: Log): void {
    if (log.pending.length === 0) return;
    const { frames, seal, text } = pack(log.pending);
    const { id, next, latestAtMs, bytes, pending } = log;
    const first = next - pending.length;
    this.#insert(
      id,
      first,
      pending.length,
      latestAtMs,
      bytes - log.pendingBytes,
      frames,
      seal,
      text,
    );
    // A new list, so that undoing finds the old one as it was.
    log.pending = [];
    log.pendingBytes = 0;
  }

  /** The block that holds `position`, unpacked. */
  #block(log: Log, position: number): Block {
    const kept = this.#cache.find(log.id, position);
    if (kept) return kept;
    const row = this.#packed(log.id, position);
    const what = () => `Record ${position} of log ${log.name}`;
    if (!row) throw new Corrupt(`${what()} is missing.`);
    const [first, frames, seal, text] = row;
    const packed: Packed = { frames, seal, text };
    const records = unpack(packed, what);
    if (position >= first + records.length) throw new Corrupt(`${what()} is missing.`);
    this.#cache.keep(log.id, { first, records }, text.length);
    return { first, records };
  }

  /** Position of the first record that is not from before `sinceMs`; `next` for none. */
  #firstSince(log: Log, sinceMs: number): number {
    if (log.latestAtMs < sinceMs) return log.next;
    let [low, high] = [log.first, log.next];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const outline = this.#outline(log.id, middle);
      if (!outline) throw new Corrupt(`Record ${middle} of log ${log.name} is missing.`);
      const [first, count, latestAtMs] = outline;
      if (latestAtMs >= sinceMs) high = first;
      else low = first + count;
    }
    if (low >= log.next) return log.next;
    const { first, records } = this.#block(log, low);
    const young = records.findIndex((record) => record.atMs >= sinceMs);
    return Math.max(log.first, first + Math.max(0, young));
  }

  /** Bytes of all bodies before `position`. */
  #bytesBefore(log: Log, position: number): number {
    if (position >= log.next) return log.bytes;
    const outline = this.#outline(log.id, position);
    const bytesBefore = outline?.[3] ?? 0;
    if (outline?.[0] === position) return bytesBefore;
    const { first, records } = this.#block(log, position);
    const skipped = records.slice(0, position - first);
    return skipped.reduce((bytes, { body }) => bytes + Buffer.byteLength(body), bytesBefore);
  }
}
