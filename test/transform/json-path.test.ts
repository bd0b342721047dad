import { describe, expect, test } from 'vitest';
import { parsePath, textAt } from '../../src/transform/json-path.ts';
import cases from './cases.json' with { type: 'json' };
import { eventText } from './event-text.ts';

describe('textAt', () => {
  test.each(cases.inputPaths)('$path', ({ path, text }) => {
    const expected = text === 'whole' ? eventText : (text ?? undefined);
    expect(textAt(parsePath(path), eventText)).toBe(expected);
  });

  test('reads JSON with white space', () => {
    const json = ' { "a" : [ 1 , { "b" : 2.50 } ] } ';
    expect(textAt(parsePath('$.a[1].b'), json)).toBe('2.50');
    expect(textAt(parsePath('$.a[*]'), json)).toBe('[1,{ "b" : 2.50 }]');
  });

  test('takes the last of two equal keys', () => {
    expect(textAt(parsePath('$.a'), '{"a":1,"\\u0061":2}')).toBe('2');
  });
});
