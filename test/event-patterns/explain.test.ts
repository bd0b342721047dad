import { describe, expect, test } from 'vitest';
import { explain, sentenceOf } from '../../src/event-patterns/explain.ts';
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
      nearness: 0.5,
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

  test('speaks of the alternative that comes nearest', () => {
    const pattern = {
      $or: [
        { a: [1], b: [2] },
        { c: [3], d: [4] },
      ],
    };
    expect(explained(pattern, { a: 0, c: 3, d: 0 })).toMatchObject({ path: 'd', found: [0] });
  });
});

describe('sentenceOf', () => {
  const said = (pattern: unknown, event: unknown) => {
    const mismatch = explained(pattern, event);
    return mismatch && sentenceOf(mismatch);
  };

  test('names what is there and what is wanted', () => {
    expect(said({ a: [{ prefix: 'x' }] }, { a: ['y', null] })).toBe(
      'a is "y", null; wanted is [{"prefix":"x"}].',
    );
    expect(said({ a: [1] }, { a: 9_223_372_036_854_775_807n })).toBe(
      'a is 9223372036854775807; wanted is [1].',
    );
  });

  test('says what is missing', () => {
    expect(said({ a: { b: [1] } }, { a: {} })).toBe('a.b is missing; wanted is [1].');
  });

  test('says that an array is to blame', () => {
    const event = {
      a: [
        { b: 1, c: 3 },
        { b: 4, c: 2 },
      ],
    };
    expect(said({ a: { b: [1], c: [2] } }, event)).toBe(
      'Every field matches, but a.c in another element of an array than the rest.',
    );
  });
});
