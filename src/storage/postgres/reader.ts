/**
 * Reads on a connection of their own. Each sees all that was committed before it was asked for.
 * A read that a lost connection took along is asked again, as it changes nothing.
 */
import { type Settings, settingStatement } from './attempt.ts';
import type { Connection } from './connection.ts';
import { endsConnection, isRetryable, unavailable } from './errors.ts';
import type { Line } from './line.ts';
import { type Statement, statement } from './names.ts';
import type { Reader } from './stage.ts';

const BEGIN = statement('', 'BEGIN READ ONLY');
const COMMIT = statement('', 'COMMIT');
const MOST_ATTEMPTS = 3;

export class LineReader implements Reader {
  readonly #line: Line;
  /** To be set with every read; undefined where the connection was set up for all of them. */
  readonly #settings: Statement | undefined;

  constructor(line: Line, settings: Settings | undefined) {
    this.#line = line;
    this.#settings = settings && settingStatement(settings, false);
  }

  async query<Row extends readonly unknown[]>(
    asked: Statement,
    values: readonly unknown[] = [],
  ): Promise<readonly Row[]> {
    for (let attempt = 1; ; attempt += 1) {
      const connection = await this.#line.get();
      try {
        return await this.#send<Row>(connection, asked, values);
      } catch (cause) {
        if (endsConnection(cause)) connection.destroy();
        else if (!isRetryable(cause)) throw unavailable(cause);
        if (attempt >= MOST_ATTEMPTS) throw unavailable(cause);
      }
    }
  }

  #send<Row extends readonly unknown[]>(
    connection: Connection,
    asked: Statement,
    values: readonly unknown[],
  ): Promise<readonly Row[]> {
    if (!this.#settings) return connection.query<Row>(asked, values);
    const ignore = () => {};
    void connection.query(BEGIN).catch(ignore);
    void connection.query(this.#settings).catch(ignore);
    const rows = connection.query<Row>(asked, values);
    rows.catch(ignore);
    // An error of what was asked for is in `rows`; the answer is complete when this one is there.
    return connection.query(COMMIT).then(() => rows);
  }
}
