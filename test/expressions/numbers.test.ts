import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addNumbers,
  canonicalNumber,
  compareNumbers,
  subtractNumbers,
} from '../../src/expressions/numbers.ts';
import { refusalOf } from './cases.ts';
import { anyNumber } from './random.ts';

/** A number as a whole number of 1e-400ths: slow, and with nothing to get wrong. */
function exactly(text: string): bigint {
  const [, sign, whole = '', part = '', power = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:[eE](.*))?$/.exec(text) ?? [];
  const shift = 400 + Number(power) - part.length;
  return BigInt(`${sign === '-' ? '-' : ''}${whole}${part}`) * 10n ** BigInt(shift);
}

test.each([
  ['1.0', '1'],
  ['1e2', '100'],
  ['-0', '0'],
  ['+7', '7'],
  ['.5', '0.5'],
  ['5.', '5'],
  ['007', '7'],
  ['0.00120', '0.0012'],
  ['-1.50E-3', '-0.0015'],
  ['12345678901234567890.123456789012345678', '12345678901234567890.123456789012345678'],
  ['1e125', `1${'0'.repeat(125)}`],
  ['1e-130', `0.${'0'.repeat(129)}1`],
  ['0e999', '0'],
  ['100000000000000000000000000000000000000000e-2', `1${'0'.repeat(39)}`],
])('%s is kept as %s', (written, kept) => {
  expect(canonicalNumber(written)).toBe(kept);
});

test('the canonical text is the same number, and its own canonical text', () => {
  fc.assert(
    fc.property(anyNumber, (text) => {
      const canonical = canonicalNumber(text);
      expect(exactly(canonical)).toBe(exactly(text));
      expect(canonicalNumber(canonical)).toBe(canonical);
      expect(canonical).toMatch(/^(?:0|-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?)$/);
    }),
  );
});

test('numbers compare as the exact values do', () => {
  fc.assert(
    fc.property(anyNumber, anyNumber, (left, right) => {
      const [a, b] = [exactly(left), exactly(right)];
      expect(Math.sign(compareNumbers(left, right))).toBe(a < b ? -1 : a > b ? 1 : 0);
    }),
  );
});

test('sums and differences are exact, or refused for having more than 38 digits', () => {
  fc.assert(
    fc.property(anyNumber, anyNumber, (left, right) => {
      for (const [combine, exact] of [
        [addNumbers, exactly(left) + exactly(right)],
        [subtractNumbers, exactly(left) - exactly(right)],
      ] as const) {
        const long = String(exact).replace(/^-/, '').replace(/0+$/, '').length > 38;
        const refusal = refusalOf(() => {
          expect(exactly(combine(left, right))).toBe(exact);
        });
        expect(refusal).toBe(
          long ? 'Attempting to store more than 38 significant digits in a Number' : undefined,
        );
      }
    }),
  );
});

describe('refusals', () => {
  const OVERFLOW =
    'Number overflow. Attempting to store a number with magnitude larger than supported range';
  const UNDERFLOW =
    'Number underflow. Attempting to store a number with magnitude smaller than supported range';

  test.each([
    ['', 'The parameter cannot be converted to a numeric value'],
    ['abc', 'The parameter cannot be converted to a numeric value: abc'],
    ['1 ', 'The parameter cannot be converted to a numeric value: 1 '],
    ['.', 'The parameter cannot be converted to a numeric value: .'],
    ['1e', 'The parameter cannot be converted to a numeric value: 1e'],
    ['0x1', 'The parameter cannot be converted to a numeric value: 0x1'],
    ['NaN', 'The parameter cannot be converted to a numeric value: NaN'],
    ['1e126', OVERFLOW],
    ['-10e125', OVERFLOW],
    ['1e999999999999', OVERFLOW],
    ['1e-131', UNDERFLOW],
    ['0.1e-130', UNDERFLOW],
    ['1'.repeat(39), 'Attempting to store more than 38 significant digits in a Number'],
  ])('%j', (text, refusal) => {
    expect(refusalOf(() => canonicalNumber(text))).toBe(refusal);
  });

  test('a sum beyond the range', () => {
    expect(refusalOf(() => addNumbers('9e125', '9e125'))).toBe(OVERFLOW);
    expect(refusalOf(() => subtractNumbers('1.1e-130', '1e-130'))).toBe(UNDERFLOW);
  });
});
