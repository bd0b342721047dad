/**
 * Claims of an ordered queue: groups take part in the order in which their first message became
 * visible, and each is walked from there until something hidden stands in the way.
 *
 * Groups are locked first, leaving out those that another node is just changing (whose commit
 * will tell that there is something to claim), and then read anew, so that what is decided on is
 * what is so. A message past retention is passed over while it is visible; a hidden one holds up
 * its group until it is removed, as any hidden message does.
 */
import type { Claim, Claimed } from '../storage.ts';
import { Surprise } from './errors.ts';
import type { ClaimParts } from './queue-claims.ts';
import type { claimStatements } from './queue-claims-sql.ts';
import type { QueueRow } from './queue-names.ts';
import { laneKey } from './queue-round.ts';
import { type MessageRow, toMessage } from './queue-row.ts';
import { bornOf, latestOf, type Wish } from './queue-runs.ts';
import { numberArray, textArray } from './text.ts';
import type { Transaction } from './transaction.ts';

type Head = readonly [lane: string, position: number, visibleAtMs: number, token: number];

/** A group that is locked, and its messages up to the first hidden one. */
interface Turn {
  readonly lane: string;
  readonly rows: MessageRow[];
  taken: boolean;
  /** Its first message is among those: one past retention that was passed over is still due. */
  headTaken: boolean;
}

/** One look at the groups that are due. */
interface Look {
  readonly room: number;
  readonly from?: number | undefined;
  /** Groups that this claim has walked already: a lease that ended at once shows them again. */
  readonly seen: Set<string>;
  /** When the earliest message became due that was seen and left where it is. */
  firstLeftMs: number;
}

interface Taken {
  readonly row: MessageRow;
  readonly claim: Claim;
  readonly visibleAtMs: number;
  readonly firstClaimedAtMs: number;
}

export class Ordered {
  readonly #sql: ReturnType<typeof claimStatements>;
  readonly #parts: Pick<ClaimParts, 'floors' | 'laneFloors' | 'wallNowMs'>;
  /** How many messages a group of a queue gave lately, by queue id. */
  readonly #depth = new Map<number, number>();

  constructor(
    sql: ReturnType<typeof claimStatements>,
    parts: Pick<ClaimParts, 'floors' | 'laneFloors' | 'wallNowMs'>,
  ) {
    this.#sql = sql;
    this.#parts = parts;
  }

  async take(tx: Transaction, queue: QueueRow, run: readonly Wish[], room: number): Promise<void> {
    const { floors, wallNowMs } = this.#parts;
    const from = floors.from(queue.id, Number.MIN_SAFE_INTEGER);
    const beganAtMs = wallNowMs();
    const look: Look = { room, from, seen: new Set(), firstLeftMs: Number.POSITIVE_INFINITY };
    const left = await this.#takeFrom(tx, queue, run, look);
    if (from === undefined) floors.scanned(queue.id, wallNowMs() - beganAtMs);
    else if (left > 0 && floors.mayScanAgain(queue.id)) {
      const { seen, firstLeftMs } = look;
      await this.#takeFrom(tx, queue, run, { room: left, seen, firstLeftMs });
      floors.scanned(queue.id, wallNowMs() - beganAtMs);
    }
  }

