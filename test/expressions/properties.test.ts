/** Random expressions on random items, held against the plain meanings of naive.ts. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Item, Value } from '../../src/expressions/attribute-values.ts';
import { holds, parseCondition } from '../../src/expressions/conditions.ts';
import { Placeholders } from '../../src/expressions/placeholders.ts';
import { applyUpdate, parseUpdate } from '../../src/expressions/updates.ts';
import { refusalOf } from './cases.ts';
import { find, fingerprint, order, type Put, put } from './naive.ts';
import { anyItem, anyValue, attributeName } from './random.ts';

/** An operand's text, and what it stands for in an item. */
interface Part {
  readonly text: string;
  readonly of: (item: Item) => Value | undefined;
}

interface Question {
  readonly text: string;
  readonly of: (item: Item) => boolean;
}

const step = fc.oneof(attributeName, fc.nat(2));
const path = fc
  .tuple(attributeName, fc.array(step, { maxLength: 2 }))
  .map(([name, steps]) => [name, ...steps]);

function textOf([name, ...steps]: readonly (string | number)[]): string {
  return name + steps.map((one) => (typeof one === 'number' ? `[${one}]` : `.${one}`)).join('');
}

const pathPart = path.map((at): Part => ({ text: textOf(at), of: (item) => find(item, at) }));
const VALUES: Readonly<Record<string, Value>> = {
  ':n': { N: '1' },
  ':s': { S: 'a' },
  ':b': { B: Uint8Array.from([1]) },
};
const constantPart = fc
  .constantFrom(...Object.entries(VALUES))
  .map(([text, value]): Part => ({ text, of: () => value }));
const part = fc.oneof(pathPart, constantPart);

const comparison = fc
  .tuple(pathPart, fc.constantFrom('=', '<>', '<', '<=', '>', '>='), part)
  .filter(([left, , right]) => left.text !== right.text)
  .map(([left, sign, right]): Question => {
    const same = (item: Item) => {
      const [a, b] = [left.of(item), right.of(item)];
      return a !== undefined && b !== undefined && fingerprint(a) === fingerprint(b);
    };
    const ordered = (fits: (order: number) => boolean) => (item: Item) =>
      fits(order(left.of(item), right.of(item)) ?? Number.NaN);
    const meanings: Readonly<Record<string, Question['of']>> = {
      '=': same,
      '<>': (item) => !same(item),
      '<': ordered((by) => by < 0),
      '<=': ordered((by) => by <= 0),
      '>': ordered((by) => by > 0),
      '>=': ordered((by) => by >= 0),
    };
    return { text: `${left.text} ${sign} ${right.text}`, of: meanings[sign] ?? same };
  });

const existence = path.map((at): Question => {
  return { text: `attribute_exists(${textOf(at)})`, of: (item) => find(item, at) !== undefined };
});

const { question } = fc.letrec<{ question: Question }>((tie) => ({
  question: fc.oneof(
    { depthSize: 'small' },
    comparison,
    existence,
    tie('question').map(
      ({ text, of }): Question => ({ text: `NOT (${text})`, of: (item) => !of(item) }),
    ),
    fc.tuple(tie('question'), tie('question')).map(
      ([a, b]): Question => ({
        text: `(${a.text}) AND (${b.text})`,
        of: (item) => a.of(item) && b.of(item),
      }),
    ),
    fc.tuple(tie('question'), tie('question')).map(
      ([a, b]): Question => ({
        text: `(${a.text}) OR (${b.text})`,
        of: (item) => a.of(item) || b.of(item),
      }),
    ),
  ),
}));

test('a condition holds when its plain meaning does', () => {
  fc.assert(
    fc.property(question, anyItem, ({ text, of }, item) => {
      const condition = parseCondition(
        text,
        new Placeholders(undefined, VALUES),
        'FilterExpression',
      );
      expect(holds(condition, item)).toBe(of(item));
    }),
    { numRuns: 2_000 },
  );
});

test('AND binds more tightly than OR, NOT more tightly than AND', () => {
  const flag = fc.boolean();
  fc.assert(
    fc.property(flag, flag, flag, flag, (a, b, c, not) => {
      const item = { a: { BOOL: a }, b: { BOOL: b }, c: { BOOL: c } };
      const placeholders = new Placeholders(undefined, { ':t': { BOOL: true } });
      const text = `a = :t OR ${not ? 'NOT' : ''} b = :t AND c = :t`;
      const condition = parseCondition(text, placeholders, 'FilterExpression');
      expect(holds(condition, item)).toBe(a || (b !== not && c));
    }),
  );
});

const putting = fc.record({ path, value: fc.option(anyValue, { nil: undefined }) });

test('an update leaves what putting its values one by one leaves', () => {
  fc.assert(
    fc.property(fc.array(putting, { minLength: 1, maxLength: 4 }), anyItem, (puts, item) => {
      const { text, values } = updateOf(puts);
      const placeholders = new Placeholders(undefined, values);
      const overlap = refusalOf(() => parseUpdate(text, placeholders));
      fc.pre(overlap === undefined);
      const expected = put(item, puts);
      const refusal = refusalOf(() => {
        const after = applyUpdate(parseUpdate(text, placeholders), item).item;
        expect(fingerprint({ M: after })).toBe(expected && fingerprint({ M: expected }));
      });
      expect(refusal).toBe(
        expected
          ? undefined
          : 'The document path provided in the update expression is invalid for update',
      );
    }),
    { numRuns: 2_000 },
  );
});

function updateOf(puts: readonly Put[]) {
  const sets = puts.flatMap(({ path: at, value }, index) =>
    value ? [`${textOf(at)} = :v${index}`] : [],
  );
  const removes = puts.flatMap(({ path: at, value }) => (value ? [] : [textOf(at)]));
  const values = puts.flatMap(({ value }, index) => (value ? [[`:v${index}`, value]] : []));
  const sections = [
    ...(sets.length > 0 ? [`SET ${sets.join(', ')}`] : []),
    ...(removes.length > 0 ? [`REMOVE ${removes.join(', ')}`] : []),
  ];
  return {
    text: sections.join(' '),
    values: values.length > 0 ? Object.fromEntries(values) : undefined,
  };
}
