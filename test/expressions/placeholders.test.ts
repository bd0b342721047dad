import { describe, expect, test } from 'vitest';
import { parseCondition } from '../../src/expressions/conditions.ts';
import { Placeholders } from '../../src/expressions/placeholders.ts';
import { parseProjection } from '../../src/expressions/projections.ts';
import { isReserved } from '../../src/expressions/reserved-words.ts';
import { refusalOf } from './cases.ts';

describe('answers', () => {
  test('one request shares its placeholders between its expressions', () => {
    const placeholders = new Placeholders({ '#a': 'x', '#b': 'y' }, { ':v': { N: '1.0' } });
    parseCondition('#a = :v', placeholders, 'FilterExpression');
    expect(refusalOf(() => placeholders.checkAllUsed())).toBe(
      'Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}',
    );
    parseProjection('#b', placeholders);
    placeholders.checkAllUsed();
  });

  test('values are kept in canonical form', () => {
    expect(new Placeholders(undefined, { ':v': { N: '1.0' } }).value(':v')).toEqual({ N: '1' });
  });

  test('a word is reserved in any case, and only as a whole', () => {
    expect(['status', 'Name', 'FLATTERN', 'zone'].every(isReserved)).toBe(true);
    expect(['statuses', 'constructor_', 'pk', ''].some(isReserved)).toBe(false);
  });
});

describe('refusals', () => {
  test.each([
    [{}, 'ExpressionAttributeNames must not be empty'],
    [
      { '#a': '' },
      'ExpressionAttributeNames contains invalid value: Empty attribute name for key #a',
    ],
    [{ a: 'x' }, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "a"'],
    [{ '#': 'x' }, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "#"'],
    [{ '#a-b': 'x' }, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "#a-b"'],
  ])('names %j', (names, refusal) => {
    expect(refusalOf(() => new Placeholders(names, undefined))).toBe(refusal);
  });

  test.each([
    [{}, 'ExpressionAttributeValues must not be empty'],
    [
      { '#v': { S: 'x' } },
      'ExpressionAttributeValues contains invalid key: Syntax error; key: "#v"',
    ],
    [
      { ':v': {} },
      'ExpressionAttributeValues contains invalid value: Supplied AttributeValue is empty, ' +
        'must contain exactly one of the supported datatypes for key :v',
    ],
    [
      { ':v': { N: 'x' } },
      'ExpressionAttributeValues contains invalid value: ' +
        'The parameter cannot be converted to a numeric value: x for key :v',
    ],
  ])('values %j', (values, refusal) => {
    expect(refusalOf(() => new Placeholders(undefined, values))).toBe(refusal);
  });

  test('values that no expression uses', () => {
    const placeholders = new Placeholders(undefined, { ':v': { N: '1' }, ':w': { N: '1' } });
    expect(refusalOf(() => placeholders.checkAllUsed())).toBe(
      'Value provided in ExpressionAttributeValues unused in expressions: keys: {:v, :w}',
    );
  });
});

test('names and values may take 2 MB together', () => {
  const values = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [`:v${at}`, { S: 'x'.repeat(200_000) }]),
    );
  expect(() => new Placeholders(undefined, values(10))).not.toThrow();
  expect(() => new Placeholders(undefined, values(11))).toThrow(/more than 2097152 bytes/);
});
