import { describe, expect, test } from 'vitest';
import { holds } from '../../src/expressions/conditions.ts';
import {
  checkNotMixed,
  conditionOfExpected,
  conditionOfFilter,
  keyConditionOfConditions,
  type LegacyCondition,
  type LegacyExpected,
  type LegacyOperator,
  type LegacyUpdate,
  projectionOfAttributes,
  updateOfAttributes,
} from '../../src/expressions/legacy.ts';
import { project } from '../../src/expressions/projections.ts';
import { applyUpdate } from '../../src/expressions/updates.ts';
import { inputOf, itemOf, type JsonItem, type JsonValue, refusalOf } from './cases.ts';

const INVALID = 'One or more parameter values were invalid:';

function filter(ComparisonOperator: LegacyOperator, ...values: JsonValue[]): LegacyCondition {
  return { ComparisonOperator, AttributeValueList: values.map(inputOf) };
}

describe('answers', () => {
  const ITEM: JsonItem = { n: { N: '5' }, s: { S: 'order' }, l: { L: [{ S: 'x' }] } };

  test.each<[string, LegacyCondition, boolean]>([
    ['n', filter('EQ', { N: '5.0' }), true],
    ['n', filter('NE', { N: '5' }), false],
    ['x', filter('NE', { N: '5' }), true],
    ['n', filter('LT', { N: '6' }), true],
    ['n', filter('LE', { N: '4' }), false],
    ['n', filter('GT', { N: '4' }), true],
    ['n', filter('GE', { S: '4' }), false],
    ['n', filter('BETWEEN', { N: '5' }, { N: '6' }), true],
    ['n', filter('IN', { N: '4' }, { N: '5' }), true],
    ['n', filter('NULL'), false],
    ['x', filter('NULL'), true],
    ['n', { ComparisonOperator: 'NOT_NULL' }, true],
    ['s', filter('BEGINS_WITH', { S: 'or' }), true],
    ['s', filter('CONTAINS', { S: 'de' }), true],
    ['l', filter('CONTAINS', { S: 'x' }), true],
    ['l', filter('NOT_CONTAINS', { S: 'y' }), true],
    ['x', filter('NOT_CONTAINS', { S: 'y' }), false],
  ])('a filter of %s: %j is %s', (name, condition, answer) => {
    const read = conditionOfFilter({ [name]: condition }, undefined);
    expect(read && holds(read, itemOf(ITEM))).toBe(answer);
  });

  test('filters hold together, or one of them with OR', () => {
    const filters = { n: filter('EQ', { N: '5' }), s: filter('EQ', { S: 'x' }) };
    for (const [operator, answer] of [
      [undefined, false],
      ['AND', false],
      ['OR', true],
    ] as const) {
      const read = conditionOfFilter(filters, operator);
      expect(read && holds(read, itemOf(ITEM))).toBe(answer);
    }
    expect(conditionOfFilter(undefined, undefined)).toBeUndefined();
    expect(conditionOfFilter({}, undefined)).toBeUndefined();
  });

  test.each<[LegacyExpected, boolean]>([
    [{ Exists: false }, false],
    [{ Value: { N: '5' } }, true],
    [{ Exists: true, Value: { N: '6' } }, false],
    [{ ComparisonOperator: 'GT', AttributeValueList: [{ N: '4' }] }, true],
    [{ ComparisonOperator: 'GT', Value: { N: '4' } }, true],
    [{ ComparisonOperator: 'NOT_NULL' }, true],
  ])('an expectation of n: %j is %s', (expected, answer) => {
    const read = conditionOfExpected({ n: expected }, undefined);
    expect(read && holds(read, itemOf(ITEM))).toBe(answer);
  });

  test('attribute updates put, add and delete', () => {
    const update = updateOfAttributes({
      n: { Action: 'ADD', Value: { N: '2' } },
      s: { Value: { S: 'new' } },
      l: { Action: 'DELETE' },
      t: { Action: 'PUT', Value: { NULL: true } },
      u: { Action: 'DELETE', Value: { SS: ['a'] } },
    });
    const before = itemOf({ ...ITEM, u: { SS: ['a', 'b'] } });
    expect(applyUpdate(update, before).item).toEqual(
      itemOf({ n: { N: '7' }, s: { S: 'new' }, t: { NULL: true }, u: { SS: ['b'] } }),
    );
  });

  test('key conditions are those of an expression', () => {
    const schema = { hash: { name: 'pk', type: 'S' }, range: { name: 'sk', type: 'N' } } as const;
    const hash = filter('EQ', { S: 'p' });
    expect(keyConditionOfConditions({ pk: hash }, schema)).toEqual({ hash: { S: 'p' } });
    const range = filter('BETWEEN', { N: '1' }, { N: '2' });
    expect(keyConditionOfConditions({ sk: range, pk: hash }, schema)).toEqual({
      hash: { S: 'p' },
      range: { operator: 'between', values: [{ N: '1' }, { N: '2' }] },
    });
  });

  test('attributes to get are names, not paths', () => {
    const item = itemOf({ 'a.b': { N: '1' }, a: { M: { b: { N: '2' } } } });
    expect(project(projectionOfAttributes(['a.b']), item)).toEqual({ 'a.b': { N: '1' } });
  });
});

