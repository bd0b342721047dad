/**
 * Gathering: what comes in for a moment is written in one go, where a write of its own would cost
 * more than what it tells of, and nobody waits for it. A crash takes the last moment with it.
 */
import type { Timer } from '../core/clock.ts';
import type { Stack } from './stack.ts';
import type { Worker } from './workers.ts';

export interface GatheringOptions {
  readonly name: string;
  /** How long things are gathered, on the machine's clock. */
  readonly gatherMs: number;
  readonly hasMore: () => boolean;
  /** Writes what there is; never rejects. */
  readonly write: () => Promise<void>;
}

export class Gathering implements Worker {
  readonly name: string;
  readonly awaited = false;
  readonly #stack: Stack;
  readonly #options: GatheringOptions;
  readonly #writing = new Set<Promise<void>>();
  #timer: Timer | undefined;

  constructor(stack: Stack, options: GatheringOptions) {
    this.name = options.name;
    this.#stack = stack;
    this.#options = options;
  }

  start(): void {}

  get busy(): boolean {
    return this.#options.hasMore() || this.#writing.size > 0;
  }

  async idle(): Promise<void> {
    while (this.busy) {
      this.writeNow();
      await Promise.all(this.#writing);
    }
  }

  async nextDueMs(): Promise<number> {
    return Number.POSITIVE_INFINITY;
  }

  stop(): Promise<void> {
    return this.idle();
  }

  writeSoon(): void {
    this.#timer ??= this.#stack.clock.afterWallMs(this.#options.gatherMs, () => this.writeNow());
  }

  writeNow(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (!this.#options.hasMore()) return;
    const writing = this.#options.write().finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
  }
}
