import { describe, expect, test } from 'vitest';
import {
  bodyOf,
  isJson,
  laidOut,
  oneLine,
  packed,
  textOf,
} from '../../console/src/ui/body-text.ts';
import { bytes, counted } from '../../console/src/ui/numbers.ts';

const samples = [
  '{"a":1,"b":[],"c":{},"d":[1,2,{"e":"x: {,}"}],"f":"\\"quoted\\" \\\\"}',
  '[]',
  '{}',
  '"text"',
  '12345678901234567890.10',
  '[[[]],null,true,-1.5e10]',
];

describe('a text that may be JSON', () => {
  test('is laid out as JSON.stringify does where that keeps the numbers', () => {
    for (const text of samples.filter((sample) => !/\d{16}|e10/.test(sample))) {
      expect(laidOut(text)).toBe(JSON.stringify(JSON.parse(text), null, 2));
    }
  });

  test('comes back as it was', () => {
    for (const text of samples) expect(textOf(bodyOf(text))).toBe(text);
    expect(textOf(bodyOf('not { JSON'))).toBe('not { JSON');
  });

  test('keeps the digits of numbers that a double cannot hold', () => {
    expect(laidOut('{"n":12345678901234567890}')).toBe('{\n  "n": 12345678901234567890\n}');
  });

  test('keeps twice the same member, as parsing would not', () => {
    expect(packed('{ "a": 1, "a": 2 }')).toBe('{"a":1,"a":2}');
  });

  test('is edited as text where it is none', () => {
    expect(bodyOf('hello')).toEqual({ form: 'text', text: 'hello' });
    expect(bodyOf('  ')).toEqual({ form: 'json', text: '' });
    expect(isJson('{')).toBe(false);
  });

  test('goes as it stands where it is meant as text', () => {
    expect(textOf({ form: 'text', text: '{ "a": 1 }' })).toBe('{ "a": 1 }');
    expect(textOf({ form: 'json', text: '{ "a": 1 }' })).toBe('{"a":1}');
    expect(textOf({ form: 'json', text: '{ "a": ' })).toBe('{ "a": ');
  });

  test('fits on one line of a list', () => {
    expect(oneLine('{\n  "a": 1\n}')).toBe('{"a":1}');
    expect(oneLine('two\nlines')).toBe('two lines');
    expect(oneLine('x'.repeat(5_000))).toHaveLength(200);
  });
});

describe('numbers for people', () => {
  test('count', () => {
    expect([1, 0, 1_204].map((value) => counted(value, 'message'))).toEqual([
      '1 message',
      '0 messages',
      '1,204 messages',
    ]);
  });

  test('weigh', () => {
    expect([0, 812, 9_811_223, 250_000].map(bytes)).toEqual(['0 B', '812 B', '9.8 MB', '250 kB']);
  });
});
