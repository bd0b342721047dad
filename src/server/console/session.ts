/**
 * Who may use the console. On loopback, without checked signatures, everybody at this machine may,
 * as with the API itself. Elsewhere there is a token: whoever opens the console with it in the
 * address gets a cookie that no page of another site can make use of, and acts as the operator.
 */
import { hash, timingSafeEqual } from 'node:crypto';
import type { Head } from '../request.ts';

const COOKIE = 'millrace-console';

export class ConsoleSession {
  readonly #token: string | undefined;

  /** Without a token everybody is let in. */
  constructor(token: string | undefined) {
    this.#token = token;
  }

  get isOpen(): boolean {
    return this.#token === undefined;
  }

  isIn({ header }: Head): boolean {
    if (this.#token === undefined) return true;
    const found = (header('cookie') ?? '')
      .split(';')
      .map((pair) => pair.trim())
      .find((pair) => pair.startsWith(`${COOKIE}=`));
    return found !== undefined && isSame(found.slice(COOKIE.length + 1), ticketOf(this.#token));
  }

  /** The cookie for who names the token; undefined for who does not. */
  open(token: string, secure: boolean): string | undefined {
    if (this.#token === undefined || !isSame(token, this.#token)) return undefined;
    const rules = `HttpOnly; SameSite=Strict; Path=/${secure ? '; Secure' : ''}`;
    return `${COOKIE}=${ticketOf(this.#token)}; ${rules}`;
  }
}

/** What the browser keeps is not the token itself, which stands in people's terminals. */
function ticketOf(token: string): string {
  return hash('sha256', `millrace console ${token}`, 'base64url');
}

/** In a time that does not tell where they differ. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => hash('sha256', text, 'buffer');
  return timingSafeEqual(digest(a), digest(b));
}
