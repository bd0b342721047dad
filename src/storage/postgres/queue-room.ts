/**
 * How many messages may still be claimed before too many are in flight.
 *
 * Counting what is in flight costs as much as there is. Far from the limit a node counts once a
 * second at most and adds what it claims itself; near a limit, or where the limit is small, it
 * counts in every transaction, under a lock that nodes hold in turn, and is exact.
 */
import type { Claim } from '../storage.ts';
import type { claimStatements } from './queue-claims-sql.ts';
import type { QueueRow } from './queue-names.ts';
import { bornOf, latestOf, type Wish } from './queue-runs.ts';
import { numberArray } from './text.ts';
import type { Transaction } from './transaction.ts';

/** Up to this limit it is always exact. */
const SMALL = 1000;
const FRESH_MS = 1000;
/** A count that took a millisecond is good for this many, when they are more than `FRESH_MS`. */
const SHARE = 50;

interface Estimate {
  readonly count: number;
  readonly countedAtMs: number;
  readonly wallMs: number;
  readonly goodForMs: number;
  taken: number;
}

export class Room {
  readonly #sql: ReturnType<typeof claimStatements>;
  readonly #wallNowMs: () => number;
  readonly #estimates = new Map<number, Estimate>();

  constructor(sql: ReturnType<typeof claimStatements>, wallNowMs: () => number) {
    this.#sql = sql;
    this.#wallNowMs = wallNowMs;
  }

  forget(): void {
    this.#estimates.clear();
  }

  /**
   * Where a claim has to be exact, nodes claim one after the other: what another one's transaction
   * claims is seen by a count that begins after it. Locks are taken in one order.
   */
  lock(tx: Transaction, claims: ReadonlyMap<QueueRow, readonly Wish[]>): void {
    const ids = [...claims]
      .filter(([queue, wishes]) => wishes.some(({ claim }) => this.#isExact(queue, claim)))
      .map(([queue]) => queue.id)
      .sort((a, b) => a - b);
    if (ids.length === 0) return;
    void tx.query(this.#sql.lockRooms, [numberArray(ids)]).catch(() => {});
  }

  async of(tx: Transaction, queue: QueueRow, run: readonly Wish[]): Promise<number> {
    const limit = run[0]?.claim.maxInFlight;
    if (limit === undefined) return Number.POSITIVE_INFINITY;
    const nowMs = latestOf(run);
    if (this.#isFar(queue, limit, nowMs)) return Number.POSITIVE_INFINITY;
    const wallMs = this.#wallNowMs();
    const earliestMs = Math.min(...run.map(({ claim }) => claim.nowMs));
    const [row] = await tx.query<readonly [number]>(this.#sql.inFlight, [
      queue.id,
      earliestMs,
      bornOf(run),
    ]);
    const count = row?.[0] ?? 0;
    const goodForMs = Math.max(FRESH_MS, (this.#wallNowMs() - wallMs) * SHARE);
    this.#estimates.set(queue.id, { count, countedAtMs: nowMs, wallMs, goodForMs, taken: 0 });
    return limit - count;
  }

  taken(queue: QueueRow, count: number): void {
    const estimate = this.#estimates.get(queue.id);
    if (estimate) estimate.taken += count;
  }

  #isExact(queue: QueueRow, { maxInFlight: limit }: Claim): boolean {
    if (limit === undefined) return false;
    const estimate = this.#estimates.get(queue.id);
    return limit <= SMALL || (estimate !== undefined && isNear(estimate, limit));
  }

  /** So far that other nodes cannot have filled it meanwhile. */
  #isFar(queue: QueueRow, limit: number, nowMs: number): boolean {
    const estimate = this.#estimates.get(queue.id);
    if (!estimate || limit <= SMALL) return false;
    const { countedAtMs, wallMs, goodForMs, taken } = estimate;
    if (isNear(estimate, limit) || taken > limit / 8) return false;
    return nowMs - countedAtMs < goodForMs && this.#wallNowMs() - wallMs < goodForMs;
  }
}

function isNear({ count, taken }: Estimate, limit: number): boolean {
  return count + taken > limit / 2;
}
