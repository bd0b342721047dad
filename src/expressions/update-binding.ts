/** From a written update to one that can be applied, with all that is checked before an item is. */
import { typeOf, type Value, type ValueType } from './attribute-values.ts';
import { Binding } from './binding.ts';
import { noteCount, noteParentheses } from './condition-binding.ts';
import type { WrittenCall, WrittenOperand } from './operands.ts';
import type { Placeholders } from './placeholders.ts';
import { noteClashes } from './projections.ts';
import type { ExpressionKind } from './tokens.ts';
import type { WrittenAction, WrittenUpdate } from './update-grammar.ts';
import type { Action, Source, Update } from './updates.ts';

const CONDITION_FUNCTIONS: ReadonlySet<string> = new Set([
  'attribute_exists',
  'attribute_not_exists',
  'attribute_type',
  'begins_with',
  'contains',
  'size',
]);

/** The errors of ADD and DELETE alone call the types so (observed). */
const LONG_NAMES: Readonly<Record<ValueType, string>> = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  SS: 'STRING_SET',
  NS: 'NUMBER_SET',
  BS: 'BINARY_SET',
  M: 'MAP',
  L: 'LIST',
  NULL: 'NULL',
  BOOL: 'BOOLEAN',
};

const SETS: readonly ValueType[] = ['SS', 'NS', 'BS'];

export function bindUpdate(
  written: WrittenUpdate,
  kind: ExpressionKind,
  placeholders: Placeholders,
): Update {
  const binding = new Binding(kind, placeholders);
  for (const [index, section] of written.sections.entries()) {
    if (written.sections.indexOf(section) === index) continue;
    binding.note(
      'section',
      `The "${section}" section can only be used once in an update expression;`,
    );
  }
  const actions = written.actions.map((action) => bindAction(binding, action));
  noteClashes(
    binding,
    actions.map(({ path }) => path),
  );
  binding.check();
  return { actions };
}

function bindAction(binding: Binding, { section, path: at, operand }: WrittenAction): Action {
  const path = binding.path(at);
  if (operand === undefined) return { kind: 'remove', path };
  const source = bindSource(binding, operand);
  if (section === 'SET') return { kind: 'set', path, source };
  const { value } = source.kind === 'value' ? source : { value: NOTHING };
  noteOperandOf(binding, section, value);
  return { kind: section === 'ADD' ? 'add' : 'delete', path, value };
}

/** The grammar lets only `:values` follow the paths of ADD and DELETE, so this is never used. */
const NOTHING: Value = { NULL: true };

function noteOperandOf(binding: Binding, section: string, value: Value): void {
  const type = typeOf(value);
  if (SETS.includes(type) || (section === 'ADD' && type === 'N')) return;
  const what = 'Incorrect operand type for operator or function';
  const which = `operator: ${section}, operand type: ${LONG_NAMES[type]}`;
  binding.note('type', `${what}; ${which}, typeSet: ALLOWED_FOR_${section}_OPERAND`);
}

function bindSource(binding: Binding, written: WrittenOperand): Source {
  switch (written.kind) {
    case 'path':
      return { kind: 'path', path: binding.path(written) };
    case 'value':
      return { kind: 'value', value: binding.value(written.name) };
    case 'parentheses':
      if (written.inner.kind === 'parentheses') noteParentheses(binding);
      return bindSource(binding, written.inner);
    case 'sum': {
      const { operator } = written;
      const [left, right] = [bindSource(binding, written.left), bindSource(binding, written.right)];
      for (const side of [left, right]) expectType(binding, operator, side, 'N');
      return { kind: 'sum', operator, left, right };
    }
    case 'call':
      return bindCall(binding, written);
  }
}

function bindCall(binding: Binding, call: WrittenCall): Source {
  const { name } = call;
  const operands = call.operands.map((operand) => bindSource(binding, operand));
  const [first, second] = operands;
  if (name !== 'if_not_exists' && name !== 'list_append') {
    const what = CONDITION_FUNCTIONS.has(name)
      ? 'The function is not allowed in an update expression'
      : 'Invalid function name';
    binding.note('function', `${what}; function: ${name}`);
    return { kind: 'value', value: NOTHING };
  }
  if (first === undefined || second === undefined || operands.length !== 2) {
    noteCount(binding, name, operands.length);
    return { kind: 'value', value: NOTHING };
  }
  if (name === 'list_append') {
    for (const list of operands) expectType(binding, name, list, 'L');
    return { kind: 'append', left: first, right: second };
  }
  if (first.kind === 'path') return { kind: 'default', path: first.path, otherwise: second };
  const what = 'Operator or function requires a document path';
  binding.note('document path', `${what}; operator or function: ${name}`);
  return second;
}

/** Checks the type of a source as far as it is known before there is an item. */
function expectType(binding: Binding, operator: string, source: Source, type: ValueType): void {
  if (source.kind === 'value') binding.expectType(operator, source.value, [type]);
  if (source.kind === 'sum' && type !== 'N') binding.wrongType(operator, 'N');
  if (source.kind === 'append' && type !== 'L') binding.wrongType(operator, 'L');
}
