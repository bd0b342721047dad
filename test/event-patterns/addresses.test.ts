import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addressText,
  contains,
  parseAddress,
  parseBlock,
} from '../../src/event-patterns/addresses.ts';

describe('parseAddress', () => {
  test.each([
    ['0.0.0.0', 0n],
    ['10.0.0.1', 0x0a000001n],
    ['255.255.255.255', 0xffffffffn],
    ['::', 0n],
    ['::1', 1n],
    ['1::', 1n << 112n],
    ['2001:db8::ff00:42:8329', 0x20010db8000000000000ff0000428329n],
    ['1:2:3:4:5:6:7:8', 0x00010002000300040005000600070008n],
  ])('reads %s', (text, value) => {
    expect(parseAddress(text)?.value).toBe(value);
  });

  test.each([
    ...['', '1.2.3', '1.2.3.4.5', '256.1.1.1', '1.2.3.x', ' 1.2.3.4', '1..2.3'],
    ...[':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '::1:2:3:4:5:6:7:8', 'g::'],
    ...['12345::', '1:2:3:4:5:6:7::8', '1'.repeat(100_000)],
  ])('refuses %j', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  test('agrees with Node on what is an address of version 6 without an embedded version 4', () => {
    const text = fc.string({
      unit: fc.constantFrom(':', '::', '0', 'ab', 'f1e2', '9'),
      maxLength: 16,
    });
    fc.assert(
      fc.property(text, (one) => {
        expect(parseAddress(one)?.version === 6).toBe(isIP(one) === 6);
      }),
      { numRuns: 3000 },
    );
  });

  test('reads back what addressText writes', () => {
    for (const [version, bits] of [
      [4, 32n],
      [6, 128n],
    ] as const) {
      fc.assert(
        fc.property(fc.bigInt({ min: 0n, max: (1n << bits) - 1n }), (value) => {
          expect(parseAddress(addressText(version, value))).toEqual({ version, value });
        }),
      );
    }
  });
});

describe('contains', () => {
  test('begins at the address as written, and ends where the masked bits end', () => {
    const block = parseBlock('10.0.0.5/30');
    const inside = ['10.0.0.4', '10.0.0.5', '10.0.0.7', '10.0.0.8'].map((one) =>
      contains(block, one),
    );
    expect(inside).toEqual([false, true, true, false]);
  });
});
