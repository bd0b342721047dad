/** A plain request as the gateway sees it. */
import { isNamed } from './http1.ts';
import type { PlainHead } from './plain-head.ts';
import { type Connection, type Request, splitTarget } from './request.ts';

const NOTHING = new Uint8Array(0);

export class PlainRequest implements Request {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly protocol = 'HTTP/1.1';
  readonly connection: Connection;
  body: Uint8Array = NOTHING;
  readonly #headers: readonly string[];

  constructor({ method, target, headers }: PlainHead, connection: Connection) {
    const { path, query } = splitTarget(target);
    this.method = method;
    this.path = path;
    this.query = query;
    this.connection = connection;
    this.#headers = headers;
  }

  /** Bound, because it is handed on by itself. */
  readonly header = (name: string): string | undefined => {
    const headers = this.#headers;
    for (let at = 0; at < headers.length; at += 2) {
      if (isNamed(headers[at], name)) return headers[at + 1];
    }
    return undefined;
  };

  fields(): readonly string[] {
    return this.#headers;
  }

  headerCount(name: string): number {
    let count = 0;
    const headers = this.#headers;
    for (let at = 0; at < headers.length; at += 2) if (isNamed(headers[at], name)) count += 1;
    return count;
  }
}
