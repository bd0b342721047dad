/**
 * Text as PostgreSQL can hold it. It has no character 0, so that one is written as 1 1, and 1 as
 * 1 2: this keeps the order of UTF-8 bytes and what begins with what.
 */
import { createHash } from 'node:crypto';

const ZERO = '\u0000';
const ESCAPE = '\u0001';
const ESCAPED_ZERO = `${ESCAPE}\u0001`;
const ESCAPED_ESCAPE = `${ESCAPE}\u0002`;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
const TO_ESCAPE = /[\u0000\u0001]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
const ESCAPED = /\u0001[\u0001\u0002]/g;

export function toStored(text: string): string {
  // Most texts have neither; looking for two characters is quicker than a pattern.
  if (!text.includes(ZERO) && !text.includes(ESCAPE)) return text;
  return text.replace(TO_ESCAPE, (one) => (one === ZERO ? ESCAPED_ZERO : ESCAPED_ESCAPE));
}

export function fromStored(stored: string): string {
  if (!stored.includes(ESCAPE)) return stored;
  return stored.replace(ESCAPED, (pair) => (pair === ESCAPED_ZERO ? ZERO : ESCAPE));
}

/** A `text[]` as a value. Elements are not escaped for storing: see `toStored`. */
export function textArray(texts: readonly (string | null)[]): string {
  let array = '{';
  for (const text of texts) {
    if (array.length > 1) array += ',';
    array += text === null ? 'NULL' : quoted(text);
  }
  return `${array}}`;
}

function quoted(text: string): string {
  if (!text.includes('"') && !text.includes('\\')) return `"${text}"`;
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** A `bigint[]`, `float8[]` or the like as a value. */
export function numberArray(numbers: readonly (number | null)[]): string {
  return `{${numbers.map((one) => (one === null ? 'NULL' : one)).join(',')}}`;
}

export function booleanArray(flags: readonly boolean[]): string {
  return `{${flags.join(',')}}`;
}

/**
 * A key as rows hold it. An entry of an index has 2.7 kB at most, so a long key stands there with
 * its `head` and a `digest` of it all; the order of keys is that of head and tail.
 */
export interface StoredKey {
  readonly head: string;
  readonly tail: string;
  readonly digest: string;
}

const HEAD_BYTES = 1600;
/** After every other character. */
const LAST = '\u{10FFFF}';

export function toStoredKey(key: string): StoredKey {
  const stored = toStored(key);
  if (stored.length * 3 <= HEAD_BYTES || Buffer.byteLength(stored) <= HEAD_BYTES) {
    return { head: stored, tail: '', digest: '' };
  }
  let bytes = 0;
  let units = 0;
  for (const character of stored) {
    const length = Buffer.byteLength(character);
    if (bytes + length > HEAD_BYTES) break;
    bytes += length;
    units += character.length;
  }
  const digest = createHash('sha256').update(stored).digest('base64url');
  // Where a character did not fit as a whole, keys that end in a smaller one come first.
  const head = stored.slice(0, units) + (bytes < HEAD_BYTES ? LAST : '');
  return { head, tail: stored.slice(units), digest };
}

export function fromStoredKey(head: string, tail: string): string {
  if (tail === '') return fromStored(head);
  const filled = head.endsWith(LAST) && Buffer.byteLength(head) > HEAD_BYTES;
  return fromStored((filled ? head.slice(0, -LAST.length) : head) + tail);
}
