/**
 * Work in the background, in slices, each in a short transaction of its own. Any node may do it;
 * a lock sees to it that one at a time does.
 */
import type { Clock, Timer } from '../../core/clock.ts';
import { type Settings, settingStatement } from './attempt.ts';
import type { Line } from './line.ts';
import { type Schema, type Statement, statement } from './names.ts';
import type { Chore } from './stage.ts';
import { Transaction } from './transaction.ts';

export interface ChoresOptions {
  readonly line: Line;
  readonly clock: Clock;
  readonly schema: Schema;
  readonly settings: Settings;
  readonly chores: readonly Chore[];
  readonly onWarning: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** Between slices while there is more to do, so that requests are not crowded out. */
const PAUSE_MS = 5;
const BEGIN = statement('', 'BEGIN');

export class Chores {
  readonly #options: ChoresOptions;
  readonly #begin: Statement;
  readonly #lock: Statement;
  readonly #timers = new Map<Chore, Timer>();
  #running: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(options: ChoresOptions) {
    this.#options = options;
    this.#begin = settingStatement(options.settings, false);
    this.#lock = statement(
      'chore-lock',
      `SELECT pg_try_advisory_xact_lock(${options.schema.lockNumber('chore', '$1::text')})`,
    );
    for (const chore of options.chores) this.#later(chore, chore.everyMs);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers.values()) timer.cancel();
    await this.#running;
  }

  #later(chore: Chore, delayMs: number): void {
    if (this.#closed) return;
    const timer = this.#options.clock.afterWallMs(delayMs, () => {
      // One connection, so one after the other.
      this.#running = this.#running.then(() => this.#run(chore));
    });
    this.#timers.set(chore, timer);
  }

  async #run(chore: Chore): Promise<void> {
    if (this.#closed) return;
    try {
      const more = await this.#slice(chore);
      this.#later(chore, more ? PAUSE_MS : chore.everyMs);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      this.#options.onWarning('work in the background failed', { chore: chore.name, why });
      this.#later(chore, chore.everyMs);
    }
  }

  async #slice(chore: Chore): Promise<boolean> {
    const connection = await this.#options.line.get();
    const tx = new Transaction(connection);
    try {
      void tx.query(BEGIN).catch(() => {});
      void tx.query(this.#begin).catch(() => {});
      const [row] = await tx.query<readonly [boolean]>(this.#lock, [chore.name]);
      const more = row?.[0] === true && (await chore.slice(tx));
      await tx.end('COMMIT');
      return more;
    } catch (cause) {
      await tx.end('ROLLBACK').catch(() => connection.destroy());
      throw tx.failure?.cause ?? cause;
    }
  }
}
