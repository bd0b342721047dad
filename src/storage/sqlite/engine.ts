/**
 * The embedded engine behind the storage seam.
 *
 * Writes and claims go through the group commit. Reads see what is committed: they run at once,
 * between groups, and never leave a cursor open.
 */
import { atEndOfTurn } from '../../core/clock.ts';
import type { Reporting, StorageReport } from '../reporting.ts';
import type {
  Claim,
  Claimed,
  Counts,
  LogBounds,
  LogEntry,
  LogRead,
  Peek,
  Peeked,
  Receipt,
  Row,
  Scan,
  Storage,
  Write,
} from '../storage.ts';
import { Unavailable } from '../storage.ts';
import type { BackingUp } from '../transfer.ts';
import type { Copy } from './backup.ts';
import type { CommitNumber } from './commit-number.ts';
import type { Database } from './database.ts';
import { translate } from './errors.ts';
import { Group } from './group.ts';
import { type Parts, parts } from './parts.ts';
import type { Reserve } from './reserve.ts';
import { Watchers } from './watchers.ts';
import { grows, isGuarded } from './writer.ts';

export interface EngineOptions {
  readonly reserve: Reserve;
  /** Undefined where nothing outlives the process. */
  readonly commitNumber: CommitNumber | undefined;
  readonly onFatal: (cause: Error) => void;
}

const NO_COUNTS: Counts = Object.freeze({ visible: 0, inFlight: 0, delayed: 0 });
const NO_RECEIPTS = Promise.resolve<readonly Receipt[]>(Object.freeze([]));

export class SqliteStorage implements Storage, BackingUp, Reporting {
  readonly #database: Database;
  readonly #options: EngineOptions;
  readonly #parts: Parts;
  readonly #group: Group;
  readonly #watchers = new Watchers();
  readonly #closing = new AbortController();
  #choring = false;
  #copying: Promise<Copy> | undefined;
  #closed = false;

  constructor(database: Database, options: EngineOptions) {
    this.#database = database;
    this.#options = options;
    this.#parts = parts(database.sql, this.#watchers);
    this.#group = new Group(database, {
      undo: this.#parts.undo,
      reserve: options.reserve,
      onFatal: options.onFatal,
      finish: () => this.#parts.logs.finish(),
      advance: () => this.#parts.progress.advance(),
      committed: () => this.#committed(),
      answered: () => this.#answered(),
    });
    this.#scheduleChore();
  }

  commit(writes: readonly Write[]): Promise<readonly Receipt[]> {
    if (writes.length === 0) return NO_RECEIPTS;
    const { writer } = this.#parts;
    return this.#group.handIn({
      run: () => writer.apply(writes),
      guarded: isGuarded(writes),
      grows: grows(writes),
    });
  }

  claim(queue: string, claim: Claim): Promise<readonly Claimed[]> {
    const { claims, writer } = this.#parts;
    const run = () => {
      const claimed = claims.claim(queue, claim);
      if (claim.follow && claimed.length > 0) writer.applyFollowing(claim.follow(claimed));
      return claimed;
    };
    return this.#group.handIn({ run, guarded: false, grows: false });
  }

  peek(queue: string, peek: Peek): Promise<readonly Peeked[]> {
    return this.#look(({ queues, peeks }) => {
      const found = queues.find(queue);
      return found ? peeks.peek(found, peek) : [];
    });
  }

  counts(queue: string, nowMs: number): Promise<Counts> {
    return this.#look(({ queues, births }) => {
      const found = queues.find(queue);
      if (!found) return NO_COUNTS;
      const oldestSentAtMs = births.oldestMs(found);
      const counts = queues.counts(found, nowMs);
      return oldestSentAtMs === undefined ? counts : { ...counts, oldestSentAtMs };
    });
  }

  nextVisibleAtMs(queue: string, nowMs: number): Promise<number> {
    return this.#look(({ queues }) => {
      const found = queues.find(queue);
      return found ? queues.nextVisibleAtMs(found, nowMs) : Number.POSITIVE_INFINITY;
    });
  }

  watch(queueOrLog: string, notify: () => void): () => void {
    return this.#watchers.watch(queueOrLog, notify);
  }

  queues(prefix: string): Promise<readonly string[]> {
    return this.#look(({ peeks }) => peeks.names(prefix));
  }

  read(log: string, read: LogRead): Promise<readonly LogEntry[]> {
    return this.#look(({ logs }) => logs.read(log, read));
  }

  bounds(log: string): Promise<LogBounds> {
    return this.#look(({ logs }) => logs.bounds(log));
  }

  get(table: string, partition: string, key: string): Promise<Row | undefined> {
    return this.#look(({ tables }) => tables.get(table, partition, key));
  }

  scan(table: string, partition: string, scan: Scan = {}): Promise<readonly Row[]> {
    return this.#look(({ tables }) => tables.scan(table, partition, scan));
  }

  revision(table: string, partition: string): Promise<number> {
    return this.#look(({ tables }) => tables.revision(table, partition));
  }

  async *backUp(nowMs: number): AsyncGenerator<Uint8Array, void, void> {
    const { archiveOf, takeCopy } = await import('./backup.ts');
    if (this.#copying) throw new Unavailable('A backup is being taken already.');
    this.#copying = takeCopy(this.#database, this.#closing.signal);
    try {
      yield* archiveOf(await this.#copying, nowMs);
    } finally {
      this.#copying = undefined;
    }
  }

  async report(): Promise<StorageReport> {
    const { commitSeconds, groupSizes } = this.#group;
    return { engine: 'sqlite', commitSeconds, groupSizes };
  }

  idle(): Promise<void> {
    return this.#group.flushed;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#closing.abort(new Unavailable('The storage is closed.'));
    await this.#copying?.catch(() => {}); // Whoever asked for it hears of it.
    await this.#options.reserve.begun;
    await this.#group.flushed;
    this.#group.stop('The storage is closed.');
    this.#database.sql.close();
    this.#options.commitNumber?.close();
  }

  async #look<T>(look: (parts: Parts) => T): Promise<T> {
    try {
      return look(this.#parts);
    } catch (cause) {
      throw translate(cause, this.#database.file);
    }
  }

  #committed(): void {
    const { tables, progress } = this.#parts;
    tables.committed(progress.commits);
    try {
      this.#options.commitNumber?.write(progress.commits);
    } catch (cause) {
      this.#group.stop('Stopped after a failed write.');
      this.#options.onFatal(cause as Error);
    }
  }

  #answered(): void {
    this.#scheduleChore();
    this.#watchers.notify();
  }

  /** One slice per turn, as work like any other. */
  #scheduleChore(): void {
    const { chores } = this.#parts;
    if (!chores.pending || this.#choring || this.#closed) return;
    this.#choring = true;
    atEndOfTurn(() => {
      this.#choring = false;
      if (this.#closed) return;
      const work = { run: () => chores.slice(), guarded: false, grows: false };
      this.#group.handIn(work).catch(() => {
        // What stands in the way is told to everyone who writes; chores go on after the next group.
      });
    });
  }
}
