/**
 * Which messages of a queue are the oldest.
 *
 * Nearly every message is born after all that stand before it, so that going by position is going
 * by age; an index of births would cost each message 1 µs for the sake of few. The few are those
 * that are `late`: born before one in front of them, as dead letters are. They have the index.
 */
import type { DatabaseSync } from 'node:sqlite';
import { rowOf, rowsOf } from './database.ts';
import { KEY, type Queue } from './queue-state.ts';
import { LAST_POSITION, POSITION_BITS } from './schema.ts';
import type { Sequence } from './sequence.ts';

type Birth = readonly [position: number, sentAtMs: number];

/** The messages of queue `?1` from position `?2` on that are not late. */
const END = `((?1 + 1) << ${POSITION_BITS})`;
const IN_TIME = `key >= ${KEY} AND key < ${END} AND late = 0`;

export class Births {
  readonly #sequence: Sequence;
  readonly #latest;
  readonly #inTime;
  readonly #late;
  readonly #held;

  constructor(sql: DatabaseSync, sequence: Sequence) {
    this.#sequence = sequence;
    this.#latest = rowOf<[number]>(
      sql,
      `SELECT sent_at FROM message WHERE ${IN_TIME} ORDER BY key DESC LIMIT 1`,
    );
    const birth = `SELECT key & ${LAST_POSITION}, sent_at FROM message`;
    this.#inTime = rowsOf<Birth>(sql, `${birth} WHERE ${IN_TIME} ORDER BY key LIMIT ?3`);
    this.#late = rowsOf<Birth>(
      sql,
      `${birth} WHERE queue = ? AND late = 1 AND sent_at < ? ORDER BY sent_at, key LIMIT ?`,
    );
    const held = 'visible_at > ?4 AND token > 0';
    this.#held = rowOf<[number]>(
      sql,
      `SELECT (SELECT count(*) FROM message
          WHERE queue = ?1 AND late = 1 AND sent_at < ?3 AND ${held})
        + (SELECT count(*) FROM message
          WHERE key >= ${KEY} AND late = 0 AND ${held} AND key < coalesce(
            (SELECT key FROM message WHERE ${IN_TIME} AND sent_at >= ?3 ORDER BY key LIMIT 1),
            ${END}))`,
    );
  }

  /** Whether a message that is about to join the queue is late. */
  isLate(queue: Queue, sentAtMs: number): boolean {
    queue.latestBornMs ??= this.#latest(queue.id, 0)?.[0] ?? Number.MIN_SAFE_INTEGER;
    if (sentAtMs < queue.latestBornMs) return true;
    queue.latestBornMs = sentAtMs;
    return false;
  }

  /** When the oldest message was born; undefined in an empty queue. */
  oldestMs(queue: Queue): number | undefined {
    const inTime = this.#oldestInTime(queue, 1)[0]?.[1];
    const late = this.#late(queue.id, Number.MAX_SAFE_INTEGER, 1)[0]?.[1];
    return inTime === undefined || late === undefined ? (inTime ?? late) : Math.min(inTime, late);
  }

  /** Positions of up to `max` messages born before `beforeMs`, oldest first. */
  bornBefore(queue: Queue, beforeMs: number, max: number): readonly number[] {
    const inTime = this.#oldestInTime(queue, max).filter(([, sentAtMs]) => sentAtMs < beforeMs);
    const late = this.#late(queue.id, beforeMs, max);
    const births = late.length === 0 ? inTime : [...inTime, ...late].sort(byAge);
    return births.slice(0, max).map(([position]) => position);
  }

  /** How many messages born before `beforeMs` are behind a lease at `nowMs`. */
  heldBornBefore(queue: Queue, beforeMs: number, nowMs: number): number {
    return this.#held(queue.id, queue.inTimeFrom, beforeMs, nowMs)?.[0] ?? 0;
  }

  /** Notes where they begin, so that late ones in front of them are passed over once. */
  #oldestInTime(queue: Queue, max: number): readonly Birth[] {
    const births = this.#inTime(queue.id, queue.inTimeFrom, Math.max(1, max));
    queue.inTimeFrom = births[0]?.[0] ?? this.#sequence.last + 1;
    return births;
  }
}

function byAge([position, sentAtMs]: Birth, [otherPosition, otherSentAtMs]: Birth): number {
  return sentAtMs - otherSentAtMs || position - otherPosition;
}
