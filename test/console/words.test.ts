import { describe, expect, test } from 'vitest';
import { kindOf, shortName } from '../../console/src/ui/arns.ts';
import { sparkPath } from '../../console/src/ui/spark-path.ts';
import { clockTime, relative, span } from '../../console/src/ui/when.ts';

describe('times in words', () => {
  test('spans are short and not too exact', () => {
    expect(span(0)).toBe('0 ms');
    expect(span(999.6)).toBe('1.0 s');
    expect(span(340)).toBe('340 ms');
    expect(span(1_240)).toBe('1.2 s');
    expect(span(59_000)).toBe('59 s');
    expect(span(272_000)).toBe('4 min 32 s');
    expect(span(11_520_000)).toBe('3 h 12 min');
    expect(span(45 * 86_400_000)).toBe('45 d');
  });

  test('ages look back and ahead', () => {
    expect(relative(1_000, 1_200)).toBe('now');
    expect(relative(1_000, 13_500)).toBe('12 s ago');
    expect(relative(250_000, 1_000)).toBe('in 4 min');
  });

  test('the time of day has its day only when that is another one', () => {
    const noon = new Date(2026, 10, 22, 12, 3, 4, 5).getTime();
    expect(clockTime(noon, noon + 1_000)).toBe('12:03:04.005');
    expect(clockTime(noon, noon + 86_400_000)).toBe('2026-11-22 12:03:04');
  });
});

describe('ARNs in words', () => {
  const at = 'us-east-1:000000000000';

  test.each([
    [`arn:aws:sqs:${at}:billing`, 'queue', 'billing'],
    [`arn:aws:sns:${at}:shipping`, 'topic', 'shipping'],
    [
      `arn:aws:sns:${at}:shipping:2b1f5d3e-0000-4000-8000-000000000001`,
      'subscription',
      'shipping:2b1f5d3e-0000-4000-8000-000000000001',
    ],
    [`arn:aws:events:${at}:event-bus/orders`, 'bus', 'orders'],
    [`arn:aws:events:${at}:rule/orders/to-billing`, 'rule', 'orders/to-billing'],
    [`arn:aws:events:${at}:archive/all`, 'archive', 'all'],
    [`arn:aws:lambda:${at}:function:charge:live`, 'function', 'charge:live'],
    [`arn:aws:kinesis:${at}:stream/clicks`, 'stream', 'clicks'],
    [`arn:aws:dynamodb:${at}:table/orders`, 'table', 'orders'],
    ['https://shop.example/hook', 'endpoint', 'https://shop.example/hook'],
  ])('%s is a %s', (arn, kind, name) => {
    expect(kindOf(arn)).toBe(kind);
    expect(shortName(arn)).toBe(name);
  });
});

test('a small line goes from the first value to the last, the largest at the top', () => {
  expect(sparkPath([0, 5, 10], 20, 12)).toBe('M0 11L10 6L20 1');
  expect(sparkPath([], 20, 12)).toBe('');
  expect(sparkPath([0], 20, 12)).toBe('M0 11');
});
