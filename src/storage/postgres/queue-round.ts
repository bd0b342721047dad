/**
 * What a round of a transaction knows of queues and is about to change, in memory.
 *
 * `queue-prepare.ts` fills in what was read and locked, `queue-apply.ts` decides on it, and
 * `queue-flush.ts` sends what came of it. Every change is noted with how to take it back, so that
 * a list that is refused leaves nothing behind.
 */
import type { Enqueue, Message } from '../storage.ts';
import type { QueueRow } from './queue-names.ts';
import { POSITIONS_AT_ONCE } from './queue-schema.ts';

/** Up to where messages, and remembered keys, are gone. */
export interface Marks {
  purgedTo: number;
  forgottenTo: number;
}

/** A message that is locked for this transaction. */
export interface HeldRow {
  readonly queue: QueueRow;
  readonly position: number;
  readonly sentAtMs: number;
  readonly token: number;
  readonly turn: boolean;
  /** Of an ordered message. */
  readonly lane: string | undefined;
  readonly id: string;
  meta: string | null;
  seal: number;
  visibleAtMs: number;
  /** Claims to be taken back. */
  uncounted: number;
  state: 'as it was' | 'changed' | 'gone';
}

/** A message that this round puts in. */
export interface NewRow {
  readonly queue: QueueRow;
  readonly message: Message;
  readonly position: number;
  readonly lane: string | null;
  readonly longGroup: string | null;
  readonly turn: boolean;
  visibleAtMs: number;
}

/** Removed by the database where its fence lets it, without being looked at before. */
export interface PlainSettle {
  readonly queue: QueueRow;
  readonly position: number;
  readonly oldest: number;
  readonly newest: number;
  readonly aliveAtMs: number;
}

export interface RememberedKey {
  readonly queue: QueueRow;
  readonly key: string;
  /** The key has a row, which is locked. */
  readonly stored: boolean;
  readonly untilMs: number;
  readonly position: number;
  readonly id: string;
  /** Set by this round: the write that wants it remembered. */
  readonly wanted?: NonNullable<Enqueue['dedup']>;
}

export interface PurgeToDo {
  readonly queue: QueueRow;
  readonly fromPosition: number;
  readonly toPosition: number;
  readonly forget: boolean;
  /** Messages of this round that it took with it; the database counts the others. */
  readonly unsent: number;
  stored: number;
}

export interface RedelayToDo {
  readonly delayMs: number;
  /** Messages after this position know the new delay. */
  readonly until: number;
}

/** A group whose first message went: the next one after that position has its turn. */
export interface Vacated {
  readonly queue: QueueRow;
  readonly lane: string;
  readonly after: number;
}

export class Round {
  readonly marks = new Map<number, Marks>();
  readonly rows = new Map<number, HeldRow>();
  /** Positions that were looked for; those without a row do not exist. */
  readonly asked = new Set<number>();
  /** By `laneKey`: groups that are locked, and whether they hold messages. */
  readonly lanes = new Map<string, boolean>();
  readonly memory = new Map<string, RememberedKey>();

  readonly added = new Set<NewRow>();
  readonly settled: PlainSettle[] = [];
  readonly redelays = new Map<number, RedelayToDo>();
  readonly purges: PurgeToDo[] = [];
  readonly vacated = new Map<string, Vacated>();
  /** Positions that the database removed for a `PlainSettle`. */
  readonly removed = new Set<number>();
  /** The database has told; it has not where the answer was lost with the connection. */
  settledKnown = false;

  readonly #undo: (() => void)[] = [];
  #blocks: readonly number[] = [];
  #taken = 0;

  /** Numbers of the sequence, each standing for a block that ends with it. */
  givePositions(blocks: readonly number[]): void {
    this.#blocks = blocks;
  }

  nextPosition(): number {
    const end = this.#blocks[Math.floor(this.#taken / POSITIONS_AT_ONCE)];
    if (end === undefined) throw new Error('No position was taken for this write.');
    const position = end - POSITIONS_AT_ONCE + 1 + (this.#taken % POSITIONS_AT_ONCE);
    this.#taken += 1;
    return position;
  }

  /** How to go back to how things stand now. */
  mark(): () => void {
    const { length } = this.#undo;
    return () => {
      while (this.#undo.length > length) this.#undo.pop()?.();
    };
  }

  /** Notes how to take back the change that was just made. */
  undoing(undo: () => void): void {
    this.#undo.push(undo);
  }

  setIn<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
    const [had, before] = [map.has(key), map.get(key)];
    map.set(key, value);
    this.undoing(() => {
      if (had) map.set(key, before as Value);
      else map.delete(key);
    });
  }

  deleteFrom<Value>(set: Set<Value>, value: Value): void {
    set.delete(value);
    this.undoing(() => set.add(value));
  }

  pushOn<Value>(list: Value[], value: Value): void {
    list.push(value);
    this.undoing(() => list.pop());
  }

  assign<Target extends object>(target: Target, change: Partial<Target>): void {
    const before: Partial<Target> = {};
    for (const key of Object.keys(change) as (keyof Target)[]) before[key] = target[key];
    Object.assign(target, change);
    this.undoing(() => Object.assign(target, before));
  }

  marksOf(queue: QueueRow): Marks {
    const found = this.marks.get(queue.id);
    if (!found) throw new Error(`The marks of queue ${queue.name} were not read.`);
    return found;
  }
}

export function laneKey(queue: number, lane: string): string {
  return `${queue}\n${lane}`;
}
