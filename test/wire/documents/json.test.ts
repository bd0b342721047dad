import { describe, expect, test } from 'vitest';
import { parseJson } from '../../../src/wire/documents/json.ts';

const nested = (depth: number, open: string, close: string) =>
  open.repeat(depth) + close.repeat(depth);

describe('depth', () => {
  test('a thousand levels are read', () => {
    expect(parseJson(nested(1000, '[', ']'))).toBeInstanceOf(Array);
  });

  test('one more is refused, of lists, maps or both', () => {
    expect(() => parseJson(nested(1001, '[', ']'))).toThrow('nested deeper than 1000');
    expect(() => parseJson(nested(1001, '{"a":', '}'))).toThrow('nested deeper');
    expect(() => parseJson(nested(501, '[{"a":', '}]'))).toThrow('nested deeper');
  });

  test('brackets that close at once, or within strings, do not count', () => {
    expect(parseJson(JSON.stringify(Array(5000).fill([])))).toHaveLength(5000);
    expect(parseJson(JSON.stringify(['['.repeat(5000), '\\"[{'.repeat(5000)]))).toHaveLength(2);
  });

  test('closing brackets in strings hide no depth', () => {
    const hidden = '["]]]]",'.repeat(1001) + ']'.repeat(1001);
    expect(() => parseJson(hidden)).toThrow('nested deeper');
  });

  test('a million levels are refused at once', () => {
    const startedMs = performance.now();
    expect(() => parseJson('['.repeat(1_000_000))).toThrow('nested deeper');
    expect(performance.now() - startedMs).toBeLessThan(500);
  });
});

test('what is no JSON is refused without repeating it', () => {
  expect(() => parseJson('{"a":<script>')).toThrow('The request body is not valid JSON.');
});
