/**
 * Group commit: all that is handed in during one turn of the event loop, and during the next few
 * while they bring more, runs in that order in one transaction with one fsync, and nobody is
 * answered before it is committed.
 *
 * A list whose condition fails undoes itself alone. An error of the database fails the whole
 * group. After a failed write or fsync the engine stops for good: what the disk then holds is not
 * known until it is read anew.
 */
import { atEndOfTurn, ticksMs } from '../../core/clock.ts';
import { Distribution, SECONDS } from '../../core/metrics.ts';
import { GROUP_SIZES } from '../reporting.ts';
import { Conflict, Unavailable } from '../storage.ts';
import { type Database, PAGE_BYTES, rowOf, runOf } from './database.ts';
import { isDiskFailure, isFull, isOfWholeGroup, translate } from './errors.ts';
import type { Reserve } from './reserve.ts';
import type { Undo } from './undo.ts';

/** One list or one claim. */
export interface Work<T> {
  /** Applies it inside the transaction. */
  readonly run: () => T;
  /** It may refuse after it has changed something, and then needs undoing. */
  readonly guarded: boolean;
  /** It stores more than it removes; refused while the disk is full. */
  readonly grows: boolean;
}

interface Waiting extends Work<unknown> {
  readonly resolve: (value: unknown) => void;
  readonly reject: (cause: unknown) => void;
}

type Answer = () => void;

/**
 * Turns that a group is kept open at most. The answers of one group bring the next requests, which
 * arrive over two turns or three: 31 lists per fsync instead of 20 with 32 in flight.
 */
const MOST_TURNS = 4;

export interface GroupParts {
  readonly undo: Undo;
  readonly reserve: Reserve;
  /** Writes what was put off to the end of the group. */
  readonly finish: () => void;
  /** Notes that there is a commit; left out when the group has changed nothing. */
  readonly advance: () => void;
  /** The group is committed; nobody has been answered yet. */
  readonly committed: () => void;
  readonly answered: () => void;
  readonly onFatal: (cause: Error) => void;
}

export class Group {
  readonly commitSeconds = new Distribution(SECONDS);
  readonly groupSizes = new Distribution(GROUP_SIZES);
  readonly #database: Database;
  readonly #parts: GroupParts;
  readonly #statements;
  #waiting: Waiting[] = [];
  #flushed: Promise<void> = Promise.resolve();
  #stopped: Unavailable | undefined;
  /** Rows changed since the connection was opened, as SQLite counts them. */
  #changes = 0;

  constructor(database: Database, parts: GroupParts) {
    this.#database = database;
    this.#parts = parts;
    this.#statements = statements(database);
  }

