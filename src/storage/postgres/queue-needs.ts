/**
 * What the writes of a round have to know before they can be decided on.
 */
import type { Lease } from '../storage.ts';
import { toStoredGroup } from './queue-lanes.ts';
import type { QueueNames, QueueRow } from './queue-names.ts';
import { laneKey } from './queue-round.ts';
import type { QueueWrite } from './stage.ts';

export interface Lane {
  readonly queue: QueueRow;
  readonly lane: string;
}

export class Needs {
  /** Queues to lock, and whether alone. */
  readonly locked = new Map<number, boolean>();
  /** Queues whose marks are to be read. */
  readonly marked = new Map<number, QueueRow>();
  /** Groups to lock. */
  readonly lanes = new Map<string, Lane>();
  /** Those among them that messages are put in. */
  readonly joined = new Map<string, Lane>();
  /** Messages to lock, by position. */
  readonly held = new Map<number, QueueRow>();
  /** Those among them whose groups are to be locked. */
  readonly heldInTurn = new Map<number, QueueRow>();
  readonly expires: { readonly queue: QueueRow; readonly bornBeforeMs: number }[] = [];
  readonly keys: { readonly queue: QueueRow; readonly key: string }[] = [];
  positions = 0;

  readonly #names: QueueNames;
  readonly #mostExpired = new Map<number, number>();

  constructor(names: QueueNames, writes: readonly QueueWrite[]) {
    this.#names = names;
    for (const write of writes) this.#add(write);
    this.#hold(writes);
  }

  /** How many old messages the round's expiries of the queue may have to look at. */
  mostExpired(queue: QueueRow): number {
    return this.#mostExpired.get(queue.id) ?? 0;
  }

  #add(write: QueueWrite): void {
    const queue = this.#names.known('lease' in write ? write.lease.queue : write.queue);
    if (!queue) return;
    if (write.kind !== 'enqueue' || write.dedup || write.message.ordered) {
      this.marked.set(queue.id, queue);
    }
    if (write.kind === 'enqueue') {
      this.positions += 1;
      if (write.dedup) this.keys.push({ queue, key: write.dedup.key });
      if (write.message.ordered) this.#join(queue, write.message.group);
    } else if (write.kind === 'purge' || write.kind === 'redelay') {
      this.positions += 1;
      this.locked.set(queue.id, true);
    } else if (write.kind === 'expire') {
      const { bornBeforeMs, max } = write;
      this.expires.push({ queue, bornBeforeMs });
      if (queue.ordered) this.#share(queue);
      this.#mostExpired.set(queue.id, this.mostExpired(queue) + max);
    }
  }

  #join(queue: QueueRow, group: string | undefined): void {
    const lane = toStoredGroup(group, true).lane ?? '';
    const key = laneKey(queue.id, lane);
    this.lanes.set(key, { queue, lane });
    this.joined.set(key, { queue, lane });
    this.#share(queue);
  }

  /** Whoever moves many messages of an ordered queue at once waits for those who move one. */
  #share(queue: QueueRow): void {
    if (!this.locked.has(queue.id)) this.locked.set(queue.id, false);
  }

  /** A settle needs no look when it can only be skipped and nothing else turns on it. */
  #hold(writes: readonly QueueWrite[]): void {
    const seen = new Set<number>();
    for (const write of writes) {
      if (!('lease' in write)) continue;
      const queue = this.#names.known(write.lease.queue);
      if (!queue) continue;
      const { position } = write.lease;
      if (!isPlace(write.lease)) continue;
      const expired = this.#mostExpired.get(queue.id);
      if (expired !== undefined) this.#mostExpired.set(queue.id, expired + 1);
      const plain = write.kind === 'settle' && write.lost === 'skip' && !queue.ordered;
      if (!plain || expired !== undefined || seen.has(position)) this.held.set(position, queue);
      if (queue.ordered) {
        this.heldInTurn.set(position, queue);
        this.#share(queue);
      }
      seen.add(position);
    }
  }
}

/** Whether a lease could be one that we gave out; others would be no numbers to the database. */
export function isPlace({ position, token }: Lease): boolean {
  return Number.isSafeInteger(position) && Number.isSafeInteger(token);
}

/** Groups of which one is remembered; past it the memory starts anew. */
const MOST_REMEMBERED = 20_000;

/**
 * Positions up to which a group's messages are known to be gone. They stay gone, so what was
 * learned once saves walking over dead rows each time.
 */
export class LaneFloors {
  readonly #floors = new Map<string, number>();

  get(key: string): number {
    return this.#floors.get(key) ?? 0;
  }

  set(key: string, floor: number): void {
    if (this.#floors.size >= MOST_REMEMBERED) this.#floors.clear();
    this.#floors.set(key, floor);
  }
}
