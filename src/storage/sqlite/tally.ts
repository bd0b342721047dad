/**
 * How many messages of a queue are hidden at a moment, without counting them each time.
 *
 * The numbers hold for one moment, `asOfMs`. Moving to another moment looks, in the index, at
 * the messages that show up or hide in between and at no others, so that each costs once.
 */
import type { DatabaseSync } from 'node:sqlite';
import { rowOf, rowsOf } from './database.ts';
import type { Remembered } from './undo.ts';

/** Fewer messages in flight than this never make a group noisy; see `fair.ts`. */
export const LOUD_FROM = 30;

/** Messages in one span of time: those claimed before and those never claimed. */
type Count = readonly [claimed: number, fresh: number];

export interface TallySource {
  /** Messages of the queue with `afterMs` < visibleAtMs <= `untilMs`. */
  between(queue: number, afterMs: number, untilMs: number): Count;
  nextAfter(queue: number, afterMs: number): number;
  /** The claimed ones among them that have a group, by group. */
  lanesBetween(
    queue: number,
    afterMs: number,
    untilMs: number,
  ): readonly (readonly [lane: string, count: number])[];
}

export function tallySource(sql: DatabaseSync): TallySource {
  const count = rowsOf<[number, number]>(
    sql,
    `SELECT token > 0, count(*) FROM message
     WHERE queue = ? AND turn = ? AND visible_at > ? AND visible_at <= ? GROUP BY token > 0`,
  );
  const next = rowOf<[number | null]>(
    sql,
    'SELECT min(visible_at) FROM message WHERE queue = ? AND turn = ? AND visible_at > ?',
  );
  const lanes = rowsOf<[string, number]>(
    sql,
    `SELECT lane, count(*) FROM message
     WHERE queue = ? AND turn = 1 AND visible_at > ? AND visible_at <= ?
       AND token > 0 AND lane IS NOT NULL GROUP BY lane`,
  );
  return {
    lanesBetween: lanes,
    between(queue, afterMs, untilMs) {
      let [claimed, fresh] = [0, 0];
      for (const turn of [0, 1]) {
        for (const [wasClaimed, rows] of count(queue, turn, afterMs, untilMs)) {
          if (wasClaimed) claimed += rows;
          else fresh += rows;
        }
      }
      return [claimed, fresh];
    },
    nextAfter(queue, afterMs) {
      const first = next(queue, 1, afterMs)?.[0] ?? Number.POSITIVE_INFINITY;
      return Math.min(first, next(queue, 0, afterMs)?.[0] ?? Number.POSITIVE_INFINITY);
    },
  };
}

export class Tally implements Remembered {
  readonly #source: TallySource;
  readonly #queue: number;
  #asOfMs: number;
  #claimed: number;
  #fresh: number;
  /** No hidden message shows up before this moment. */
  #nextMs: number;
  /** In flight by group; kept from the first fair claim on. */
  #lanes: Map<string, number> | undefined;
  readonly #loud = new Map<string, number>();

  constructor(source: TallySource, queue: number, nowMs: number) {
    this.#source = source;
    this.#queue = queue;
    this.#asOfMs = nowMs;
    [this.#claimed, this.#fresh] = source.between(queue, nowMs, Number.MAX_SAFE_INTEGER);
    this.#nextMs = source.nextAfter(queue, nowMs);
  }

  /** The counts at `nowMs`. */
  at(nowMs: number): { readonly inFlight: number; readonly delayed: number } {
    if (nowMs < this.#asOfMs || nowMs >= this.#nextMs) {
      const later = nowMs > this.#asOfMs;
      const [from, to] = later ? [this.#asOfMs, nowMs] : [nowMs, this.#asOfMs];
      const [claimed, fresh] = this.#source.between(this.#queue, from, to);
      this.#claimed += later ? -claimed : claimed;
      this.#fresh += later ? -fresh : fresh;
      this.#nextMs = this.#source.nextAfter(this.#queue, nowMs);
      if (this.#lanes) {
        for (const [lane, count] of this.#source.lanesBetween(this.#queue, from, to)) {
          this.#addLane(lane, later ? -count : count);
        }
      }
    }
    this.#asOfMs = nowMs;
    return { inFlight: this.#claimed, delayed: this.#fresh };
  }

  /** Groups with at least `LOUD_FROM` messages in flight at `nowMs`, and how many. */
  loudAt(nowMs: number): ReadonlyMap<string, number> {
    this.at(nowMs);
    if (!this.#lanes) {
      this.#lanes = new Map();
      this.#loud.clear();
      const inFlight = this.#source.lanesBetween(this.#queue, nowMs, Number.MAX_SAFE_INTEGER);
      for (const [lane, count] of inFlight) this.#addLane(lane, count);
    }
    return this.#loud;
  }

  /** A message with this visibility came (+1) or went (-1). */
  add(change: 1 | -1, visibleAtMs: number, token: number, lane: string | null): void {
    if (visibleAtMs <= this.#asOfMs) return;
    if (token > 0) this.#claimed += change;
    else this.#fresh += change;
    if (token > 0 && lane !== null && this.#lanes) this.#addLane(lane, change);
    if (change > 0 && visibleAtMs < this.#nextMs) this.#nextMs = visibleAtMs;
  }

  #addLane(lane: string, change: number): void {
    const count = (this.#lanes?.get(lane) ?? 0) + change;
    if (count === 0) this.#lanes?.delete(lane);
    else this.#lanes?.set(lane, count);
    if (count >= LOUD_FROM) this.#loud.set(lane, count);
    else this.#loud.delete(lane);
  }

  save(): () => void {
    const [asOfMs, claimed, fresh, nextMs] = [
      this.#asOfMs,
      this.#claimed,
      this.#fresh,
      this.#nextMs,
    ];
    return () => {
      [this.#asOfMs, this.#claimed, this.#fresh, this.#nextMs] = [asOfMs, claimed, fresh, nextMs];
      this.#lanes = undefined;
    };
  }
}