  /** How many messages are still wished for and may be taken. */
  async #takeFrom(
    tx: Transaction,
    queue: QueueRow,
    run: readonly Wish[],
    look: Look,
  ): Promise<number> {
    const { room, from, seen } = look;
    const nowMs = latestOf(run);
    const perLane = Math.max(...run.map(({ claim }) => claim.max));
    let last: Head = ['', 0, from ?? Number.MIN_SAFE_INTEGER, -1];
    let left = Math.min(room, wishedFor(run));
    let firstLeftMs = Math.min(nowMs, look.firstLeftMs);
    if (left <= 0) return 0;
    while (left > 0) {
      const most = Math.ceil(left / (this.#depth.get(queue.id) ?? 1));
      const [, position, visibleAtMs, token] = last;
      const found = await tx.query<Head>(this.#sql.lockDueLanes, [
        queue.id,
        visibleAtMs,
        nowMs,
        token,
        position,
        most,
      ]);
      const heads = found.filter(([lane]) => !seen.has(lane));
      for (const [lane] of heads) seen.add(lane);
      const turns = await this.#walk(tx, queue, heads, { nowMs, perLane, born: bornOf(run) });
      const taken = deal(run, turns, left);
      await this.#lease(tx, queue, taken);
      left -= taken.length;
      this.#learn(queue, turns, perLane);
      for (const [index, turn] of turns.entries()) {
        if (!turn.headTaken) firstLeftMs = Math.min(firstLeftMs, heads[index]?.[2] ?? nowMs);
      }
      const end = found.at(-1);
      if (!end || found.length < most) break;
      if (left === 0) firstLeftMs = Math.min(firstLeftMs, end[2]);
      last = end;
    }
    look.firstLeftMs = firstLeftMs;
    this.#parts.floors.raise(queue.id, firstLeftMs, Number.MIN_SAFE_INTEGER);
    return left;
  }

  async #walk(
    tx: Transaction,
    queue: QueueRow,
    heads: readonly Head[],
    page: { readonly nowMs: number; readonly perLane: number; readonly born: number },
  ): Promise<readonly Turn[]> {
    const turns = heads.map(([lane]): Turn => ({ lane, rows: [], taken: false, headTaken: false }));
    let unread = heads.map(([, position], index) => ({ index, position }));
    for (const [lane, position] of heads) {
      this.#parts.laneFloors.set(laneKey(queue.id, lane), position - 1);
    }
    while (unread.length > 0) {
      const rows = await tx.query<readonly [number, ...MessageRow]>(this.#sql.walk, [
        queue.id,
        textArray(unread.map(({ index }) => turns[index]?.lane ?? '')),
        numberArray(unread.map(({ position }) => position)),
        page.nowMs,
        page.perLane,
      ]);
      const further: typeof unread = [];
      for (const [at, { index }] of unread.entries()) {
        const read = rows.filter(([n]) => n === at + 1).map(([, ...row]): MessageRow => row);
        const turn = turns[index];
        turn?.rows.push(...read);
        const last = read.at(-1);
        const good = turn?.rows.filter((row) => row[2] >= page.born).length ?? 0;
        const more = read.length === page.perLane && good < page.perLane;
        if (last && more) further.push({ index, position: last[0] + 1 });
      }
      unread = further;
    }
    return turns;
  }

  async #lease(tx: Transaction, queue: QueueRow, taken: readonly (Taken & { wish: Wish })[]) {
    if (taken.length === 0) return;
    const count = await tx.change(this.#sql.leaseThese, [
      queue.id,
      numberArray(taken.map(({ row }) => row[0])),
      numberArray(taken.map(({ row }) => row[4])),
      numberArray(taken.map(({ visibleAtMs }) => visibleAtMs)),
      numberArray(taken.map(({ firstClaimedAtMs }) => firstClaimedAtMs)),
    ]);
    if (count !== taken.length) throw new Surprise('A message of a locked group has changed.');
    for (const one of taken) {
      one.wish.claimed.push(toClaimed(queue, one));
      this.#parts.floors.lower(queue.id, one.visibleAtMs);
    }
  }

  #learn(queue: QueueRow, turns: readonly Turn[], perLane: number): void {
    if (turns.length === 0) return;
    const rows = turns.reduce((sum, turn) => sum + Math.min(perLane, turn.rows.length), 0);
    this.#depth.set(queue.id, Math.max(1, rows / turns.length));
  }
}

function wishedFor(run: readonly Wish[]): number {
  return run.reduce((sum, { claim, claimed }) => sum + claim.max - claimed.length, 0);
}

/** Groups in their order to claims in theirs. A group of which one was taken waits. */
function deal(
  run: readonly Wish[],
  turns: readonly Turn[],
  most: number,
): readonly (Taken & { wish: Wish })[] {
  const taken: (Taken & { wish: Wish })[] = [];
  for (const wish of run) {
    const { nowMs, bornAfterMs = Number.MIN_SAFE_INTEGER, max } = wish.claim;
    let wanted = max - wish.claimed.length;
    for (const turn of turns) {
      if (turn.taken) continue;
      for (const row of turn.rows) {
        if (wanted === 0 || taken.length === most || row[1] > nowMs) break;
        if (row[2] < bornAfterMs) continue;
        taken.push({ wish, ...leaseOf(row, wish.claim) });
        turn.taken = true;
        if (row === turn.rows[0]) turn.headTaken = true;
        wanted -= 1;
      }
    }
  }
  return taken;
}

function leaseOf(row: MessageRow, claim: Claim): Taken {
  const [, , sentAtMs, firstClaimedAtMs, , claims] = row;
  return {
    row,
    claim,
    visibleAtMs: Math.max(claim.leaseUntilMs, sentAtMs),
    firstClaimedAtMs: claims > 0 ? (firstClaimedAtMs ?? claim.nowMs) : claim.nowMs,
  };
}

function toClaimed(queue: QueueRow, { row, visibleAtMs, firstClaimedAtMs }: Taken): Claimed {
  const [position, , , , token, claims] = row;
  return {
    ...toMessage(queue.name, row),
    visibleAtMs,
    claims: claims + 1,
    firstClaimedAtMs,
    lease: { queue: queue.name, position, token: token + 1 },
  };
}
