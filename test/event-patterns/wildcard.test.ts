import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { complexity, parseWildcard, wildcardMatches } from '../../src/event-patterns/wildcard.ts';

const wildcards = (...texts: string[]) => texts.map(parseWildcard);

describe('wildcardMatches', () => {
  test('tries every way to spread the text over the stars', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
    const wildcard = fc
      .string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 7 })
      .map((one) => one.replaceAll(/\*+/g, '*'));
    fc.assert(
      fc.property(wildcard, text, (one, value) => {
        expect(wildcardMatches(parseWildcard(one), value)).toBe(spreads([...one], [...value]));
      }),
      { numRuns: 5000 },
    );
  });

  function spreads(wildcard: readonly string[], text: readonly string[]): boolean {
    const [first, ...rest] = wildcard;
    if (first === undefined) return text.length === 0;
    if (first !== '*') return text[0] === first && spreads(rest, text.slice(1));
    return [...text, ''].some((_, taken) => spreads(rest, text.slice(taken)));
  }
});

describe('complexity', () => {
  test.each([
    [['abc'], 1],
    [['*'], 1],
    [['a*'], 1],
    [['*.tif'], 2],
    [['*.bif', '*.tiff', '*.tif', '*.svs'], 8],
    [['*/datasync/*.tif'], 3],
    [['*aaa*'], 4],
    [['a*', 'b*'], 2],
    [['ab*', 'ac*'], 2],
  ])('of %j is %d', (texts, expected) => {
    expect(complexity(wildcards(...texts))).toBe(expected);
  });

  test.each([[['*aaaaaaaaaaaaa*']], [['*a*b*a*b*a*b*a*b*a*b*']], [Array(6).fill('*x/*')]])(
    'of %j is too much',
    (texts) => {
      expect(complexity(wildcards(...texts))).toBe(Number.POSITIVE_INFINITY);
    },
  );

  test('is found soon for long literals', () => {
    const characters = Array.from({ length: 4000 }, (_, at) => String.fromCharCode(0x4e00 + at));
    expect(complexity(wildcards(`*${characters.join('')}*`))).toBe(3);
  });
});
