/**
 * Who may use the console. On loopback, without checked signatures, everybody at this machine may,
 * as with the API itself. Elsewhere there is a token: whoever opens the console with it in the
 * address gets a cookie that no page of another site can make use of, and acts as the operator.
 */
import { hash } from 'node:crypto';
import type { Head } from '../request.ts';
import { equal } from '../signature-keys.ts';

export class ConsoleSession {
  /** What the browser keeps: not the token itself, which stands in people's terminals. */
  readonly #ticket: string | undefined;
  /** Of this server alone: cookies of one host go to all of its ports. */
  readonly #cookie: string;

  /** Without a token everybody is let in. */
  constructor(token: string | undefined) {
    this.#ticket = token === undefined ? undefined : ticketOf(token);
    this.#cookie = `millrace-console-${hash('sha256', this.#ticket ?? '').slice(0, 8)}=`;
  }

  get isOpen(): boolean {
    return this.#ticket === undefined;
  }

  isIn({ header }: Head): boolean {
    if (this.#ticket === undefined) return true;
    const found = (header('cookie') ?? '')
      .split(';')
      .map((pair) => pair.trim())
      .find((pair) => pair.startsWith(this.#cookie));
    return found !== undefined && equal(found.slice(this.#cookie.length), this.#ticket);
  }

  /** The cookie for who names the token; undefined for who does not. */
  open(token: string, secure: boolean): string | undefined {
    if (this.#ticket === undefined || !equal(ticketOf(token), this.#ticket)) return undefined;
    const rules = `HttpOnly; SameSite=Strict; Path=/${secure ? '; Secure' : ''}`;
    return `${this.#cookie}${this.#ticket}; ${rules}`;
  }
}

function ticketOf(token: string): string {
  return hash('sha256', `millrace console ${token}`, 'base64url');
}
