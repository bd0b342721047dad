/**
 * JSON as text, for what `JSON.parse` would lose or choke on.
 *
 * A number keeps its digits (`1.0`, 9223372036854775807) only as long as nobody parses and
 * re-serialises it, so events travel as the text they came in; these functions look into that
 * text. Except for `jsonDepth` and `verbatimObject` they expect valid JSON.
 *
 * Depth is checked before parsing: `JSON.parse` accepts millions of levels, but
 * `JSON.stringify` and every recursive walk overflow the stack after some thousands.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;
const CLOSE_ARRAY = 0x5d;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

/** PutEvents processes JSON "up to 1000 levels deep" (API reference, PutEvents). */
export const MAX_DEPTH = 1000;

/**
 * Whether no value in `json` lies deeper than `limit` arrays and objects. Needs no valid JSON.
 * About a nanosecond per byte.
 */
export function jsonDepth(json: string | Uint8Array, limit: number = MAX_DEPTH): boolean {
  if (json.length <= limit) return true;
  return typeof json === 'string' ? textDepth(json, limit) : bytesDepth(json, limit);
}

function textDepth(text: string, limit: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at) - 1;
    else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      if (++depth > limit) return false;
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) depth--;
  }
  return true;
}

/** As `textDepth`, on UTF-8, in which no byte of another character looks like a bracket. */
function bytesDepth(bytes: Uint8Array, limit: number): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < bytes.length; at++) {
    const code = bytes[at];
    if (quoted) {
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) quoted = false;
    } else if (code === QUOTE) quoted = true;
    else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      if (++depth > limit) return false;
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) depth--;
  }
  return true;
}

/**
 * The object that `text` holds, and the same object as compact JSON text with every number,
 * escape and the order of keys as they were written. A key written twice keeps its first place
 * and its last value. The object is as of `parseExact`.
 *
 * Undefined when `text` is not JSON, not an object, deeper than 1,000 levels, or names an
 * integer beyond 64 bits: the documented limits of PutEvents.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export function verbatimObject(
  text: string,
): { readonly value: Readonly<Record<string, unknown>>; readonly text: string } | undefined {
  const shape = survey(text);
  if (!shape) return undefined;
  let value: unknown;
  try {
    value = shape.long ? JSON.parse(text, exactly as Reviver) : JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const dense = shape.spaced ? withoutSpace(text) : text;
  const repeats = countMembers(value) < shape.colons;
  return {
    value: value as Record<string, unknown>,
    text: repeats ? withoutRepeats(dense, { at: 0 }) : dense,
  };
}

/**
 * `JSON.parse`, except that an integer which a double cannot hold becomes a bigint. Beware that
 * `JSON.stringify` refuses those without `withDigits`; or keep the text beside the value.
 */
export function parseExact(text: string): unknown {
  return LONG_DIGITS.test(text) ? JSON.parse(text, exactly as Reviver) : JSON.parse(text);
}

// In Node since 21, and not in TypeScript's library yet.
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown };

/** For `JSON.stringify`: what `parseExact` read is written with all its digits. */
export function withDigits(_: string, member: unknown): unknown {
  return typeof member === 'bigint' ? rawJSON(String(member)) : member;
}

/**
 * The number that `text` writes; a bigint where a double would read back as another integer.
 * event-ruler draws the line in the same place, so what JavaScript writes is always a number.
 */
export function exactNumber(text: string): number | bigint {
  const number = Number(text);
  if (Number.isSafeInteger(number) || !/^-?\d+$/.test(text)) return number;
  const integer = BigInt(text);
  return integer === shortestInteger(number) ? number : integer;
}

/** The integer that JavaScript writes for a large double: its first digits, then zeros. */
function shortestInteger(number: number): bigint | undefined {
  if (!Number.isFinite(number)) return undefined;
  const [digits = '', exponent = ''] = number.toExponential().split('e');
  const [whole = '', fraction = ''] = digits.split('.');
  return BigInt(whole + fraction.padEnd(Number(exponent), '0'));
}

/** 2^53 has sixteen digits; what stands in front tells most numbers from digits in a string. */
const LONG_DIGITS = /(?:^|[:[,\s])-?\d{16}/;

type Reviver = (this: unknown, key: string, value: unknown) => unknown;

// The third argument is JSON.parse source text access: in V8 since 11.4, not yet in TypeScript.
function exactly(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  return typeof value === 'number' && context.source ? exactNumber(context.source) : value;
}

interface Shape {
  /** Members of all objects, repeated keys counted each time. */
  readonly colons: number;
  /** Whether there is white space outside strings. */
  readonly spaced: boolean;
  /** Whether a number may have more digits than a double holds. */
  readonly long: boolean;
}

/** One pass over text that may be anything; undefined when it breaks a limit. */
function survey(text: string): Shape | undefined {
  let depth = 0;
  let colons = 0;
  let spaced = false;
  let long = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at) - 1;
    else if (code === COLON) colons++;
    else if (code <= SPACE) spaced = true;
    else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      if (++depth > MAX_DEPTH) return undefined;
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) depth--;
    else if (code === MINUS || (code >= ZERO && code <= NINE)) {
      const end = endOfScalar(text, at);
      if (end - at >= 16) {
        if (!fitsInt64(text.slice(at, end))) return undefined;
        long = true;
      }
      at = end - 1;
    }
  }
  return { colons, spaced, long };
}

