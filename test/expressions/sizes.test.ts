import { expect, test } from 'vitest';
import { itemBytes, valueBytes } from '../../src/expressions/sizes.ts';
import { itemOf, type JsonValue, oneValue } from './cases.ts';

test.each<[JsonValue, number]>([
  [{ S: '' }, 0],
  [{ S: 'é' }, 2],
  [{ N: '0' }, 1],
  [{ N: '7' }, 2],
  [{ N: '27' }, 2],
  [{ N: '100' }, 2],
  [{ N: '1234' }, 3],
  [{ N: '-1234' }, 4],
  [{ N: '0.5' }, 2],
  [{ N: '12345678901234567890123456789012345678' }, 20],
  [{ B: 'AQID' }, 3],
  [{ BOOL: true }, 1],
  [{ NULL: true }, 1],
  [{ SS: ['a', 'bc'] }, 3],
  [{ NS: ['1', '20'] }, 4],
  [{ BS: ['AQ=='] }, 1],
  [{ L: [] }, 3],
  [{ L: [{ S: 'a' }, { L: [] }] }, 9],
  [{ M: {} }, 3],
  [{ M: { ab: { S: 'c' } } }, 7],
])('%j takes %i bytes', (json, bytes) => {
  expect(valueBytes(oneValue(json))).toBe(bytes);
});

test('an item takes the bytes of its names and values', () => {
  expect(itemBytes(itemOf({ pk: { S: 'abc' }, ü: { N: '12' } }))).toBe(2 + 3 + 2 + 2);
});
