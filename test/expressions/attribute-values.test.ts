import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compareText,
  equal,
  memberOf,
  readItem,
  readValue,
  typeOf,
  type ValueInput,
  withMember,
  withoutMember,
} from '../../src/expressions/attribute-values.ts';
import { inputOf, type JsonValue, oneValue, refusalOf } from './cases.ts';
import { anyValue } from './random.ts';

describe('answers', () => {
  test('numbers are kept in canonical form wherever they are', () => {
    const read = readItem({ n: { N: '1.0' }, s: { NS: ['1e1', '2'] }, l: { L: [{ N: '07' }] } });
    expect(read).toEqual({ n: { N: '1' }, s: { NS: ['10', '2'] }, l: { L: [{ N: '7' }] } });
  });

  test('members that are absent do not count', () => {
    expect(readValue({ S: 'x', N: undefined })).toEqual({ S: 'x' });
    expect(typeOf(readValue({ BOOL: false, M: undefined }))).toBe('BOOL');
  });

  test('empty text, bytes, maps and lists are values', () => {
    const inputs: ValueInput[] = [{ S: '' }, { B: new Uint8Array() }, { M: {} }, { L: [] }];
    for (const input of inputs) expect(readValue(input)).toEqual(input);
    expect(readValue({ SS: ['', 'a'] })).toEqual({ SS: ['', 'a'] });
  });

  test('attributes may have names that objects inherit', () => {
    const item = readItem(JSON.parse('{"__proto__": {"S": "x"}, "toString": {"S": "y"}}'));
    expect(memberOf(item, '__proto__')).toEqual({ S: 'x' });
    expect(memberOf({}, 'toString')).toBeUndefined();
    const more = withMember(withoutMember(item, 'toString'), '__proto__', { S: 'z' });
    expect(Object.entries(more)).toEqual([['__proto__', { S: 'z' }]]);
  });

  test('a value equals its copy and nothing of another type', () => {
    fc.assert(
      fc.property(anyValue, anyValue, (value, other) => {
        expect(equal(value, structuredClone(value))).toBe(true);
        expect(equal(value, other)).toBe(equal(other, value));
        if (typeOf(value) !== typeOf(other)) expect(equal(value, other)).toBe(false);
      }),
    );
  });

  test('sets are equal whatever their order', () => {
    const pairs = [
      [{ NS: ['1', '2.0'] }, { NS: ['2', '1'] }],
      [{ BS: ['AQ==', 'Ag=='] }, { BS: ['Ag==', 'AQ=='] }],
    ];
    for (const [a = {}, b = {}] of pairs) expect(equal(oneValue(a), oneValue(b))).toBe(true);
    expect(equal({ SS: ['a', 'b'] }, { SS: ['a', 'c'] })).toBe(false);
  });

  test('texts order by their UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(compareText(a, b))).toBe(Math.sign(bytes));
      }),
    );
  });
});

describe('refusals', () => {
  const EMPTY =
    'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes';
  const INVALID = 'One or more parameter values were invalid:';

  test.each<[JsonValue, string]>([
    [{}, EMPTY],
    [{ L: [{}] }, EMPTY],
    [
      { S: 'x', N: '1' },
      'Supplied AttributeValue has more than one datatypes set, ' +
        'must contain exactly one of the supported datatypes',
    ],
    [{ NULL: false }, `${INVALID} Null attribute value types must have the value of true`],
    [{ SS: [] }, `${INVALID} An string set  may not be empty`],
    [{ NS: [] }, `${INVALID} An number set  may not be empty`],
    [{ BS: [] }, `${INVALID} Binary sets should not be empty`],
    [{ SS: ['a', 'b', 'a'] }, `${INVALID} Input collection [a, b, a] contains duplicates.`],
    [{ NS: ['1', '1.0'] }, `${INVALID} Input collection contains duplicates`],
    [
      { BS: ['AQ==', 'AQ=='] },
      `${INVALID} Input collection [AQ==, AQ==]of type BS contains duplicates.`,
    ],
    [{ M: { '': { N: '1' } } }, 'Empty attribute name'],
    [{ M: { a: { N: 'x' } } }, 'The parameter cannot be converted to a numeric value: x'],
  ])('%j', (json, refusal) => {
    expect(refusalOf(() => readValue(inputOf(json)))).toBe(refusal);
  });
});

describe('limits', () => {
  test('values nest 32 levels deep', () => {
    const nested = (depth: number): ValueInput =>
      depth === 0 ? { S: '' } : { L: [nested(depth - 1)] };
    expect(refusalOf(() => readValue(nested(32)))).toBeUndefined();
    expect(refusalOf(() => readValue(nested(33)))).toBe(
      'Nesting Levels have exceeded supported limits',
    );
  });
});
