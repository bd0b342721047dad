/**
 * Work on many rows, done in slices in later turns of the event loop so that nobody waits long
 * for the one connection: clearing purged queues, giving a long queue another delay, removing
 * the rows of trimmed records.
 *
 * What is left to do stands in the database, written by the commit that began it, so a restart
 * goes on with it.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Bodies } from './bodies.ts';
import { rowOf, rowsOf, runOf } from './database.ts';
import type { Logs } from './logs.ts';
import { KEY, type Queue, type Queues } from './queue-state.ts';
import { LAST_POSITION, POSITION_BITS } from './schema.ts';

/** Rows of one slice: about 5 ms. */
const SLICE = 1000;

export class Chores {
  readonly #queues: Queues;
  readonly #bodies: Bodies;
  readonly #logs: Logs;
  readonly #retired: Set<number>;
  readonly #redelayed: Set<number>;
  readonly #trimmed = new Set<string>();
  readonly #statements;

  constructor(sql: DatabaseSync, queues: Queues, bodies: Bodies, logs: Logs) {
    this.#queues = queues;
    this.#bodies = bodies;
    this.#logs = logs;
    this.#statements = statements(sql);
    this.#retired = new Set(this.#statements.allRetired().map(([id]) => id));
    this.#redelayed = new Set(this.#statements.allRedelays().map(([id]) => id));
  }

  get pending(): boolean {
    return this.#retired.size + this.#redelayed.size + this.#trimmed.size > 0;
  }

  /** Does a bounded part of what is pending. */
  slice(): void {
    const [retired] = this.#retired;
    const [redelayed] = this.#redelayed;
    const [trimmed] = this.#trimmed;
    if (retired !== undefined) this.#clear(retired);
    else if (redelayed !== undefined) this.#redelay(redelayed);
    else if (trimmed !== undefined && !this.#logs.removeTrimmed(trimmed)) {
      this.#trimmed.delete(trimmed);
    }
  }

  /** Clears the queue, which has lost its name; small ones at once. */
  retire(queue: Queue, forget: boolean): void {
    this.#statements.retire(queue.id, forget ? queue.memory : null);
    this.#retired.add(queue.id);
    this.#clear(queue.id);
  }

  /** Redelays the messages up to position `until`; of few messages all at once. */
  redelay(queue: Queue, delayMs: number, until: number): void {
    this.#statements.beginRedelay(queue.id, delayMs, until);
    this.#redelayed.add(queue.id);
    this.#redelay(queue.id);
  }

  removeTrimmed(log: string): void {
    this.#trimmed.add(log);
  }

  #clear(queue: number): void {
    const retired = this.#statements.retired(queue);
    // It still has its name when the purge was undone.
    if (retired) {
      const removed = this.#statements.clear(queue);
      for (const [bodyId] of removed) if (bodyId !== null) this.#bodies.release(bodyId);
      if (removed.length === SLICE) return;
      const [memory] = retired;
      if (memory !== null && this.#statements.forget(memory) === SLICE) return;
      this.#statements.removeQueue(queue);
    }
    this.#retired.delete(queue);
  }

  #redelay(id: number): void {
    const row = this.#statements.redelay(id);
    const queue = row && this.#queues.touch(row[0]);
    if (queue) {
      const [, delayMs, done, until] = row;
      const rows = this.#statements.fresh(id, done, until);
      for (const [position, visibleAtMs, token, sentAtMs, lane] of rows) {
        const newly = Math.max(sentAtMs + delayMs, sentAtMs);
        if (token > 0 || newly === visibleAtMs) continue;
        this.#statements.move(id, position, newly);
        queue.count(-1, visibleAtMs, 0, lane);
        queue.count(1, newly, 0, lane);
      }
      const last = rows.at(-1);
      if (last && rows.length === SLICE) {
        this.#statements.goOn(last[0], id);
        return;
      }
      this.#statements.endRedelay(id);
    }
    this.#redelayed.delete(id);
  }
}

type Fresh = readonly [
  position: number,
  visibleAtMs: number,
  token: number,
  sentAtMs: number,
  lane: string | null,
];

function statements(sql: DatabaseSync) {
  return {
    allRetired: rowsOf<[number]>(sql, 'SELECT id FROM queue WHERE name IS NULL'),
    allRedelays: rowsOf<[number]>(sql, 'SELECT queue FROM redelay'),
    retire: runOf(sql, 'UPDATE queue SET name = NULL, memory = ?2 WHERE id = ?1'),
    retired: rowOf<[number | null]>(sql, 'SELECT memory FROM queue WHERE id = ? AND name IS NULL'),
    clear: rowsOf<[number | null]>(
      sql,
      `DELETE FROM message WHERE key IN (
         SELECT key FROM message
         WHERE key BETWEEN (?1 << ${POSITION_BITS}) AND (?1 << ${POSITION_BITS}) + ${LAST_POSITION}
         ORDER BY key LIMIT ${SLICE}) RETURNING body_id`,
    ),
    forget: runOf(
      sql,
      `DELETE FROM dedup WHERE (memory, key) IN (
         SELECT memory, key FROM dedup WHERE memory = ? LIMIT ${SLICE})`,
    ),
    removeQueue: runOf(sql, 'DELETE FROM queue WHERE id = ?'),
    beginRedelay: runOf(sql, 'INSERT OR REPLACE INTO redelay VALUES (?, ?, 0, ?)'),
    redelay: rowOf<[string, number, number, number]>(
      sql,
      `SELECT name, delay, done, until FROM redelay JOIN queue ON queue.id = redelay.queue
       WHERE redelay.queue = ? AND name IS NOT NULL`,
    ),
    fresh: rowsOf<Fresh>(
      sql,
      `SELECT key & ${LAST_POSITION}, visible_at, token, sent_at, lane FROM message
       WHERE key > ${KEY} AND key <= ${KEY.replace('?2', '?3')} ORDER BY key LIMIT ${SLICE}`,
    ),
    move: runOf(sql, `UPDATE message SET visible_at = ?3 WHERE key = ${KEY}`),
    goOn: runOf(sql, 'UPDATE redelay SET done = ? WHERE queue = ?'),
    endRedelay: runOf(sql, 'DELETE FROM redelay WHERE queue = ?'),
  };
}
