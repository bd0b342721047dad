/**
 * A pump works off one queue: it claims what is due, hands each message to `handle`, and wakes
 * again when something is enqueued or becomes visible. `handle` commits the message's end itself;
 * when it throws, the lease runs out and the message comes again.
 *
 * With `mostOfGroup`, a group whose messages take long never has all places. Claims are fair, so
 * its messages come last; those for which it has no place left are put back for a moment, and
 * count as never claimed.
 */

import type { Claimed, QueueName, Write } from '../storage/storage.ts';
import { Alarm, Idleness } from './alarm.ts';
import { TIMETABLE } from './schedule.ts';
import type { Stack } from './stack.ts';
import type { Worker } from './workers.ts';

export interface PumpOptions {
  readonly queue: QueueName;
  /** Messages handled at the same time. */
  readonly width: number;
  /** One message of a group at a time: the next one is claimed when this one has ended. */
  readonly ordered?: boolean;
  /** Messages of one group handled at the same time; 30 or more, see storage/sqlite/fair.ts. */
  readonly mostOfGroup?: number;
  readonly handle: (stack: Stack, claimed: Claimed) => Promise<void>;
}

/**
 * Longer than any hand-over may take, short enough that a crashed one is soon taken up. What may
 * take longer renews it: see lease.ts.
 */
export const LEASE_MS = 30_000;
const PUT_BACK_MS = 1_000;

export class Pump implements Worker {
  readonly queue: QueueName;
  /** All but what follows a calendar, which never ends. */
  readonly awaited: boolean;
  readonly #stack: Stack;
  readonly #width: number;
  readonly #ordered: boolean;
  readonly #mostOfGroup: number;
  readonly #handle: PumpOptions['handle'];
  readonly #alarm: Alarm;
  readonly #idleness = new Idleness(() => this.busy);
  #running = 0;
  readonly #runningOf = new Map<string, number>();
  #claiming = false;
  #wokenWhileClaiming = false;
  #stopped = false;
  #unwatch: () => void = () => {};

  constructor(stack: Stack, options: PumpOptions) {
    this.queue = options.queue;
    this.awaited = options.queue !== TIMETABLE;
    this.#stack = stack;
    this.#alarm = new Alarm(stack, () => this.#wake());
    this.#width = options.width;
    this.#ordered = options.ordered ?? false;
    this.#mostOfGroup = options.mostOfGroup ?? Number.POSITIVE_INFINITY;
    this.#handle = options.handle;
  }

  get name(): string {
    return this.queue;
  }

  start(): void {
    this.#unwatch = this.#stack.storage.watch(this.queue, () => this.#wake());
    this.#wake();
  }

  /** Whether something is being claimed or handled now. */
  get busy(): boolean {
    return this.#running > 0 || this.#claiming;
  }

  get running(): number {
    return this.#running;
  }

  /** Resolves when nothing is being claimed or handled. */
  idle(): Promise<void> {
    return this.#idleness.wait();
  }

  /**
   * When a message of the queue becomes visible next. While the pump is idle, those that are
   * visible already wait for one of these: they stand behind it in their group.
   */
  nextDueMs(): Promise<number> {
    return this.#stack.storage.nextVisibleAtMs(this.queue, this.#stack.clock.nowMs());
  }

  /** Claims no more and resolves when what was begun has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unwatch();
    this.#alarm.cancel();
    await this.idle();
  }

  #wake(): void {
    if (this.#stopped) return;
    if (this.#claiming) {
      this.#wokenWhileClaiming = true;
      return;
    }
    this.#claiming = true;
    this.#claim().then(
      () => this.#claimed(),
      (cause: unknown) => {
        this.#report('claiming failed', cause);
        this.#setTimer(this.#stack.clock.nowMs() + 1000);
        this.#claimed();
      },
    );
  }

  #claimed(): void {
    this.#claiming = false;
    if (this.#wokenWhileClaiming) {
      this.#wokenWhileClaiming = false;
      this.#wake();
    }
    this.#idleness.announce();
  }

  async #claim(): Promise<void> {
    const { storage, clock } = this.#stack;
    let nowMs: number;
    for (;;) {
      const free = this.#width - this.#running;
      if (free <= 0 || this.#stopped) return;
      const room = this.#room(free);
      nowMs = clock.nowMs();
      const leaseUntilMs = nowMs + LEASE_MS;
      const claim = { max: room, nowMs, leaseUntilMs, fair: true };
      const claimed = await storage.claim(this.queue, claim);
      const tooMany = claimed.filter((message) => !this.#begin(message));
      if (tooMany.length > 0) await storage.commit(tooMany.flatMap((one) => this.#putBack(one)));
      if (tooMany.length > 0 || claimed.length < room) break;
    }
    // Since the claim, not since now: what has become visible while it was answered is due at once.
    this.#setTimer(await storage.nextVisibleAtMs(this.queue, nowMs));
  }

  /** How many to claim: so many that all of them have places, though they be of one group. */
  #room(free: number): number {
    // A claim takes several of a group in a row, and they would be handled side by side.
    if (this.#ordered) return 1;
    let room = Math.min(free, this.#mostOfGroup);
    for (const count of this.#runningOf.values()) room = Math.min(room, this.#mostOfGroup - count);
    // Beside a full group the next one may be of another, and is put back when it is not.
    return Math.max(room, 1);
  }

  /** Begins to handle a message, unless its group has no place left. */
  #begin(message: Claimed): boolean {
    const { group = '' } = message;
    const ofGroup = this.#runningOf.get(group) ?? 0;
    if (ofGroup >= this.#mostOfGroup) return false;
    this.#running += 1;
    this.#runningOf.set(group, ofGroup + 1);
    this.#handle(this.#stack, message)
      .catch((cause: unknown) => this.#report('handling failed', cause))
      .finally(() => {
        this.#running -= 1;
        this.#leave(group);
        this.#wake();
        this.#idleness.announce();
      });
    return true;
  }

  #leave(group: string): void {
    const left = (this.#runningOf.get(group) ?? 1) - 1;
    if (left > 0) this.#runningOf.set(group, left);
    else this.#runningOf.delete(group);
  }

  #putBack({ lease, firstClaimedAtMs: _, ...message }: Claimed): readonly Write[] {
    const visibleAtMs = this.#stack.clock.nowMs() + PUT_BACK_MS;
    const again = { ...message, visibleAtMs, claims: message.claims - 1 };
    return [
      { kind: 'settle', lease, fence: 'latest', lost: 'conflict' },
      { kind: 'enqueue', queue: this.queue, message: again },
    ];
  }

  #setTimer(atMs: number): void {
    if (!this.#stopped) this.#alarm.set(atMs);
  }

  #report(what: string, cause: unknown): void {
    const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    this.#stack.log.error(what, { queue: this.queue, cause: text });
  }
}
