/**
 * Remembers the keys that a round wants remembered, and lets go of as many old ones and more, so
 * that none pile up.
 */
import type { flushStatements } from './queue-flush-sql.ts';
import type { RememberedKey, Round } from './queue-round.ts';
import { numberArray, textArray, toStored } from './text.ts';
import type { Transaction } from './transaction.ts';

/** Keys past their moment that go for each one that comes. */
const SWEPT_FOR_EACH = 2;

type Wanted = RememberedKey & Required<Pick<RememberedKey, 'wanted'>>;

export class Keys {
  readonly #sql: ReturnType<typeof flushStatements>;
  /** By queue: no key is kept until a moment before. */
  readonly #floors = new Map<number, number>();

  constructor(sql: ReturnType<typeof flushStatements>) {
    this.#sql = sql;
  }

  async flush(tx: Transaction, { memory }: Round): Promise<void> {
    if (memory.size === 0) return;
    const wanted = [...memory.values()].filter((key): key is Wanted => key.wanted !== undefined);
    if (wanted.length === 0) return;
    const fresh = wanted.filter(({ stored }) => !stored);
    const anew = wanted.filter(({ stored }) => stored);
    // Where another node has just remembered one of them, the unique key refuses the transaction.
    const added = fresh.length > 0 && tx.query(this.#sql.remember, valuesOf(fresh));
    const changed = anew.length > 0 && tx.query(this.#sql.rememberAnew, valuesOf(anew));
    await Promise.all([added, changed, this.#sweep(tx, wanted)]);
  }

  async #sweep(tx: Transaction, wanted: readonly Wanted[]): Promise<void> {
    const queues = new Map<number, { nowMs: number; most: number }>();
    for (const { queue, wanted: dedup } of wanted) {
      const one = queues.get(queue.id) ?? { nowMs: dedup.nowMs, most: 0 };
      one.most += SWEPT_FOR_EACH;
      queues.set(queue.id, one);
    }
    const all = [...queues].sort(([a], [b]) => a - b);
    const rows = await tx.query<readonly [number, number]>(this.#sql.sweep, [
      numberArray(all.map(([id]) => id)),
      numberArray(all.map(([id, { nowMs }]) => Math.min(nowMs, this.#floors.get(id) ?? 0))),
      numberArray(all.map(([, { nowMs }]) => nowMs)),
      numberArray(all.map(([, { most }]) => most)),
    ]);
    for (const [id, { nowMs, most }] of all) {
      const gone = rows.filter(([queue]) => queue === id).map(([, untilMs]) => untilMs);
      this.#floors.set(id, gone.length < most ? nowMs : Math.max(...gone));
    }
  }
}

/** In the order in which rows are locked. */
function valuesOf(keys: readonly Wanted[]): readonly unknown[] {
  return [
    numberArray(keys.map(({ queue }) => queue.id)),
    textArray(keys.map(({ key }) => key)),
    numberArray(keys.map(({ untilMs }) => untilMs)),
    numberArray(keys.map(({ position }) => position)),
    textArray(keys.map(({ id }) => toStored(id))),
  ];
}
