/**
 * Random patterns and events over so few names and values that many of them meet.
 */
import fc from 'fast-check';

const key = fc.constantFrom('a', 'b', 'c', 'a.b', 'b.c');
const text = fc.constantFrom('', 'x', 'xy', 'xyx', 'XY', 'yx', 'x*y', '10.0.0.1', '10.0.1.7', 'é');
const number = fc.constantFrom(-1, 0, 1, 2.5, 3, 300, 6e9);
const scalar = fc.oneof(text, number, fc.boolean(), fc.constant(null));

export const event = fc.letrec<{ node: unknown; object: Record<string, unknown> }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    tie('object'),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.array(tie('object'), { maxLength: 3 }),
  ),
  object: fc.dictionary(key, tie('node'), { maxKeys: 4 }),
})).object;

const range = fc
  .tuple(fc.constantFrom('>', '>='), number, fc.constantFrom('<', '<='), number)
  .filter(([, low, , high]) => low < high && high < 5e9);
const bound = fc
  .tuple(fc.constantFrom('<', '<=', '=', '>', '>='), number)
  .filter(([, value]) => value < 5e9);
const wildcard = fc
  .array(fc.constantFrom('x', 'y', 'xy', '*', '1', '.'), { maxLength: 5 })
  .map((parts) => parts.join('').replaceAll(/\*+/g, '*'));
const block = fc.constantFrom(
  '10.0.0.0/24',
  '10.0.0.0/8',
  '10.0.1.8/24',
  '0.0.0.0/0',
  '11.0.0.0/9',
);
const end = fc.oneof(text, fc.record({ 'equals-ignore-case': text }));
const someText = text.filter((one) => one !== '');
const excluded = fc.oneof(
  text,
  number,
  fc.array(text, { minLength: 1, maxLength: 3 }),
  fc.array(number, { minLength: 1, maxLength: 3 }),
  fc.record({ prefix: fc.oneof(someText, fc.array(someText, { minLength: 1, maxLength: 2 })) }),
  fc.record({ suffix: someText }),
  fc.record({ wildcard }),
  fc.record({ 'equals-ignore-case': fc.array(text, { minLength: 1, maxLength: 2 }) }),
);

const condition = fc.oneof(
  { arbitrary: scalar, weight: 4 },
  fc.record({ exists: fc.boolean() }),
  fc.record({ prefix: end }),
  fc.record({ suffix: end }),
  fc.record({ 'equals-ignore-case': text }),
  fc.record({ wildcard }),
  fc.record({ numeric: fc.oneof(range, bound) }),
  fc.record({ cidr: block }),
  fc.record({ 'anything-but': excluded }),
);

const conditions = fc.array(condition, { minLength: 1, maxLength: 3 });

type Pattern = Record<string, unknown>;

export const pattern = fc.letrec<{ node: unknown; object: Pattern; whole: Pattern }>((tie) => ({
  node: fc.oneof({ maxDepth: 2 }, { arbitrary: conditions, weight: 2 }, tie('object')),
  object: fc.dictionary(key, tie('node'), { minKeys: 1, maxKeys: 3 }),
  whole: fc.oneof(
    { arbitrary: tie('object') as fc.Arbitrary<Pattern>, weight: 3 },
    fc
      .tuple(tie('object'), fc.array(tie('object'), { minLength: 2, maxLength: 3 }))
      .map(([rest, alternatives]) => ({ ...(rest as Pattern), $or: alternatives })),
  ),
})).whole;
