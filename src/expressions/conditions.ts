/**
 * Conditions: whether an item is as a condition or filter expression asks.
 *
 * What is not there is equal to nothing, so `<>` holds of it and no other comparison does. Values
 * of different types are unequal and have no order.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
 */
import { compare, equal, type Item, typeOf, type Value } from './attribute-values.ts';
import { bindCondition } from './condition-binding.ts';
import { type Comparator, readCondition } from './condition-grammar.ts';
import { type Path, valueAt } from './paths.ts';
import type { Placeholders } from './placeholders.ts';
import { Cursor } from './tokens.ts';

export type Condition =
  | { readonly kind: 'or' | 'and'; readonly terms: readonly Condition[] }
  | { readonly kind: 'not'; readonly term: Condition }
  | {
      readonly kind: 'compare';
      readonly comparator: Comparator;
      readonly left: Operand;
      readonly right: Operand;
    }
  | {
      readonly kind: 'between';
      readonly operand: Operand;
      readonly lower: Operand;
      readonly upper: Operand;
    }
  | { readonly kind: 'in'; readonly operand: Operand; readonly among: readonly Operand[] }
  | { readonly kind: 'exists'; readonly path: Path }
  | { readonly kind: 'type'; readonly operand: Operand; readonly type: Operand }
  | { readonly kind: 'begins'; readonly operand: Operand; readonly prefix: Operand }
  | { readonly kind: 'contains'; readonly operand: Operand; readonly member: Operand };

export type Operand =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'size'; readonly of: Operand };

export function parseCondition(
  text: string,
  placeholders: Placeholders,
  kind: 'ConditionExpression' | 'FilterExpression',
): Condition {
  const cursor = new Cursor(text, kind);
  return bindCondition(readCondition(cursor), kind, placeholders);
}

/** Whether `item` is as `condition` asks; a missing item has no attributes. */
export function holds(condition: Condition, item: Item | undefined): boolean {
  const within = item ?? {};
  switch (condition.kind) {
    case 'or':
      return condition.terms.some((term) => holds(term, within));
    case 'and':
      return condition.terms.every((term) => holds(term, within));
    case 'not':
      return !holds(condition.term, within);
    case 'exists':
      return valueAt(within, condition.path) !== undefined;
    case 'in': {
      const value = resolve(condition.operand, within);
      if (value === undefined) return false;
      return condition.among.some((other) => compares('=', value, resolve(other, within)));
    }
    case 'compare': {
      return holdsComparison(condition, within);
    }
    case 'between': {
      const value = resolve(condition.operand, within);
      return (
        compares('>=', value, resolve(condition.lower, within)) &&
        compares('<=', value, resolve(condition.upper, within))
      );
    }
    case 'type':
      return hasType(resolve(condition.operand, within), resolve(condition.type, within));
    case 'begins':
      return beginsWith(resolve(condition.operand, within), resolve(condition.prefix, within));
    case 'contains':
      return contains(resolve(condition.operand, within), resolve(condition.member, within));
  }
}

function holdsComparison(
  { comparator, left, right }: Extract<Condition, { kind: 'compare' }>,
  item: Item,
): boolean {
  const [a, b] = [resolve(left, item), resolve(right, item)];
  // A size that there is none of fails every comparison, this one too.
  const sized =
    (left.kind !== 'size' || a !== undefined) && (right.kind !== 'size' || b !== undefined);
  if (comparator === '<>') return sized && !compares('=', a, b);
  return compares(comparator, a, b);
}

function resolve(operand: Operand, item: Item): Value | undefined {
  if (operand.kind === 'value') return operand.value;
  if (operand.kind === 'path') return valueAt(item, operand.path);
  const size = sizeOf(resolve(operand.of, item));
  return size === undefined ? undefined : { N: String(size) };
}

/** What `size()` answers: bytes of text and binaries, members of the rest. */
function sizeOf(value: Value | undefined): number | undefined {
  if (value === undefined) return undefined;
  if ('S' in value) return Buffer.byteLength(value.S);
  if ('B' in value) return value.B.byteLength;
  if ('SS' in value) return value.SS.length;
  if ('NS' in value) return value.NS.length;
  if ('BS' in value) return value.BS.length;
  if ('L' in value) return value.L.length;
  return 'M' in value ? Object.keys(value.M).length : undefined;
}

function compares(
  comparator: Exclude<Comparator, '<>'>,
  a: Value | undefined,
  b: Value | undefined,
): boolean {
  if (a === undefined || b === undefined) return false;
  if (comparator === '=') return equal(a, b);
  const order = compare(a, b);
  if (order === undefined) return false;
  if (comparator === '<') return order < 0;
  if (comparator === '<=') return order <= 0;
  return comparator === '>' ? order > 0 : order >= 0;
}

function hasType(value: Value | undefined, type: Value | undefined): boolean {
  if (value === undefined || type === undefined) return false;
  return 'S' in type && typeOf(value) === type.S;
}

export function beginsWith(value: Value | undefined, prefix: Value | undefined): boolean {
  if (value === undefined || prefix === undefined) return false;
  if ('S' in value) return 'S' in prefix && value.S.startsWith(prefix.S);
  if (!('B' in value && 'B' in prefix)) return false;
  return Buffer.compare(value.B.subarray(0, prefix.B.length), prefix.B) === 0;
}

/** Text within text, bytes within bytes, a member of a set or list. */
function contains(value: Value | undefined, member: Value | undefined): boolean {
  if (value === undefined || member === undefined) return false;
  if ('S' in value) return 'S' in member && value.S.includes(member.S);
  if ('B' in value) return 'B' in member && Buffer.from(value.B).includes(Buffer.from(member.B));
  if ('SS' in value) return 'S' in member && value.SS.includes(member.S);
  if ('NS' in value) return 'N' in member && value.NS.includes(member.N);
  if ('BS' in value) return value.BS.some((one) => equal({ B: one }, member));
  return 'L' in value && value.L.some((one) => equal(one, member));
}

/** Every path that `condition` looks at. */
export function pathsOf(condition: Condition): readonly Path[] {
  switch (condition.kind) {
    case 'or':
    case 'and':
      return condition.terms.flatMap(pathsOf);
    case 'not':
      return pathsOf(condition.term);
    case 'exists':
      return [condition.path];
    case 'compare':
      return [condition.left, condition.right].flatMap(pathsOfOperand);
    case 'between':
      return [condition.operand, condition.lower, condition.upper].flatMap(pathsOfOperand);
    case 'in':
      return [condition.operand, ...condition.among].flatMap(pathsOfOperand);
    case 'type':
      return [condition.operand, condition.type].flatMap(pathsOfOperand);
    case 'begins':
      return [condition.operand, condition.prefix].flatMap(pathsOfOperand);
    case 'contains':
      return [condition.operand, condition.member].flatMap(pathsOfOperand);
  }
}

function pathsOfOperand(operand: Operand): readonly Path[] {
  if (operand.kind === 'path') return [operand.path];
  return operand.kind === 'size' ? pathsOfOperand(operand.of) : [];
}
