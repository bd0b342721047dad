/**
 * The writes that concern many messages of a queue: expire, purge, redelay.
 *
 * A purge gives the queue's name to a new id, so that the old messages are out of reach with the
 * commit, however many they are; their rows go in slices (`chores.ts`).
 */
import type { Expire, Purge, Receipt, Redelay } from '../storage.ts';
import type { Births } from './births.ts';
import type { Chores } from './chores.ts';
import type { Queues } from './queue-state.ts';
import type { QueueWrites } from './queue-writes.ts';
import type { Sequence } from './sequence.ts';

export class MassWrites {
  readonly #queues: Queues;
  readonly #messages: QueueWrites;
  readonly #chores: Chores;
  readonly #sequence: Sequence;
  readonly #births: Births;

  constructor({ queues, messages, chores, births, sequence }: MassWritesParts) {
    this.#queues = queues;
    this.#messages = messages;
    this.#chores = chores;
    this.#sequence = sequence;
    this.#births = births;
  }

  expire({ queue: name, bornBeforeMs, max }: Expire): Receipt {
    const queue = this.#queues.touchExisting(name);
    if (!queue) return { changed: 0 };
    const old = this.#births.bornBefore(queue, bornBeforeMs, max);
    for (const position of old) this.#messages.remove(queue, position);
    return { changed: old.length };
  }

  purge({ queue: name, forget = false }: Purge): Receipt {
    const queue = this.#queues.touchExisting(name);
    if (!queue) return { changed: 0 };
    const changed = this.#queues.total(queue);
    this.#queues.forget(name);
    this.#chores.retire(queue, forget);
    if (!forget) this.#queues.make(name, queue.memory);
    return { changed };
  }

  redelay({ queue: name, delayMs }: Redelay): Receipt {
    const queue = this.#queues.touchExisting(name);
    if (queue) this.#chores.redelay(queue, delayMs, this.#sequence.last);
    return {};
  }
}

export interface MassWritesParts {
  readonly queues: Queues;
  readonly messages: QueueWrites;
  readonly chores: Chores;
  readonly births: Births;
  readonly sequence: Sequence;
}
