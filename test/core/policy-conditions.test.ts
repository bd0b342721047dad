import { expect, test } from 'vitest';
import { arnMatches, holds, readOperator } from '../../src/core/policy-conditions.ts';

/** Whether `{ [operator]: { key: wanted } }` holds for a request where `key` is `actual`. */
function meets(operator: string, wanted: unknown, actual: string | readonly string[] | undefined) {
  const [condition] = readOperator(operator, { 'aws:Key': wanted }) ?? [];
  if (!condition) throw new Error(`${operator} is no operator`);
  const values = typeof actual === 'string' ? [actual] : actual;
  return holds(condition, new Map(values ? [['aws:key', values]] : []));
}

test.each([
  ['StringEquals', 'a', 'a', true],
  ['StringEquals', ['b', 'a'], 'a', true],
  ['StringEquals', 'a', 'A', false],
  ['StringNotEquals', ['b', 'a'], 'a', false],
  ['StringNotEquals', ['b', 'c'], 'a', true],
  ['StringEqualsIgnoreCase', 'a', 'A', true],
  ['StringNotEqualsIgnoreCase', 'a', 'A', false],
  ['StringLike', 'ord*', 'orders', true],
  ['StringNotLike', 'ord*', 'orders', false],
  ['NumericEquals', 10, '10', true],
  ['NumericNotEquals', 10, '10', false],
  ['NumericLessThan', '10', '9', true],
  ['NumericLessThanEquals', '10', '10', true],
  ['NumericGreaterThan', '10', '9', false],
  ['NumericGreaterThanEquals', '10', 'ten', false],
  ['DateLessThan', '2026-01-01T00:00:00Z', '2025-12-31T23:59:59Z', true],
  ['DateGreaterThan', '2026-01-01T00:00:00Z', '1767225601', true],
  ['DateEquals', '2026-01-01T00:00:00Z', '1767225600', true],
  ['DateNotEquals', '2026-01-01T00:00:00Z', '1767225600', false],
  ['Bool', true, 'true', true],
  ['Bool', 'False', 'false', true],
  ['Bool', 'true', 'false', false],
  ['BinaryEquals', 'AAE=', 'AAE=', true],
  ['IpAddress', '10.0.0.0/8', '10.1.2.3', true],
  ['IpAddress', '10.0.0.0/8', '11.1.2.3', false],
  ['IpAddress', '10.1.2.3', '10.1.2.3', true],
  ['IpAddress', '2001:db8::/32', '2001:db8::1', true],
  ['IpAddress', '2001:db8::/32', '10.1.2.3', false],
  ['NotIpAddress', '10.0.0.0/8', '11.1.2.3', true],
])('%s %j of %j: %s', (operator, wanted, actual, result) => {
  expect(meets(operator, wanted, actual)).toBe(result);
});

test('an ARN is matched part by part', () => {
  const topic = 'arn:aws:sns:us-east-1:111111111111:orders';
  expect(arnMatches('arn:aws:sns:*:*:orders', topic)).toBe(true);
  expect(arnMatches('arn:aws:sns:*:ord*', topic)).toBe(false);
  expect(arnMatches('*', topic)).toBe(true);
  expect(meets('ArnEquals', 'arn:aws:sns:us-east-1:111111111111:*', topic)).toBe(true);
  expect(meets('ArnNotLike', 'arn:aws:sns:us-east-1:222222222222:*', topic)).toBe(true);
});

test('a missing key fails a comparison, and passes a negated one or IfExists', () => {
  expect(meets('StringEquals', 'a', undefined)).toBe(false);
  expect(meets('StringNotEquals', 'a', undefined)).toBe(true);
  expect(meets('StringEqualsIfExists', 'a', undefined)).toBe(true);
  expect(meets('StringEqualsIfExists', 'a', 'b')).toBe(false);
  expect(meets('Null', 'true', undefined)).toBe(true);
  expect(meets('Null', 'false', undefined)).toBe(false);
  expect(meets('Null', 'false', 'there')).toBe(true);
});

test('set operators ask each value of the request', () => {
  expect(meets('ForAnyValue:StringEquals', ['a', 'b'], ['b', 'x'])).toBe(true);
  expect(meets('ForAnyValue:StringEquals', ['a', 'b'], ['x'])).toBe(false);
  expect(meets('ForAnyValue:StringEquals', ['a'], undefined)).toBe(false);
  expect(meets('ForAllValues:StringLike', ['a*', 'b*'], ['ab', 'ba'])).toBe(true);
  expect(meets('ForAllValues:StringLike', ['a*'], ['ab', 'ba'])).toBe(false);
  expect(meets('ForAllValues:StringLike', ['a*'], undefined)).toBe(true);
  expect(meets('ForAnyValue:StringNotEquals', ['a'], ['a', 'x'])).toBe(true);
  expect(meets('ForAllValues:StringNotEquals', ['a'], ['a', 'x'])).toBe(false);
});

const variable = (inner: string) => `\${${inner}}`;

test('a variable stands for the value of the request, taken literally', () => {
  const [condition] = readOperator('StringLike', { 'aws:Key': `${variable('aws:Other')}-*` }) ?? [];
  if (!condition) throw new Error('no condition');
  const context = (key: string, other?: string) =>
    new Map([['aws:key', [key]], ...(other ? [['aws:other', [other]] as const] : [])]);
  expect(holds(condition, context('me-too', 'me'))).toBe(true);
  expect(holds(condition, context('me-too', '*'))).toBe(false);
  expect(holds(condition, context('me-too'))).toBe(false);
  expect(meets('StringLike', `${variable("aws:Missing, 'me'")}-${variable('*')}`, 'me-*')).toBe(
    true,
  );
});

test('an operator that AWS does not know is none', () => {
  expect(readOperator('StringMatches', { k: 'v' })).toBeUndefined();
  expect(readOperator('ForSomeValues:StringLike', { k: 'v' })).toBeUndefined();
});
