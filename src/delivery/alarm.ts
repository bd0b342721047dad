/** One timer that is always set for the next moment at which there is something to do. */
import type { Timer } from '../core/clock.ts';
import type { Stack } from './stack.ts';

const NEVER = Number.POSITIVE_INFINITY;

export class Alarm {
  readonly #stack: Stack;
  readonly #ring: () => void;
  #timer: Timer | undefined;
  #atMs = NEVER;

  constructor(stack: Stack, ring: () => void) {
    this.#stack = stack;
    this.#ring = ring;
  }

  /** Rings at `atMs` instead of when it was set for; Infinity for not at all. */
  set(atMs: number): void {
    if (atMs === this.#atMs) return;
    this.cancel();
    if (atMs === NEVER) return;
    this.#atMs = atMs;
    this.#timer = this.#stack.clock.at(atMs, () => {
      this.#atMs = NEVER;
      this.#ring();
    });
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#atMs = NEVER;
  }
}

/** Those who wait for a worker to have nothing under way. */
export class Idleness {
  readonly #isBusy: () => boolean;
  #waiting: (() => void)[] = [];

  constructor(isBusy: () => boolean) {
    this.#isBusy = isBusy;
  }

  wait(): Promise<void> {
    if (!this.#isBusy()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Tells those who wait, if it is so. */
  announce(): void {
    if (this.#isBusy() || this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
