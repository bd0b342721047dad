import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exactNumber, jsonDepth, parseExact, verbatimObject } from '../../src/core/json-text.ts';

const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const bytes = (text: string) => new TextEncoder().encode(text);

describe('jsonDepth', () => {
  test('accepts exactly the limit, in text and in bytes', () => {
    expect(jsonDepth(nested(1000), 1000)).toBe(true);
    expect(jsonDepth(nested(1001), 1000)).toBe(false);
    expect(jsonDepth(bytes(nested(1000)), 1000)).toBe(true);
    expect(jsonDepth(bytes(nested(1001)), 1000)).toBe(false);
  });

  test('counts levels, not brackets', () => {
    expect(jsonDepth(`[${'[],'.repeat(5000)}[]]`, 2)).toBe(true);
  });

  test('ignores brackets inside strings, escaped quotes included', () => {
    expect(jsonDepth(`["${'['.repeat(50)}\\"${'{'.repeat(50)}\\\\"]`, 1)).toBe(true);
    expect(jsonDepth(`["\\\\",[[[[[[[[[[[1]]]]]]]]]]]]`, 3)).toBe(false);
  });

  test('answers for text that is not JSON', () => {
    expect(jsonDepth(`]]]]]]]]]]"${'\\'.repeat(99)}`, 5)).toBe(true);
    expect(jsonDepth('['.repeat(1_000_000), 1000)).toBe(false);
  });
});

describe('verbatimObject', () => {
  test.each([
    '{"price":1.0,"big":9223372036854775807,"small":-9223372036854775808,"e":1E+2}',
    '{"z":1,"10":2,"a":3,"2":4}',
    '{"text":"a b\\u00e9\\/\\"} : ,"}',
    '{}',
  ])('keeps %s as it is written', (text) => {
    expect(verbatimObject(text)).toEqual({ value: parseExact(text), text });
  });

  test('reads integers that a double cannot hold as bigints', () => {
    const text = '{"a":9007199254740993,"b":"9007199254740993","c":9007199254740992}';
    const value = { a: 9007199254740993n, b: '9007199254740993', c: 2 ** 53 };
    expect(verbatimObject(text)?.value).toEqual(value);
    expect(parseExact(text)).toEqual(value);
    expect(parseExact('[1.0,-9007199254740993]')).toEqual([1, -9007199254740993n]);
    expect(parseExact('9007199254740993')).toBe(9007199254740993n);
  });

  test('tells numbers from bigints by value, not by length', () => {
    expect(exactNumber('-0')).toBe(-0);
    expect(exactNumber('3.0e2')).toBe(300);
    expect(exactNumber('100000000000000000000')).toBe(1e20);
    expect(exactNumber('100000000000000000001')).toBe(100000000000000000001n);
    expect(exactNumber('1152921504606846976')).toBe(2n ** 60n);
    expect(exactNumber(String(2 ** 60))).toBe(2 ** 60);
    expect(exactNumber(`-1${'0'.repeat(30)}`)).toBe(-1e30);
    expect(exactNumber(`1${'0'.repeat(400)}`)).toBe(10n ** 400n);
  });

  test('drops white space outside strings only', () => {
    const text = ' {\n "a b" : [ 1.0 , {\t"c" : "d  e" } ,[ ] ], "f" : { } }\r\n';
    expect(verbatimObject(text)?.text).toBe('{"a b":[1.0,{"c":"d  e"},[]],"f":{}}');
  });

  test('keeps the last value of a repeated key, at its first place', () => {
    expect(verbatimObject('{"a":1.0,"b":{"c":1,"c":2.50},"a":3.0}')).toEqual({
      value: { a: 3, b: { c: 2.5 } },
      text: '{"a":3.0,"b":{"c":2.50}}',
    });
    expect(verbatimObject('{"a":1,"\\u0061":2}')?.text).toBe('{"\\u0061":2}');
  });

  test('writes a repeated key as it was written last', () => {
    const text =
      '{"\\u0061" : [ {"b":1, "b" : [ 2 ] }, [] , {} ], "a":[{"c":1,"c":{"d":1,"d":2}}]}';
    expect(verbatimObject(text)?.text).toBe('{"a":[{"c":{"d":2}}]}');
    expect(verbatimObject('{"a":[{"b":1,"b":[2]},[],{}]}')?.text).toBe('{"a":[{"b":[2]},[],{}]}');
  });

  test('keeps __proto__ as an ordinary key', () => {
    const read = verbatimObject('{"__proto__":{"isAdmin":true}}');
    expect(read?.text).toBe('{"__proto__":{"isAdmin":true}}');
    expect(Object.keys(read?.value ?? {})).toEqual(['__proto__']);
  });

  test.each([
    '',
    'null',
    '"{}"',
    '[]',
    '[{}]',
    '1',
    '{',
    '{"a":1}}',
    '{"a":01}',
    "{'a':1}",
    '{"a":1,}',
    '{"a"}',
    '"\\',
    '{"a":NaN}',
    '{"a":9223372036854775808}',
    '{"a":[-9223372036854775809]}',
  ])('refuses %s', (text) => {
    expect(verbatimObject(text)).toBeUndefined();
  });

  test('limits whole numbers only', () => {
    const text = '{"a":1e400,"b":12345678901234567890.5,"c":"9223372036854775808"}';
    expect(verbatimObject(text)?.text).toBe(text);
  });

  test('takes time that grows with the text, at any depth', () => {
    // Rescanning the inside at every level would take minutes here.
    const inside = `{"a":1,"a": "${'x'.repeat(500_000)}"}`;
    const read = verbatimObject(`${'{"a":'.repeat(999)}${inside}${'}'.repeat(999)}`);
    expect(read?.text).toHaveLength(506_002);
  });

  test('accepts a thousand levels and no more', () => {
    expect(verbatimObject(nested(1000))?.text).toBe(nested(1000));
    expect(verbatimObject(nested(1001))).toBeUndefined();
  });

  test('writes the same value for any object and any spacing', () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(object, fc.integer({ min: 0, max: 3 }), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        fc.pre(!/\d{19}/.test(text)); // JavaScript writes -2^63 as an integer beyond 64 bits.
        const read = verbatimObject(text);
        expect(read?.value).toEqual(JSON.parse(text));
        expect(read?.text).toBe(JSON.stringify(value));
      }),
    );
  });

  test('survives any text', () => {
    const text = fc.string({ unit: fc.constantFrom(...'{}[]",:\\ 10-.aé\u0000') });
    fc.assert(
      fc.property(text, (input) => {
        const read = verbatimObject(input);
        if (read) expect(JSON.parse(read.text)).toEqual(JSON.parse(input));
      }),
      { numRuns: 2000 },
    );
  });
});
