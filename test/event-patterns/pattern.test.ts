import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DialectName } from '../../src/event-patterns/dialect.ts';
import { PatternError } from '../../src/event-patterns/error.ts';
import { matches } from '../../src/event-patterns/matches.ts';
import { parsePattern } from '../../src/event-patterns/pattern.ts';
import refusals from './cases/refusals.json' with { type: 'json' };

interface Refusal {
  readonly pattern: string;
  readonly reason?: string;
  readonly message?: string;
}

function refusal(pattern: string, dialect: DialectName): PatternError {
  try {
    parsePattern(pattern, dialect);
  } catch (cause) {
    if (cause instanceof PatternError) return cause;
    throw cause;
  }
  throw new Error(`accepted ${pattern}`);
}

describe.each(Object.entries(refusals))('%s', (dialect, cases) => {
  test.each(cases as readonly Refusal[])('refuses $pattern', ({ pattern, reason, message }) => {
    const error = refusal(pattern, dialect as DialectName);
    if (reason !== undefined) expect(error.reason).toBe(reason);
    if (message !== undefined) expect(error.message).toBe(message);
  });
});

describe('parsePattern', () => {
  test('takes the last of two equal keys', () => {
    const pattern = parsePattern('{"a":["x"],"a":["y"]}', 'events');
    expect(matches(pattern, { a: 'x' })).toBe(false);
    expect(matches(pattern, { a: 'y' })).toBe(true);
  });

  test('merges two objects of one key, as it reads fields and not objects', () => {
    const pattern = parsePattern('{"a":{"b":[1]},"a":{"c":[2]}}', 'events');
    expect(matches(pattern, { a: { c: 2 } })).toBe(false);
    expect(matches(pattern, { a: { b: 1, c: 2 } })).toBe(true);
  });

  test('compares integers that a double cannot hold digit by digit', () => {
    const pattern = parsePattern('{"a":[9007199254740993]}', 'events');
    expect(matches(pattern, { a: 9007199254740993n })).toBe(true);
    expect(matches(pattern, { a: 9007199254740992 })).toBe(false);
    expect(matches(pattern, { a: 9007199254740994n })).toBe(false);
  });

  test('counts wildcards, those inside anything-but too', () => {
    const text = '{"a":[{"wildcard":"x*"},{"anything-but":{"wildcard":["*y","*z"]}}],"b":[1]}';
    expect(parsePattern(text, 'events').wildcards).toBe(3);
    expect(parsePattern('{"a":["*"]}', 'events').wildcards).toBe(0);
  });

  test('accepts as many wildcards as users report, and refuses what they report', () => {
    const field = (...wildcards: string[]) =>
      JSON.stringify({ key: wildcards.map((wildcard) => ({ wildcard })) });
    const ends = ['bif', 'tif', 'tiff', 'svs'];
    expect(parsePattern(field(...ends.map((end) => `*.${end}`)), 'events').wildcards).toBe(4);
    const inside = ends.map((end) => `*/datasync/*.${end}`);
    expect(parsePattern(field(...inside.slice(0, 2)), 'events').wildcards).toBe(2);
    expect(refusal(field(...inside), 'events').reason).toContain('Rule is too complex');
  });

  test('accepts a thousand combinations of $or and no more', () => {
    const or = (count: number) => Array.from({ length: count }, (_, at) => ({ [`k${at}`]: [1] }));
    const pattern = (first: number) =>
      JSON.stringify({ a: { $or: or(first) }, b: { $or: or(10) } });
    expect(parsePattern(pattern(100), 'events').branches).toHaveLength(1000);
    expect(refusal(pattern(101), 'events').reason).toContain('1000');
  });

  test('stops unfolding $or at the limit', () => {
    const alternatives = [{ a: [1] }, { b: [1] }];
    const nested = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [`k${at}`, { $or: alternatives }]),
    );
    expect(refusal(JSON.stringify(nested), 'events').reason).toContain('1000');
  });

  test('quotes the first 500 characters of a long pattern', () => {
    const { message } = refusal(`{"a":["${'x'.repeat(600)}"],"b":1}`, 'events');
    expect(message).toContain(`${'x'.repeat(493)}"[truncated 116 chars]; line: 1, column: 616]`);
  });

  test('refuses a pattern that is too deep', () => {
    const text = `${'{"a":'.repeat(1001)}[1]${'}'.repeat(1001)}`;
    expect(refusal(text, 'events').reason).toContain('nesting depth');
  });

  test('accepts the empty policy of SNS, which matches everything', () => {
    expect(matches(parsePattern('{}', 'sns-body'), { a: 1 })).toBe(true);
  });

  test('counts keys of SNS at the top level, per alternative', () => {
    const nested = '{"a":{"b":[1],"c":[1],"d":[1],"e":[1],"f":[1],"g":[1]}}';
    expect(parsePattern(nested, 'sns-body').branches).toHaveLength(1);
    const or = '{"a":[1],"$or":[{"b":[1],"c":[1]},{"d":[1],"e":[1]},{"f":[1],"g":[1]}]}';
    expect(parsePattern(or, 'sns-attributes').branches).toHaveLength(3);
  });

  test('multiplies values and depth for SNS: 4 x 3 x 3 x 2 combinations are few enough', () => {
    const text = '{"a":{"b":{"c":[1,2,3,4]}},"d":{"e":[1,2,3]}}';
    expect(parsePattern(text, 'sns-body').branches).toHaveLength(1);
  });

  test('answers any text with a pattern or a PatternError', () => {
    const piece = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ':',
        ',',
        '"a"',
        '"$or"',
        '"numeric"',
        '"anything-but"',
        '"wildcard"',
      ],
      ...['"prefix"', '"cidr"', '"exists"', '"<"', '"*"', '"\\u00e9"', '1', '-1e9', 'true', 'null'],
      ...[' ', '\n', '"', '\\', '1.2.3.4/8', 'x', '\u0000', '\ud800'],
    );
    const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));
    const dialect = fc.constantFrom<DialectName>('events', 'sns-body', 'sns-attributes');
    fc.assert(
      fc.property(text, dialect, (input, name) => {
        try {
          parsePattern(`{"a":[${input}`, name);
          parsePattern(input, name);
        } catch (cause) {
          expect(cause).toBeInstanceOf(PatternError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
