/**
 * One life of a node, from its start to its crash: whether it runs, stands still, or is over, and
 * what it has under way.
 *
 * A node that is paused gets no answers, no timers and no hints; they come when it runs again, as
 * with a process that was stopped for a while. One that has crashed gets nothing any more, and
 * nobody hears of it again: what it waits for never comes.
 */
export class Life {
  readonly name: string;
  /** Calls of the storage that will go on without time passing. */
  calls = 0;
  #over = false;
  #paused = false;
  #held: (() => void)[] = [];
  #crashed = Promise.withResolvers<void>();
  readonly #pulse: () => void;

  /** `pulse` is called whenever something has happened. */
  constructor(name: string, pulse: () => void) {
    this.name = name;
    this.#pulse = pulse;
  }

  get isOver(): boolean {
    return this.#over;
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  /** Whether it has something under way for which no time has to pass. */
  get isBusy(): boolean {
    return !this.#over && !this.#paused && this.calls > 0;
  }

  /** Resolves when it has crashed. */
  get crashed(): Promise<void> {
    return this.#crashed.promise;
  }

  pulse(): void {
    this.#pulse();
  }

  crash(): void {
    this.#over = true;
    this.#held = [];
    this.#crashed.resolve();
    this.#pulse();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    const held = this.#held;
    this.#held = [];
    for (const go of held) go();
    this.#pulse();
  }

  /** Does it now, when the node runs again, or never. */
  when(go: () => void): void {
    if (this.#over) return;
    this.#pulse();
    if (this.#paused) this.#held.push(go);
    else go();
  }

  /** Resolves as soon as the node runs; never, when it has crashed. */
  running(): Promise<void> {
    return new Promise((resolve) => this.when(resolve));
  }
}