describe('refusals', () => {
  test.each<[LegacyCondition, string]>([
    [filter('EQ'), `${INVALID} Invalid number of argument(s) for the EQ ComparisonOperator`],
    [
      filter('NULL', { N: '1' }),
      `${INVALID} Invalid number of argument(s) for the NULL ComparisonOperator`,
    ],
    [
      filter('BETWEEN', { N: '1' }),
      `${INVALID} Invalid number of argument(s) for the BETWEEN ComparisonOperator`,
    ],
    [
      filter('IN', { N: '1' }, { S: '1' }),
      `${INVALID} AttributeValues inside AttributeValueList must be of same type`,
    ],
    [
      filter('LT', { SS: ['a'] }),
      `${INVALID} ComparisonOperator LT is not valid for SS AttributeValue type`,
    ],
    [
      filter('BEGINS_WITH', { N: '1' }),
      `${INVALID} ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type`,
    ],
    [
      filter('BETWEEN', { N: '2' }, { N: '1' }),
      'The BETWEEN condition was provided a range where the lower bound is greater than the ' +
        'upper bound',
    ],
  ])('a filter %j', (condition, refusal) => {
    expect(refusalOf(() => conditionOfFilter({ a: condition }, undefined))).toBe(refusal);
  });

  const value = { S: 'x' };
  test.each<[LegacyExpected, string]>([
    [{}, 'Value must be provided when Exists is null for Attribute: a'],
    [{ Exists: true }, 'Value must be provided when Exists is set to true for Attribute: a'],
    [
      { Exists: false, Value: value },
      'Value cannot be used when Exists is set to false for Attribute: a',
    ],
    [
      { Exists: false, ComparisonOperator: 'NULL' },
      'Exists and ComparisonOperator cannot be used together for Attribute: a',
    ],
    [
      { ComparisonOperator: 'EQ', Value: value, AttributeValueList: [value] },
      'Value and AttributeValueList cannot be used together for Attribute: a',
    ],
    [
      { AttributeValueList: [value] },
      'AttributeValueList can only be used with a ComparisonOperator for Attribute: a',
    ],
  ])('an expectation %j', (expected, refusal) => {
    const message = refusalOf(() => conditionOfExpected({ a: expected }, undefined));
    expect(message).toBe(`${INVALID} ${refusal}`);
  });

  test.each<[LegacyUpdate, string]>([
    [{}, 'Only DELETE action is allowed when no attribute value is specified'],
    [{ Action: 'ADD' }, 'Only DELETE action is allowed when no attribute value is specified'],
    [{ Action: 'ADD', Value: value }, 'ADD action is not supported for the type S'],
    [{ Action: 'DELETE', Value: { N: '1' } }, 'DELETE action is not supported for the type N'],
  ])('an update %j', (update, refusal) => {
    expect(refusalOf(() => updateOfAttributes({ a: update }))).toBe(`${INVALID} ${refusal}`);
  });

  test('an update that does not go with what is there', () => {
    const update = updateOfAttributes({ a: { Action: 'ADD', Value: { N: '1' } } });
    expect(refusalOf(() => applyUpdate(update, { a: { S: 'x' } }))).toBe(
      'Type mismatch for attribute to update',
    );
  });

  test('an operator that keys do not have', () => {
    const schema = { hash: { name: 'a', type: 'S' } } as const;
    const conditions = { a: filter('CONTAINS', { S: 'x' }) };
    expect(refusalOf(() => keyConditionOfConditions(conditions, schema))).toBe(
      'Attempted conditional constraint is not an indexable operation',
    );
    expect(refusalOf(() => keyConditionOfConditions({}, schema))).toBe(
      'Conditions can be of length 1 or 2 only',
    );
  });

  test('an operator between less than two conditions', () => {
    expect(refusalOf(() => conditionOfExpected(undefined, 'OR'))).toBe(
      'ConditionalOperator cannot be used without Filter or Expected',
    );
    expect(refusalOf(() => conditionOfExpected({ a: { Exists: false } }, 'OR'))).toBe(
      'ConditionalOperator can only be used when Filter or Expected has two or more elements',
    );
  });

  test('a name twice', () => {
    expect(refusalOf(() => projectionOfAttributes(['a', 'b', 'a']))).toBe(
      `${INVALID} Duplicate value in attribute name: a`,
    );
  });

  test('parameters of both generations', () => {
    expect(refusalOf(() => checkNotMixed(['Expected'], ['UpdateExpression']))).toBe(
      'Can not use both expression and non-expression parameters in the same request: ' +
        'Non-expression parameters: {Expected} Expression parameters: {UpdateExpression}',
    );
    expect(refusalOf(() => checkNotMixed(['Expected'], []))).toBeUndefined();
  });
});
