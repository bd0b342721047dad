/**
 * Who wants to know that a queue may have something to claim, or that a log has grown. Told after
 * the commit, and only of queues and logs that it concerned.
 */
export class Watchers {
  readonly #byName = new Map<string, Set<() => void>>();
  readonly #touched = new Set<string>();

  watch(name: string, notify: () => void): () => void {
    // A wrapper of its own, so that one function can watch twice and stop once.
    const watcher = () => notify();
    const watchers = this.#byName.get(name) ?? new Set();
    this.#byName.set(name, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.#byName.get(name) === watchers) this.#byName.delete(name);
    };
  }

  /** The running group did something to it; when that is undone, the hint came for nothing. */
  touch(name: string): void {
    if (this.#byName.has(name)) this.#touched.add(name);
  }

  /** As `touch`; whoever watches the folder that the log is in hears of it too. */
  touchLog(name: string): void {
    if (this.#byName.size === 0) return;
    this.touch(name);
    this.touch(name.slice(0, name.lastIndexOf('/') + 1));
  }

  notify(): void {
    if (this.#touched.size === 0) return;
    const touched = [...this.#touched];
    this.#touched.clear();
    for (const name of touched) {
      for (const watcher of [...(this.#byName.get(name) ?? [])]) watcher();
    }
  }
}
