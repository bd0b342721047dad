/**
 * Decides on the writes of queues in memory, one after the other, on what the round has read.
 *
 * A message is not visible before its birth: an earlier `visibleAtMs` is read as the birth.
 */
import {
  Conflict,
  type Enqueue,
  type Expire,
  type Lease,
  type Purge,
  type Receipt,
  type Redelay,
  type Release,
  type Settle,
} from '../storage.ts';
import { toShort, toStoredGroup } from './queue-lanes.ts';
import type { QueueNames, QueueRow } from './queue-names.ts';
import { isPlace } from './queue-needs.ts';
import { type HeldRow, laneKey, type NewRow, type Round } from './queue-round.ts';
import { sealHead } from './queue-row.ts';
import type { Answer, QueueWrite } from './stage.ts';

const CHANGED: Receipt = Object.freeze({ changed: 1 });
const UNCHANGED: Receipt = Object.freeze({ changed: 0 });
const NOTHING: Receipt = Object.freeze({});

export class Applying {
  readonly #names: QueueNames;
  readonly #round: Round;

  constructor(names: QueueNames, round: Round) {
    this.#names = names;
    this.#round = round;
  }

  apply(write: QueueWrite): Answer {
    switch (write.kind) {
      case 'enqueue':
        return this.#enqueue(write);
      case 'settle':
        return this.#settle(write);
      case 'release':
        return this.#release(write);
      case 'redelay':
        return this.#redelay(write);
      case 'expire':
        return this.#expire(write);
      case 'purge':
        return this.#purge(write);
    }
  }

