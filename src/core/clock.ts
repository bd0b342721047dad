/**
 * Time and timers, from one object.
 *
 * Nothing in millrace reads the machine's clock but this file. A stack runs on
 * the real clock or on a virtual one that only moves when it is told to; a timer
 * never fires early on either. Timers do not keep the process alive.
 *
 * Two things stay on wall time on purpose: the `Date` response header (SDKs
 * correct their signing clock from it) and the real-time end of a long poll.
 */
export interface Clock {
  /** Milliseconds since the epoch, as this stack sees them. */
  nowMs(): number;
  /** Calls `fire` once, at `atMs` or as soon after as possible. */
  at(atMs: number, fire: () => void): Timer;
  /** Milliseconds since the epoch on the machine's clock, virtual or not. */
  wallNowMs(): number;
  /** A timer on the machine's clock, virtual or not. For sockets only. */
  afterWallMs(delayMs: number, fire: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

/** setTimeout overflows to "at once" past 2^31-1 ms, so long waits are taken in steps. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

function afterWallMs(delayMs: number, fire: () => void): Timer {
  const timeout = setTimeout(fire, delayMs);
  timeout.unref();
  return { cancel: () => clearTimeout(timeout) };
}

/**
 * Keeps the process alive until what it returns is called. Timers of clocks do not, so that nothing
 * holds up a program that has come to its end.
 */
export function keepAlive(): () => void {
  const interval = setInterval(() => {}, LONGEST_TIMEOUT_MS);
  return () => clearInterval(interval);
}

/** The machine's own clock. */
export function realClock(): Clock {
  const nowMs = () => Date.now();
  const at = (atMs: number, fire: () => void): Timer => {
    let timeout: NodeJS.Timeout;
    const arm = () => {
      const leftMs = atMs - Date.now();
      timeout =
        leftMs > LONGEST_TIMEOUT_MS
          ? setTimeout(arm, LONGEST_TIMEOUT_MS)
          : setTimeout(() => (Date.now() < atMs ? arm() : fire()), Math.max(0, leftMs));
      timeout.unref();
    };
    arm();
    return { cancel: () => clearTimeout(timeout) };
  };
  return { nowMs, at, wallNowMs: nowMs, afterWallMs };
}

interface Waiting {
  readonly atMs: number;
  readonly order: number;
  readonly fire: () => void;
}

/**
 * A clock that stands still until `advanceTo` moves it. Timers fire in order of
 * their moment, ties in order of their making.
 */
export class VirtualClock implements Clock {
  #nowMs: number;
  #made = 0;
  readonly #timers = new Set<Waiting>();

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallNowMs(): number {
    return Date.now();
  }

  afterWallMs(delayMs: number, fire: () => void): Timer {
    return afterWallMs(delayMs, fire);
  }

  at(atMs: number, fire: () => void): Timer {
    const waiting = { atMs, order: this.#made++, fire };
    this.#timers.add(waiting);
    return { cancel: () => this.#timers.delete(waiting) };
  }

  /** The moment of the next timer, or Infinity when none is set. */
  nextAtMs(): number {
    return this.#next()?.atMs ?? Number.POSITIVE_INFINITY;
  }

  /**
   * Moves to `atMs`, firing every timer due on the way at its own moment.
   * `settle` is awaited before the first and after each, so that work which a timer starts is
   * done before time goes on.
   */
  async advanceTo(atMs: number, settle: () => Promise<void>): Promise<void> {
    await settle();
    for (;;) {
      const next = this.#next();
      if (!next || next.atMs > atMs) break;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.fire();
      await settle();
    }
    this.#nowMs = Math.max(this.#nowMs, atMs);
    await settle();
  }

  #next(): Waiting | undefined {
    let next: Waiting | undefined;
    for (const timer of this.#timers) {
      const sooner =
        !next || timer.atMs < next.atMs || (timer.atMs === next.atMs && timer.order < next.order);
      if (sooner) next = timer;
    }
    return next;
  }
}

/** Milliseconds since some moment, with fractions; never goes back. For figures only. */
export function ticksMs(): number {
  return performance.now();
}

/** Resolves after the callbacks that are ready now have run. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Calls back once the callbacks of this turn of the event loop have run. */
export function atEndOfTurn(callback: () => void): void {
  setImmediate(callback);
}
