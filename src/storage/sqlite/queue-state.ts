/**
 * What is kept in memory of each queue: its id and its counts, made when first asked for.
 */
import type { DatabaseSync } from 'node:sqlite';
import { type Counts, Unavailable } from '../storage.ts';
import { rowOf, runOf } from './database.ts';
import { LAST_ID, POSITION_BITS } from './schema.ts';
import { Tally, type TallySource, tallySource } from './tally.ts';
import type { Remembered, Undo } from './undo.ts';

export class Queue implements Remembered {
  readonly name: string;
  readonly id: number;
  /** Id under which its deduplication keys are remembered. */
  readonly memory: number;
  /** Whether its messages take turns; unknown until one was seen. */
  ordered: boolean | undefined;
  total: number | undefined;
  tally: Tally | undefined;
  /** Birth of the youngest message that is not late; see `births.ts`. */
  latestBornMs: number | undefined;
  /** All messages before this position are late. */
  inTimeFrom = 0;

  constructor(name: string, id: number, memory: number) {
    this.name = name;
    this.id = id;
    this.memory = memory;
  }

  /** A message with this visibility came (+1) or went (-1). */
  count(change: 1 | -1, visibleAtMs: number, token: number, lane: string | null): void {
    if (this.total !== undefined) this.total += change;
    this.tally?.add(change, visibleAtMs, token, lane);
  }

  save(): () => void {
    const { ordered, total, tally, latestBornMs, inTimeFrom } = this;
    const restoreTally = tally?.save();
    return () => {
      Object.assign(this, { ordered, total, tally, latestBornMs, inTimeFrom });
      restoreTally?.();
    };
  }
}

export class Queues {
  readonly #byName = new Map<string, Queue>();
  readonly #undo: Undo;
  readonly #tallies: TallySource;
  readonly #find: (...values: [string]) => readonly [number, number] | undefined;
  readonly #freeId: () => readonly [number] | undefined;
  readonly #insert: (...values: [number, string, number]) => number;
  readonly #total: (...values: [number]) => readonly [number] | undefined;
  readonly #ordered: (...values: [number]) => readonly [number] | undefined;

  constructor(sql: DatabaseSync, undo: Undo) {
    this.#undo = undo;
    this.#tallies = tallySource(sql);
    this.#find = rowOf(sql, 'SELECT id, memory FROM queue WHERE name = ?');
    this.#freeId = freeId(sql);
    this.#insert = runOf(sql, 'INSERT INTO queue (id, name, memory) VALUES (?, ?, ?)');
    this.#total = rowOf(sql, 'SELECT count(*) FROM message WHERE queue = ?');
    this.#ordered = rowOf(sql, 'SELECT ordered FROM message WHERE queue = ? LIMIT 1');
  }

  find(name: string): Queue | undefined {
    const known = this.#byName.get(name);
    if (known) return known;
    const row = this.#find(name);
    return row && this.#keep(new Queue(name, row[0], row[1]));
  }

  /** For a write: the queue as it is or newly made, with its counts saved against undoing. */
  touch(name: string): Queue {
    const queue = this.find(name) ?? this.make(name);
    this.#undo.touch(queue);
    return queue;
  }

  /** For a write that does nothing where there is no queue. */
  touchExisting(name: string): Queue | undefined {
    const queue = this.find(name);
    if (queue) this.#undo.touch(queue);
    return queue;
  }

  /** A new id under `name`; `memory` is another queue's when it goes on remembering its keys. */
  make(name: string, memory?: number): Queue {
    const id = this.#freeId()?.[0] ?? 1;
    if (id > LAST_ID) throw new Unavailable(`More than ${LAST_ID} queues.`);
    this.forget(name);
    this.#insert(id, name, memory ?? id);
    return this.#keep(new Queue(name, id, memory ?? id));
  }

  /** The name is looked up anew from now on, and again if this is undone. */
  forget(name: string): void {
    this.#undo.touch({
      save: () => () => {
        this.#byName.delete(name);
      },
    });
    this.#byName.delete(name);
  }

  total(queue: Queue): number {
    queue.total ??= this.#total(queue.id)?.[0] ?? 0;
    return queue.total;
  }

  tally(queue: Queue, nowMs: number): Tally {
    queue.tally ??= new Tally(this.#tallies, queue.id, nowMs);
    return queue.tally;
  }

  inFlight(queue: Queue, nowMs: number): number {
    return this.tally(queue, nowMs).at(nowMs).inFlight;
  }

  isOrdered(queue: Queue): boolean {
    queue.ordered ??= this.#ordered(queue.id)?.[0] === 1;
    return queue.ordered;
  }

  nextVisibleAtMs(queue: Queue, nowMs: number): number {
    return this.#tallies.nextAfter(queue.id, nowMs);
  }

  /** All but the moment of the oldest. */
  counts(queue: Queue, nowMs: number): Counts {
    const { inFlight, delayed } = this.tally(queue, nowMs).at(nowMs);
    const visible = this.total(queue) - inFlight - delayed;
    return { visible, inFlight, delayed };
  }

  #keep(queue: Queue): Queue {
    this.#byName.set(queue.name, queue);
    return queue;
  }
}

/** One above the largest id in use; when those have run out, the lowest gap. */
function freeId(sql: DatabaseSync): () => readonly [number] | undefined {
  const largest = rowOf<[number]>(
    sql,
    'SELECT 1 + max(coalesce(max(id), 0), coalesce(max(memory), 0)) FROM queue',
  );
  const gap = rowOf<[number]>(
    sql,
    `SELECT min(id) + 1 FROM queue AS taken
     WHERE NOT EXISTS (SELECT 1 FROM queue WHERE taken.id + 1 IN (id, memory))`,
  );
  return () => {
    const next = largest();
    return next && next[0] <= LAST_ID ? next : gap();
  };
}

/** SQL for the key of the message at `?2` of queue `?1`. */
export const KEY = `((?1 << ${POSITION_BITS}) | ?2)`;
