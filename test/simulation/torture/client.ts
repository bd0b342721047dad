/**
 * A client that always knows what became of its request: answered, or not.
 *
 * No retries and no pool, unlike an SDK: a request that was sent once and got no answer is
 * exactly that in the history.
 */
import { type Answer, Connection } from '../../../bench/connection.ts';
import type { Cast } from './cast.ts';
import { within } from './time.ts';
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
  readonly #cast: Cast;
  readonly #hung: (request: Buffer) => void;
  readonly #connections = new Map<Victim, Connection>();
  /** The one that is waited for; the others are idle. */
  #current: Connection | undefined;
  #answered: (answer: Answer | undefined) => void = () => {};

  constructor(cast: Cast, hung: (request: Buffer) => void) {
    this.#cast = cast;
    this.#hung = hung;
  }

  /** Waits for a server to be up, then sends the request once. */
  async send(request: Buffer): Promise<Reply> {
    const victim = await this.#cast.pick();
    const connection = this.#connect(victim);
    const invokedAtMs = performance.now();
    const answered = new Promise<Answer | undefined>((resolve) => {
      this.#answered = resolve;
      this.#current = connection;
      connection.send(request);
    });
    const answer = await this.#patiently(answered, request);
    this.#current = undefined;
    const returnedAtMs = performance.now();
    if (!answer) {
      this.#drop(victim);
      return { invokedAtMs, returnedAtMs };
    }
    if (answer.closes) this.#drop(victim);
    const { status, body } = answer;
    return { invokedAtMs, returnedAtMs, answer: { status, body: Buffer.from(body) } };
  }

  /** Gives up where there may be other servers; tells of silence that nothing explains. */
  async #patiently(
    answered: Promise<Answer | undefined>,
    request: Buffer,
  ): Promise<Answer | undefined> {
    const sinceMs = performance.now();
    const patienceMs = this.#cast.patienceMs();
    const tell = () => {
      if (!this.#cast.excuses(sinceMs)) this.#hung(request);
    };
    if (patienceMs === undefined) {
      const hanging = setTimeout(tell, HANG_MS);
      return answered.finally(() => clearTimeout(hanging));
    }
    const answer = await within(answered, patienceMs);
    if (!answer && performance.now() - sinceMs >= patienceMs) tell();
    return answer;
  }

  close(): void {
    for (const victim of [...this.#connections.keys()]) this.#drop(victim);
  }

  #drop(victim: Victim): void {
    const connection = this.#connections.get(victim);
    this.#connections.delete(victim);
    connection?.close();
  }

  #connect(victim: Victim): Connection {
    const known = this.#connections.get(victim);
    if (known) return known;
    const connection = new Connection(victim.port, {
      answered: (answer) => {
        if (this.#current === connection) this.#answered(answer);
      },
      lost: () => {
        if (this.#connections.get(victim) === connection) this.#connections.delete(victim);
        if (this.#current === connection) this.#answered(undefined);
      },
    });
    this.#connections.set(victim, connection);
    return connection;
  }
}
