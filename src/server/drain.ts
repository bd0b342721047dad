/**
 * The end of a server, as those who wait hear of it. Long polls end with an empty answer once it
 * has begun.
 */
export class Drain {
  #begun = false;
  readonly #listeners = new Set<() => void>();

  get begun(): boolean {
    return this.#begun;
  }

  /** Calls back once draining begins; at once when it has. Returns how to stop listening. */
  readonly on = (listener: () => void): (() => void) => {
    if (this.#begun) {
      listener();
      return () => {};
    }
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  begin(): void {
    this.#begun = true;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }
}
