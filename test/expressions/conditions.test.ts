import { expect, test } from 'vitest';
import { holds, parseCondition, pathsOf } from '../../src/expressions/conditions.ts';
import { itemOf, type JsonItem, placeholdersOf, refusalOf } from './cases.ts';
import refusals from './condition-refusals.json' with { type: 'json' };
import answers from './conditions.json' with { type: 'json' };

interface Answer {
  readonly say: string;
  readonly condition: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: JsonItem;
  readonly item?: JsonItem;
  readonly holds: boolean;
}

interface Refusal {
  readonly condition: string;
  readonly values?: JsonItem;
  readonly refusal: string;
}

const KIND = 'ConditionExpression';

function read(condition: string, values?: JsonItem) {
  return parseCondition(condition, placeholdersOf(undefined, values), KIND);
}

test.each(answers as readonly Answer[])('$say: $condition is $holds', (example) => {
  const placeholders = placeholdersOf(example.names, example.values);
  const condition = parseCondition(example.condition, placeholders, KIND);
  placeholders.checkAllUsed();
  expect(holds(condition, example.item && itemOf(example.item))).toBe(example.holds);
});

test.each(refusals as readonly Refusal[])('$condition is refused', (example) => {
  const message = refusalOf(() => read(example.condition, example.values));
  expect(message).toBe(`Invalid ConditionExpression: ${example.refusal}`);
});

test('a filter expression names itself in its errors', () => {
  const message = refusalOf(() => parseCondition('a', placeholdersOf(), 'FilterExpression'));
  expect(message).toBe('Invalid FilterExpression: Syntax error; token: "<EOF>", near: "a"');
});

test('an expression of 4096 bytes is read, and one of 4097 is not', () => {
  const longest = `a = ${'b'.repeat(4092)}`;
  expect(refusalOf(() => read(longest))).toBeUndefined();
  expect(refusalOf(() => read(`${longest}b`))).toBe(
    'Invalid ConditionExpression: Expression size has exceeded the maximum allowed size; ' +
      'expression size: 4097',
  );
});

test('300 operators are read, and 301 are not, parentheses not counted', () => {
  const nested = (depth: number) => `a<b${' or (a<b'.repeat(depth)}${')'.repeat(depth)}`;
  expect(refusalOf(() => read(nested(149)))).toBeUndefined();
  expect(refusalOf(() => read(nested(150)))).toBe(
    'Invalid ConditionExpression: The expression contains too many operators; operator count: 301',
  );
});

test('parentheses thousands deep are refused, not run out of stack on', () => {
  expect(refusalOf(() => read('('.repeat(4000)))).toBe(
    'Invalid ConditionExpression: The expression has redundant parentheses;',
  );
});

test('a path has at most 32 levels', () => {
  expect(refusalOf(() => read(`attribute_exists(a${'.b'.repeat(31)})`))).toBeUndefined();
  expect(refusalOf(() => read(`attribute_exists(a${'.b'.repeat(32)})`))).toBe(
    'Invalid ConditionExpression: The document path has too many nesting levels; ' +
      'nesting levels: 33',
  );
});

test('IN takes 100 values and no more', () => {
  const among = (count: number) => `a IN (${Array.from({ length: count }, (_, i) => `b${i}`)})`;
  expect(refusalOf(() => read(among(100)))).toBeUndefined();
  expect(refusalOf(() => read(among(101)))).toBe(
    'Invalid ConditionExpression: The IN operator is provided with too many operands; ' +
      'number of operands: 101',
  );
});

test('the paths of a condition are all that it looks at', () => {
  const condition = read(
    'NOT (a = b.c OR size(d) IN (e, f)) AND attribute_exists(g[0]) AND begins_with(h, i) ' +
      'AND j BETWEEN k AND l AND contains(m, n) AND attribute_type(o, :t)',
    { ':t': { S: 'S' } },
  );
  expect(pathsOf(condition).map((path) => path.join('.'))).toEqual([
    'a',
    'b.c',
    'd',
    'e',
    'f',
    'g.0',
    'h',
    'i',
    'j',
    'k',
    'l',
    'm',
    'n',
    'o',
  ]);
});
