/**
 * Watches the folders of functions that are run in place, and says when something in one changed.
 *
 * The operating system's notices are enough on their own: comparing times at each invocation
 * would cost a walk through the folder for every event. Every notice counts, at once: while an
 * editor or a compiler still writes, an invocation may meet half of the new code, and the next
 * notice ends that environment too.
 */
import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { atEndOfTurn, nextTurn } from '../core/clock.ts';

export type Warn = (message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** Packages are changed by installing, which is worth a restart; the rest is not code. */
const IGNORED = new Set(['node_modules', '.git', '__pycache__']);
/** Notices are a scarce thing of the operating system. */
const MOST_FOLDERS = 4096;

interface Watched {
  readonly watcher: FSWatcher;
  /** Builds remove a folder and make it anew, and the old watch says nothing of the new folder. */
  readonly identity: string;
}

type Folders = Map<string, Watched>;

export class FolderWatches {
  readonly #warn: Warn;
  readonly #changed: (path: string) => void;
  /** By the path of a function's code: the folders in it. */
  readonly #watched = new Map<string, Folders>();
  /** The same paths: the folders of which there was a notice in this turn. */
  readonly #noticed = new Map<string, Set<string>>();
  readonly #warned = new Set<string>();
  #closed = false;

  constructor(warn: Warn, changed: (path: string) => void) {
    this.#warn = warn;
    this.#changed = changed;
  }

  /** Begins to watch a folder, or waits until what changed in it before this call is noticed. */
  async catchUp(path: string): Promise<void> {
    if (this.#closed) return;
    const folders: Folders = this.#watched.get(path) ?? new Map();
    if (folders.has(path)) {
      // A notice waits for the next turn of the event loop, and is acted on at the end of it.
      for (let turn = 0; turn < 3; turn++) await nextTurn();
      return;
    }
    this.#watched.set(path, folders);
    this.#look(path, folders, path);
    if (!folders.has(path)) this.#tell(path, path, 'It is not there.');
  }

  close(): void {
    this.#closed = true;
    for (const folders of this.#watched.values()) {
      for (const { watcher } of folders.values()) watcher.close();
    }
    this.#watched.clear();
  }

  /**
   * Watches a folder, unless it is watched, and those in it. Each by itself: Node.js's recursive
   * watch would go into what is ignored as well.
   */
  #look(path: string, folders: Folders, folder: string): void {
    try {
      if (this.#isBegun(path, folders, folder)) this.#lookBelow(path, folders, folder);
    } catch (error) {
      this.#tell(path, folder, error instanceof Error ? error.message : String(error));
    }
  }

  #lookBelow(path: string, folders: Folders, folder: string): void {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory() && !IGNORED.has(entry.name))
        this.#look(path, folders, join(folder, entry.name));
    }
  }

  /** Whether a watch begins now: not of what is watched already, nor of what is gone. */
  #isBegun(path: string, folders: Folders, folder: string): boolean {
    const identity = identityOf(folder);
    const before = folders.get(folder);
    if (before && before.identity === identity) return false;
    before?.watcher.close();
    folders.delete(folder);
    if (identity === undefined) return false;
    if (folders.size >= MOST_FOLDERS) throw new Error(`${path} holds more than ${MOST_FOLDERS}.`);
    const watcher = watch(folder, { persistent: false }, (_event, name) => {
      if (name === null || !IGNORED.has(name)) this.#notice(path, folder);
    });
    watcher.on('error', () => {
      watcher.close();
      if (folders.get(folder)?.watcher === watcher) folders.delete(folder);
    });
    folders.set(folder, { watcher, identity });
    return true;
  }

  #notice(path: string, folder: string): void {
    const noticed = this.#noticed.get(path);
    if (noticed) {
      noticed.add(folder);
      return;
    }
    this.#noticed.set(path, new Set([folder]));
    atEndOfTurn(() => this.#follow(path));
  }

  /** A folder may be new, gone, or another of the same name. */
  #follow(path: string): void {
    const noticed = this.#noticed.get(path) ?? [];
    this.#noticed.delete(path);
    const folders = this.#watched.get(path);
    if (!folders) return;
    for (const folder of noticed) {
      this.#look(path, folders, folder);
      if (!folders.has(folder)) continue;
      try {
        this.#lookBelow(path, folders, folder);
      } catch {
        // It went just now, of which there is another notice.
      }
    }
    this.#changed(path);
  }

  /** Once: what cannot be watched is asked for at every invocation. */
  #tell(path: string, folder: string, reason: string): void {
    if (this.#warned.has(path)) return;
    this.#warned.add(path);
    const message = 'A folder is not watched: changes of its code need a restart.';
    this.#warn(message, { folder, reason });
  }
}

function identityOf(folder: string): string | undefined {
  const found = statSync(folder, { throwIfNoEntry: false, bigint: true });
  return found?.isDirectory() ? `${found.ino} ${found.birthtimeNs}` : undefined;
}
