import { expect, test } from 'vitest';
import { globMatches, literally } from '../../src/core/glob.ts';

test.each([
  ['', '', true],
  ['*', '', true],
  ['*', 'anything:at/all', true],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['sqs:*', 'sqs:SendMessage', true],
  ['sqs:*Message', 'sqs:SendMessage', true],
  ['sqs:*Message', 'sqs:SendMessages', false],
  ['*a*b*c', 'xxaxxbxxc', true],
  ['*a*b*c', 'xxaxxcxxb', false],
  ['orders-*-dlq', 'orders-eu-dlq-dlq', true],
  ['Orders', 'orders', false],
])('%j meets %j: %s', (pattern, text, meets) => {
  expect(globMatches(pattern, text)).toBe(meets);
});

test('a quoted text means only itself', () => {
  expect(globMatches(`a-${literally('*?')}-b`, 'a-*?-b')).toBe(true);
  expect(globMatches(`a-${literally('*?')}-b`, 'a-xy-b')).toBe(false);
  expect(globMatches(`${literally('*')}*`, '*and more')).toBe(true);
});

test('a pattern full of stars does not explode', () => {
  expect(globMatches(`${'a*'.repeat(40)}b`, 'a'.repeat(400))).toBe(false);
});
