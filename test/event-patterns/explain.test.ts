import { describe, expect, test } from 'vitest';
import { explain } from '../../src/event-patterns/explain.ts';
import { parsePattern } from '../../src/event-patterns/pattern.ts';

const explained = (pattern: unknown, event: unknown) =>
  explain(parsePattern(JSON.stringify(pattern)), event);

describe('explain', () => {
  test('has nothing to say of a match', () => {
    expect(explained({ a: [1] }, { a: 1 })).toBeUndefined();
  });

  test('names the first field that does not match, and what is there', () => {
    const pattern = { detail: { state: [{ prefix: 'run' }] }, source: ['shop'] };
    expect(explained(pattern, { source: 'shop', detail: { state: ['off', 'idle'] } })).toEqual({
      path: 'detail.state',
      wanted: '[{"prefix":"run"}]',
      found: ['off', 'idle'],
      acrossElements: false,
    });
  });

  test('tells a field that is missing', () => {
    expect(explained({ a: [{ exists: true }] }, {})).toMatchObject({ path: 'a', found: [] });
  });

  test('tells fields that match in different elements of an array', () => {
    const event = {
      a: [
        { b: 1, c: 3 },
        { b: 4, c: 2 },
      ],
    };
    const mismatch = explained({ a: { b: [1], c: [2] } }, event);
    expect(mismatch).toMatchObject({ path: 'a.c', acrossElements: true });
  });

  test('speaks of the alternative that comes furthest', () => {
    const pattern = {
      $or: [
        { a: [1], b: [2] },
        { c: [3], d: [4] },
      ],
    };
    expect(explained(pattern, { a: 0, c: 3, d: 0 })).toMatchObject({ path: 'd', found: [0] });
  });
});