  handIn<T>(work: Work<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#stopped) {
        reject(this.#stopped);
        return;
      }
      if (this.#waiting.length === 0) this.#scheduleFlush();
      const { run, guarded, grows } = work;
      this.#waiting.push({ run, guarded, grows, resolve: resolve as Waiting['resolve'], reject });
    });
  }

  /** Resolves when all that is handed in so far is answered. */
  get flushed(): Promise<void> {
    return this.#flushed;
  }

  /** Refuses everything from now on. */
  stop(why: string): void {
    this.#stopped ??= new Unavailable(why);
  }

  #scheduleFlush(): void {
    this.#flushed = new Promise((resolve) => this.#flushAfterTurn(resolve, 1, 1));
  }

  /** Flushes at the end of the turn, or of a later one for as long as each brings more. */
  #flushAfterTurn(flushed: () => void, turns: number, before: number): void {
    atEndOfTurn(() => {
      const { length } = this.#waiting;
      if (length > before && turns < MOST_TURNS) {
        this.#flushAfterTurn(flushed, turns + 1, length);
        return;
      }
      const group = this.#waiting;
      this.#waiting = [];
      const beganMs = ticksMs();
      const answers = this.#run(group);
      this.commitSeconds.observe((ticksMs() - beganMs) / 1_000);
      this.groupSizes.observe(group.length);
      for (const answer of answers) answer();
      flushed();
      this.#parts.answered();
    });
  }

  #run(group: readonly Waiting[]): readonly Answer[] {
    if (this.#stopped) return refuse(group, this.#stopped);
    if (!this.#parts.reserve.hasRoom(this.#statements.freePageBytes))
      return this.#onlyShrinking(group);
    try {
      return this.#transact(group, false);
    } catch (cause) {
      return this.#recover(group, cause);
    }
  }

  #recover(group: readonly Waiting[], cause: unknown): readonly Answer[] {
    try {
      if (isFull(cause)) {
        this.#parts.reserve.spend();
        return this.#onlyShrinking(group);
      }
      // One list failed unexpectedly: apply each with a net, so that it fails alone.
      if (!isOfWholeGroup(cause)) return this.#transact(group, true);
    } catch (second) {
      return this.#fail(group, second);
    }
    return this.#fail(group, cause);
  }

  #fail(group: readonly Waiting[], cause: unknown): readonly Answer[] {
    const error = translate(cause, this.#database.file);
    if (isDiskFailure(cause)) {
      this.stop(`${this.#database.file}: stopped after a failed write.`);
      this.#parts.onFatal(error as Error);
    }
    return refuse(group, error);
  }

  /** The disk is full: what frees space or moves leases goes on. */
  #onlyShrinking(group: readonly Waiting[]): readonly Answer[] {
    const full = new Unavailable(`${this.#database.file}: the disk is full.`);
    const growing = group.filter(({ grows }) => grows);
    const shrinking = group.filter(({ grows }) => !grows);
    try {
      return [...this.#transact(shrinking, true), ...refuse(growing, full)];
    } catch (cause) {
      return isFull(cause) ? refuse(group, full) : this.#fail(group, cause);
    }
  }

  #transact(group: readonly Waiting[], careful: boolean): readonly Answer[] {
    const { undo, finish, advance, committed } = this.#parts;
    const { begin, commit, rollBack, changes } = this.#statements;
    undo.beginGroup();
    let answers: readonly Answer[];
    let changed: boolean;
    try {
      begin();
      answers = group.map((waiting) => this.#attempt(waiting, careful || waiting.guarded));
      finish();
      const rows = changes();
      changed = rows !== this.#changes;
      if (changed) advance();
      // The row that `advance` writes is one more.
      this.#changes = changed ? rows + 1 : rows;
      commit();
    } catch (cause) {
      rollBack();
      undo.undoGroup();
      throw cause;
    }
    if (changed) committed();
    return answers;
  }

  #attempt({ run, resolve, reject }: Waiting, guarded: boolean): Answer {
    if (guarded) return this.#attemptGuarded(run, resolve, reject);
    try {
      const value = run();
      return () => resolve(value);
    } catch (cause) {
      // Its one condition came first: it has changed nothing.
      if (cause instanceof Conflict) return () => reject(cause);
      throw cause;
    }
  }

  #attemptGuarded(
    run: Waiting['run'],
    resolve: Waiting['resolve'],
    reject: Waiting['reject'],
  ): Answer {
    const { savepoint, keep, undoTo } = this.#statements;
    const { undo } = this.#parts;
    savepoint();
    undo.beginList();
    try {
      const value = run();
      keep();
      undo.keepList();
      return () => resolve(value);
    } catch (cause) {
      if (isOfWholeGroup(cause)) throw cause;
      undoTo();
      undo.undoList();
      return () => reject(cause);
    }
  }
}

function refuse(group: readonly Waiting[], cause: unknown): readonly Answer[] {
  return group.map(
    ({ reject }) =>
      () =>
        reject(cause),
  );
}

function statements({ sql }: Database) {
  const undoTo = runOf(sql, 'ROLLBACK TO list');
  const keep = runOf(sql, 'RELEASE list');
  const totalChanges = rowOf<[number]>(sql, 'SELECT total_changes()');
  const freePages = rowOf<[number]>(sql, 'PRAGMA freelist_count');
  return {
    begin: runOf(sql, 'BEGIN IMMEDIATE'),
    commit: runOf(sql, 'COMMIT'),
    savepoint: runOf(sql, 'SAVEPOINT list'),
    keep,
    undoTo: () => {
      undoTo();
      keep();
    },
    changes: () => totalChanges()?.[0] ?? 0,
    freePageBytes: () => (freePages()?.[0] ?? 0) * PAGE_BYTES,
    /** Some errors, a full disk among them, have rolled the transaction back already. */
    rollBack: () => {
      try {
        sql.exec('ROLLBACK');
      } catch {
        // There is nothing left to roll back.
      }
    },
  };
}
