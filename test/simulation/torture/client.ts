/**
 * A client that always knows what became of its request: answered, or not.
 *
 * No retries and no pool, unlike an SDK: a request that was sent once and got no answer is
 * exactly that in the history.
 */
import { type Answer, Connection } from '../../../bench/connection.ts';
import type { Victim } from './victim.ts';

/** Longer than any long poll of the workload, much shorter than a person's patience. */
export const HANG_MS = 20_000;

export interface Reply {
  readonly invokedAtMs: number;
  readonly returnedAtMs: number;
  /** Absent when the connection broke before the answer. */
  readonly answer?: Pick<Answer, 'status' | 'body'>;
}

export class Client {
  readonly #victim: Victim;
  readonly #hung: (request: Buffer) => void;
  #connection: Connection | undefined;
  #answered: (answer: Answer | undefined) => void = () => {};

  constructor(victim: Victim, hung: (request: Buffer) => void) {
    this.#victim = victim;
    this.#hung = hung;
  }

  /** Waits for the server to be up, then sends the request once. */
  async send(request: Buffer): Promise<Reply> {
    await this.#victim.up();
    const connection = this.#connect();
    const invokedAtMs = performance.now();
    const waiting = setTimeout(() => this.#hung(request), HANG_MS);
    const answer = await new Promise<Answer | undefined>((resolve) => {
      this.#answered = resolve;
      connection.send(request);
    });
    clearTimeout(waiting);
    const returnedAtMs = performance.now();
    if (!answer) return { invokedAtMs, returnedAtMs };
    if (answer.closes) this.close();
    const { status, body } = answer;
    return { invokedAtMs, returnedAtMs, answer: { status, body: Buffer.from(body) } };
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  #connect(): Connection {
    this.#connection ??= new Connection(this.#victim.port, {
      answered: (answer) => this.#answered(answer),
      lost: () => {
        this.#connection = undefined;
        this.#answered(undefined);
      },
    });
    return this.#connection;
  }
}
