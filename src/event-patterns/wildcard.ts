/**
 * Text with `*`, matched without regular expressions.
 *
 * Matching takes each literal at its first possible place from the left, so a value is read once
 * plus what `indexOf` rereads; it never backtracks into an earlier star.
 */
import { PatternError } from './error.ts';

export interface Wildcard {
  /** The literals between the stars; the first and the last are anchored. */
  readonly literals: readonly string[];
}

/**
 * `*` stands for any text, `\*` and `\\` for themselves. Throws a PatternError in event-ruler's
 * words.
 */
export function parseWildcard(text: string): Wildcard {
  const literals: string[] = [];
  let literal = '';
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    const next = text[at + 1];
    if (char === '*') {
      if (next === '*') throw refused('Consecutive wildcard characters', text, at);
      literals.push(literal);
      literal = '';
    } else if (char === '\\') {
      if (next !== '*' && next !== '\\') {
        throw refused('Invalid escape character', text, at);
      }
      literal += next;
      at++;
    } else {
      literal += char;
    }
  }
  return { literals: [...literals, literal] };
}

/** AWS counts in bytes of UTF-8, the opening quote being byte 0. */
function refused(reason: string, text: string, at: number): PatternError {
  return new PatternError(`${reason} at pos ${Buffer.byteLength(text.slice(0, at)) + 1}`);
}

export function wildcardMatches({ literals }: Wildcard, value: string): boolean {
  const first = literals[0] ?? '';
  if (literals.length === 1) return value === first;
  const last = literals[literals.length - 1] ?? '';
  if (value.length < first.length + last.length) return false;
  if (!value.startsWith(first) || !value.endsWith(last)) return false;
  const end = value.length - last.length;
  let at = first.length;
  for (let index = 1; index < literals.length - 1; index++) {
    const literal = literals[index] ?? '';
    const found = value.indexOf(literal, at);
    if (found < 0 || found + literal.length > end) return false;
    at = found + literal.length;
  }
  return true;
}

/**
 * How many places in the wildcards of a field some text can reach at once, at most. AWS refuses
 * patterns beyond a bound that it does not publish. By reports of users four of "*.tif" pass,
 * which is eight by this count, and four of "*" "/folder/" "*.tif" do not, which is twelve.
 */
export const MAX_COMPLEXITY = 10;

/** A search this long is itself a sign of complexity. */
const MAX_SETS = 10_000;

/**
 * The size of the largest set of places, by walking every set that some text leads to. Infinite
 * when it is larger than `MAX_COMPLEXITY`.
 */
export function complexity(wildcards: readonly Wildcard[]): number {
  const { chars, starts } = machineOf(wildcards);
  const start = withStars(chars, starts);
  const seen = new Set([start.join()]);
  const pending = [start];
  let largest = reached(chars, start);
  for (let places = pending.pop(); places; places = pending.pop()) {
    // Any other character leads where OTHER leads.
    const leading = new Set([OTHER, ...places.map((place) => chars[place] ?? OTHER)]);
    for (const char of leading) {
      const next = step(chars, places, char);
      largest = Math.max(largest, reached(chars, next));
      if (largest > MAX_COMPLEXITY || seen.size > MAX_SETS) return Number.POSITIVE_INFINITY;
      const key = next.join();
      if (next.length === 0 || seen.has(key)) continue;
      seen.add(key);
      pending.push(next);
    }
  }
  return largest;
}

/** Per place the character that leads on, undefined for a star, or END. */
type Chars = readonly (string | undefined)[];

// No character of a text is two characters long.
const END = 'end';
const OTHER = 'other';

/** All wildcards one behind the other, and where each begins. */
function machineOf(wildcards: readonly Wildcard[]): { chars: Chars; starts: readonly number[] } {
  const chars: (string | undefined)[] = [];
  const starts: number[] = [];
  for (const { literals } of wildcards) {
    starts.push(chars.length);
    literals.forEach((literal, index) => {
      if (index > 0) chars.push(undefined);
      for (const char of literal) chars.push(char);
    });
    chars.push(END);
  }
  return { chars, starts };
}

/** A place in front of a star is also behind it, since a star may stand for nothing. */
function withStars(chars: Chars, places: readonly number[]): number[] {
  const all = new Set(places);
  for (const place of all) if (chars[place] === undefined) all.add(place + 1);
  return [...all].sort((a, b) => a - b);
}

/** A star and the place behind it are reached together and count as one. */
function reached(chars: Chars, places: readonly number[]): number {
  return places.filter((place) => place === 0 || chars[place - 1] !== undefined).length;
}

function step(chars: Chars, places: readonly number[], char: string): number[] {
  const next: number[] = [];
  for (const place of places) {
    const wanted = chars[place];
    if (wanted === undefined) next.push(place);
    else if (wanted === char && wanted !== END) next.push(place + 1);
  }
  return withStars(chars, next);
}
