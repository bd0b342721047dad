/**
 * Reads one element of a field's array: a literal, or a match expression such as
 * `{"prefix": "x"}`. Refuses in event-ruler's words and at the place it names.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
import { parseBlock } from './addresses.ts';
import { type Condition, fold, valueTest } from './condition.ts';
import { readNumeric } from './numeric-expression.ts';
import { placed, type Reading, refuse } from './reading.ts';
import { metAt, type ObjectSource, type ScalarSource, type Source } from './source.ts';
import { parseWildcard } from './wildcard.ts';

export function readElement(reading: Reading, node: Source): Condition {
  if (node.kind === 'scalar') return { kind: 'exact', value: node.value };
  if (node.kind === 'object') return readExpression(reading, node);
  throw refuse(reading, 'Match value must be String, number, true, false, or null', metAt(node));
}

function readExpression(reading: Reading, node: ObjectSource): Condition {
  const [first, second] = node.members;
  if (!first) throw refuse(reading, 'Match expression name not found', node.end);
  const { key, value } = first;
  if (!reading.dialect.operators.has(key)) {
    throw refuse(reading, `Unrecognized match type ${key}`, metAt(value));
  }
  const condition = readOperator(reading, key, value);
  if (second) {
    const counted = key === 'numeric' || key === 'anything-but';
    const reason = counted
      ? 'Too many elements in numeric expression'
      : 'Only one key allowed in match expression';
    throw refuse(reading, reason, metAt(second.value));
  }
  return condition;
}

function readOperator(reading: Reading, key: string, value: Source): Condition {
  switch (key) {
    case 'prefix':
    case 'suffix':
      return readEnd(reading, key, value);
    case 'numeric':
      return readNumeric(reading, value);
    case 'anything-but':
      return readAnythingBut(reading, value);
    case 'exists':
      return readExists(reading, value);
    case 'cidr':
      return readBlock(reading, value);
    case 'equals-ignore-case':
      return { kind: 'equals-ignore-case', folded: fold(textOf(reading, value, key)) };
    case 'wildcard':
      return readWildcard(reading, value, textOf(reading, value, key));
    default:
      return { kind: 'exact', value: textOf(reading, value, 'exact') };
  }
}

function textOf(reading: Reading, value: Source, name: string): string {
  if (value.kind === 'scalar' && typeof value.value === 'string') return value.value;
  throw refuse(reading, `${name} match pattern must be a string`, metAt(value));
}

const EMPTY: readonly Condition[] = [
  { kind: 'exact', value: null },
  { kind: 'exact', value: '' },
];

function readExists(reading: Reading, value: Source): Condition {
  if (value.kind !== 'scalar' || typeof value.value !== 'boolean') {
    const reason = 'exists match pattern must be either true or false.';
    throw refuse(reading, reason, metAt(value));
  }
  if (!value.value) return { kind: 'absent' };
  if (!reading.dialect.existsWithContent) return { kind: 'exists' };
  return { kind: 'anything-but', excluded: valueTest(EMPTY) };
}

function readBlock(reading: Reading, value: Source): Condition {
  const text = textOf(reading, value, 'prefix'); // As event-ruler words it.
  return { kind: 'cidr', block: placed(reading, undefined, () => parseBlock(text)) };
}

function readWildcard(reading: Reading, place: Source, text: string): Condition {
  return { kind: 'wildcard', wildcard: placed(reading, place.end, () => parseWildcard(text)) };
}

/** A `prefix` or `suffix`: a string, or an object that asks to ignore case. */
function readEnd(reading: Reading, kind: 'prefix' | 'suffix', value: Source): Condition {
  if (value.kind !== 'object' || !reading.dialect.endsIgnoreCase) {
    return { kind, text: textOf(reading, value, kind), ignoreCase: false };
  }
  const [first, second] = value.members;
  const name = kind === 'prefix' ? 'Prefix' : 'Suffix';
  if (!first) throw refuse(reading, `${name} expression name not found`, value.end);
  if (first.key !== 'equals-ignore-case') {
    throw refuse(reading, `Unsupported ${kind} pattern: ${first.key}`, metAt(first.value));
  }
  const text = textOf(reading, first.value, first.key);
  if (second) {
    throw refuse(reading, 'Only one key allowed in match expression', metAt(second.value));
  }
  return { kind, text: fold(text), ignoreCase: true };
}

function readAnythingBut(reading: Reading, value: Source): Condition {
  if (value.kind === 'object') return readAnythingButOperator(reading, value);
  const single = singleValue(reading, value);
  const values = single ? [single] : elementsOf(value);
  for (const element of values) {
    if (element.kind === 'scalar' && isTextOrNumber(element)) continue;
    const reason = 'Inside anything but list, start|null|boolean is not supported.';
    throw refuse(reading, reason, metAt(element));
  }
  const excluded = values.map((element) => readElement(reading, element));
  const kinds = new Set(
    values.map((element) => typeof (element as ScalarSource).value === 'string'),
  );
  if (kinds.size !== 1) {
    const either = 'either all values are number or string, mixed type is not supported';
    throw refuse(reading, `Inside anything but list, ${either}`, value.end);
  }
  return { kind: 'anything-but', excluded: valueTest(excluded) };
}

function readAnythingButOperator(reading: Reading, node: ObjectSource): Condition {
  const [first, second] = node.members;
  if (!first) throw refuse(reading, 'Anything-But expression name not found', node.end);
  const { key, value } = first;
  if (!reading.dialect.anythingBut.has(key)) {
    throw refuse(reading, `Unsupported anything-but pattern: ${key}`, metAt(value));
  }
  const single = singleValue(reading, value);
  const values = single ? [single] : elementsOf(value);
  const excluded = values.map((element) => readExcluded(reading, key, element));
  if (second) throw refuse(reading, 'Too many elements in numeric expression', metAt(second.value));
  return { kind: 'anything-but', excluded: valueTest(excluded) };
}

function readExcluded(reading: Reading, key: string, element: Source): Condition {
  if (element.kind !== 'scalar' || typeof element.value !== 'string') {
    const reason =
      key === 'equals-ignore-case'
        ? 'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.'
        : `${key === 'wildcard' ? key : 'prefix/suffix'} match pattern must be a string`;
    throw refuse(reading, reason, metAt(element));
  }
  const text = element.value;
  if (key === 'wildcard') return readWildcard(reading, element, text);
  if (key === 'equals-ignore-case') return { kind: 'equals-ignore-case', folded: fold(text) };
  if (text === '') throw refuse(reading, 'Null prefix/suffix not allowed', element.end);
  return { kind: key === 'suffix' ? 'suffix' : 'prefix', text, ignoreCase: false };
}

/** The value itself when it is no list; refuses what can be neither. */
function singleValue(reading: Reading, value: Source): ScalarSource | undefined {
  if (value.kind === 'array') return undefined;
  if (value.kind === 'scalar' && isTextOrNumber(value)) return value;
  const reason = 'Value of anything-but must be an array or single string/number value.';
  throw refuse(reading, reason, metAt(value));
}

function isTextOrNumber({ value }: ScalarSource): boolean {
  return value !== null && typeof value !== 'boolean';
}

function elementsOf(value: Source): readonly Source[] {
  return value.kind === 'array' ? value.elements : [];
}
