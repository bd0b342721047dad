/**
 * What every part of the pattern parser needs to refuse: the text, and the dialect it is in.
 */
import type { Dialect } from './dialect.ts';
import { PatternError } from './error.ts';

export interface Reading {
  readonly text: string;
  readonly dialect: Dialect;
}

/** The error that names the place `at` in the pattern's text, or no place. */
export function refuse({ text, dialect }: Reading, reason: string, at?: number): PatternError {
  const place = at === undefined ? undefined : { text, at };
  return new PatternError(`${dialect.reasonPrefix}${reason}`, place);
}

/** Runs `read`, whose refusals know neither dialect nor place, and adds both. */
export function placed<T>(reading: Reading, at: number | undefined, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw cause instanceof PatternError ? refuse(reading, cause.reason, at) : cause;
  }
}
