/**
 * The deduplication memory of a queue: keys of messages that were enqueued, kept until their
 * moment has passed, whether or not the message is still there.
 */
import type { DatabaseSync } from 'node:sqlite';
import { shortKey } from '../long-key.ts';
import type { Enqueue, Receipt } from '../storage.ts';
import { rowOf, runOf } from './database.ts';
import type { Queue } from './queue-state.ts';

type Memory = NonNullable<Enqueue['dedup']>;

/** Keys past their moment that one enqueue removes: more than it adds, so that none pile up. */
const SWEPT_AT_ONCE = 2;

export class Dedup {
  readonly #find;
  readonly #remember;
  readonly #sweep;

  constructor(sql: DatabaseSync) {
    this.#find = rowOf<[number, string]>(
      sql,
      'SELECT position, id FROM dedup WHERE memory = ? AND key = ? AND until > ?',
    );
    this.#remember = runOf(sql, 'INSERT OR REPLACE INTO dedup VALUES (?, ?, ?, ?, ?)');
    this.#sweep = runOf(
      sql,
      `DELETE FROM dedup WHERE (memory, key) IN (
         SELECT memory, key FROM dedup WHERE memory = ? AND until <= ? ORDER BY until
         LIMIT ${SWEPT_AT_ONCE})`,
    );
  }

  find(queue: Queue, { key, nowMs }: Memory): Receipt | undefined {
    const row = this.#find(queue.memory, shortKey(key), nowMs);
    return row && { position: row[0], duplicateOf: row[1] };
  }

  remember(queue: Queue, { key, nowMs, untilMs }: Memory, position: number, id: string): void {
    this.#sweep(queue.memory, nowMs);
    this.#remember(queue.memory, shortKey(key), untilMs, position, id);
  }
}
