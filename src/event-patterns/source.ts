/**
 * JSON text as a tree that knows where everything stands.
 *
 * Patterns need what `JSON.parse` throws away: the digits of a number, keys that are written
 * twice, and the place that an error message names. Refuses what is not JSON in the words of
 * Jackson, the parser that AWS uses.
 */
import { endOfString, exactNumber, jsonDepth } from '../core/json-text.ts';
import { location, type PatternError } from './error.ts';
import { type Reading, refuse } from './reading.ts';

export type Source = ObjectSource | ArraySource | ScalarSource;

interface Place {
  readonly start: number;
  readonly end: number;
}

export interface ObjectSource extends Place {
  readonly kind: 'object';
  readonly members: readonly { readonly key: string; readonly value: Source }[];
}

export interface ArraySource extends Place {
  readonly kind: 'array';
  readonly elements: readonly Source[];
}

export interface ScalarSource extends Place {
  readonly kind: 'scalar';
  readonly value: string | number | bigint | boolean | null;
}

/** Where Jackson stands after it has met `node`: just inside a bracket or a quote. */
export function metAt(node: Source): number {
  const opens = node.kind !== 'scalar' || typeof node.value === 'string';
  return opens ? node.start + 1 : node.end;
}

const SPACE = new Set([' ', '\t', '\n', '\r']);
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_$0-9]*/y;
const WORDS = new Map<string, boolean | null>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const MAX_LEVELS = 1000;

/** The tree of the text; undefined when there is nothing but white space. */
export function readSource(reading: Reading): Source | undefined {
  if (!jsonDepth(reading.text, MAX_LEVELS)) {
    const limit = `exceeds the maximum allowed (${MAX_LEVELS})`;
    throw refuse(reading, `Document nesting depth (${MAX_LEVELS + 1}) ${limit}`);
  }
  return new Reader(reading).document();
}

class Reader {
  readonly #reading: Reading;
  readonly #text: string;
  #at = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
    this.#text = reading.text;
  }

  document(): Source | undefined {
    if (this.#next() === undefined) return undefined;
    const node = this.#value();
    if (this.#next() !== undefined) throw this.#notAValue();
    return node;
  }

  #value(): Source {
    const start = this.#at;
    const char = this.#text[start];
    if (char === '{') return this.#object(start);
    if (char === '[') return this.#array(start);
    if (char === '"') return this.#scalar(start, this.#string('value'));
    const number = this.#take(NUMBER);
    if (number) return this.#scalar(start, exactNumber(number));
    const word = this.#take(WORD);
    const value = WORDS.get(word);
    if (value !== undefined) return this.#scalar(start, value);
    this.#at = start;
    throw this.#notAValue();
  }

  #scalar(start: number, value: ScalarSource['value']): ScalarSource {
    return { kind: 'scalar', start, end: this.#at, value };
  }

  #object(start: number): ObjectSource {
    const members: { key: string; value: Source }[] = [];
    this.#at++;
    if (this.#open('Object', start) !== '}') {
      do {
        if (this.#open('Object', start) !== '"') {
          throw this.#unexpected('was expecting double-quote to start field name');
        }
        const key = this.#string('name');
        if (this.#open('Object', start) !== ':') {
          throw this.#unexpected('was expecting a colon to separate field name and value');
        }
        this.#at++;
        this.#open('Object', start);
        members.push({ key, value: this.#value() });
      } while (this.#more('Object', start, '}'));
    }
    this.#at++;
    return { kind: 'object', start, end: this.#at, members };
  }

  #array(start: number): ArraySource {
    const elements: Source[] = [];
    this.#at++;
    if (this.#open('Array', start) !== ']') {
      do {
        this.#open('Array', start);
        elements.push(this.#value());
      } while (this.#more('Array', start, ']'));
    }
    this.#at++;
    return { kind: 'array', start, end: this.#at, elements };
  }

  /** Steps over a comma; false when the closing bracket is next. */
  #more(kind: 'Object' | 'Array', start: number, close: string): boolean {
    const char = this.#open(kind, start);
    if (char === close) return false;
    if (char !== ',') throw this.#unexpected(`was expecting comma to separate ${kind} entries`);
    this.#at++;
    return true;
  }

  /** The next character inside an object or array that has not been closed. */
  #open(kind: 'Object' | 'Array', start: number): string {
    const char = this.#next();
    if (char !== undefined) return char;
    const opened = location(this.#text, start);
    throw this.#error(
      `Unexpected end-of-input: expected close marker for ${kind} (start marker at ${opened})`,
    );
  }

  #next(): string | undefined {
    while (SPACE.has(this.#text[this.#at] ?? '')) this.#at++;
    return this.#text[this.#at];
  }

  #take(token: RegExp): string {
    token.lastIndex = this.#at;
    const taken = token.exec(this.#text)?.[0] ?? '';
    this.#at += taken.length;
    return taken;
  }

  #string(place: 'value' | 'name'): string {
    const start = this.#at;
    this.#at = endOfString(this.#text, start);
    try {
      return JSON.parse(this.#text.slice(start, this.#at));
    } catch {
      const closed = this.#text.indexOf('"', start + 1) >= 0;
      if (closed) throw this.#error('Illegal character or escape in a string');
      const name = 'Unexpected end-of-input in field name';
      const value = 'Unexpected end-of-input: was expecting closing quote for a string value';
      throw this.#error(place === 'name' ? name : value);
    }
  }

  #notAValue(): PatternError {
    const start = this.#at;
    const word = this.#take(WORD);
    const wanted = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
    if (word) return this.#error(`Unrecognized token '${word}': was expecting ${wanted}`);
    this.#at = start;
    return this.#unexpected(`expected a valid value ${wanted}`);
  }

  #unexpected(wanted: string): PatternError {
    const char = this.#text[this.#at] ?? '';
    const code = char.codePointAt(0);
    this.#at++;
    return this.#error(`Unexpected character ('${char}' (code ${code})): ${wanted}`);
  }

  #error(reason: string): PatternError {
    return refuse(this.#reading, reason, this.#at);
  }
}
