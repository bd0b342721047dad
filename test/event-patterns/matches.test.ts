import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explain } from '../../src/event-patterns/explain.ts';
import { compilePatterns } from '../../src/event-patterns/matcher.ts';
import { matches } from '../../src/event-patterns/matches.ts';
import { parsePattern } from '../../src/event-patterns/pattern.ts';
import cases from './cases/matches.json' with { type: 'json' };
import { naiveMatches } from './naive.ts';
import { event, pattern } from './random.ts';

describe('matches', () => {
  test.each(cases)('$name', ({ pattern: wanted, event: given, matches: expected }) => {
    const parsed = parsePattern(JSON.stringify(wanted));
    expect(matches(parsed, given)).toBe(expected);
    expect(explain(parsed, given) === undefined).toBe(expected);
    const matcher = compilePatterns([{ id: 'it', pattern: parsed }]);
    expect(matcher.matching(given)).toEqual(expected ? ['it'] : []);
  });

  test('answers as the naive matcher does', () => {
    fc.assert(
      fc.property(pattern, event, (wanted, one) => {
        const expected = naiveMatches(wanted, one);
        expect(matches(parsePattern(JSON.stringify(wanted)), one)).toBe(expected);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('compilePatterns', () => {
  test('finds exactly the cases that match, with all cases as rules', () => {
    const entries = cases.map((one, id) => {
      return { id, pattern: parsePattern(JSON.stringify(one.pattern)) };
    });
    const matcher = compilePatterns(entries);
    for (const { event: given } of cases) {
      const expected = entries.flatMap((one) => (matches(one.pattern, given) ? [one.id] : []));
      expect([...matcher.matching(given)].sort((a, b) => a - b)).toEqual(expected);
    }
  });
});
