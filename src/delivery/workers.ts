/**
 * Those who do work of their own accord: pumps, pollers, whoever claims from a queue or reads a
 * log without being asked. The stack starts and stops them, and knows through them whether
 * something is under way and when something will be.
 */
export interface Worker {
  /** Whose work it is, for people; a pump's queue. */
  readonly name: string;
  /** Whether `settled` moves virtual time for what it has still to do. */
  readonly awaited: boolean;
  /** Whether something is being claimed or handled now. */
  readonly busy: boolean;
  /** Messages or batches that are being handled now. */
  readonly running?: number;
  start(): void;
  /** Resolves when nothing is being claimed or handled. */
  idle(): Promise<void>;
  /** The next moment at which there will be something to do; Infinity for none. */
  nextDueMs(): Promise<number>;
  /** Begins nothing more and resolves when what was begun has ended. */
  stop(): Promise<void>;
}

export class Workers {
  readonly #all = new Set<Worker>();
  #started = false;
  #stopped = false;

  /** Takes a worker in, which is started with the stack, or at once when that is running. */
  add(worker: Worker): void {
    if (this.#stopped) return;
    this.#all.add(worker);
    if (this.#started) worker.start();
  }

  /** Stops a worker and lets it go. */
  async remove(worker: Worker): Promise<void> {
    await worker.stop();
    this.#all.delete(worker);
  }

  start(): void {
    this.#started = true;
    for (const worker of this.#all) worker.start();
  }

  /** All of them, as they are now. */
  list(): readonly Worker[] {
    return [...this.#all];
  }

  get busy(): boolean {
    for (const worker of this.#all) if (worker.busy) return true;
    return false;
  }

  async idle(): Promise<void> {
    await Promise.all(this.list().map((worker) => worker.idle()));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.list().map((worker) => worker.stop()));
  }
}
