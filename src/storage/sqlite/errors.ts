/**
 * What the database's errors mean for those who wait on it.
 */
import { Corrupt, Unavailable } from '../storage.ts';

/** Primary result codes: https://sqlite.org/rescode.html */
const BUSY = 5;
const NO_MEMORY = 7;
const READ_ONLY = 8;
const IO_ERROR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANNOT_OPEN = 14;
const NOT_A_DATABASE = 26;

const OF_THE_WHOLE_GROUP: readonly (number | undefined)[] = [
  BUSY,
  NO_MEMORY,
  READ_ONLY,
  IO_ERROR,
  CORRUPT,
  FULL,
  CANNOT_OPEN,
  NOT_A_DATABASE,
];

function resultCode(cause: unknown): number | undefined {
  const extended = (cause as { readonly errcode?: unknown } | undefined)?.errcode;
  return typeof extended === 'number' ? extended & 0xff : undefined;
}

export const isBusy = (cause: unknown) => resultCode(cause) === BUSY;
export const isFull = (cause: unknown) => resultCode(cause) === FULL;
export const isForeign = (cause: unknown) => resultCode(cause) === NOT_A_DATABASE;

/** A read, write or fsync of a file failed. What the file holds is no longer known. */
export const isDiskFailure = (cause: unknown) => resultCode(cause) === IO_ERROR;

/** Concerns all that runs in the transaction, not one list of it. */
export const isOfWholeGroup = (cause: unknown) => OF_THE_WHOLE_GROUP.includes(resultCode(cause));

/** The error as the storage seam knows it. */
export function translate(cause: unknown, file: string): unknown {
  const code = resultCode(cause);
  const why = cause instanceof Error ? cause.message : String(cause);
  if (code === CORRUPT || code === NOT_A_DATABASE) {
    return new Corrupt(`${file} is damaged: ${why}.`, { cause });
  }
  if (isOfWholeGroup(cause)) return new Unavailable(`${file}: ${why}.`, { cause });
  return cause;
}
