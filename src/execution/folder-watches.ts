/**
 * Watches the folders of functions that are run in place, and says when something in one changed.
 *
 * The operating system's notices are enough on their own: comparing times at each invocation
 * would cost a walk through the folder for every event. Every notice counts, at once: while an
 * editor or a compiler still writes, an invocation may meet half of the new code, and the next
 * notice ends that environment too.
 */
import { type FSWatcher, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { atEndOfTurn, nextTurn } from '../core/clock.ts';

export type Warn = (message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** Packages are changed by installing, which is worth a restart; the rest is not code. */
const IGNORED = new Set(['node_modules', '.git', '__pycache__']);
/** Notices are a scarce thing of the operating system. */
const MOST_FOLDERS = 4096;

export class FolderWatches {
  readonly #warn: Warn;
  readonly #changed: (path: string) => void;
  /** By the path of a function's code: the folders in it. */
  readonly #watched = new Map<string, Map<string, FSWatcher>>();
  readonly #noticed = new Set<string>();
  #closed = false;

  constructor(warn: Warn, changed: (path: string) => void) {
    this.#warn = warn;
    this.#changed = changed;
  }

  /** Begins to watch a folder, or waits until what changed in it before this call is noticed. */
  async catchUp(path: string): Promise<void> {
    if (this.#closed) return;
    if (!this.#watched.has(path)) {
      this.#watched.set(path, new Map());
      this.#add(path, path);
      return;
    }
    // A notice waits for the next turn of the event loop, and is acted on at the end of it.
    for (let turn = 0; turn < 3; turn++) await nextTurn();
  }

  close(): void {
    this.#closed = true;
    for (const folders of this.#watched.values()) {
      for (const watcher of folders.values()) watcher.close();
    }
    this.#watched.clear();
  }

  /** Each folder by itself: Node.js's recursive watch would go into what is ignored as well. */
  #add(path: string, folder: string): void {
    const folders = this.#watched.get(path);
    if (!folders || folders.has(folder) || folders.size >= MOST_FOLDERS) return;
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name !== null && IGNORED.has(name)) return;
        this.#notice(path, folder);
      });
      watcher.on('error', () => {
        watcher.close();
        folders.delete(folder);
      });
      folders.set(folder, watcher);
      this.#addBelow(path, folder);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#warn('A folder is not watched: changes of its code need a restart.', {
        folder,
        reason,
      });
    }
  }

  #addBelow(path: string, folder: string): void {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory() && !IGNORED.has(entry.name))
        this.#add(path, join(folder, entry.name));
    }
  }

  #notice(path: string, folder: string): void {
    if (this.#noticed.has(path)) return;
    this.#noticed.add(path);
    atEndOfTurn(() => {
      this.#noticed.delete(path);
      if (this.#closed) return;
      // A folder may be new; one that is gone ends its own watch.
      try {
        this.#addBelow(path, folder);
      } catch {
        this.#watched.get(path)?.delete(folder);
      }
      this.#changed(path);
    });
  }
}
