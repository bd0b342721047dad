/**
 * Attribute values: what they are, when two are equal, how they order, how many bytes they take.
 *
 * A Value has exactly one member, its numbers are canonical text and its sets hold no duplicates:
 * `readValue` makes one from what a request holds, and all other code relies on it. Attribute
 * names may be any text, `__proto__` included, so members are read and set through `memberOf`
 * and `withMember` alone.
 */
import { ExpressionError } from './errors.ts';
import { canonicalNumber, compareNumbers } from './numbers.ts';

export type Value =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: Uint8Array }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly Uint8Array[] }
  | { readonly M: Item }
  | { readonly L: readonly Value[] }
  | { readonly NULL: true }
  | { readonly BOOL: boolean };

export type Item = Readonly<Record<string, Value>>;

export type ValueType = 'S' | 'N' | 'B' | 'SS' | 'NS' | 'BS' | 'M' | 'L' | 'NULL' | 'BOOL';

/** A value as a request may hold it: any members, or none. */
export interface ValueInput {
  readonly S?: string | undefined;
  readonly N?: string | undefined;
  readonly B?: Uint8Array | undefined;
  readonly SS?: readonly string[] | undefined;
  readonly NS?: readonly string[] | undefined;
  readonly BS?: readonly Uint8Array[] | undefined;
  readonly M?: Readonly<Record<string, ValueInput>> | undefined;
  readonly L?: readonly ValueInput[] | undefined;
  readonly NULL?: boolean | undefined;
  readonly BOOL?: boolean | undefined;
}

/** "Attribute values can be nested up to 32 levels deep" (Constraints.html). */
const MAX_DEPTH = 32;

export function typeOf(value: Value): ValueType {
  // The one member is the only key; `for` finds it without making an array.
  for (const type in value) return type as ValueType;
  throw new TypeError('A value without a type');
}

export function memberOf(item: Item, name: string): Value | undefined {
  return Object.hasOwn(item, name) ? item[name] : undefined;
}

export function withMember(item: Item, name: string, value: Value): Item {
  return { ...item, [name]: value };
}

export function withoutMember(item: Item, name: string): Item {
  const { [name]: _, ...rest } = item;
  return rest;
}

export function readItem(input: Readonly<Record<string, ValueInput>>): Item {
  return readMap(input, 0);
}

function readMap(input: Readonly<Record<string, ValueInput>>, depth: number): Item {
  if (Object.hasOwn(input, '')) throw new ExpressionError('Empty attribute name');
  const item: Record<string, Value> = {};
  for (const name of Object.keys(input)) {
    const value = readValue(input[name] ?? {}, depth);
    if (name === '__proto__') Object.defineProperty(item, name, { value, ...MEMBER });
    else item[name] = value;
  }
  return item;
}

const MEMBER = { enumerable: true, writable: true, configurable: true };

/** `input`, checked and in canonical form; throws what DynamoDB says of anything else. */
export function readValue(input: ValueInput, depth = 0): Value {
  if (depth > MAX_DEPTH) {
    throw new ExpressionError('Nesting Levels have exceeded supported limits');
  }
  let present = 0;
  for (const name in input) present += input[name as ValueType] === undefined ? 0 : 1;
  if (present === 0) {
    throw new ExpressionError(
      'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
    );
  }
  if (present > 1) {
    throw new ExpressionError(
      'Supplied AttributeValue has more than one datatypes set, ' +
        'must contain exactly one of the supported datatypes',
    );
  }
  if (input.S !== undefined) return { S: input.S };
  if (input.N !== undefined) return { N: canonicalNumber(input.N) };
  if (input.B !== undefined) return { B: input.B };
  if (input.BOOL !== undefined) return { BOOL: input.BOOL };
  if (input.M !== undefined) return { M: readMap(input.M, depth + 1) };
  if (input.L !== undefined) return { L: input.L.map((member) => readValue(member, depth + 1)) };
  return input.NULL === undefined ? readSet(input) : readNull(input.NULL);
}

function readNull(value: boolean): Value {
  if (value) return { NULL: true };
  throw invalid('Null attribute value types must have the value of true');
}

function readSet({ SS, NS, BS }: ValueInput): Value {
  if (SS !== undefined) {
    if (SS.length === 0) throw invalid('An string set  may not be empty');
    if (new Set(SS).size < SS.length) {
      throw invalid(`Input collection [${SS.join(', ')}] contains duplicates.`);
    }
    return { SS };
  }
  if (NS !== undefined) {
    if (NS.length === 0) throw invalid('An number set  may not be empty');
    const numbers = NS.map(canonicalNumber);
    if (new Set(numbers).size < numbers.length) {
      throw invalid('Input collection contains duplicates');
    }
    return { NS: numbers };
  }
  if (BS === undefined || BS.length === 0) throw invalid('Binary sets should not be empty');
  const texts = BS.map(base64);
  if (new Set(texts).size < texts.length) {
    throw invalid(`Input collection [${texts.join(', ')}]of type BS contains duplicates.`);
  }
  return { BS };
}

function invalid(what: string): ExpressionError {
  return new ExpressionError(`One or more parameter values were invalid: ${what}`);
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** Values of different types are never equal; the order of a set says nothing. */
export function equal(a: Value, b: Value): boolean {
  if ('S' in a) return 'S' in b && a.S === b.S;
  if ('N' in a) return 'N' in b && a.N === b.N;
  if ('B' in a) return 'B' in b && Buffer.compare(a.B, b.B) === 0;
  if ('BOOL' in a) return 'BOOL' in b && a.BOOL === b.BOOL;
  if ('NULL' in a) return 'NULL' in b;
  if ('SS' in a) return 'SS' in b && sameMembers(a.SS, b.SS);
  if ('NS' in a) return 'NS' in b && sameMembers(a.NS, b.NS);
  if ('BS' in a) return 'BS' in b && sameMembers(a.BS.map(base64), b.BS.map(base64));
  if ('L' in a) {
    if (!('L' in b) || a.L.length !== b.L.length) return false;
    const others = b.L;
    return a.L.every((value, index) => {
      const other = others[index];
      return other !== undefined && equal(value, other);
    });
  }
  return 'M' in b && equalItems(a.M, b.M);
}

export function equalItems(a: Item, b: Item): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => {
    const [value, other] = [memberOf(a, name), memberOf(b, name)];
    return value !== undefined && other !== undefined && equal(value, other);
  });
}

function sameMembers(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  const members = new Set(a);
  return b.every((member) => members.has(member));
}

/** How `a` orders before `b`: strings and binaries by bytes. Undefined where there is no order. */
export function compare(a: Value, b: Value): number | undefined {
  if ('S' in a) return 'S' in b ? compareText(a.S, b.S) : undefined;
  if ('N' in a) return 'N' in b ? compareNumbers(a.N, b.N) : undefined;
  if ('B' in a) return 'B' in b ? Buffer.compare(a.B, b.B) : undefined;
  return undefined;
}

/** JavaScript orders by UTF-16 unit, which differs from UTF-8 only around surrogates. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (left !== right) return codePointRank(left) - codePointRank(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above U+FFFF, so they go behind U+E000 to U+FFFF. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
