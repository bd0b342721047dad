/**
 * Sends what a round came to: a few statements over many rows, in an order in which each sees what
 * it must. Messages go first, then come new ones, then groups pass their turn on.
 */
import type { Schema } from './names.ts';
import type { Floors } from './queue-floors.ts';
import { flushStatements } from './queue-flush-sql.ts';
import { Keys } from './queue-keys.ts';
import type { HeldRow, NewRow, RedelayToDo, Round, Vacated } from './queue-round.ts';
import { seal } from './queue-row.ts';
import { booleanArray, numberArray, textArray, toStored } from './text.ts';
import type { Transaction } from './transaction.ts';

export class Flushing {
  readonly #sql: ReturnType<typeof flushStatements>;
  readonly #floors: Floors;
  readonly #keys: Keys;
  #turnsPassed: Promise<void> = Promise.resolve();

  constructor(schema: Schema, floors: Floors) {
    this.#sql = flushStatements(schema);
    this.#floors = floors;
    this.#keys = new Keys(this.#sql);
  }

  /** Claims that come after it know what has become due by then. */
  get settled(): Promise<void> {
    return this.#turnsPassed;
  }

  /** Not `async`, nor are its parts before they have sent: COMMIT may follow at once. */
  flush(tx: Transaction, round: Round): Promise<unknown> {
    const rows = [...round.rows.values()].sort((a, b) => a.position - b.position);
    const added = [...round.added];
    return Promise.all([
      this.#settle(tx, round),
      this.#remove(
        tx,
        rows.filter(({ state }) => state === 'gone'),
      ),
      this.#move(
        tx,
        rows.filter(({ state }) => state === 'changed'),
      ),
      ...[...round.redelays].map(([queue, to]) => this.#redelay(tx, queue, to)),
      this.#purge(tx, round),
      this.#addPlain(tx, added.filter(isPlain)),
      this.#add(
        tx,
        added.filter((row) => !isPlain(row)),
      ),
      this.#passTurns(tx, round),
      this.#keys.flush(tx, round),
    ]);
  }

  async #settle(tx: Transaction, round: Round): Promise<void> {
    if (round.settled.length === 0) return;
    const all = round.settled.toSorted((a, b) => a.position - b.position);
    const values = [
      numberArray(all.map(({ queue }) => queue.id)),
      numberArray(all.map(({ position }) => position)),
      numberArray(all.map(({ oldest }) => oldest)),
      numberArray(all.map(({ newest }) => newest)),
      numberArray(all.map(({ aliveAtMs }) => aliveAtMs)),
    ];
    const removing = () => tx.query<readonly [number]>(this.#sql.settle, values);
    for (const [position] of (await Promise.all([removing(), removing()])).flat()) {
      round.removed.add(position);
    }
    round.settledKnown = true;
  }

  async #remove(tx: Transaction, rows: readonly HeldRow[]): Promise<void> {
    if (rows.length === 0) return;
    await tx.change(this.#sql.remove, [
      numberArray(rows.map(({ queue }) => queue.id)),
      numberArray(rows.map(({ position }) => position)),
    ]);
  }

  async #move(tx: Transaction, rows: readonly HeldRow[]): Promise<void> {
    if (rows.length === 0) return;
    for (const { queue, visibleAtMs } of rows) this.#floors.lower(queue.id, visibleAtMs);
    await tx.change(this.#sql.move, [
      numberArray(rows.map(({ queue }) => queue.id)),
      numberArray(rows.map(({ position }) => position)),
      numberArray(rows.map(({ visibleAtMs }) => visibleAtMs)),
      textArray(rows.map(({ meta }) => (meta === null ? null : toStored(meta)))),
      numberArray(rows.map((row) => row.seal)),
      numberArray(rows.map(({ uncounted }) => uncounted)),
    ]);
  }

  async #redelay(tx: Transaction, queue: number, { delayMs, until }: RedelayToDo): Promise<void> {
    this.#floors.forget(queue);
    await tx.query(this.#sql.redelay, [queue, delayMs, 0, until]);
  }

  async #purge(tx: Transaction, { purges }: Round): Promise<void> {
    const counts = purges.map(async (purge) => {
      const { queue, fromPosition, toPosition, forget } = purge;
      const counted = tx.query<readonly [number]>(this.#sql.countPurged, [
        queue.id,
        fromPosition,
        toPosition,
      ]);
      void tx.query(this.#sql.purge, [queue.id, toPosition, forget]).catch(() => {});
      purge.stored = (await counted)[0]?.[0] ?? 0;
    });
    await Promise.all(counts);
  }

  /** Most messages: nothing but a body and what is beside it. */
  async #addPlain(tx: Transaction, rows: readonly NewRow[]): Promise<void> {
    if (rows.length === 0) return;
    for (const { queue, visibleAtMs } of rows) this.#floors.lower(queue.id, visibleAtMs);
    await tx.query(this.#sql.addPlain, [...timesOf(rows), ...textsOf(rows)]);
  }

  async #add(tx: Transaction, rows: readonly NewRow[]): Promise<void> {
    if (rows.length === 0) return;
    for (const { queue, visibleAtMs } of rows) this.#floors.lower(queue.id, visibleAtMs);
    const [seals, ...texts] = textsOf(rows);
    const first = rows.map(({ message: { claims = 0, firstClaimedAtMs } }) =>
      claims > 0 ? (firstClaimedAtMs ?? null) : null,
    );
    await tx.query(this.#sql.add, [
      ...timesOf(rows),
      numberArray(first),
      numberArray(rows.map(({ message }) => message.claims ?? 0)),
      seals,
      booleanArray(rows.map(({ turn }) => turn)),
      booleanArray(rows.map(({ message }) => message.ordered === true)),
      textArray(rows.map(({ lane }) => lane)),
      textArray(rows.map(({ longGroup }) => longGroup)),
      ...texts,
    ]);
  }

  #passTurns(tx: Transaction, { vacated }: Round): Promise<void> {
    if (vacated.size === 0) return Promise.resolve();
    this.#turnsPassed = this.#giveTurns(tx, [...vacated.values()]);
    return this.#turnsPassed;
  }

  async #giveTurns(tx: Transaction, all: readonly Vacated[]): Promise<void> {
    const rows = await tx.query<readonly [number, number]>(this.#sql.giveTurns, [
      numberArray(all.map(({ queue }) => queue.id)),
      textArray(all.map(({ lane }) => lane)),
      numberArray(all.map(({ after }) => after)),
    ]);
    for (const [queue, visibleAtMs] of rows) this.#floors.lower(queue, visibleAtMs);
  }
}

function isPlain({ message, lane }: NewRow): boolean {
  return lane === null && message.ordered !== true && (message.claims ?? 0) === 0;
}

function timesOf(rows: readonly NewRow[]): readonly string[] {
  return [
    numberArray(rows.map(({ queue }) => queue.id)),
    numberArray(rows.map(({ position }) => position)),
    numberArray(rows.map(({ visibleAtMs }) => visibleAtMs)),
    numberArray(rows.map(({ message }) => message.sentAtMs)),
  ];
}

function textsOf(rows: readonly NewRow[]): readonly string[] {
  return [
    numberArray(rows.map(({ message: { id, meta, body } }) => seal(id, meta ?? null, body))),
    textArray(rows.map(({ message }) => toStored(message.id))),
    textArray(rows.map(({ message: { meta } }) => (meta === undefined ? null : toStored(meta)))),
    textArray(rows.map(({ message }) => toStored(message.body))),
  ];
}
