import { describe, expect, test } from 'vitest';
import { type KeyCondition, parseKeyCondition } from '../../src/expressions/key-conditions.ts';
import { type JsonItem, placeholdersOf, refusalOf } from './cases.ts';

const SCHEMA = { hash: { name: 'pk', type: 'S' }, range: { name: 'sk', type: 'N' } } as const;

const VALUES: JsonItem = {
  ':p': { S: 'p' },
  ':a': { N: '1' },
  ':b': { N: '2' },
  ':t': { BOOL: true },
};

function read(text: string, schema: Parameters<typeof parseKeyCondition>[2] = SCHEMA) {
  return parseKeyCondition(text, placeholdersOf({ '#p': 'pk' }, VALUES), schema);
}

const A = { N: '1' };
const B = { N: '2' };

describe('answers', () => {
  test.each<[string, KeyCondition['range']]>([
    ['pk = :p', undefined],
    [':p = #p', undefined],
    ['(pk = :p)', undefined],
    ['pk = :p AND sk = :a', { operator: '=', values: [A] }],
    ['sk < :a and pk = :p', { operator: '<', values: [A] }],
    ['pk = :p AND sk <= :a', { operator: '<=', values: [A] }],
    ['(pk = :p) AND (sk > :a)', { operator: '>', values: [A] }],
    ['pk = :p AND :a > sk', { operator: '<', values: [A] }],
    ['pk = :p AND :a <= sk', { operator: '>=', values: [A] }],
    ['pk = :p AND sk BETWEEN :a AND :b', { operator: 'between', values: [A, B] }],
  ])('%s', (text, range) => {
    expect(read(text)).toEqual({ hash: { S: 'p' }, ...(range ? { range } : {}) });
  });

  test('begins_with of a text', () => {
    const schema = { hash: { name: 'sk', type: 'N' }, range: { name: 'pk', type: 'S' } } as const;
    expect(read('sk = :a AND begins_with(pk, :p)', schema)).toEqual({
      hash: A,
      range: { operator: 'begins_with', values: [{ S: 'p' }] },
    });
  });
});

describe('refusals', () => {
  const OPERATOR = 'Invalid operator used in KeyConditionExpression:';
  const CONDITION = 'Invalid condition in KeyConditionExpression:';

  test.each([
    ['pk', 'Invalid KeyConditionExpression: Syntax error; token: "<EOF>", near: "pk"'],
    ['((pk = :p))', 'Invalid KeyConditionExpression: The expression has redundant parentheses;'],
    [
      'begins_with(pk, :a)',
      'Invalid KeyConditionExpression: Incorrect operand type for operator or function; ' +
        'operator or function: begins_with, operand type: N',
    ],
    ['pk = :p OR sk = :a', `${OPERATOR} OR`],
    ['NOT pk = :p', `${OPERATOR} NOT`],
    ['pk IN (:p)', `${OPERATOR} IN`],
    ['pk <> :p', `${OPERATOR} <>`],
    ['pk = :p AND contains(sk, :a)', `${OPERATOR} contains`],
    ['attribute_exists(pk)', `${OPERATOR} attribute_exists`],
    ['size(pk) = :a', 'KeyConditionExpressions cannot contain nested operations'],
    ['pk.x = :p', 'KeyConditionExpressions cannot have conditions on nested attributes'],
    ['pk = sk', `${CONDITION} Multiple attribute names used in one condition`],
    [':a = :b', `${CONDITION} No key attribute specified`],
    [
      ':a BETWEEN sk AND :b',
      `${CONDITION} BETWEEN operator must have the key attribute as its first operand`,
    ],
    ['pk = :p AND pk = :p', 'KeyConditionExpressions must only contain one condition per key'],
    ['sk = :a', 'Query condition missed key schema element: pk'],
    ['pk = :p AND x = :a', 'Query condition missed key schema element: sk'],
    ['pk = :p AND sk = :a AND x = :a', 'Conditions can be of length 1 or 2 only'],
    ['pk > :p', 'Query key condition not supported'],
    [
      'pk = :a',
      'One or more parameter values were invalid: ' +
        'Condition parameter type does not match schema type',
    ],
    [
      'pk = :p AND sk = :t',
      'One or more parameter values were invalid: ' +
        'Condition parameter type does not match schema type',
    ],
  ])('%s', (text, refusal) => {
    expect(refusalOf(() => read(text))).toBe(refusal);
  });

  test('a second condition where there is no range key', () => {
    const message = refusalOf(() => read('pk = :p AND sk = :a', { hash: SCHEMA.hash }));
    expect(message).toBe('Query key condition not supported');
  });
});
