/**
 * Reads and locks what a round's writes of queues ask about, in this order: queues (an advisory
 * lock, shared but for a purge), groups, messages, remembered keys; and takes positions last, so
 * that the positions of a group grow in the order in which its lock went round.
 *
 * A settle that can only be skipped when it is lost, and that nothing else of the round depends
 * on, is not looked at here: the database decides while it deletes.
 */
import { Surprise } from './errors.ts';
import type { Schema } from './names.ts';
import { memoryKey } from './queue-apply.ts';
import { toShort } from './queue-lanes.ts';
import type { QueueNames, QueueRow } from './queue-names.ts';
import { type LaneFloors, Needs } from './queue-needs.ts';
import { prepareStatements } from './queue-prepare-sql.ts';
import { type HeldRow, laneKey, Round } from './queue-round.ts';
import { POSITIONS_AT_ONCE } from './queue-schema.ts';
import type { QueueWrite } from './stage.ts';
import { booleanArray, fromStored, numberArray, textArray } from './text.ts';
import type { Transaction } from './transaction.ts';

type HeldColumns = readonly [
  queue: number,
  position: number,
  sentAtMs: number,
  token: number,
  turn: boolean,
  ordered: boolean,
  lane: string | null,
  id: string,
  meta: string | null,
  seal: number,
  visibleAtMs: number,
];

/** Takes in what was answered. Answers are taken in in the order of the questions. */
type Take = (round: Round) => void;

export class Preparing {
  readonly #names: QueueNames;
  readonly #laneFloors: LaneFloors;
  readonly #sql: ReturnType<typeof prepareStatements>;

  constructor(schema: Schema, names: QueueNames, laneFloors: LaneFloors) {
    this.#names = names;
    this.#laneFloors = laneFloors;
    this.#sql = prepareStatements(schema);
  }

