/**
 * Who wants to know that a queue may have something to claim, or that a log has changed, on this
 * node; and what this node's commits have touched, for the others.
 */
export class Watchers {
  readonly #byName = new Map<string, Set<() => void>>();
  readonly #touched = new Set<string>();
  readonly #touchedLogs = new Set<string>();

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

  get names(): readonly string[] {
    return [...this.#byName.keys()];
  }

  /** The running transaction did something to a queue. */
  touch(name: string): void {
    this.#touched.add(name);
  }

  touchLog(name: string): void {
    this.#touchedLogs.add(name);
  }

  /** The transaction did not come about. */
  forget(): void {
    this.#touched.clear();
    this.#touchedLogs.clear();
  }

  /** After the commit: tells those of this node; the names are what others are to be told. */
  tell(): readonly string[] {
    if (this.#touched.size === 0 && this.#touchedLogs.size === 0) return [];
    const queues = [...this.#touched];
    const logs = [...this.#touchedLogs];
    this.forget();
    this.#call(new Set([...queues, ...logs, ...logs.map(folderOf)]));
    return [...queues, ...logs];
  }

  /** Another node touched them; whether they are queues or logs is not told. */
  tellOf(names: readonly string[]): void {
    this.#call(new Set([...names, ...names.map(folderOf)]));
  }

  #call(names: Iterable<string>): void {
    for (const name of names) {
      for (const watcher of [...(this.#byName.get(name) ?? [])]) watcher();
    }
  }
}

/** Whoever watches the folder that a log is in hears of it, too. */
function folderOf(log: string): string {
  return log.slice(0, log.lastIndexOf('/') + 1);
}
