/**
 * From a written condition to one that can be evaluated, with all that DynamoDB checks before it
 * looks at any item. Only constants can be checked: what a path holds is not known yet.
 */
import { base64, compare, typeOf, type Value, type ValueType } from './attribute-values.ts';
import { Binding } from './binding.ts';
import type { Comparator, WrittenCondition } from './condition-grammar.ts';
import type { Condition, Operand } from './conditions.ts';
import type { WrittenCall, WrittenOperand } from './operands.ts';
import { type Path, pathText, samePath } from './paths.ts';
import type { Placeholders } from './placeholders.ts';
import type { ExpressionKind } from './tokens.ts';

const MAX_IN = 100;

const ORDERED: readonly ValueType[] = ['S', 'N', 'B'];
const PREFIXED: readonly ValueType[] = ['S', 'B'];
const SIZED: readonly ValueType[] = ['S', 'B', 'SS', 'NS', 'BS', 'L', 'M'];
const HOLDING: readonly ValueType[] = ['S', 'B', 'SS', 'NS', 'BS', 'L'];

/** As AWS lists the types in its error (observed). */
const TYPE_NAMES = ['B', 'NULL', 'SS', 'BOOL', 'L', 'BS', 'N', 'NS', 'S', 'M'];

/** How many operands each function takes. */
const FUNCTIONS: ReadonlyMap<string, number> = new Map([
  ['attribute_exists', 1],
  ['attribute_not_exists', 1],
  ['attribute_type', 2],
  ['begins_with', 2],
  ['contains', 2],
  ['size', 1],
]);
const UPDATE_FUNCTIONS: ReadonlySet<string> = new Set(['if_not_exists', 'list_append']);

/** Stands in for a condition at fault, which is never evaluated. */
const NEVER: Condition = { kind: 'or', terms: [] };

export function bindCondition(
  written: WrittenCondition,
  kind: ExpressionKind,
  placeholders: Placeholders,
): Condition {
  const binding = new Binding(kind, placeholders);
  const condition = bind(binding, written);
  binding.check();
  return condition;
}

function bind(binding: Binding, written: WrittenCondition): Condition {
  switch (written.kind) {
    case 'or':
    case 'and':
      return { kind: written.kind, terms: written.terms.map((term) => bind(binding, term)) };
    case 'not':
      return { kind: 'not', term: bind(binding, written.term) };
    case 'group':
      if (written.inner.kind === 'group') noteParentheses(binding);
      return bind(binding, written.inner);
    case 'compare':
      return bindComparison(binding, written);
    case 'between':
      return bindBetween(binding, written);
    case 'in':
      return bindIn(binding, written);
    case 'call':
      return bindFunction(binding, written);
  }
}

export function noteParentheses(binding: Binding): void {
  binding.note('parentheses', 'The expression has redundant parentheses;');
}

function bindComparison(
  binding: Binding,
  { comparator, left, right }: Extract<WrittenCondition, { kind: 'compare' }>,
): Condition {
  const operands = [bindOperand(binding, left), bindOperand(binding, right)] as const;
  if (comparator !== '=' && comparator !== '<>') {
    for (const operand of operands) expectType(binding, comparator, operand, ORDERED);
  }
  noteSamePath(binding, comparator, operands);
  return { kind: 'compare', comparator, left: operands[0], right: operands[1] };
}

function bindBetween(
  binding: Binding,
  written: Extract<WrittenCondition, { kind: 'between' }>,
): Condition {
  const operand = bindOperand(binding, written.operand);
  const lower = bindOperand(binding, written.lower);
  const upper = bindOperand(binding, written.upper);
  for (const each of [operand, lower, upper]) expectType(binding, 'BETWEEN', each, ORDERED);
  noteSamePath(binding, 'BETWEEN', [operand, lower, upper]);
  if (lower.kind === 'value' && upper.kind === 'value') {
    noteBounds(binding, lower.value, upper.value);
  }
  return { kind: 'between', operand, lower, upper };
}

/** Notes bounds that are of two types or the wrong way round. */
function noteBounds(binding: Binding, lower: Value, upper: Value): void {
  const order = compare(lower, upper);
  if (order !== undefined && order <= 0) return;
  const need =
    typeOf(lower) === typeOf(upper)
      ? 'upper bound to be greater than or equal to lower bound'
      : 'same data type for lower and upper bounds';
  const [low, high] = [valueText(lower), valueText(upper)];
  const bounds = `lower bound operand: ${low}, upper bound operand: ${high}`;
  binding.note('bounds', `The BETWEEN operator requires ${need}; ${bounds}`);
}

function valueText(value: Value): string {
  const text =
    'S' in value ? value.S : 'N' in value ? value.N : 'B' in value ? base64(value.B) : '';
  return `AttributeValue: {${typeOf(value)}:${text}}`;
}

function bindIn(binding: Binding, written: Extract<WrittenCondition, { kind: 'in' }>): Condition {
  const operand = bindOperand(binding, written.operand);
  const among = written.among.map((other) => bindOperand(binding, other));
  if (among.length > MAX_IN) {
    const what = 'The IN operator is provided with too many operands';
    binding.note('count', `${what}; number of operands: ${among.length}`);
  }
  noteSamePath(binding, 'IN', [operand, ...among]);
  return { kind: 'in', operand, among };
}

