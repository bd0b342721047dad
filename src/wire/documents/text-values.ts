/**
 * Scalars as text: in Query parameters, XML elements, headers, labels and query strings.
 */

import type { ScalarType, TimestampFormat } from '../descriptor.ts';
import { notReadable } from '../errors/framework-errors.ts';
import { base64Of, bytesOf } from './bytes.ts';
import { formatTimestamp, parseTimestamp } from './timestamps.ts';

export type ReadText = (text: string) => unknown;
export type WriteText = (value: unknown) => string;

function readWhole(least: number, most: number): ReadText {
  return (text) => {
    const value = /^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw notReadable(`"${text.slice(0, 100)}" is no whole number within its range.`);
  };
}

function readFraction(text: string): unknown {
  if (text === 'Infinity' || text === '-Infinity' || text === 'NaN') return Number(text);
  const value = /^\s*[+-]?(\d|\.\d)/.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  throw notReadable(`"${text.slice(0, 100)}" is no number.`);
}

function readBoolean(text: string): unknown {
  const lower = text.toLowerCase();
  if (lower === 'true') return true;
  if (lower === 'false') return false;
  throw notReadable(`"${text.slice(0, 100)}" is neither true nor false.`);
}

function readTimestamp(text: string): unknown {
  const atMs = parseTimestamp(text);
  if (atMs !== undefined) return atMs;
  throw notReadable(`"${text.slice(0, 100)}" is no timestamp.`);
}

function readBlob(text: string): unknown {
  const bytes = bytesOf(text);
  if (bytes) return bytes;
  throw notReadable('Blobs must be base64.');
}

const READ: Readonly<Record<ScalarType, ReadText>> = {
  string: (text) => text,
  boolean: readBoolean,
  integer: readWhole(-(2 ** 31), 2 ** 31 - 1),
  long: readWhole(-(2 ** 63), 2 ** 63),
  float: readFraction,
  double: readFraction,
  timestamp: readTimestamp,
  blob: readBlob,
};

export function textReader(type: ScalarType): ReadText {
  return READ[type];
}

export function textWriter(type: ScalarType, format: TimestampFormat): WriteText {
  if (type === 'timestamp') return (value) => formatTimestamp(value as number, format);
  if (type === 'blob') return (value) => base64Of(value as Uint8Array);
  return String;
}
