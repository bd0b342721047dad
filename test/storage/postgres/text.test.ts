import { expect, test } from 'vitest';
import {
  fromStored,
  fromStoredKey,
  textArray,
  toStored,
  toStoredKey,
} from '../../../src/storage/postgres/text.ts';
import { bytesCompare } from '../../../src/storage/prefix.ts';

const LONG = 'k'.repeat(1_597);
const TEXTS = [
  ...['', '\u0000', '\u0000\u0000', '\u0001', '\u0001\u0001', '\u0001\u0002', '\u0002', 'a'],
  ...['a\u0000', 'a\u0001', 'a\u0001b', 'a\u0002', 'aa', '\uFFFD', '\u{1F600}', '\u{10FFFF}'],
];
const KEYS = [
  ...TEXTS,
  ...['', 'a', 'aaa', 'aaaa', 'é', 'aéé', 'aaé', '\u{1F600}', 'a\u{1F600}', '\u{10FFFF}', '\u0000'],
].map((end, index) => (index < TEXTS.length ? end : LONG + end));

test('text comes back as it went in, and without the character that cannot be stored', () => {
  for (const text of TEXTS) {
    expect(toStored(text)).not.toContain('\u0000');
    expect(fromStored(toStored(text))).toBe(text);
  }
});

test('keys come back as they went in, however long', () => {
  for (const key of [...KEYS, `${LONG}${'x'.repeat(5_000)}`, 'é'.repeat(3_000)]) {
    const { head, tail } = toStoredKey(key);
    expect(fromStoredKey(head, tail)).toBe(key);
    expect(Buffer.byteLength(head)).toBeLessThanOrEqual(1_604);
  }
});

test('the order of head and tail is that of the keys', () => {
  for (const a of KEYS) {
    for (const b of KEYS) {
      const [one, two] = [toStoredKey(a), toStoredKey(b)];
      const stored = bytesCompare(one.head, two.head) || bytesCompare(one.tail, two.tail);
      expect(Math.sign(stored), JSON.stringify([a, b])).toBe(Math.sign(bytesCompare(a, b)));
    }
  }
});

test('keys with one beginning are told apart', () => {
  const [one, two] = ['x', 'y'].map((end) => toStoredKey(LONG + LONG + end));
  expect(one?.head).toBe(two?.head);
  expect(one?.digest).not.toBe(two?.digest);
});

test('arrays keep quotes, backslashes and what looks like nothing', () => {
  const texts = ['a"b', 'a\\b', 'NULL', '', '{}', ',', null];
  expect(textArray(texts)).toBe('{"a\\"b","a\\\\b","NULL","","{}",",",NULL}');
});