function bindFunction(binding: Binding, call: WrittenCall): Condition {
  if (!knows(binding, call)) return NEVER;
  if (call.name === 'size') {
    noteMisuse(binding, call.name);
    return NEVER;
  }
  const operands = call.operands.map((operand) => bindOperand(binding, operand));
  const [first, second] = operands;
  if (!countFits(binding, call) || first === undefined) return NEVER;
  if (call.name === 'attribute_exists' || call.name === 'attribute_not_exists') {
    const path = pathOf(binding, call.name, first);
    if (path === undefined) return NEVER;
    const exists: Condition = { kind: 'exists', path };
    return call.name === 'attribute_exists' ? exists : { kind: 'not', term: exists };
  }
  if (second === undefined) return NEVER;
  noteSamePath(binding, call.name, operands);
  if (call.name === 'attribute_type') return bindType(binding, first, second);
  if (call.name === 'begins_with') {
    for (const operand of operands) expectType(binding, 'begins_with', operand, PREFIXED);
    return { kind: 'begins', operand: first, prefix: second };
  }
  expectType(binding, 'contains', first, HOLDING);
  return { kind: 'contains', operand: first, member: second };
}

function bindType(binding: Binding, operand: Operand, type: Operand): Condition {
  pathOf(binding, 'attribute_type', operand);
  if (type.kind !== 'value') {
    // A path or a size has no type name that could be checked here.
    expectType(binding, 'attribute_type', type, ['S']);
    return { kind: 'type', operand, type };
  }
  if (!('S' in type.value)) {
    binding.wrongType('attribute_type', typeOf(type.value));
  } else if (!TYPE_NAMES.includes(type.value.S)) {
    const valid = `valid types: {${TYPE_NAMES.join(',')}}`;
    binding.note('type', `Invalid attribute type name found; type: ${type.value.S}, ${valid}`);
  }
  return { kind: 'type', operand, type };
}

function pathOf(binding: Binding, name: string, operand: Operand): Path | undefined {
  if (operand.kind === 'path') return operand.path;
  const what = 'Operator or function requires a document path';
  binding.note('document path', `${what}; operator or function: ${name}`);
  return undefined;
}

/** An operand, and the faults of the only function that can be one: `size`. */
function bindOperand(binding: Binding, written: WrittenOperand): Operand {
  if (written.kind === 'path') return { kind: 'path', path: binding.path(written) };
  if (written.kind === 'value') return { kind: 'value', value: binding.value(written.name) };
  if (written.kind === 'parentheses') {
    if (written.inner.kind === 'parentheses') noteParentheses(binding);
    return bindOperand(binding, written.inner);
  }
  if (written.kind === 'sum') throw new TypeError('A condition has no sums');
  const known = knows(binding, written);
  if (known && written.name !== 'size') noteMisuse(binding, written.name);
  const operands = written.operands.map((operand) => bindOperand(binding, operand));
  if (known) countFits(binding, written);
  const of = operands[0] ?? { kind: 'size', of: { kind: 'value', value: { S: '' } } };
  if (known) expectType(binding, 'size', of, SIZED);
  return { kind: 'size', of };
}

function knows(binding: Binding, { name }: WrittenCall): boolean {
  if (FUNCTIONS.has(name)) return true;
  binding.note(
    'function',
    UPDATE_FUNCTIONS.has(name)
      ? `The function is not allowed in a condition expression; function: ${name}`
      : `Invalid function name; function: ${name}`,
  );
  return false;
}

function noteMisuse(binding: Binding, name: string): void {
  const what = 'The function is not allowed to be used this way in an expression';
  binding.note('misuse', `${what}; function: ${name}`);
}

function countFits(binding: Binding, { name, operands }: WrittenCall): boolean {
  if (operands.length === FUNCTIONS.get(name)) return true;
  noteCount(binding, name, operands.length);
  return false;
}

export function noteCount(binding: Binding, name: string, count: number): void {
  const what = 'Incorrect number of operands for operator or function';
  binding.note('count', `${what}; operator or function: ${name}, number of operands: ${count}`);
}

/** The type of an operand as far as it is known before there is an item. */
function expectType(
  binding: Binding,
  operator: string,
  operand: Operand,
  types: readonly ValueType[],
): void {
  if (operand.kind === 'value') binding.expectType(operator, operand.value, types);
  if (operand.kind === 'size' && !types.includes('N')) binding.wrongType(operator, 'N');
}

/** Notes a first operand that comes again: comparing a path to itself says nothing. */
function noteSamePath(
  binding: Binding,
  operator: Comparator | string,
  [first, ...rest]: readonly Operand[],
): void {
  if (first?.kind !== 'path') return;
  const again = rest.some((other) => other.kind === 'path' && samePath(first.path, other.path));
  if (!again) return;
  const what =
    'The first operand must be distinct from the remaining operands for this operator or function';
  binding.note(
    'distinct',
    `${what}; operator: ${operator}, first operand: ${pathText(first.path)}`,
  );
}
