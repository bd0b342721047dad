import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePatterns } from '../../src/event-patterns/matcher.ts';
import { matches } from '../../src/event-patterns/matches.ts';
import { parsePattern } from '../../src/event-patterns/pattern.ts';
import { naiveMatches } from './naive.ts';
import { event, pattern } from './random.ts';

const compile = (patterns: readonly unknown[]) =>
  compilePatterns(patterns.map((one, id) => ({ id, pattern: parsePattern(JSON.stringify(one)) })));

describe('compilePatterns', () => {
  test('answers as the naive matcher does, for each of many patterns', () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 12 }), fc.array(event, { maxLength: 4 }), check),
      { numRuns: 1500 },
    );
  });

  function check(patterns: Record<string, unknown>[], events: Record<string, unknown>[]) {
    const matcher = compile(patterns);
    for (const one of events) {
      const expected = patterns.flatMap((wanted, id) => (naiveMatches(wanted, one) ? [id] : []));
      expect([...matcher.matching(one)].sort((a, b) => a - b)).toEqual(expected);
    }
  }
});

describe('matches', () => {
  test('answers as the naive matcher does', () => {
    fc.assert(
      fc.property(pattern, event, (wanted, one) => {
        const expected = naiveMatches(wanted, one);
        expect(matches(parsePattern(JSON.stringify(wanted)), one)).toBe(expected);
      }),
      { numRuns: 4000 },
    );
  });
});