function fitsInt64(number: string): boolean {
  if (!/^-?\d+$/.test(number)) return true;
  return number.length <= 20 && BigInt.asIntN(64, BigInt(number)) === BigInt(number);
}

function countMembers(value: object): number {
  let count = 0;
  if (Array.isArray(value)) {
    for (const element of value) {
      if (typeof element === 'object' && element !== null) count += countMembers(element);
    }
    return count;
  }
  for (const key in value) {
    count++;
    const member: unknown = value[key as keyof typeof value];
    if (typeof member === 'object' && member !== null) count += countMembers(member);
  }
  return count;
}

function withoutSpace(text: string): string {
  let dense = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at) - 1;
    else if (code <= SPACE) {
      dense += text.slice(from, at);
      from = startOfValue(text, at);
      at = from - 1;
    }
  }
  return dense + text.slice(from);
}

/** Rewrites the value at the cursor, in text without white space, and moves behind it. */
function withoutRepeats(text: string, cursor: { at: number }): string {
  const open = text.charCodeAt(cursor.at);
  if (open !== OPEN_OBJECT && open !== OPEN_ARRAY) {
    const start = cursor.at;
    cursor.at = endOfValue(text, start);
    return text.slice(start, cursor.at);
  }
  const kept = new Map<string | number, string>();
  cursor.at++;
  while (text.charCodeAt(cursor.at) !== open + 2) {
    if (text.charCodeAt(cursor.at) === COMMA) cursor.at++;
    if (open === OPEN_ARRAY) {
      kept.set(kept.size, withoutRepeats(text, cursor));
      continue;
    }
    const start = cursor.at;
    const end = endOfString(text, start);
    cursor.at = end + 1;
    const written = `${text.slice(start, end)}:${withoutRepeats(text, cursor)}`;
    kept.set(JSON.parse(text.slice(start, end)), written);
  }
  cursor.at++;
  // Joining would copy the inside again at each level of nesting; a rope of strings does not.
  let rewritten = '';
  for (const written of kept.values()) rewritten += rewritten === '' ? written : `,${written}`;
  return open === OPEN_ARRAY ? `[${rewritten}]` : `{${rewritten}}`;
}

/** Where the first character after white space lies. */
export function startOfValue(text: string, at: number): number {
  let start = at;
  while (text.charCodeAt(start) <= SPACE) start++;
  return start;
}

/** The offset behind the value that begins at `at`. */
export function endOfValue(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code === QUOTE) return endOfString(text, at);
  if (code !== OPEN_OBJECT && code !== OPEN_ARRAY) return endOfScalar(text, at);
  let depth = 0;
  for (let end = at; end < text.length; end++) {
    const inside = text.charCodeAt(end);
    if (inside === QUOTE) end = endOfString(text, end) - 1;
    else if (inside === OPEN_OBJECT || inside === OPEN_ARRAY) depth++;
    else if ((inside === CLOSE_OBJECT || inside === CLOSE_ARRAY) && --depth === 0) return end + 1;
  }
  return text.length;
}

/** The offset behind the string whose opening quote is at `at`; the text's end if it is open. */
export function endOfString(text: string, at: number): number {
  let end = text.indexOf('"', at + 1);
  while (end > 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end + 1;
}

function isEscaped(text: string, at: number): boolean {
  let start = at;
  while (text.charCodeAt(start - 1) === BACKSLASH) start--;
  return (at - start) % 2 === 1;
}

function endOfScalar(text: string, at: number): number {
  let end = at;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code <= SPACE || code === COMMA || code === CLOSE_OBJECT || code === CLOSE_ARRAY) break;
  }
  return end;
}

/** The keys of the object at `at` in written order, each with the offset of its value. */
export function members(text: string, at: number): { readonly key: string; readonly at: number }[] {
  const found: { key: string; at: number }[] = [];
  let next = startOfValue(text, at + 1);
  while (text.charCodeAt(next) === QUOTE) {
    const end = endOfString(text, next);
    const key: string = JSON.parse(text.slice(next, end));
    const value = startOfValue(text, startOfValue(text, end) + 1);
    found.push({ key, at: value });
    const behind = startOfValue(text, endOfValue(text, value));
    next = text.charCodeAt(behind) === COMMA ? startOfValue(text, behind + 1) : text.length;
  }
  return found;
}

/** The offsets of the elements of the array at `at`. */
export function elements(text: string, at: number): number[] {
  const found: number[] = [];
  let next = startOfValue(text, at + 1);
  if (text.charCodeAt(next) === CLOSE_ARRAY) return found;
  while (next < text.length) {
    found.push(next);
    const behind = startOfValue(text, endOfValue(text, next));
    next = text.charCodeAt(behind) === COMMA ? startOfValue(text, behind + 1) : text.length;
  }
  return found;
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