  async prepare(tx: Transaction, writes: readonly QueueWrite[]): Promise<Round> {
    const round = new Round();
    if (writes.length === 0) return round;
    await this.#findNames(tx, writes);
    const needs = new Needs(this.#names, writes);
    if (needs.expires.some(({ queue }) => queue.ordered)) await this.#findOldLanes(tx, needs);
    const answers = await Promise.all([
      this.#lockQueues(tx, needs),
      this.#readMarks(tx, needs),
      this.#lockLanes(tx, needs),
      this.#lockRows(tx, needs),
      ...needs.expires.map((expire) => this.#lockOld(tx, expire, needs)),
      this.#readLanes(tx, needs),
      this.#readMemory(tx, needs),
      this.#takePositions(tx, needs),
    ]);
    for (const take of answers) take(round);
    return round;
  }

  /** Asks and makes nothing where all names are known. */
  async #findNames(tx: Transaction, writes: readonly QueueWrite[]): Promise<void> {
    const others: string[] = [];
    const filled = new Map<string, boolean>();
    for (const write of writes) {
      if (write.kind === 'enqueue') {
        const ordered = write.message.ordered === true || filled.get(write.queue) === true;
        filled.set(write.queue, ordered);
      } else {
        others.push('lease' in write ? write.lease.queue : write.queue);
      }
    }
    await this.#names.find(tx, others);
    await this.#names.findOrMake(tx, filled);
  }

  async #findOldLanes(tx: Transaction, needs: Needs): Promise<void> {
    const found = needs.expires.map(async ({ queue, bornBeforeMs }) => {
      const rows = await tx.query<readonly [string]>(this.#sql.oldLanes, [
        queue.id,
        bornBeforeMs,
        needs.mostExpired(queue),
      ]);
      for (const [lane] of rows) needs.lanes.set(laneKey(queue.id, lane), { queue, lane });
    });
    await Promise.all(found);
  }

  async #lockQueues(tx: Transaction, { locked }: Needs): Promise<Take> {
    if (locked.size === 0) return nothing;
    const ids = [...locked.keys()].sort((a, b) => a - b);
    const alone = ids.map((id) => locked.get(id) === true);
    await tx.query(this.#sql.lockQueues, [numberArray(ids), booleanArray(alone)]);
    return nothing;
  }

  async #readMarks(tx: Transaction, { marked }: Needs): Promise<Take> {
    if (marked.size === 0) return nothing;
    const rows = await tx.query<readonly [number, number, number, boolean]>(this.#sql.marks, [
      numberArray([...marked.keys()]),
    ]);
    return (round) => {
      for (const [id, purgedTo, forgottenTo, ordered] of rows) {
        round.marks.set(id, { purgedTo, forgottenTo });
        const queue = marked.get(id);
        if (!queue || queue.ordered === ordered) continue;
        this.#names.nowOrdered(queue);
        throw new Surprise(`Messages of queue ${queue.name} take turns now.`);
      }
    };
  }

  async #lockLanes(tx: Transaction, { lanes, heldInTurn }: Needs): Promise<Take> {
    if (lanes.size + heldInTurn.size === 0) return nothing;
    const all = [...lanes.values()];
    const [queues, names] = [
      numberArray(all.map(({ queue }) => queue.id)),
      textArray(all.map(({ lane }) => lane)),
    ];
    const held = [...heldInTurn];
    const locked = tx.query<readonly [number, string]>(this.#sql.lockLanes, [
      queues,
      names,
      numberArray(held.map(([, queue]) => queue.id)),
      numberArray(held.map(([position]) => position)),
    ]);
    const makes = all.length > 0;
    const made = makes
      ? tx.query<readonly [number, string]>(this.#sql.makeLanes, [queues, names])
      : NO_LANES;
    const rows = (await Promise.all([locked, made])).flat();
    return (round) => {
      for (const [queue, lane] of rows) round.lanes.set(laneKey(queue, lane), true);
      for (const { queue, lane } of all) checkLocked(round, queue.id, lane);
    };
  }

  async #lockRows(tx: Transaction, { held }: Needs): Promise<Take> {
    if (held.size === 0) return nothing;
    const all = [...held].sort(([a], [b]) => a - b);
    const rows = await tx.query<HeldColumns>(this.#sql.lockRows, [
      numberArray(all.map(([, queue]) => queue.id)),
      numberArray(all.map(([position]) => position)),
    ]);
    return (round) => {
      for (const position of held.keys()) round.asked.add(position);
      keep(round, rows, held);
    };
  }

  async #lockOld(
    tx: Transaction,
    { queue, bornBeforeMs }: Needs['expires'][number],
    needs: Needs,
  ): Promise<Take> {
    const rows = await tx.query<HeldColumns>(this.#sql.lockOld, [
      queue.id,
      bornBeforeMs,
      needs.mostExpired(queue),
    ]);
    return (round) => {
      const queues = new Map(rows.map(([, position]) => [position, queue]));
      for (const position of queues.keys()) round.asked.add(position);
      keep(round, rows, queues);
    };
  }

  /** Which of the groups that messages are put in hold none. */
  async #readLanes(tx: Transaction, { joined }: Needs): Promise<Take> {
    if (joined.size === 0) return nothing;
    const all = [...joined.values()];
    const floors = all.map(({ queue, lane }) => this.#laneFloors.get(laneKey(queue.id, lane)));
    const rows = await tx.query<readonly [number, string]>(this.#sql.emptyLanes, [
      numberArray(all.map(({ queue }) => queue.id)),
      textArray(all.map(({ lane }) => lane)),
      numberArray(floors),
    ]);
    return (round) => {
      for (const [queue, lane] of rows) round.lanes.set(laneKey(queue, lane), false);
    };
  }

  async #readMemory(tx: Transaction, { keys }: Needs): Promise<Take> {
    if (keys.length === 0) return nothing;
    const queues = new Map(keys.map(({ queue }) => [queue.id, queue]));
    // Each once, in one order at all nodes.
    const short = new Map(keys.map(({ queue, key }) => [memoryKey(queue.id, toShort(key)), queue]));
    const all = [...short].sort(([a], [b]) => (a < b ? -1 : 1));
    const rows = await tx.query<readonly [number, string, number, number, string]>(
      this.#sql.memory,
      [
        numberArray(all.map(([, queue]) => queue.id)),
        textArray(all.map(([key]) => key.slice(key.indexOf('\n') + 1))),
      ],
    );
    return (round) => {
      for (const [queueId, key, untilMs, position, stored] of rows) {
        const queue = queues.get(queueId);
        const id = fromStored(stored);
        if (!queue) continue;
        const remembered = { queue, key, stored: true, untilMs, position, id };
        round.memory.set(memoryKey(queueId, key), remembered);
      }
    };
  }

  async #takePositions(tx: Transaction, { positions }: Needs): Promise<Take> {
    if (positions === 0) return nothing;
    const blocks = Math.ceil(positions / POSITIONS_AT_ONCE);
    const rows = await tx.query<readonly [number]>(this.#sql.positions, [blocks]);
    return (round) => {
      round.givePositions(rows.map(([end]) => end));
      for (const [key, holds] of round.lanes) {
        // Whatever the group held is gone, and what comes now stands after it.
        if (!holds) this.#laneFloors.set(key, (rows[0]?.[0] ?? 0) - POSITIONS_AT_ONCE);
      }
    };
  }
}

const nothing: Take = () => {};
const NO_LANES: Promise<readonly (readonly [number, string])[]> = Promise.resolve([]);

function keep(
  round: Round,
  rows: readonly HeldColumns[],
  queues: ReadonlyMap<number, QueueRow>,
): void {
  for (const row of rows) {
    const [id, position, sentAtMs, token, turn, ordered, lane, messageId, meta, seal] = row;
    const queue = queues.get(position);
    if (!queue || queue.id !== id || round.rows.has(position)) continue;
    if (ordered) checkLocked(round, id, lane ?? '');
    const held: HeldRow = {
      queue,
      position,
      sentAtMs,
      token,
      turn,
      lane: ordered ? (lane ?? '') : undefined,
      id: fromStored(messageId),
      meta: meta === null ? null : fromStored(meta),
      seal,
      visibleAtMs: row[10],
      uncounted: 0,
      state: 'as it was',
    };
    round.rows.set(position, held);
  }
}

/** A group that another node was emptying or beginning at that moment has no row to lock. */
function checkLocked(round: Round, queue: number, lane: string): void {
  if (round.lanes.has(laneKey(queue, lane))) return;
  throw new Surprise(`Group ${lane} of queue ${queue} came or went.`);
}
