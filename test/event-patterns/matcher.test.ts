import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePatterns } from '../../src/event-patterns/matcher.ts';
import { parsePattern } from '../../src/event-patterns/pattern.ts';
import { naiveMatches } from './naive.ts';
import { event, pattern } from './random.ts';

const compile = (patterns: readonly unknown[]) =>
  compilePatterns(patterns.map((one, id) => ({ id, pattern: parsePattern(JSON.stringify(one)) })));

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

/** The steps that one event takes. */
function steps(matcher: ReturnType<typeof compile>, one: unknown): number {
  const before = matcher.work.steps;
  matcher.matching(one);
  return matcher.work.steps - before;
}

describe('matching', () => {
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

  test('finds an entry once, however many of its alternatives match', () => {
    const matcher = compile([
      { $or: [{ a: [1] }, { b: [{ exists: true }] }, { a: [{ prefix: '' }, 1] }] },
    ]);
    expect(matcher.matching({ a: [1, 1, 'x'], b: [2, 3] })).toEqual([0]);
    expect(matcher.matching({ a: 1 })).toEqual([0]);
  });

  test('knows paths of any length', () => {
    const names = range(2000).map((index) => `k${index % 10}`);
    const nested = (leaf: unknown) =>
      names.reduceRight<unknown>((below, name) => ({ [name]: below }), leaf);
    const dotted = { [names.slice(0, 1500).join('.')]: { [names.slice(1500).join('.')]: 'x' } };
    const matcher = compile([
      { [names.join('.')]: ['x'] },
      { a: [{ exists: false }] },
      { a: ['x'] },
    ]);
    expect(matcher.matching(nested('x'))).toEqual([0, 1]);
    expect(matcher.matching(dotted)).toEqual([0, 1]);
    expect(matcher.matching(nested('y'))).toEqual([1]);
    expect(matcher.matching({ a: 'x' })).toEqual([2]);
  });

  test('finds nothing without patterns', () => {
    expect(compile([]).matching({ a: 1 })).toEqual([]);
  });
});

interface Shape {
  readonly name: string;
  readonly rule: (index: number) => unknown;
  /** What rule `index` alone matches. */
  readonly event: (index: number) => unknown;
}

const shapes: readonly Shape[] = [
  {
    name: 'a source of its own',
    rule: (index: number) => ({ source: [`s${index}`], type: ['t'] }),
    event: (index: number) => ({ source: `s${index}`, type: 't' }),
  },
  {
    name: 'a shared source and one field that differs',
    rule: (index: number) => ({ source: ['s'], detail: { id: [index] } }),
    event: (index: number) => ({ source: 's', detail: { id: index } }),
  },
  {
    name: 'a shared source and a field of its own',
    rule: (index: number) => ({ source: ['s'], detail: { [`f${index}`]: [{ exists: true }] } }),
    event: (index: number) => ({ source: 's', detail: { [`f${index}`]: 1 } }),
  },
  {
    name: 'disjoint ranges',
    rule: (index: number) => ({ source: ['s'], n: [{ numeric: ['>=', index, '<', index + 1] }] }),
    event: (index: number) => ({ source: 's', n: index + 0.5 }),
  },
  {
    name: 'ranges inside each other and a tag',
    rule: (index: number) => ({ n: [{ numeric: ['>', -1 - index] }], tag: [index] }),
    event: (index: number) => ({ n: 0.5, tag: index }),
  },
  {
    name: 'prefixes',
    rule: (index: number) => ({ source: ['s'], key: [{ prefix: `a/${index}/` }] }),
    event: (index: number) => ({ source: 's', key: `a/${index}/b` }),
  },
  {
    name: 'suffixes that ignore case',
    rule: (index: number) => ({ key: [{ suffix: { 'equals-ignore-case': `-${index}.PNG` } }] }),
    event: (index: number) => ({ key: `image-${index}.png` }),
  },
  {
    name: 'wildcards that look inside',
    rule: (index: number) => ({ source: ['s'], key: [{ wildcard: `*/c-${index}/*` }] }),
    event: (index: number) => ({ source: 's', key: `a/c-${index}/b` }),
  },
  {
    name: 'blocks of addresses',
    rule: (index: number) => ({ ip: [{ cidr: `10.${index >> 8}.${index & 255}.0/24` }] }),
    event: (index: number) => ({ ip: `10.${index >> 8}.${index & 255}.9` }),
  },
  {
    name: 'anything-but and a field that differs',
    rule: (index: number) => ({ a: [{ 'anything-but': `x${index}` }], b: [`b${index}`] }),
    event: (index: number) => ({ a: 'y', b: `b${index}` }),
  },
  {
    name: 'elements of an array',
    rule: (index: number) => ({ lines: { sku: [`k${index}`], count: [2] } }),
    event: (index: number) => ({
      lines: [
        { sku: 'k', count: 2 },
        { sku: `k${index}`, count: 2 },
      ],
    }),
  },
];