  #enqueue({ queue: name, message, dedup }: Enqueue): Receipt {
    const round = this.#round;
    const queue = this.#names.known(name);
    if (!queue) throw new Error(`Queue ${name} was not made.`);
    if (dedup) {
      const earlier = this.#remembered(queue, dedup.key);
      if (earlier && earlier.untilMs > dedup.nowMs) {
        return { position: earlier.position, duplicateOf: earlier.id };
      }
    }
    const position = round.nextPosition();
    const ordered = message.ordered === true;
    const { lane, longGroup } = toStoredGroup(message.group, ordered);
    const visibleAtMs = Math.max(message.visibleAtMs, message.sentAtMs);
    const turn = !ordered || this.#begins(queue, lane ?? '');
    const row: NewRow = { queue, message, position, lane, longGroup, turn, visibleAtMs };
    round.added.add(row);
    round.undoing(() => round.added.delete(row));
    if (dedup) this.#remember(queue, dedup, position, message.id);
    return { position };
  }

  /** Whether the group was empty; it no longer is. */
  #begins(queue: QueueRow, lane: string): boolean {
    const key = laneKey(queue.id, lane);
    const holds = this.#round.lanes.get(key);
    if (holds === undefined) throw new Error(`Group ${lane} of ${queue.name} was not locked.`);
    if (!holds) this.#round.setIn(this.#round.lanes, key, true);
    return !holds;
  }

  #remembered(queue: QueueRow, key: string) {
    const found = this.#round.memory.get(memoryKey(queue.id, toShort(key)));
    return found && found.position > this.#round.marksOf(queue).forgottenTo ? found : undefined;
  }

  #remember(
    queue: QueueRow,
    wanted: NonNullable<Enqueue['dedup']>,
    position: number,
    id: string,
  ): void {
    const { memory } = this.#round;
    const key = toShort(wanted.key);
    const stored = memory.get(memoryKey(queue.id, key))?.stored === true;
    const { untilMs } = wanted;
    const remembered = { queue, key, stored, untilMs, position, id, wanted };
    this.#round.setIn(memory, memoryKey(queue.id, key), remembered);
  }

  #settle(write: Settle): Answer {
    const { lease } = write;
    const queue = this.#names.known(lease.queue);
    if (!queue || this.#isNowhere(queue, lease)) return lost(write);
    if (!this.#round.asked.has(lease.position)) return this.#settlePlainly(queue, write);
    const row = this.#held(queue, write);
    if (!row) return lost(write);
    this.#remove(row);
    return CHANGED;
  }

  #settlePlainly(queue: QueueRow, write: Settle): Answer {
    const { position } = write.lease;
    const [oldest, newest] = tokens(write);
    const aliveAtMs = write.aliveAtMs ?? Number.MIN_SAFE_INTEGER;
    this.#round.pushOn(this.#round.settled, { queue, position, oldest, newest, aliveAtMs });
    const round = this.#round;
    // Where the answer was lost and the commit was not, it was most likely there.
    return () => (round.removed.has(position) || !round.settledKnown ? CHANGED : UNCHANGED);
  }

  #release(write: Release): Receipt {
    const { lease, meta } = write;
    const queue = this.#names.known(lease.queue);
    if (!queue || this.#isNowhere(queue, lease)) return lost(write);
    const row = this.#held(queue, write);
    if (!row) return lost(write);
    this.#round.assign(row, {
      state: 'changed',
      visibleAtMs: Math.max(write.visibleAtMs, row.sentAtMs),
      uncounted: row.uncounted + (write.uncounted ? 1 : 0),
      ...(meta !== undefined && {
        meta,
        seal: row.seal ^ sealHead(row.id, row.meta) ^ sealHead(row.id, meta),
      }),
    });
    return CHANGED;
  }

  #isNowhere(queue: QueueRow, lease: Lease): boolean {
    return !isPlace(lease) || lease.position <= this.#round.marksOf(queue).purgedTo;
  }

  /** The message, if the fence lets the write through. */
  #held(queue: QueueRow, write: Settle | Release): HeldRow | undefined {
    const row = this.#round.rows.get(write.lease.position);
    if (!row || row.queue.id !== queue.id || row.state === 'gone') return undefined;
    const [oldest, newest] = tokens(write);
    if (row.token < oldest || row.token > newest) return undefined;
    const { aliveAtMs } = write;
    return aliveAtMs === undefined || row.visibleAtMs > aliveAtMs ? row : undefined;
  }

  #remove(row: HeldRow): void {
    this.#round.assign(row, { state: 'gone' });
    if (row.turn && row.lane !== undefined) this.#vacate(row.queue, row.lane, row.position);
  }

  #vacate(queue: QueueRow, lane: string, position: number): void {
    const { vacated } = this.#round;
    const key = laneKey(queue.id, lane);
    const after = Math.max(position, vacated.get(key)?.after ?? 0);
    this.#round.setIn(vacated, key, { queue, lane, after });
  }

  #expire({ queue: name, bornBeforeMs, max }: Expire): Receipt {
    const queue = this.#names.known(name);
    if (!queue) return UNCHANGED;
    const { purgedTo } = this.#round.marksOf(queue);
    const stored = [...this.#round.rows.values()].filter(
      (row) => row.queue.id === queue.id && row.state !== 'gone' && row.position > purgedTo,
    );
    const unsent = [...this.#round.added].filter((row) => row.queue.id === queue.id);
    const births = [
      ...stored.map((row) => ({ row, position: row.position, sentAtMs: row.sentAtMs })),
      ...unsent.map((row) => ({
        row,
        position: row.position,
        sentAtMs: row.message.sentAtMs,
      })),
    ];
    const old = births
      .filter(({ sentAtMs }) => sentAtMs < bornBeforeMs)
      .sort((a, b) => a.sentAtMs - b.sentAtMs || a.position - b.position)
      .slice(0, max);
    for (const { row } of old) {
      if ('message' in row) this.#takeBack(row);
      else this.#remove(row);
    }
    return { changed: old.length };
  }

  /** A message that this round was to put in, and that is gone before. */
  #takeBack(row: NewRow): void {
    this.#round.deleteFrom(this.#round.added, row);
    if (row.turn && row.message.ordered) this.#vacate(row.queue, row.lane ?? '', row.position);
  }

  #redelay({ queue: name, delayMs }: Redelay): Receipt {
    const queue = this.#names.known(name);
    if (!queue) return NOTHING;
    const until = this.#round.nextPosition();
    this.#round.setIn(this.#round.redelays, queue.id, { delayMs, until });
    for (const row of this.#round.added) {
      if (row.queue.id !== queue.id) continue;
      const { sentAtMs } = row.message;
      this.#round.assign(row, { visibleAtMs: Math.max(sentAtMs + delayMs, sentAtMs) });
    }
    return NOTHING;
  }

  #purge({ queue: name, forget = false }: Purge): Answer {
    const queue = this.#names.known(name);
    if (!queue) return UNCHANGED;
    const round = this.#round;
    const marks = round.marksOf(queue);
    const fromPosition = marks.purgedTo;
    const toPosition = round.nextPosition();
    let unsent = 0;
    for (const row of round.added) {
      if (row.queue.id !== queue.id) continue;
      round.deleteFrom(round.added, row);
      unsent += 1;
    }
    for (const [key, vacated] of round.vacated) {
      if (vacated.queue.id !== queue.id) continue;
      round.vacated.delete(key);
      round.undoing(() => round.vacated.set(key, vacated));
    }
    for (const [key, holds] of round.lanes) {
      if (holds && key.startsWith(`${queue.id}\n`)) round.setIn(round.lanes, key, false);
    }
    round.assign(marks, {
      purgedTo: toPosition,
      ...(forget && { forgottenTo: toPosition }),
    });
    const purge = { queue, fromPosition, toPosition, forget, unsent, stored: 0 };
    round.pushOn(round.purges, purge);
    return () => ({ changed: purge.stored + purge.unsent });
  }
}

export function memoryKey(queue: number, key: string): string {
  return `${queue}\n${key}`;
}

function tokens({ fence, lease: { token } }: Settle | Release): readonly [number, number] {
  return [token, fence === 'latest' ? token : Number.MAX_SAFE_INTEGER];
}

function lost(write: Settle | Release): Receipt {
  if (write.lost === 'skip') return UNCHANGED;
  const { queue, position } = write.lease;
  throw new Conflict(`The lease on message ${position} of ${queue} is lost.`);
}
