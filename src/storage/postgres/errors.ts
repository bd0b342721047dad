/**
 * What the database's errors mean for those who wait on it.
 */
import { Unavailable } from '../storage.ts';

/**
 * What was decided on is no longer so: a row appeared that had not been there to lock. The group
 * is rolled back and runs again; nobody has been answered.
 */
export class Surprise extends Error {
  override readonly name = 'Surprise';
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const UNIQUE_VIOLATION = '23505';
const RETRYABLE: readonly string[] = [
  UNIQUE_VIOLATION, // a row appeared
  '40001', // serialization failure
  '40P01', // deadlock
  '55P03', // lock not available: lock_timeout
  '57014', // cancelled: statement_timeout
  '0A000', // cached plan must not change result type: after a migration
  '26000', // prepared statement does not exist: a pooler gave us another connection
];

/**
 * Those that come with the end of the connection. 25P03 is for who was silent in a transaction, as
 * a node is that was paused; 25P04 for a transaction that took too long.
 */
const ENDING = /^(08|57P|25P03|25P04)/;

/** Those that say that the database as a whole is not well, whatever was asked of it. */
const OF_THE_DATABASE = /^(08|53|57P|58|25006|25P0[234]|XX)/;

export function codeOf(cause: unknown): string | undefined {
  const code = (cause as { readonly code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** The transaction was rolled back, and running it again may go well. */
export function isRetryable(cause: unknown): boolean {
  return cause instanceof Surprise || RETRYABLE.includes(codeOf(cause) ?? '');
}

/** An error message of the server, as against a broken connection. */
export function isFromServer(cause: unknown): boolean {
  const code = codeOf(cause);
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code);
}

/** A wrong password stays wrong; a server that starts, stops or is full does not stay so. */
export function mayPass(cause: unknown): boolean {
  return !isFromServer(cause) || /^(08|53|57P)/.test(codeOf(cause) ?? '');
}

/** The connection is gone, or goes with this error. */
export function endsConnection(cause: unknown): boolean {
  return !isFromServer(cause) || ENDING.test(codeOf(cause) ?? '');
}

/** Concerns all that runs in the transaction, not one list of it. */
export function isOfWholeGroup(cause: unknown): boolean {
  if (cause instanceof Unavailable || isRetryable(cause)) return true;
  return !isFromServer(cause) || OF_THE_DATABASE.test(codeOf(cause) ?? '');
}

/** The error as the storage seam knows it. */
export function unavailable(cause: unknown): Unavailable {
  if (cause instanceof Unavailable) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Unavailable(`The database: ${why}.`, { cause });
}
