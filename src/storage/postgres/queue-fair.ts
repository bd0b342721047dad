/**
 * Fair claims: a group that holds much of what is in flight comes after the quiet ones.
 *
 * Noisy is a group with at least 30 messages and more than a tenth of all in flight, as AWS
 * describes for fair queues:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
 * Its messages are claimed when no quiet group has any. Where much is in flight, which groups are
 * noisy is looked up once in a while and not for every claim.
 */
import type { claimStatements } from './queue-claims-sql.ts';
import type { QueueRow } from './queue-names.ts';
import { latestOf, type Wish } from './queue-runs.ts';
import { textArray } from './text.ts';
import type { Transaction } from './transaction.ts';

const LOUD_FROM = 30;
const NOISY_SHARE = 0.1;
/** Due messages looked at in their order before quiet groups are looked for one by one. */
const WINDOW = 100;
/** Groups looked at by one claim; the next one goes on from there. */
const MOST_GROUPS = 200;
/** Of all in flight, how many of this node's claims make it look again. */
const RECOUNT_SHARE = 0.1;
const MOST_COUNTED_EACH_TIME = 300;
const FRESH_MS = 1000;
/** A count that took a millisecond is good for this many, when they are more than `FRESH_MS`. */
const SHARE = 50;

interface Noise {
  readonly lanes: readonly string[];
  readonly inFlight: number;
  readonly countedAtMs: number;
  readonly wallMs: number;
  readonly goodForMs: number;
  /** Messages of groups that this node has claimed since. */
  taken: number;
}

export interface Choice {
  readonly nowMs: number;
  readonly born: number;
  readonly noisy: readonly string[];
  readonly max: number;
}

export class Fair {
  readonly #sql: ReturnType<typeof claimStatements>;
  readonly #wallNowMs: () => number;
  readonly #noise = new Map<number, Noise>();
  /** The group that the last search of a queue ended with, by queue id. */
  readonly #reached = new Map<number, string>();

  constructor(sql: ReturnType<typeof claimStatements>, wallNowMs: () => number) {
    this.#sql = sql;
    this.#wallNowMs = wallNowMs;
  }

  forget(): void {
    this.#noise.clear();
  }

  taken(queue: QueueRow, run: readonly Wish[]): void {
    const noise = this.#noise.get(queue.id);
    if (!noise) return;
    for (const { claimed } of run) {
      for (const { group } of claimed) if (group !== undefined) noise.taken += 1;
    }
  }

  /** Groups that come last. */
  async noisy(tx: Transaction, queue: QueueRow, run: readonly Wish[]): Promise<readonly string[]> {
    if (!run[0]?.claim.fair) return [];
    const nowMs = latestOf(run);
    const known = this.#noise.get(queue.id);
    if (known && this.#isFresh(known, nowMs)) return known.lanes;
    const wallMs = this.#wallNowMs();
    const rows = await tx.query<readonly [string | null, number]>(this.#sql.loud, [
      queue.id,
      nowMs,
    ]);
    const inFlight = rows.reduce((sum, [, count]) => sum + count, 0);
    const lanes = rows.flatMap(([lane, count]) =>
      lane !== null && count >= LOUD_FROM && count > inFlight * NOISY_SHARE ? [lane] : [],
    );
    const endedMs = this.#wallNowMs();
    const goodForMs = Math.max(FRESH_MS, (endedMs - wallMs) * SHARE);
    const noise = { lanes, inFlight, countedAtMs: nowMs, wallMs: endedMs, goodForMs, taken: 0 };
    this.#noise.set(queue.id, noise);
    return lanes;
  }

  /** Positions of messages that are due, those of quiet groups first. */
  async choose(tx: Transaction, queue: QueueRow, choice: Choice): Promise<readonly number[]> {
    const { nowMs, born, noisy, max } = choice;
    const most = Math.max(max, WINDOW);
    const window = await tx.query<readonly [number, string | null]>(this.#sql.window, [
      queue.id,
      born,
      nowMs,
      born,
      most,
    ]);
    const quiet = window.filter(([, lane]) => lane === null || !noisy.includes(lane));
    const chosen = new Set(quiet.slice(0, max).map(([position]) => position));
    if (chosen.size < max && window.length === most)
      await this.#addQuiet(tx, queue, choice, chosen);
    for (const [position] of window) {
      if (chosen.size >= max) break;
      chosen.add(position);
    }
    return [...chosen];
  }

  /** Goes through the groups in turn, so that none of many quiet ones is passed over. */
  async #addQuiet(
    tx: Transaction,
    queue: QueueRow,
    { nowMs, born, noisy, max }: Choice,
    chosen: Set<number>,
  ): Promise<void> {
    const start = this.#reached.get(queue.id) ?? '';
    for (const from of start === '' ? [''] : [start, '']) {
      const rows = await tx.query<readonly [string, number | null]>(this.#sql.quiet, [
        queue.id,
        from,
        MOST_GROUPS,
        nowMs,
        born,
        textArray(noisy),
        max,
      ]);
      let reached = '';
      for (const [lane, position] of rows) {
        if (chosen.size >= max) break;
        if (position !== null) chosen.add(position);
        reached = lane;
      }
      this.#reached.set(queue.id, reached);
      if (chosen.size >= max) return;
    }
  }

  #isFresh({ inFlight, taken, countedAtMs, wallMs, goodForMs }: Noise, nowMs: number): boolean {
    // Groups that few messages are in flight of become noisy with a few more.
    if (taken > Math.max(0, inFlight - MOST_COUNTED_EACH_TIME) * RECOUNT_SHARE) return false;
    return Math.abs(nowMs - countedAtMs) < goodForMs && this.#wallNowMs() - wallMs < goodForMs;
  }
}
