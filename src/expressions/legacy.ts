/**
 * The parameters that came before expressions, as the same Condition, Update and Projection.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.html
 */
import {
  compare,
  readValue,
  typeOf,
  type Value,
  type ValueInput,
  type ValueType,
} from './attribute-values.ts';
import type { Condition, Operand } from './conditions.ts';
import { ExpressionError } from './errors.ts';
import {
  type KeyCondition,
  type KeySchema,
  type KeyTerm,
  keyConditionOf,
} from './key-conditions.ts';
import type { Projection } from './projections.ts';
import type { Action, Update } from './updates.ts';

export type LegacyOperator =
  | 'EQ'
  | 'NE'
  | 'IN'
  | 'LE'
  | 'LT'
  | 'GE'
  | 'GT'
  | 'BETWEEN'
  | 'NOT_NULL'
  | 'NULL'
  | 'CONTAINS'
  | 'NOT_CONTAINS'
  | 'BEGINS_WITH';

type Named<Member> = Readonly<Record<string, Member>>;

export interface LegacyCondition {
  readonly AttributeValueList?: readonly ValueInput[] | undefined;
  readonly ComparisonOperator: LegacyOperator;
}

export interface LegacyExpected {
  readonly Value?: ValueInput | undefined;
  readonly Exists?: boolean | undefined;
  readonly ComparisonOperator?: LegacyOperator | undefined;
  readonly AttributeValueList?: readonly ValueInput[] | undefined;
}

export interface LegacyUpdate {
  readonly Value?: ValueInput | undefined;
  readonly Action?: 'ADD' | 'PUT' | 'DELETE' | undefined;
}

/** Refuses a request that has parameters of both generations. */
export function checkNotMixed(legacy: readonly string[], expressions: readonly string[]): void {
  if (legacy.length === 0 || expressions.length === 0) return;
  throw new ExpressionError(
    'Can not use both expression and non-expression parameters in the same request: ' +
      `Non-expression parameters: {${legacy.join(', ')}} ` +
      `Expression parameters: {${expressions.join(', ')}}`,
  );
}

/** `Expected`, as a condition that all (or, with OR, any) of the attributes satisfy. */
export function conditionOfExpected(
  expected: Named<LegacyExpected> | undefined,
  operator: 'AND' | 'OR' | undefined,
): Condition | undefined {
  return together(expected, operator, expectation);
}

/** `QueryFilter` and `ScanFilter`. */
export function conditionOfFilter(
  filter: Named<LegacyCondition> | undefined,
  operator: 'AND' | 'OR' | undefined,
): Condition | undefined {
  return together(filter, operator, (name, { ComparisonOperator, AttributeValueList }) =>
    conditionOf(name, ComparisonOperator, readList(AttributeValueList)),
  );
}

function together<Member>(
  members: Named<Member> | undefined,
  operator: 'AND' | 'OR' | undefined,
  read: (name: string, member: Member) => Condition,
): Condition | undefined {
  const entries = Object.entries(members ?? {});
  if (operator !== undefined && entries.length < 2) {
    throw new ExpressionError(
      members === undefined
        ? 'ConditionalOperator cannot be used without Filter or Expected'
        : 'ConditionalOperator can only be used when Filter or Expected has two or more elements',
    );
  }
  if (entries.length === 0) return undefined;
  const terms = entries.map(([name, member]) => read(name, member));
  return { kind: operator === 'OR' ? 'or' : 'and', terms };
}

function expectation(name: string, expected: LegacyExpected): Condition {
  const { Value: value, Exists, ComparisonOperator, AttributeValueList } = expected;
  const about = `for Attribute: ${name}`;
  if (ComparisonOperator !== undefined) {
    if (Exists !== undefined) {
      throw invalid(`Exists and ComparisonOperator cannot be used together ${about}`);
    }
    if (value !== undefined && AttributeValueList !== undefined) {
      throw invalid(`Value and AttributeValueList cannot be used together ${about}`);
    }
    const list = AttributeValueList ?? (value === undefined ? [] : [value]);
    return conditionOf(name, ComparisonOperator, readList(list));
  }
  if (AttributeValueList !== undefined) {
    throw invalid(`AttributeValueList can only be used with a ComparisonOperator ${about}`);
  }
  if (Exists === false) {
    if (value === undefined) return { kind: 'not', term: exists(name) };
    throw invalid(`Value cannot be used when Exists is set to false ${about}`);
  }
  if (value !== undefined) return conditionOf(name, 'EQ', [readValue(value)]);
  const set = Exists === undefined ? 'null' : 'set to true';
  throw invalid(`Value must be provided when Exists is ${set} ${about}`);
}

function readList(list: readonly ValueInput[] | undefined): readonly Value[] {
  return (list ?? []).map((value) => readValue(value));
}

function exists(name: string): Condition {
  return { kind: 'exists', path: [name] };
}

const SCALARS: readonly ValueType[] = ['S', 'N', 'B'];

/** The types whose values an operator takes; the others take any. */
const TYPES: Partial<Readonly<Record<LegacyOperator, readonly ValueType[]>>> = {
  IN: SCALARS,
  LE: SCALARS,
  LT: SCALARS,
  GE: SCALARS,
  GT: SCALARS,
  BETWEEN: SCALARS,
  CONTAINS: [...SCALARS, 'BOOL', 'NULL'],
  NOT_CONTAINS: [...SCALARS, 'BOOL', 'NULL'],
  BEGINS_WITH: ['S', 'B'],
};

