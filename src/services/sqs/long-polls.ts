/**
 * Receives that wait for a message.
 *
 * One line per queue: a watch, two timers, and the polls in the order of their coming. When there
 * may be something to receive, the first poll tries, then the next, until one finds nothing: so
 * no more of them wake than there are messages. A poll ends empty at its deadline by the stack's
 * clock, or after the same real time, so that a client is never left hanging on a virtual clock.
 * What a poll has taken for a client that went away meanwhile is put back.
 */
import type { Timer } from '../../core/clock.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { QueueName, Storage } from '../../storage/storage.ts';
import type { Call } from '../call.ts';

/** Tries once. Resolves to nothing when there is nothing yet. */
export type Attempt<Found> = () => Promise<Found | undefined>;

interface Poll {
  readonly deadlineMs: number;
  readonly wallDeadlineMs: number;
  readonly attempt: Attempt<unknown>;
  readonly resolve: (found: unknown) => void;
  readonly reject: (cause: unknown) => void;
  /** End its listening to the client and the server. */
  readonly stops: (() => void)[];
  /** It was to end while it tried; so it ends after. */
  ending: boolean;
}

export class LongPolls {
  readonly #stack: Stack;
  readonly #lines = new Map<QueueName, Line>();

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  /** Waits until `attempt` finds something, for at most `waitMs`; resolves to nothing then. */
  wait<Found>(
    call: Call,
    queue: QueueName,
    waitMs: number,
    attempt: Attempt<Found>,
  ): Promise<Found | undefined> {
    let line = this.#lines.get(queue);
    if (!line) {
      line = new Line(this.#stack, queue, () => this.#lines.delete(queue));
      this.#lines.set(queue, line);
    }
    return line.join(call, waitMs, attempt) as Promise<Found | undefined>;
  }

  /** Makes those who wait at `queue` look again. */
  look(queue: QueueName): void {
    this.#lines.get(queue)?.look();
  }

  /** How many wait at `queue`. */
  waiting(queue: QueueName): number {
    return this.#lines.get(queue)?.size ?? 0;
  }

  /** Ends every wait, empty-handed. */
  close(): void {
    for (const line of this.#lines.values()) line.close();
  }
}

const all = new WeakMap<Storage, LongPolls>();

export function pollsOf(stack: Stack): LongPolls {
  let polls = all.get(stack.storage);
  if (!polls) {
    polls = new LongPolls(stack);
    all.set(stack.storage, polls);
  }
  return polls;
}

class Line {
  readonly #stack: Stack;
  readonly #queue: QueueName;
  readonly #polls = new Set<Poll>();
  readonly #unwatch: () => void;
  readonly #emptied: () => void;
  #trying: Poll | undefined;
  #looking = false;
  #lookAgain = false;
  #timers: readonly Timer[] = [];

  constructor(stack: Stack, queue: QueueName, emptied: () => void) {
    this.#stack = stack;
    this.#queue = queue;
    this.#emptied = emptied;
    this.#unwatch = stack.storage.watch(queue, () => this.look());
  }

  join(call: Call, waitMs: number, attempt: Attempt<unknown>): Promise<unknown> {
    const { clock } = this.#stack;
    return new Promise((resolve, reject) => {
      const poll: Poll = {
        deadlineMs: clock.nowMs() + waitMs,
        wallDeadlineMs: clock.wallNowMs() + waitMs,
        attempt,
        resolve,
        reject,
        stops: [],
        ending: false,
      };
      this.#polls.add(poll);
      const end = () => this.#end(poll);
      // Either may have happened already, and then calls back at once.
      poll.stops.push(call.onGone(end), call.onDrain(end));
      if (!this.#polls.has(poll)) for (const stop of poll.stops) stop();
      // Something may have come between the caller's own try and the watch.
      else this.look();
    });
  }

  get size(): number {
    return this.#polls.size;
  }

  close(): void {
    for (const poll of this.#polls) this.#end(poll);
  }

  look(): void {
    if (this.#looking) {
      this.#lookAgain = true;
      return;
    }
    this.#looking = true;
    this.#serve()
      .catch((cause: unknown) => {
        this.#stack.log.error('waiting receives failed', { cause: String(cause) });
        this.close();
      })
      .finally(() => {
        this.#looking = false;
        if (this.#lookAgain) this.look();
      });
  }

  async #serve(): Promise<void> {
    let triedAtMs: number;
    do {
      this.#lookAgain = false;
      triedAtMs = this.#stack.clock.nowMs();
      for (const poll of this.#polls) {
        if (!(await this.#try(poll))) break;
      }
    } while (this.#lookAgain);
    this.#endOverdue();
    if (this.#polls.size > 0) await this.#setTimers(triedAtMs);
  }

  /** Whether it makes sense to let the next poll try. */
  async #try(poll: Poll): Promise<boolean> {
    this.#trying = poll;
    try {
      const found = await poll.attempt();
      if (found === undefined && !poll.ending) return false;
      this.#leave(poll);
      poll.resolve(found);
      return found !== undefined;
    } catch (cause) {
      this.#leave(poll);
      poll.reject(cause);
      return true;
    } finally {
      this.#trying = undefined;
    }
  }

  #end(poll: Poll): void {
    if (!this.#polls.has(poll)) return;
    if (this.#trying === poll) {
      poll.ending = true;
      return;
    }
    this.#leave(poll);
    poll.resolve(undefined);
  }

  #leave(poll: Poll): void {
    this.#polls.delete(poll);
    for (const stop of poll.stops) stop();
    if (this.#polls.size > 0) return;
    this.#cancelTimers();
    this.#unwatch();
    this.#emptied();
  }

  #endOverdue(): void {
    const { clock } = this.#stack;
    const nowMs = clock.nowMs();
    const wallNowMs = clock.wallNowMs();
    for (const poll of this.#polls) {
      if (poll.deadlineMs <= nowMs || poll.wallDeadlineMs <= wallNowMs) this.#end(poll);
    }
  }

  /**
   * One timer for the next deadline or message that shows up, one for the next real deadline. What
   * has shown up since the polls were tried counts too: they may have missed it.
   */
  async #setTimers(triedAtMs: number): Promise<void> {
    const { clock, storage } = this.#stack;
    let atMs = await storage.nextVisibleAtMs(this.#queue, triedAtMs);
    let wallAtMs = Number.POSITIVE_INFINITY;
    for (const { deadlineMs, wallDeadlineMs } of this.#polls) {
      atMs = Math.min(atMs, deadlineMs);
      wallAtMs = Math.min(wallAtMs, wallDeadlineMs);
    }
    this.#cancelTimers();
    if (this.#polls.size === 0) return;
    const due = () => {
      this.#endOverdue();
      this.look();
    };
    const leftMs = Math.max(0, wallAtMs - clock.wallNowMs());
    this.#timers = [clock.at(atMs, due), clock.afterWallMs(leftMs, due)];
  }

  #cancelTimers(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers = [];
  }
}
