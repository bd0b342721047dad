/**
 * Looking at queues without touching them.
 */
import type { DatabaseSync } from 'node:sqlite';
import { endOfPrefix } from '../prefix.ts';
import type { Peek, Peeked } from '../storage.ts';
import type { Bodies } from './bodies.ts';
import { rowOf, rowsOf } from './database.ts';
import { COLUMNS, type MessageRow, toMessage } from './message-row.ts';
import { KEY, type Queue } from './queue-state.ts';
import { POSITION_BITS } from './schema.ts';

export class Peeks {
  readonly #bodies: Bodies;
  readonly #one;
  readonly #after;
  readonly #names;

  constructor(sql: DatabaseSync, bodies: Bodies) {
    this.#bodies = bodies;
    const select = `SELECT ${COLUMNS} FROM message`;
    this.#one = rowOf<MessageRow>(sql, `${select} WHERE key = ${KEY}`);
    this.#after = rowsOf<MessageRow>(
      sql,
      `${select} WHERE key > ${KEY} AND key < ((?1 + 1) << ${POSITION_BITS})
       ORDER BY key LIMIT ?3`,
    );
    this.#names = rowsOf<[string]>(
      sql,
      `SELECT name FROM queue
       WHERE name >= ? AND name < ? AND EXISTS (
         SELECT 1 FROM message WHERE message.queue = queue.id)
       ORDER BY name`,
    );
  }

  peek(queue: Queue, { nowMs, max, after, positions }: Peek): readonly Peeked[] {
    const rows = positions
      ? [...new Set(positions)]
          .sort((a, b) => a - b)
          .filter((position) => after === undefined || position > after)
          .flatMap((position) => {
            const row = this.#one(queue.id, position);
            return row ? [row] : [];
          })
          .slice(0, max)
      : this.#after(queue.id, after ?? 0, max);
    return rows.map((row) => this.#toPeeked(queue, row, nowMs));
  }

  names(prefix: string): readonly string[] {
    return this.#names(prefix, endOfPrefix(prefix)).map(([name]) => name);
  }

  #toPeeked(queue: Queue, row: MessageRow, nowMs: number): Peeked {
    const [position, , visibleAtMs, token, claims, firstClaimedAtMs] = row;
    const hidden = token > 0 ? 'in-flight' : 'delayed';
    return {
      ...toMessage(queue, row, this.#bodies),
      position,
      claims,
      ...(claims > 0 && firstClaimedAtMs !== null && { firstClaimedAtMs }),
      token,
      state: visibleAtMs > nowMs ? hidden : 'visible',
    };
  }
}
