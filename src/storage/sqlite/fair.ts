/**
 * Fair claims: a group that holds much of what is in flight comes after the quiet ones.
 *
 * Noisy is a group with at least 30 messages and more than a tenth of all in flight, as AWS
 * describes for fair queues:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
 * Its messages are claimed when no quiet group has any; it is quiet again when others outgrow it
 * or it is drained.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Claim } from '../storage.ts';
import { rowOf, rowsOf } from './database.ts';
import { COLUMNS, type MessageRow } from './message-row.ts';
import { KEY, type Queue, type Queues } from './queue-state.ts';
import { LAST_POSITION } from './schema.ts';

const NOISY_SHARE = 0.1;
/** Due messages looked at in their order before quiet groups are looked for one by one. */
const WINDOW = 100;
/** Groups looked at by one claim; the next one goes on from there. */
const MOST_GROUPS = 200;

export class Fair {
  readonly #queues: Queues;
  /** The group that the last search of a queue ended with, by queue id. */
  readonly #reached = new Map<number, string>();
  readonly #window;
  readonly #row;
  readonly #laneAfter;
  readonly #ofLane;

  constructor(sql: DatabaseSync, queues: Queues) {
    this.#queues = queues;
    this.#window = rowsOf<[number, string | null]>(
      sql,
      `SELECT key & ${LAST_POSITION}, lane FROM message
       WHERE queue = ? AND turn = 1 AND visible_at BETWEEN ? AND ? AND sent_at >= ?
       ORDER BY visible_at, token, key LIMIT ?`,
    );
    this.#row = rowOf<MessageRow>(sql, `SELECT ${COLUMNS} FROM message WHERE key = ${KEY}`);
    this.#laneAfter = rowOf<[string]>(
      sql,
      `SELECT lane FROM message WHERE queue = ? AND ordered = 0 AND lane > ?
       ORDER BY lane LIMIT 1`,
    );
    this.#ofLane = rowsOf<[number]>(
      sql,
      `SELECT key & ${LAST_POSITION} FROM message
       WHERE queue = ? AND ordered = 0 AND lane = ? AND visible_at BETWEEN ? AND ?
         AND sent_at >= ? ORDER BY visible_at LIMIT ?`,
    );
  }

  /** Groups that come last at `nowMs`. */
  noisy(queue: Queue, nowMs: number): ReadonlySet<string> {
    const tally = this.#queues.tally(queue, nowMs);
    const loud = tally.loudAt(nowMs);
    if (loud.size === 0) return NONE;
    const bound = tally.at(nowMs).inFlight * NOISY_SHARE;
    return new Set([...loud].filter(([, count]) => count > bound).map(([lane]) => lane));
  }

  due(queue: Queue, claim: Claim, max: number, noisy: ReadonlySet<string>): readonly MessageRow[] {
    const { nowMs } = claim;
    const born = claim.bornAfterMs ?? Number.MIN_SAFE_INTEGER;
    const window = this.#window(queue.id, born, nowMs, born, Math.max(max, WINDOW));
    const quiet = window.filter(([, lane]) => lane === null || !noisy.has(lane));
    const chosen = new Set(quiet.slice(0, max).map(([position]) => position));
    if (chosen.size < max && window.length >= WINDOW) {
      this.#addQuietGroups(queue, claim, max, noisy, chosen);
    }
    for (const [position] of window) {
      if (chosen.size >= max) break;
      chosen.add(position);
    }
    return [...chosen].flatMap((position) => {
      const row = this.#row(queue.id, position);
      return row ? [row] : [];
    });
  }

  /** Goes through the groups in turn, so that none of many quiet ones is passed over. */
  #addQuietGroups(
    queue: Queue,
    { nowMs, bornAfterMs = Number.MIN_SAFE_INTEGER }: Claim,
    max: number,
    noisy: ReadonlySet<string>,
    chosen: Set<number>,
  ): void {
    const start = this.#reached.get(queue.id) ?? '';
    let reached = start;
    let wrapped = false;
    for (let looked = 0; looked < MOST_GROUPS && chosen.size < max; looked += 1) {
      const lane = this.#laneAfter(queue.id, reached)?.[0];
      if (lane === undefined || (wrapped && lane > start)) {
        if (wrapped) break;
        wrapped = true;
        reached = '';
        continue;
      }
      reached = lane;
      if (noisy.has(lane)) continue;
      const born = bornAfterMs;
      const found = this.#ofLane(queue.id, lane, born, nowMs, born, max);
      for (const [position] of found) if (chosen.size < max) chosen.add(position);
    }
    this.#reached.set(queue.id, reached);
  }
}

const NONE: ReadonlySet<string> = new Set();
