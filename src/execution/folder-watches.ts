/**
 * Watches the folders of functions that are run in place, and says when something in one changed.
 *
 * The operating system's notices are enough on their own: comparing times at each invocation
 * would cost a walk through the folder, and misses what one file imports from elsewhere as well.
 * Notices come a moment after the change; an invocation within that moment sees the old code.
 */
import { type FSWatcher, watch } from 'node:fs';
import { sep } from 'node:path';
import type { Clock, Timer } from '../core/clock.ts';

/** Editors and compilers write several files at a time. */
const QUIET_MS = 30;
const IGNORED = new Set(['node_modules', '.git', '__pycache__']);

export class FolderWatches {
  readonly #clock: Clock;
  readonly #warn: (message: string, fields?: Readonly<Record<string, unknown>>) => void;
  readonly #changed: (path: string) => void;
  readonly #watches = new Map<string, FSWatcher | undefined>();
  readonly #quiet = new Map<string, Timer>();

  constructor(
    clock: Clock,
    warn: (message: string, fields?: Readonly<Record<string, unknown>>) => void,
    changed: (path: string) => void,
  ) {
    this.#clock = clock;
    this.#warn = warn;
    this.#changed = changed;
  }

  /** Does nothing when it is watched already. */
  watch(path: string): void {
    if (this.#watches.has(path)) return;
    try {
      const watcher = watch(path, { recursive: true, persistent: false }, (_event, file) => {
        if (file?.split(sep).some((part) => IGNORED.has(part))) return;
        this.#notice(path);
      });
      watcher.on('error', (error) => this.#failed(path, error));
      this.#watches.set(path, watcher);
    } catch (error) {
      this.#failed(path, error);
    }
  }

  close(): void {
    for (const watcher of this.#watches.values()) watcher?.close();
    for (const timer of this.#quiet.values()) timer.cancel();
    this.#watches.clear();
  }

  #failed(path: string, error: unknown): void {
    this.#watches.set(path, undefined);
    const reason = error instanceof Error ? error.message : String(error);
    this.#warn('A folder cannot be watched; changes of its code need a restart.', { path, reason });
  }

  #notice(path: string): void {
    this.#quiet.get(path)?.cancel();
    const timer = this.#clock.afterWallMs(QUIET_MS, () => {
      this.#quiet.delete(path);
      this.#changed(path);
    });
    this.#quiet.set(path, timer);
  }
}
