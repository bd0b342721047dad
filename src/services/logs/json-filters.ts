/** The JSON half of filter patterns, read into a test by recursive descent. */
import { globMatches } from '../../core/glob.ts';
import { fault } from './errors.ts';

type Test = (record: unknown) => boolean;

const SELECTOR = /\$(?:\.[\w-]+|\[\d+\]|\['[^']*'\]|\["[^"]*"\])*/;
const QUOTED = /"(?:[^"\\]|\\.)*"/;
const SIGN = /&&|\|\||[<>!]?=|[<>(){}]/;
const WORD = /[^\s"(){}<>=!&|]+/;
const EACH = [SELECTOR, QUOTED, SIGN, WORD].map(({ source }) => source).join('|');
const TOKENS = new RegExp(`\\s*(${EACH})`, 'y');

/** The test that a pattern in braces stands for; messages that are no JSON fail it. */
export function jsonFilter(pattern: string): (message: string) => boolean {
  const reader = new Reader(pattern);
  reader.expect('{');
  const test = readOr(reader);
  reader.expect('}');
  if (reader.next() !== undefined) throw reader.refusal();
  return (message) => {
    const record = parse(message);
    return record !== undefined && test(record);
  };
}

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

class Reader {
  readonly #pattern: string;
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
    const tokens: string[] = [];
    TOKENS.lastIndex = 0;
    let end = 0;
    for (let match = TOKENS.exec(pattern); match; match = TOKENS.exec(pattern)) {
      tokens.push(match[1] ?? '');
      end = TOKENS.lastIndex;
    }
    this.#tokens = tokens;
    if (pattern.slice(end).trim() !== '') throw this.refusal();
  }

  peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  next(): string | undefined {
    const token = this.#tokens[this.#at];
    this.#at += 1;
    return token;
  }

  /** Takes the next token if it is `wanted`, in any case. */
  takes(wanted: string): boolean {
    if (this.peek()?.toUpperCase() !== wanted) return false;
    this.#at += 1;
    return true;
  }

  expect(wanted: string): void {
    if (!this.takes(wanted)) throw this.refusal();
  }

  refusal() {
    return fault('InvalidParameterException', `Invalid filter pattern: ${this.#pattern}`);
  }
}

function readOr(reader: Reader): Test {
  const tests = [readAnd(reader)];
  while (reader.takes('||')) tests.push(readAnd(reader));
  return (record) => tests.some((test) => test(record));
}

function readAnd(reader: Reader): Test {
  const tests = [readComparison(reader)];
  while (reader.takes('&&')) tests.push(readComparison(reader));
  return (record) => tests.every((test) => test(record));
}

function readComparison(reader: Reader): Test {
  if (reader.takes('(')) {
    const test = readOr(reader);
    reader.expect(')');
    return test;
  }
  const selector = reader.next();
  if (!selector?.startsWith('$')) throw reader.refusal();
  const select = selectorOf(selector);
  if (reader.takes('NOT')) {
    reader.expect('EXISTS');
    return (record) => select(record) === undefined;
  }
  if (reader.takes('EXISTS')) return (record) => select(record) !== undefined;
  if (reader.takes('IS')) {
    const literal = LITERALS.get(reader.next()?.toUpperCase() ?? '');
    if (literal === undefined) throw reader.refusal();
    return (record) => select(record) === literal;
  }
  const compare = comparisonOf(reader);
  return (record) => compare(select(record));
}

const LITERALS = new Map<string, boolean | null>([
  ['NULL', null],
  ['TRUE', true],
  ['FALSE', false],
]);

function comparisonOf(reader: Reader): (value: unknown) => boolean {
  const operator = reader.next() ?? '';
  const operand = reader.next();
  if (operand === undefined || !/^(=|!=|<|<=|>|>=)$/.test(operator)) throw reader.refusal();
  const isQuoted = operand.startsWith('"');
  const number = isQuoted ? Number.NaN : Number(operand);
  if (operator === '=' || operator === '!=') {
    const text = isQuoted ? operand.slice(1, -1).replace(/\\(.)/g, '$1') : operand;
    const equals = (value: unknown) =>
      typeof value === 'number' ? value === number : globMatches(text, String(value));
    return (value) => isScalar(value) && equals(value) === (operator === '=');
  }
  if (Number.isNaN(number)) throw reader.refusal();
  return (value) => typeof value === 'number' && isOrdered(value, operator, number);
}

function isScalar(value: unknown): boolean {
  return value !== undefined && value !== null && typeof value !== 'object';
}

function isOrdered(value: number, operator: string, bound: number): boolean {
  if (value === bound) return operator.endsWith('=');
  return operator.startsWith('<') ? value < bound : value > bound;
}

/** Reads `$.a.b[0]['c d']` off a record. */
function selectorOf(selector: string): (record: unknown) => unknown {
  const steps = [...selector.matchAll(/\.([\w-]+)|\[(\d+)\]|\[['"]([^'"]*)['"]\]/g)].map(
    ([, name, index, quoted]) => name ?? index ?? quoted ?? '',
  );
  return (record) => {
    let value = record;
    for (const step of steps) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) {
        return undefined;
      }
      value = value[step as keyof typeof value];
    }
    return value;
  };
}
