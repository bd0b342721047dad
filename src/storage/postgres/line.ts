/**
 * A connection that is made anew when it breaks.
 *
 * Who asks for it while the database is away waits a short while, and is then told so; who asks
 * later tries again. Nobody is kept waiting for ever, and there is nothing to restart.
 */
import type { Clock } from '../../core/clock.ts';
import { Unavailable } from '../storage.ts';
import type { Connection } from './connection.ts';
import { mayPass, unavailable } from './errors.ts';

export interface LineOptions {
  readonly open: () => Promise<Connection>;
  readonly clock: Clock;
  /** How long to go on trying for one who waits. */
  readonly patienceMs: number;
}

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;

export class Line {
  readonly #options: LineOptions;
  #connection: Connection | undefined;
  #opening: Promise<Connection> | undefined;
  #closed = false;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  /** The connection, in working order as far as is known. */
  async get(): Promise<Connection> {
    if (this.#connection && !this.#connection.broken) return this.#connection;
    this.#connection = undefined;
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    this.#connection = await this.#opening;
    return this.#connection;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const connection = this.#connection ?? (await this.#opening?.catch(() => undefined));
    await connection?.close();
  }

  async #open(): Promise<Connection> {
    const { clock, patienceMs } = this.#options;
    const untilMs = clock.wallNowMs() + patienceMs;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      if (this.#closed) throw new Unavailable('The storage is closed.');
      try {
        return await this.#options.open();
      } catch (cause) {
        if (clock.wallNowMs() + pauseMs >= untilMs || !mayPass(cause)) throw unavailable(cause);
      }
      await new Promise<void>((resolve) => clock.afterWallMs(pauseMs, resolve));
    }
  }
}