/** How many values an operator takes, where it is not one. */
const COUNTS: Partial<Readonly<Record<LegacyOperator, readonly [number, number]>>> = {
  IN: [1, 100],
  BETWEEN: [2, 2],
  NULL: [0, 0],
  NOT_NULL: [0, 0],
};

function checkArguments(operator: LegacyOperator, values: readonly Value[]): void {
  const [least, most] = COUNTS[operator] ?? [1, 1];
  if (values.length < least || values.length > most) {
    throw invalid(`Invalid number of argument(s) for the ${operator} ComparisonOperator`);
  }
  const types = values.map(typeOf);
  if (new Set(types).size > 1) {
    throw invalid('AttributeValues inside AttributeValueList must be of same type');
  }
  const wrong = types.find((type) => !(TYPES[operator]?.includes(type) ?? true));
  if (wrong !== undefined) {
    throw invalid(`ComparisonOperator ${operator} is not valid for ${wrong} AttributeValue type`);
  }
  const [lower, upper] = values;
  if (operator !== 'BETWEEN' || lower === undefined || upper === undefined) return;
  if ((compare(lower, upper) ?? 0) > 0) {
    throw new ExpressionError(
      'The BETWEEN condition was provided a range where the lower bound is greater than the ' +
        'upper bound',
    );
  }
}

const COMPARATORS = { EQ: '=', NE: '<>', LT: '<', LE: '<=', GT: '>', GE: '>=' } as const;

function conditionOf(name: string, operator: LegacyOperator, values: readonly Value[]): Condition {
  checkArguments(operator, values);
  const operand: Operand = { kind: 'path', path: [name] };
  const among = values.map((value): Operand => ({ kind: 'value', value }));
  const [first = operand, second = operand] = among;
  const contains: Condition = { kind: 'contains', operand, member: first };
  switch (operator) {
    case 'NULL':
      return { kind: 'not', term: exists(name) };
    case 'NOT_NULL':
      return exists(name);
    case 'IN':
      return { kind: 'in', operand, among };
    case 'BETWEEN':
      return { kind: 'between', operand, lower: first, upper: second };
    case 'BEGINS_WITH':
      return { kind: 'begins', operand, prefix: first };
    case 'CONTAINS':
      return contains;
    case 'NOT_CONTAINS':
      // An attribute that is not there is said to contain nothing, and not to not contain it.
      return { kind: 'and', terms: [exists(name), { kind: 'not', term: contains }] };
    default:
      return { kind: 'compare', comparator: COMPARATORS[operator], left: operand, right: first };
  }
}

/** `KeyConditions`. */
export function keyConditionOfConditions(
  conditions: Named<LegacyCondition>,
  schema: KeySchema,
): KeyCondition {
  const entries = Object.entries(conditions);
  if (entries.length < 1 || entries.length > 2) {
    throw new ExpressionError('Conditions can be of length 1 or 2 only');
  }
  return keyConditionOf(
    entries.map(([name, condition]) => keyTerm(name, condition)),
    schema,
  );
}

const KEY_OPERATORS = { ...COMPARATORS, BETWEEN: 'between', BEGINS_WITH: 'begins_with' } as const;

function keyTerm(name: string, condition: LegacyCondition): KeyTerm {
  const values = readList(condition.AttributeValueList);
  const named: LegacyOperator = condition.ComparisonOperator;
  checkArguments(named, values);
  const operator = named in KEY_OPERATORS && KEY_OPERATORS[named as keyof typeof KEY_OPERATORS];
  if (operator === false || operator === '<>') {
    throw new ExpressionError('Attempted conditional constraint is not an indexable operation');
  }
  return { name, operator, values };
}

/** `AttributeUpdates`. */
export function updateOfAttributes(updates: Named<LegacyUpdate>): Update {
  const actions = Object.entries(updates).map(([name, update]) => actionOf(name, update));
  return { actions, mismatch: 'Type mismatch for attribute to update' };
}

const SETS: readonly ValueType[] = ['SS', 'NS', 'BS'];

function actionOf(name: string, { Action: action = 'PUT', Value: input }: LegacyUpdate): Action {
  if (input === undefined) {
    if (action === 'DELETE') return { kind: 'remove', path: [name] };
    throw invalid('Only DELETE action is allowed when no attribute value is specified');
  }
  const value = readValue(input);
  if (action === 'PUT') return { kind: 'set', path: [name], source: { kind: 'value', value } };
  const type = typeOf(value);
  if (!SETS.includes(type) && !(action === 'ADD' && type === 'N')) {
    throw invalid(`${action} action is not supported for the type ${type}`);
  }
  return { kind: action === 'ADD' ? 'add' : 'delete', path: [name], value };
}

/** `AttributesToGet`. */
export function projectionOfAttributes(names: readonly string[]): Projection {
  const again = names.find((name, index) => names.indexOf(name) < index);
  if (again !== undefined) throw invalid(`Duplicate value in attribute name: ${again}`);
  return { paths: names.map((name): [string] => [name]) };
}

function invalid(what: string): ExpressionError {
  return new ExpressionError(`One or more parameter values were invalid: ${what}`);
}
