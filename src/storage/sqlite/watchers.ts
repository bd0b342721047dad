/**
 * Who wants to know that a queue may have something to claim. Told after the commit, and only
 * of queues that it concerned.
 */
export class Watchers {
  readonly #byQueue = new Map<string, Set<() => void>>();
  readonly #touched = new Set<string>();

  watch(queue: string, notify: () => void): () => void {
    // A wrapper of its own, so that one function can watch twice and stop once.
    const watcher = () => notify();
    const watchers = this.#byQueue.get(queue) ?? new Set();
    this.#byQueue.set(queue, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.#byQueue.get(queue) === watchers) this.#byQueue.delete(queue);
    };
  }

  /** The running group did something to `queue`; when it is undone, the hint came for nothing. */
  touch(queue: string): void {
    if (this.#byQueue.has(queue)) this.#touched.add(queue);
  }

  notify(): void {
    if (this.#touched.size === 0) return;
    const touched = [...this.#touched];
    this.#touched.clear();
    for (const queue of touched) {
      for (const watcher of [...(this.#byQueue.get(queue) ?? [])]) watcher();
    }
  }
}
