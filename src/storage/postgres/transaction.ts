/**
 * One transaction on one connection, which is in pipeline mode: a statement is on its way as soon
 * as it is asked for, and answers come in the order of the asking. So statements that do not
 * depend on each other's answers cost one trip together.
 *
 * After an error the database refuses all that follows in the transaction; `failure` is the error
 * that began it. Promises of statements may be left alone: their errors are not lost.
 */
import type { Connection } from './connection.ts';
import type { Statement } from './names.ts';

export type Values = readonly unknown[];

export class Transaction {
  readonly #connection: Connection;
  #failure: { readonly cause: unknown } | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Sends at once. Rows are arrays; bigint and float8 come as numbers, all else as text. */
  query<Row extends Values>(statement: Statement, values: Values = []): Promise<readonly Row[]> {
    const rows = this.#send(statement, values).then((answered) => answered.rows);
    rows.catch(ignore);
    return rows as unknown as Promise<readonly Row[]>;
  }

  /** As `query`, for how many rows were changed. */
  change(statement: Statement, values: Values = []): Promise<number> {
    const count = this.#send(statement, values).then((answered) => answered.count);
    count.catch(ignore);
    return count;
  }

  /** Ends it; whether that was a commit is in the answer: an aborted one is rolled back. */
  async end(how: 'COMMIT' | 'ROLLBACK'): Promise<'COMMIT' | 'ROLLBACK'> {
    const { command } = await this.#send({ name: '', text: how }, []);
    return command === 'COMMIT' ? 'COMMIT' : 'ROLLBACK';
  }

  /** The first error of any of its statements. */
  get failure(): { readonly cause: unknown } | undefined {
    return this.#failure;
  }

  /** Not `async`: what is asked for first is sent first. */
  #send(statement: Statement, values: Values) {
    const sent = this.#connection.send(statement, values);
    sent.catch((cause: unknown) => {
      this.#failure ??= { cause };
    });
    return sent;
  }
}

/** Its error is `failure` of the transaction. */
function ignore(): void {}
