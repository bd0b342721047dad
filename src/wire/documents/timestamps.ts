/**
 * Moments on the wire and as epoch milliseconds.
 *
 * Readers take any of the three formats wherever one is due, because SDKs differ: Java's sends a
 * fraction where the model says seconds (observed), others send text.
 */
import type { TimestampFormat } from '../descriptor.ts';

export function formatTimestamp(atMs: number, format: TimestampFormat): string {
  const date = new Date(atMs);
  if (format === 'unixTimestamp') return String(atMs / 1000);
  if (format === 'rfc822') return date.toUTCString();
  const text = date.toISOString();
  return atMs % 1000 === 0 ? `${text.slice(0, -5)}Z` : text;
}

/** Epoch milliseconds, or undefined when `text` is no moment. */
export function parseTimestamp(text: string): number | undefined {
  const isNumber = /^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?$/.test(text);
  const atMs = isNumber ? Math.round(Number(text) * 1000) : Date.parse(text);
  return isMoment(atMs) ? atMs : undefined;
}

/** What a JavaScript date can hold, which is beyond what AWS accepts. */
export function isMoment(atMs: number): boolean {
  return Math.abs(atMs) <= 8.64e15;
}
