import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eachPair, firstValue, parseForm } from '../../../src/wire/documents/form.ts';

function pairsOf(text: string): [string, string][] {
  const pairs: [string, string][] = [];
  eachPair(text, (name, value) => pairs.push([name, value]));
  return pairs;
}

test('pairs are read as the URL standard reads them', () => {
  const texts = fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string()));
  fc.assert(
    fc.property(texts, (pairs) => {
      expect(pairsOf(new URLSearchParams(pairs).toString())).toEqual(pairs);
    }),
  );
});

test('empty pairs are none, and a name alone has an empty value', () => {
  expect(pairsOf('&a=1&&b&c=&')).toEqual([
    ['a', '1'],
    ['b', ''],
    ['c', ''],
  ]);
});

test('malformed percent-encoding is refused', () => {
  expect(() => pairsOf('a=%zz')).toThrow('malformed');
  expect(() => pairsOf('a=%ff')).toThrow('malformed');
});

describe('the first value', () => {
  test('is found by the whole name', () => {
    expect(firstValue('MyAction=1&Action=Send%20it&Action=3', 'Action')).toBe('Send it');
    expect(firstValue('Actions=1&MyAction=2', 'Action')).toBeUndefined();
    expect(firstValue('Action=%zz', 'Action')).toBe('%zz');
    expect(firstValue('Message=x%26Action%3Dy', 'Action')).toBeUndefined();
  });
});

describe('the tree of names', () => {
  test('has a level for each step', () => {
    const leaf = parseForm('Tags.member.1.Key=a').children?.get('Tags')?.children?.get('member');
    expect(leaf?.children?.get('1')?.children?.get('Key')?.value).toBe('a');
  });

  test('keeps names that every object has as names', () => {
    const { children } = parseForm('__proto__.polluted=1&constructor.prototype.polluted=2');
    expect([...(children?.keys() ?? [])]).toEqual(['__proto__', 'constructor']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('refuses depth and number beyond sense', () => {
    expect(() => parseForm(`${'a.'.repeat(100)}=1`)).toThrow('64 levels');
    expect(() => parseForm('a=1&'.repeat(100_001))).toThrow('100000 parameters');
  });
});
