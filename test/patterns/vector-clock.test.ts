import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareClocks, mergeClocks, tick } from '../../src/patterns/vector-clock.ts';

test.each([
  [{}, {}, 'equal'],
  [{ a: 1 }, { a: 1, b: 0 }, 'equal'],
  [{ a: 1 }, { a: 2 }, 'before'],
  [{ a: 1, b: 1 }, { b: 1 }, 'after'],
  [{ a: 2 }, { a: 1, b: 1 }, 'concurrent'],
] as const)('%o is to %o: %s', (a, b, causality) => {
  expect(compareClocks(a, b)).toBe(causality);
});

const clock = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'constructor'), fc.nat(3));
const MIRRORED = { before: 'after', after: 'before', equal: 'equal', concurrent: 'concurrent' };

test('the other way round it is the other way round', () => {
  fc.assert(
    fc.property(clock, clock, (a, b) => {
      expect(compareClocks(b, a)).toBe(MIRRORED[compareClocks(a, b)]);
    }),
  );
});

test('a merge has seen both, whichever comes first', () => {
  fc.assert(
    fc.property(clock, clock, (a, b) => {
      const merged = mergeClocks(a, b);
      for (const one of [a, b]) expect(['before', 'equal']).toContain(compareClocks(one, merged));
      expect(compareClocks(merged, mergeClocks(b, a))).toBe('equal');
    }),
  );
});

test('a write comes after what it has seen, and beside what it has not', () => {
  fc.assert(
    fc.property(clock, (seen) => {
      expect(compareClocks(tick(seen, 'a'), seen)).toBe('after');
      expect(compareClocks(tick(seen, 'a'), tick(seen, 'b'))).toBe('concurrent');
    }),
  );
});
