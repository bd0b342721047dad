/**
 * Key conditions: one partition, and a range of sort keys within it.
 *
 * The grammar is that of conditions; what is more than `hash = value [AND one condition on the
 * range key]` is refused afterwards, in DynamoDB's words.
 */
import { typeOf, type Value, type ValueType } from './attribute-values.ts';
import { bindCondition } from './condition-binding.ts';
import { readCondition, type WrittenCondition } from './condition-grammar.ts';
import type { Condition, Operand } from './conditions.ts';
import { ExpressionError } from './errors.ts';
import type { Placeholders } from './placeholders.ts';
import { Cursor } from './tokens.ts';

export interface KeyAttribute {
  readonly name: string;
  readonly type: 'S' | 'N' | 'B';
}

export interface KeySchema {
  readonly hash: KeyAttribute;
  readonly range?: KeyAttribute | undefined;
}

export type RangeOperator = '=' | '<' | '<=' | '>' | '>=' | 'between' | 'begins_with';

export interface RangeCondition {
  readonly operator: RangeOperator;
  /** Two for `between`, else one. */
  readonly values: readonly Value[];
}

export interface KeyCondition {
  readonly hash: Value;
  readonly range?: RangeCondition;
}

/** One condition on one attribute, before it is known which key it is. */
export interface KeyTerm extends RangeCondition {
  readonly name: string;
}

const KIND = 'KeyConditionExpression';

export function parseKeyCondition(
  text: string,
  placeholders: Placeholders,
  schema: KeySchema,
): KeyCondition {
  const written = readCondition(new Cursor(text, KIND));
  checkOperators(written);
  const terms = termsOf(bindCondition(written, KIND, placeholders));
  return keyConditionOf(terms, schema);
}

/** Refuses what no key condition may hold, by the name it was written with. */
function checkOperators(written: WrittenCondition): void {
  switch (written.kind) {
    case 'or':
    case 'not':
    case 'in':
      throw invalidOperator(written.kind.toUpperCase());
    case 'and':
      for (const term of written.terms) checkOperators(term);
      return;
    case 'group':
      checkOperators(written.inner);
      return;
    case 'compare':
      if (written.comparator === '<>') throw invalidOperator('<>');
      return;
    case 'call':
      if (written.name !== 'begins_with') throw invalidOperator(written.name);
      return;
    case 'between':
  }
}

function invalidOperator(operator: string): ExpressionError {
  return new ExpressionError(`Invalid operator used in ${KIND}: ${operator}`);
}

function invalidCondition(what: string): ExpressionError {
  return new ExpressionError(`Invalid condition in ${KIND}: ${what}`);
}

function termsOf(condition: Condition): readonly KeyTerm[] {
  switch (condition.kind) {
    case 'and':
      return condition.terms.flatMap(termsOf);
    case 'compare':
      return [comparisonTerm(condition)];
    case 'between': {
      const { operand, lower, upper } = condition;
      const name = keyName('BETWEEN', operand);
      return [{ name, operator: 'between', values: [constant(lower), constant(upper)] }];
    }
    case 'begins': {
      const name = keyName('begins_with', condition.operand);
      return [{ name, operator: 'begins_with', values: [constant(condition.prefix)] }];
    }
    default:
      throw invalidOperator(condition.kind);
  }
}

/** `:v < a` says the same as `a > :v`. */
const MIRRORED = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

function comparisonTerm(written: Extract<Condition, { kind: 'compare' }>): KeyTerm {
  const { comparator, left, right } = written;
  if (comparator === '<>') throw invalidOperator(comparator);
  if (left.kind === 'value' && right.kind === 'value') {
    throw invalidCondition('No key attribute specified');
  }
  if (left.kind !== 'value') {
    return { name: keyName(comparator, left), operator: comparator, values: [constant(right)] };
  }
  const operator = MIRRORED[comparator];
  return { name: keyName(operator, right), operator, values: [left.value] };
}

function keyName(operator: string, operand: Operand): string {
  if (operand.kind === 'size') throw nestedOperation();
  if (operand.kind === 'value') {
    throw invalidCondition(`${operator} operator must have the key attribute as its first operand`);
  }
  const [name, ...rest] = operand.path;
  if (rest.length === 0) return name;
  throw new ExpressionError(`${KIND}s cannot have conditions on nested attributes`);
}

function constant(operand: Operand): Value {
  if (operand.kind === 'value') return operand.value;
  if (operand.kind === 'size') throw nestedOperation();
  throw invalidCondition('Multiple attribute names used in one condition');
}

function nestedOperation(): ExpressionError {
  return new ExpressionError(`${KIND}s cannot contain nested operations`);
}

/** Which term is which key; shared with the legacy KeyConditions parameter. */
export function keyConditionOf(terms: readonly KeyTerm[], schema: KeySchema): KeyCondition {
  const names = new Set(terms.map(({ name }) => name));
  if (names.size < terms.length) {
    throw new ExpressionError('KeyConditionExpressions must only contain one condition per key');
  }
  const { hash, range } = schema;
  const hashTerm = terms.find(({ name }) => name === hash.name);
  if (hashTerm === undefined) throw missed(hash.name);
  const rangeTerm = range && terms.find(({ name }) => name === range.name);
  if (terms.length > 2) throw new ExpressionError('Conditions can be of length 1 or 2 only');
  if (terms.length === 2 && rangeTerm === undefined) {
    if (range) throw missed(range.name);
    throw new ExpressionError('Query key condition not supported');
  }
  if (hashTerm.operator !== '=') throw new ExpressionError('Query key condition not supported');
  checkTypes(hash, hashTerm);
  const [value] = hashTerm.values;
  if (value === undefined) throw missed(hash.name);
  if (range === undefined || rangeTerm === undefined) return { hash: value };
  checkTypes(range, rangeTerm);
  return { hash: value, range: { operator: rangeTerm.operator, values: rangeTerm.values } };
}

function missed(name: string): ExpressionError {
  return new ExpressionError(`Query condition missed key schema element: ${name}`);
}

function checkTypes({ type }: KeyAttribute, { values }: KeyTerm): void {
  const fits = (value: Value): boolean => (typeOf(value) as ValueType) === type;
  if (values.every(fits)) return;
  throw new ExpressionError(
    'One or more parameter values were invalid: ' +
      'Condition parameter type does not match schema type',
  );
}
