/**
 * Claiming: the messages that are due longest, each behind a lease.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Claim, Claimed } from '../storage.ts';
import type { Births } from './births.ts';
import type { Bodies } from './bodies.ts';
import { rowsOf, runOf } from './database.ts';
import { Fair } from './fair.ts';
import { COLUMNS, type MessageRow, toMessage } from './message-row.ts';
import { Ordered } from './ordered.ts';
import { KEY, type Queue, type Queues } from './queue-state.ts';

export class Claims {
  readonly #queues: Queues;
  readonly #births: Births;
  readonly #bodies: Bodies;
  readonly #fair: Fair;
  readonly #ordered: Ordered;
  readonly #due;
  readonly #lease;

  constructor(sql: DatabaseSync, queues: Queues, births: Births, bodies: Bodies) {
    this.#queues = queues;
    this.#births = births;
    this.#bodies = bodies;
    this.#fair = new Fair(sql, queues);
    this.#ordered = new Ordered(sql);
    this.#due = rowsOf<MessageRow>(
      sql,
      `SELECT ${COLUMNS} FROM message
       WHERE queue = ? AND turn = 1 AND visible_at BETWEEN ? AND ? AND sent_at >= ?
       ORDER BY visible_at, token, key LIMIT ?`,
    );
    this.#lease = runOf(
      sql,
      `UPDATE message SET visible_at = ?3, token = ?4, claims = ?5, first_claimed_at = ?6
       WHERE key = ${KEY}`,
    );
  }

  claim(name: string, claim: Claim): readonly Claimed[] {
    const queue = this.#queues.touchExisting(name);
    if (!queue) return NONE;
    const max = this.#room(queue, claim);
    if (max <= 0) return NONE;
    return this.#choose(queue, claim, max).map((row) => this.#leaseRow(queue, claim, row));
  }

  #choose(queue: Queue, claim: Claim, max: number): readonly MessageRow[] {
    if (this.#queues.isOrdered(queue)) return this.#ordered.due(queue, claim, max);
    const noisy = claim.fair && this.#fair.noisy(queue, claim.nowMs);
    if (noisy && noisy.size > 0) return this.#fair.due(queue, claim, max, noisy);
    // What was born too early was also visible too early: it need not be walked over.
    const born = claim.bornAfterMs ?? Number.MIN_SAFE_INTEGER;
    return this.#due(queue.id, born, claim.nowMs, born, max);
  }

  /** How many messages may be claimed before too many are in flight. */
  #room(queue: Queue, { max, maxInFlight, nowMs, bornAfterMs }: Claim): number {
    if (maxInFlight === undefined) return max;
    const left = maxInFlight - this.#queues.inFlight(queue, nowMs);
    if (left >= max || bornAfterMs === undefined) return Math.min(max, left);
    return Math.min(max, left + this.#births.heldBornBefore(queue, bornAfterMs, nowMs));
  }

  #leaseRow(queue: Queue, { nowMs, leaseUntilMs }: Claim, row: MessageRow): Claimed {
    const [position, , wasVisibleAtMs, tokenBefore, claimsBefore, firstBefore, sentAtMs] = row;
    const token = tokenBefore + 1;
    const claims = claimsBefore + 1;
    const firstClaimedAtMs = claimsBefore > 0 ? (firstBefore ?? nowMs) : nowMs;
    const visibleAtMs = Math.max(leaseUntilMs, sentAtMs);
    this.#lease(queue.id, position, visibleAtMs, token, claims, firstClaimedAtMs);
    queue.count(-1, wasVisibleAtMs, tokenBefore, row[8]);
    queue.count(1, visibleAtMs, token, row[8]);
    return {
      ...toMessage(queue, row, this.#bodies),
      visibleAtMs,
      claims,
      firstClaimedAtMs,
      lease: { queue: queue.name, position, token },
    };
  }
}

const NONE: readonly Claimed[] = [];
