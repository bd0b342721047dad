/**
 * A pump works off one queue: it claims what is due, hands each message to `handle`, and wakes
 * again when something is enqueued or becomes visible. `handle` commits the message's end itself;
 * when it throws, the lease runs out and the message comes again.
 */
import type { Timer } from '../core/clock.ts';
import type { Claimed, QueueName } from '../storage/storage.ts';
import type { Stack } from './stack.ts';

export interface PumpOptions {
  readonly queue: QueueName;
  /** Messages handled at the same time. */
  readonly width: number;
  /** One message of a group at a time: the next one is claimed when this one has ended. */
  readonly ordered?: boolean;
  readonly handle: (stack: Stack, claimed: Claimed) => Promise<void>;
}

/** Longer than any hand-over may take, short enough that a crashed one is soon taken up. */
const LEASE_MS = 30_000;

export class Pump {
  readonly queue: QueueName;
  readonly #stack: Stack;
  readonly #width: number;
  readonly #ordered: boolean;
  readonly #handle: PumpOptions['handle'];
  #running = 0;
  #claiming = false;
  #wokenWhileClaiming = false;
  #stopped = false;
  #timer: Timer | undefined;
  #timerAtMs = Number.POSITIVE_INFINITY;
  #unwatch: () => void = () => {};
  #idle: (() => void)[] = [];

  constructor(stack: Stack, options: PumpOptions) {
    this.queue = options.queue;
    this.#stack = stack;
    this.#width = options.width;
    this.#ordered = options.ordered ?? false;
    this.#handle = options.handle;
  }

  start(): void {
    this.#unwatch = this.#stack.storage.watch(this.queue, () => this.#wake());
    this.#wake();
  }

  /** Whether something is being claimed or handled now. */
  get busy(): boolean {
    return this.#running > 0 || this.#claiming;
  }

  /** Resolves when nothing is being claimed or handled. */
  idle(): Promise<void> {
    if (!this.busy) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
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
    this.#timer?.cancel();
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
    this.#announceIdle();
  }

  async #claim(): Promise<void> {
    const { storage, clock } = this.#stack;
    for (;;) {
      const free = this.#width - this.#running;
      if (free <= 0 || this.#stopped) return;
      // A claim takes several of a group in a row, and they would be handled side by side.
      const room = this.#ordered ? 1 : free;
      const nowMs = clock.nowMs();
      const leaseUntilMs = nowMs + LEASE_MS;
      const claim = { max: room, nowMs, leaseUntilMs, fair: true };
      const claimed = await storage.claim(this.queue, claim);
      for (const message of claimed) this.#run(message);
      if (claimed.length < room) break;
    }
    this.#setTimer(await storage.nextVisibleAtMs(this.queue, clock.nowMs()));
  }

  #run(message: Claimed): void {
    this.#running += 1;
    this.#handle(this.#stack, message)
      .catch((cause: unknown) => this.#report('handling failed', cause))
      .finally(() => {
        this.#running -= 1;
        this.#wake();
        this.#announceIdle();
      });
  }

  #setTimer(atMs: number): void {
    if (this.#stopped || atMs === this.#timerAtMs) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerAtMs = atMs;
    if (atMs === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#stack.clock.at(atMs, () => {
      this.#timerAtMs = Number.POSITIVE_INFINITY;
      this.#wake();
    });
  }

  #announceIdle(): void {
    if (this.busy || this.#idle.length === 0) return;
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }

  #report(what: string, cause: unknown): void {
    const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    this.#stack.log.error(what, { queue: this.queue, cause: text });
  }
}
