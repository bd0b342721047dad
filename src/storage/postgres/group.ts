/**
 * Group commit: one transaction at a time, with all in it that was handed in while the one before
 * was under way. Nobody is answered before the COMMIT is.
 *
 * A transaction that was rolled back (a deadlock, a row that appeared, a lost connection) runs
 * again a few times, because nobody was told anything. A COMMIT whose answer was lost is looked up.
 * An error that is one list's own falls on it alone: the lists then run one by one.
 */
import { atEndOfTurn, type Clock, ticksMs } from '../../core/clock.ts';
import { Distribution, SECONDS } from '../../core/metrics.ts';
import { GROUP_SIZES } from '../reporting.ts';
import { Unavailable } from '../storage.ts';
import { Attempt, type Settings } from './attempt.ts';
import type { Connection } from './connection.ts';
import { endsConnection, isOfWholeGroup, isRetryable, unavailable } from './errors.ts';
import { fateOf } from './fate.ts';
import type { Line } from './line.ts';
import { countOfGroup, type Work } from './rounds.ts';
import type { Stages } from './stages.ts';

export interface GroupParts {
  readonly line: Line;
  readonly stages: Stages;
  readonly clock: Clock;
  readonly settings: Settings;
  /** A group is committed and answered, or it is not (`false`). */
  readonly ended: (committed: boolean) => void;
  /** Called before a transaction runs again. */
  readonly onRetry: (cause: unknown) => void;
}

const MOST_ATTEMPTS = 8;
const PAUSE_MS = 5;
/** Nothing begins again that is older. */
const PATIENCE_MS = 10_000;
/** Longer than the database lets any statement of it be: then the connection is given up. */
const LONGEST_MS = 20_000;

export class Group {
  /** From the beginning of a group's transaction to its end; those that ran again among them. */
  readonly commitSeconds = new Distribution(SECONDS);
  readonly groupSizes = new Distribution(GROUP_SIZES);
  readonly #parts: GroupParts;
  #waiting: Work[] = [];
  #turn = 0;
  #running = false;
  #idle: (() => void)[] = [];
  #stopped: Unavailable | undefined;

  constructor(parts: GroupParts) {
    this.#parts = parts;
  }

  handIn<T>(task: Work['task']): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#stopped) {
        reject(this.#stopped);
        return;
      }
      this.#turn += 1;
      this.#waiting.push({
        turn: this.#turn,
        task,
        resolve: resolve as Work['resolve'],
        reject,
      });
      if (this.#running) return;
      this.#running = true;
      atEndOfTurn(() => void this.#goOn());
    });
  }

  /** Resolves when all that is handed in so far is answered. */
  get flushed(): Promise<void> {
    if (!this.#running) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle.push(resolve);
    });
  }

  /** Refuses everything from now on. */
  stop(why: string): void {
    this.#stopped ??= new Unavailable(why);
  }

  async #goOn(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, countOfGroup(this.#waiting));
      const begunAtMs = ticksMs();
      await this.#carryOut(group);
      this.commitSeconds.observe((ticksMs() - begunAtMs) / 1000);
      this.groupSizes.observe(group.length);
    }
    this.#running = false;
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }

  async #carryOut(group: readonly Work[]): Promise<void> {
    try {
      await this.#try(group);
    } catch (cause) {
      if (group.length > 1 && !isOfWholeGroup(cause)) {
        for (const work of group) await this.#carryOut([work]);
        return;
      }
      const error = isOfWholeGroup(cause) ? unavailable(cause) : cause;
      for (const { reject } of group) reject(error);
    }
  }

  /** Resolves when everyone is answered. */
  async #try(group: readonly Work[]): Promise<void> {
    const begunAtMs = ticksMs();
    for (let attempt = 1; ; attempt += 1) {
      const connection = await this.#parts.line.get();
      const outcome = await this.#attempt(connection, group);
      if (outcome === 'committed') return;
      const late = ticksMs() - begunAtMs > PATIENCE_MS;
      if (attempt >= MOST_ATTEMPTS || late) throw unavailable(outcome.cause);
      this.#parts.onRetry(outcome.cause);
      await this.#pause((attempt - 1) * PAUSE_MS);
    }
  }

  /** What made it necessary to run again; what makes that useless is thrown. */
  async #attempt(
    connection: Connection,
    group: readonly Work[],
  ): Promise<'committed' | { readonly cause: unknown }> {
    const { stages, settings, clock } = this.#parts;
    const attempt = new Attempt(connection, stages, group);
    const watchdog = clock.afterWallMs(LONGEST_MS, () => connection.destroy());
    try {
      await attempt.run(settings);
    } catch (cause) {
      if (await this.#isCommitted(attempt, connection, cause)) {
        this.#finish(attempt);
        return 'committed';
      }
      stages.end(false);
      this.#parts.ended(false);
      if (isRetryable(cause) || endsConnection(cause)) return { cause };
      throw cause;
    } finally {
      watchdog.cancel();
    }
    this.#finish(attempt);
    return 'committed';
  }

  #finish(attempt: Attempt): void {
    this.#parts.stages.end(true);
    attempt.answer();
    this.#parts.ended(true);
  }

  /** After an error; leaves the connection free, or broken. */
  async #isCommitted(attempt: Attempt, connection: Connection, cause: unknown): Promise<boolean> {
    const { line, clock, stages } = this.#parts;
    if (attempt.state === 'open') await attempt.rollBack().catch(() => connection.destroy());
    if (endsConnection(cause)) connection.destroy();
    const { transactionId } = attempt;
    if (attempt.state !== 'committing' || transactionId === undefined) return false;
    const fate = await fateOf(line, clock, transactionId, connection.timeline);
    if (fate === 'unknown') {
      throw new Unavailable(
        'The connection to the database was lost during a commit, and it is not known whether ' +
          'it was carried out.',
        { cause },
      );
    }
    if (fate === 'aborted') return false;
    await stages.recover(await line.get(), transactionId);
    return true;
  }

  #pause(delayMs: number): Promise<void> {
    if (delayMs === 0) return Promise.resolve();
    return new Promise((resolve) => this.#parts.clock.afterWallMs(delayMs, resolve));
  }
}
