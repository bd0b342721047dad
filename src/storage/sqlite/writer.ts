/**
 * Applies a list of writes inside the group's transaction, in their order.
 */
import { isConditional, type Receipt, type Write } from '../storage.ts';
import type { Bodies } from './bodies.ts';
import type { Chores } from './chores.ts';
import type { Logs } from './logs.ts';
import type { MassWrites } from './mass-writes.ts';
import type { Queues } from './queue-state.ts';
import type { QueueWrites } from './queue-writes.ts';
import type { Tables } from './tables.ts';
import type { Watchers } from './watchers.ts';

export interface WriterParts {
  readonly queues: Queues;
  readonly messages: QueueWrites;
  readonly mass: MassWrites;
  readonly logs: Logs;
  readonly tables: Tables;
  readonly chores: Chores;
  readonly bodies: Bodies;
  readonly watchers: Watchers;
}

const NOTHING: Receipt = Object.freeze({});

export class Writer {
  readonly #parts: WriterParts;

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  apply(writes: readonly Write[]): readonly Receipt[] {
    this.#parts.bodies.beginList();
    return writes.map((write) => this.#applyOne(write));
  }

  /** The writes that belong to a claim. */
  applyFollowing(writes: readonly Write[]): void {
    if (writes.some(isConditional)) {
      throw new TypeError('Writes that follow a claim must not carry conditions.');
    }
    this.apply(writes);
  }

  #applyOne(write: Write): Receipt {
    const { messages, mass, logs, tables, chores, watchers } = this.#parts;
    switch (write.kind) {
      case 'enqueue':
        watchers.touch(write.queue);
        return messages.enqueue(write);
      case 'settle':
        this.#touchOrdered(write.lease.queue);
        return messages.settle(write);
      case 'release':
        watchers.touch(write.lease.queue);
        return messages.release(write);
      case 'redelay':
        watchers.touch(write.queue);
        return mass.redelay(write);
      case 'expire':
        this.#touchOrdered(write.queue);
        return mass.expire(write);
      case 'purge':
        return mass.purge(write);
      case 'append':
        watchers.touchLog(write.log);
        return logs.append(write);
      case 'trim':
        watchers.touchLog(write.log);
        if (logs.trim(write)) chores.removeTrimmed(write.log);
        return NOTHING;
      case 'put':
        return tables.put(write);
      case 'remove':
        return tables.remove(write);
      case 'check':
        return tables.check(write);
    }
  }

  /** Where messages take turns, one that goes makes the next one claimable. */
  #touchOrdered(name: string): void {
    const queue = this.#parts.queues.find(name);
    if (queue && this.#parts.queues.isOrdered(queue)) this.#parts.watchers.touch(name);
  }
}

/** Conditions that are looked at before anything has changed need no undoing. */
export function isGuarded(writes: readonly Write[]): boolean {
  let changes = false;
  for (const write of writes) {
    if (changes && isConditional(write)) return true;
    changes ||= write.kind !== 'check';
  }
  return false;
}

/** Whether a list stores something and removes or moves nothing. */
export function grows(writes: readonly Write[]): boolean {
  let adds = false;
  for (const { kind } of writes) {
    if (kind === 'enqueue') return true;
    if (kind === 'check') continue;
    if (kind !== 'append' && kind !== 'put') return false;
    adds = true;
  }
  return adds;
}
