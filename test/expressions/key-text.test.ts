import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compare } from '../../src/expressions/attribute-values.ts';
import { encodeKey, type KeyValue } from '../../src/expressions/key-text.ts';
import { canonicalNumber } from '../../src/expressions/numbers.ts';
import { anyNumber } from './random.ts';

function expectSameOrder(a: KeyValue, b: KeyValue): void {
  const texts = Buffer.compare(Buffer.from(encodeKey(a)), Buffer.from(encodeKey(b)));
  expect(Math.sign(texts)).toBe(Math.sign(compare(a, b) ?? Number.NaN));
}

test('numbers of any sign and exponent sort as their keys', () => {
  const number = anyNumber.map((text): KeyValue => ({ N: canonicalNumber(text) }));
  fc.assert(fc.property(number, number, expectSameOrder), { numRuns: 2_000 });
});

test('numbers close to each other sort as their keys', () => {
  const number = fc
    .tuple(fc.constantFrom('', '-'), fc.integer({ min: 0, max: 1_200 }), fc.nat(3))
    .map(
      ([sign, digits, power]): KeyValue => ({ N: canonicalNumber(`${sign}${digits}e-${power}`) }),
    );
  fc.assert(fc.property(number, number, expectSameOrder), { numRuns: 2_000 });
});

test('texts sort as their keys, by code points', () => {
  const text = fc.string({ unit: 'binary' }).map((S): KeyValue => ({ S }));
  fc.assert(fc.property(text, text, expectSameOrder));
});

test('binaries sort as their keys, by unsigned bytes', () => {
  const bytes = fc.uint8Array({ maxLength: 6 }).map((B): KeyValue => ({ B }));
  fc.assert(fc.property(bytes, bytes, expectSameOrder));
});

test('the key of a prefix is a prefix of the key', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.nat(), (bytes, length) => {
      const prefix = encodeKey({ B: bytes.subarray(0, length) });
      expect(encodeKey({ B: bytes }).startsWith(prefix)).toBe(true);
    }),
  );
  expect(encodeKey({ S: 'order#1' }).startsWith(encodeKey({ S: 'order' }))).toBe(true);
});
