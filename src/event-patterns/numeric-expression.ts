/**
 * Reads `{"numeric": [...]}`: one comparison, or a lower and then an upper bound.
 * Range and precision as documented: EventBridge compares numbers between -5.0e9 and 5.0e9, Amazon
 * SNS between -10^9 and 10^9.
 */
import type { Condition } from './condition.ts';
import { type Reading, refuse } from './reading.ts';
import { type ArraySource, metAt, type Source } from './source.ts';

export function readNumeric(reading: Reading, node: Source): Condition {
  if (node.kind !== 'array') {
    throw refuse(reading, 'Value of numeric must be an array.', metAt(node));
  }
  const [first, second, third] = node.elements;
  const operator = textOf(first);
  if (operator === undefined) {
    const met = first ? tokenText(reading, first) : ']';
    throw refuse(reading, `Invalid member in numeric match: ${met}`, placeOf(first, node));
  }
  if (!['=', '<', '<=', '>', '>='].includes(operator)) {
    const reason = `Unrecognized numeric range operator: ${operator}`;
    throw refuse(reading, reason, placeOf(second, node));
  }
  const value = numberOf(reading, operator === '=' ? 'equals' : operator, second, node);
  if (operator === '>' || operator === '>=') {
    const bottom = { value, open: operator === '>' };
    return third
      ? closeRange(reading, bottom, third, node)
      : between(reading, bottom, undefined, node);
  }
  if (third) throw refuse(reading, 'Too many elements in numeric expression', metAt(third));
  if (operator === '=') {
    const bound = { value, open: false };
    return between(reading, bound, bound, node);
  }
  return between(reading, undefined, { value, open: operator === '<' }, node);
}

interface Bound {
  readonly value: number;
  readonly open: boolean;
}

function closeRange(reading: Reading, bottom: Bound, third: Source, node: ArraySource): Condition {
  const operator = textOf(third);
  if (operator === undefined) {
    const reason = `Bad value in numeric range: ${tokenText(reading, third)}`;
    throw refuse(reading, reason, third.end);
  }
  if (operator !== '<' && operator !== '<=') {
    throw refuse(reading, `Bad numeric range operator: ${operator}`, third.end);
  }
  const [, , , fourth, fifth] = node.elements;
  const top = { value: numberOf(reading, operator, fourth, node), open: operator === '<' };
  if (fifth) throw refuse(reading, 'Too many terms in numeric range expression', metAt(fifth));
  if (bottom.value >= top.value) {
    throw refuse(reading, 'Bottom must be less than top', node.end);
  }
  return between(reading, bottom, top, node);
}

function between(
  reading: Reading,
  bottom: Bound | undefined,
  top: Bound | undefined,
  node: ArraySource,
): Condition {
  const limit = reading.dialect.numericLimit;
  for (const bound of [bottom, top]) {
    if (bound && Math.abs(bound.value) > limit) {
      const ends = `${javaDouble(-limit)} and ${javaDouble(limit)}`;
      throw refuse(reading, `Value must be between ${ends}, inclusive`, node.end);
    }
  }
  return {
    kind: 'numeric',
    low: bottom?.value ?? Number.NEGATIVE_INFINITY,
    lowOpen: bottom?.open ?? true,
    high: top?.value ?? Number.POSITIVE_INFINITY,
    highOpen: top?.open ?? true,
    limit,
  };
}

/** 5000000000 as Java prints a double: 5.0E9. */
function javaDouble(value: number): string {
  const [digits = '', exponent = ''] = value.toExponential().split('e+');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${exponent}`;
}

function numberOf(
  reading: Reading,
  operator: string,
  node: Source | undefined,
  list: ArraySource,
): number {
  if (
    node?.kind === 'scalar' &&
    (typeof node.value === 'number' || typeof node.value === 'bigint')
  ) {
    return Number(node.value);
  }
  throw refuse(reading, `Value of ${operator} must be numeric`, placeOf(node, list));
}

function placeOf(node: Source | undefined, list: ArraySource): number {
  return node ? metAt(node) : list.end;
}

function textOf(node: Source | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}

function tokenText({ text }: Reading, node: Source): string {
  return node.kind === 'scalar' ? text.slice(node.start, node.end) : text.charAt(node.start);
}