describe('the work of matching one of 2,000 rules', () => {
  test.each(shapes)('hardly exceeds that of one rule: $name', ({ rule, event: eventFor }) => {
    const one = steps(compile([rule(1234)]), eventFor(1234));
    const matcher = compile(range(2000).map((index) => rule(index)));
    // A search among n costs log n somewhere: up to 12 steps for 2,000 ranges.
    expect(steps(matcher, eventFor(1234))).toBeLessThanOrEqual(one + 16);
    expect(matcher.matching(eventFor(1234))).toHaveLength(1);
  });

  test('is bounded by the length of a text full of almost-matches', () => {
    const rules = range(2000).map((index) => ({ key: [{ wildcard: `*aaab${index}*` }] }));
    const key = `${'a'.repeat(100_000)}b`;
    expect(steps(compile(rules), { key })).toBeLessThan(1.1 * key.length);
  });

  test('is bounded by the length of a text that repeats a literal of all rules', () => {
    const rules = range(2000).map((index) => ({ key: [{ wildcard: '*aba*' }], n: [index] }));
    const matcher = compile(rules);
    expect(steps(matcher, { key: 'aba'.repeat(10_000), n: 5 })).toBeLessThan(100);
    const alone = range(2000).map(() => ({ key: [{ wildcard: '*aba*' }] }));
    expect(steps(compile(alone), { key: 'aba'.repeat(10_000) })).toBeLessThan(35_000 + 2000 * 3);
  });

  test('does not follow prefixes that a text has left', () => {
    const rules = range(2000).map((index) => ({ key: [{ prefix: 'a'.repeat(index + 1) }] }));
    const matcher = compile(rules);
    expect(matcher.matching({ key: 'aab' })).toHaveLength(2);
    expect(steps(matcher, { key: 'aab' })).toBeLessThan(20);
  });
});

describe('the work of large arrays', () => {
  const lines = range(5000).map((index) => ({ a: 1, b: index, c: 1, d: -1 }));

  test('grows with the array when no element has all fields', () => {
    const matcher = compile([{ lines: { a: [1], b: [{ exists: true }], c: [1], d: [5, null] } }]);
    expect(matcher.matching({ lines })).toEqual([]);
    const late = compile([
      { lines: { a: [1], c: [1], b: [-1, 4999], d: [{ numeric: ['<', 0] }] } },
    ]);
    expect(late.matching({ lines })).toEqual([0]);
    expect(steps(late, { lines })).toBeLessThan(20 * lines.length);
  });

  test('does not multiply over arrays that have nothing to do with each other', () => {
    const x = lines.map(({ a }) => ({ a }));
    const y = lines.map((_, index) => ({ p: index % 2, q: (index + 1) % 2 }));
    const matcher = compile([{ x: { a: [1] }, y: { p: [1], q: [1] } }]);
    expect(matcher.matching({ x, y })).toEqual([]);
    expect(steps(matcher, { x, y })).toBeLessThan(20 * lines.length);
  });

  test('does not multiply over arrays inside one element', () => {
    const x = lines.map(({ a }) => ({ a }));
    const y = lines.map((_, index) => ({ p: index % 2, q: (index + 1) % 2 }));
    const matcher = compile([{ o: { x: { a: [1] }, y: { p: [1], q: [1] } } }]);
    expect(matcher.matching({ o: [{ x, y }] })).toEqual([]);
    expect(steps(matcher, { o: [{ x, y }] })).toBeLessThan(20 * lines.length);
  });
});
