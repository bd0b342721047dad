/**
 * Claiming: the messages that are due longest, each behind a lease.
 *
 * Claims of one queue that stand next to each other in a group share a statement, and what it
 * finds is dealt out in the order in which they were handed in.
 */
import type { Claimed } from '../storage.ts';
import type { Schema } from './names.ts';
import { claimStatements } from './queue-claims-sql.ts';
import { Fair } from './queue-fair.ts';
import type { Floors } from './queue-floors.ts';
import type { QueueNames, QueueRow } from './queue-names.ts';
import type { LaneFloors } from './queue-needs.ts';
import { Ordered } from './queue-ordered.ts';
import { Room } from './queue-room.ts';
import { type MessageRow, toMessage } from './queue-row.ts';
import { bornOf, runsOf, type Wish } from './queue-runs.ts';
import type { ClaimOf } from './stage.ts';
import { numberArray } from './text.ts';
import type { Transaction } from './transaction.ts';

type TakenRow = readonly [n: number, wasVisibleAtMs: number, ...row: MessageRow];

export interface ClaimParts {
  readonly names: QueueNames;
  readonly floors: Floors;
  readonly laneFloors: LaneFloors;
  readonly wallNowMs: () => number;
}

export class Claims {
  readonly #parts: ClaimParts;
  readonly #sql: ReturnType<typeof claimStatements>;
  readonly #room: Room;
  readonly #fair: Fair;
  readonly #ordered: Ordered;

  constructor(schema: Schema, parts: ClaimParts) {
    this.#parts = parts;
    this.#sql = claimStatements(schema);
    this.#room = new Room(this.#sql, parts.wallNowMs);
    this.#fair = new Fair(this.#sql, parts.wallNowMs);
    this.#ordered = new Ordered(this.#sql, parts);
  }

  async claim(
    tx: Transaction,
    claims: readonly ClaimOf[],
  ): Promise<readonly (readonly Claimed[])[]> {
    const wishes = claims.map(({ queue, claim }): Wish => ({ queue, claim, claimed: [] }));
    await this.#parts.names.find(
      tx,
      wishes.map(({ queue }) => queue),
    );
    const byQueue = new Map<QueueRow, Wish[]>();
    for (const wish of wishes) {
      const queue = this.#parts.names.known(wish.queue);
      if (!queue) continue;
      const others = byQueue.get(queue);
      if (others) others.push(wish);
      else byQueue.set(queue, [wish]);
    }
    this.#room.lock(tx, byQueue);
    await Promise.all([...byQueue].map(([queue, those]) => this.#claimOne(tx, queue, those)));
    return wishes.map(({ claimed }) => claimed);
  }

  /** A transaction ended in another way than by a commit. */
  forget(): void {
    this.#room.forget();
    this.#fair.forget();
  }

  async #claimOne(tx: Transaction, queue: QueueRow, wishes: readonly Wish[]): Promise<void> {
    for (const run of runsOf(wishes)) {
      const room = await this.#room.of(tx, queue, run);
      if (room <= 0) continue;
      if (queue.ordered) await this.#ordered.take(tx, queue, run, room);
      else await this.#take(tx, queue, run, room);
      const taken = run.reduce((sum, { claimed }) => sum + claimed.length, 0);
      this.#room.taken(queue, taken);
      this.#fair.taken(queue, run);
    }
  }

  async #take(tx: Transaction, queue: QueueRow, run: readonly Wish[], room: number): Promise<void> {
    const noisy = await this.#fair.noisy(tx, queue, run);
    let left = room;
    let open = run;
    while (open.length > 0 && left > 0) {
      const nowMs = Math.min(...open.map(({ claim }) => claim.nowMs));
      left -=
        noisy.length > 0
          ? await this.#takeFairly(tx, queue, { wishes: open, nowMs, noisy, most: left })
          : await this.#takeFirst(tx, queue, { wishes: open, nowMs, most: left });
      // Those who come later may see more.
      open = open.filter(({ claim, claimed }) => claim.nowMs > nowMs && claimed.length < claim.max);
    }
  }

  async #takeFirst(
    tx: Transaction,
    queue: QueueRow,
    { wishes, nowMs, most }: Pass,
  ): Promise<number> {
    const { floors, wallNowMs } = this.#parts;
    const born = bornOf(wishes);
    let from = floors.from(queue.id, born);
    let upTo = nowMs;
    let taken = 0;
    for (;;) {
      const seats = seatsOf(wishes, most - taken);
      if (seats.length === 0) return taken;
      const beganAtMs = wallNowMs();
      const rows = await tx.query<TakenRow>(this.#sql.take, [
        queue.id,
        ...timesOf(seats),
        seats.length,
        from ?? Number.MIN_SAFE_INTEGER,
        upTo,
        born,
      ]);
      if (from === undefined) floors.scanned(queue.id, wallNowMs() - beganAtMs);
      seat(queue, seats, rows);
      taken += rows.length;
      const all = rows.length < seats.length;
      const reached = all ? nowMs : Math.max(...rows.map(([, wasVisibleAtMs]) => wasVisibleAtMs));
      floors.raise(queue.id, reached, born);
      for (const row of rows) floors.lower(queue.id, row[3]);
      if (!all || from === undefined || !floors.mayScanAgain(queue.id)) return taken;
      // Only what is before the floor: a lease that ends at once is visible again behind it.
      upTo = from - 1;
      from = undefined;
    }
  }

  async #takeFairly(
    tx: Transaction,
    queue: QueueRow,
    { wishes, nowMs, noisy = [], most }: Pass,
  ): Promise<number> {
    const seats = seatsOf(wishes, most);
    const born = bornOf(wishes);
    const chosen = await this.#fair.choose(tx, queue, { nowMs, born, noisy, max: seats.length });
    if (chosen.length === 0) return 0;
    const rows = await tx.query<TakenRow>(this.#sql.takeThese, [
      queue.id,
      ...timesOf(seats),
      numberArray(chosen),
      nowMs,
      born,
    ]);
    seat(queue, seats, rows);
    for (const row of rows) this.#parts.floors.lower(queue.id, row[3]);
    return rows.length;
  }
}

interface Pass {
  readonly wishes: readonly Wish[];
  readonly nowMs: number;
  readonly most: number;
  readonly noisy?: readonly string[];
}

/** One for each message that is wished for, up to `most`, those first that were handed in first. */
function seatsOf(wishes: readonly Wish[], most: number): readonly Wish[] {
  const seats: Wish[] = [];
  for (const wish of wishes) {
    const wanted = Math.min(wish.claim.max - wish.claimed.length, most - seats.length);
    for (let count = 0; count < wanted; count += 1) seats.push(wish);
  }
  return seats;
}

/** When the lease ends, and when it begins, for each seat. */
function timesOf(seats: readonly Wish[]): readonly [string, string] {
  return [
    numberArray(seats.map(({ claim }) => claim.leaseUntilMs)),
    numberArray(seats.map(({ claim }) => claim.nowMs)),
  ];
}

function seat(queue: QueueRow, seats: readonly Wish[], rows: readonly TakenRow[]): void {
  for (const [n, , ...row] of rows.toSorted(([a], [b]) => a - b)) {
    const [position, , , firstClaimedAtMs, token, claims] = row;
    seats[n - 1]?.claimed.push({
      ...toMessage(queue.name, row),
      claims,
      firstClaimedAtMs: firstClaimedAtMs ?? 0,
      lease: { queue: queue.name, position, token },
    });
  }
}
