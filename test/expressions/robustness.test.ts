/** Whatever is sent, the answer is a parsed expression or an error in DynamoDB's words. */
import * as fc from 'fast-check';
import { test } from 'vitest';
import { holds, parseCondition } from '../../src/expressions/conditions.ts';
import { ExpressionError } from '../../src/expressions/errors.ts';
import { parseKeyCondition } from '../../src/expressions/key-conditions.ts';
import { parseStatement } from '../../src/expressions/partiql.ts';
import { Placeholders } from '../../src/expressions/placeholders.ts';
import { parseProjection } from '../../src/expressions/projections.ts';
import { applyUpdate, parseUpdate } from '../../src/expressions/updates.ts';
import { anyItem } from './random.ts';

function soup(words: string): fc.Arbitrary<string> {
  const word = fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom(...words.split(' ')) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) },
  );
  return fc.array(word, { minLength: 1, maxLength: 14 }).map((all) => all.join(' '));
}

const PLACES = 'p q.r p[0] #n :n :s :l , ( ) [ ] . = + -';
const expression = soup(
  `${PLACES} <> < >= AND OR NOT IN BETWEEN SET REMOVE ADD DELETE size( contains( begins_with( ` +
    'attribute_exists( attribute_type( if_not_exists( list_append(',
);
const statement = soup(
  [
    'SELECT * FROM t WHERE UPDATE SET REMOVE DELETE INSERT INTO VALUE { } << >> [ ] ( ) , : . ?',
    `; 'x' "q" 1 - = < AND OR NOT IN IS MISSING NULL TRUE BETWEEN p q RETURNING ALL OLD ORDER BY`,
    'size( SET_ADD(',
  ].join(' '),
);

const placeholders = () =>
  new Placeholders({ '#n': 'p' }, { ':n': { N: '1' }, ':s': { S: 'a' }, ':l': { L: [] } });

const SCHEMA = { hash: { name: 'p', type: 'S' }, range: { name: 'q', type: 'N' } } as const;

function answersOrRefuses(act: () => unknown): void {
  try {
    act();
  } catch (cause) {
    if (!(cause instanceof ExpressionError)) throw cause;
  }
}

test('expressions of random words', () => {
  fc.assert(
    fc.property(expression, anyItem, (text, item) => {
      answersOrRefuses(() => holds(parseCondition(text, placeholders(), 'FilterExpression'), item));
      answersOrRefuses(() => applyUpdate(parseUpdate(text, placeholders()), item));
      answersOrRefuses(() => applyUpdate(parseUpdate(`SET p = ${text}`, placeholders()), item));
      answersOrRefuses(() => parseKeyCondition(text, placeholders(), SCHEMA));
      answersOrRefuses(() => parseProjection(text, placeholders()));
    }),
    { numRuns: 3_000 },
  );
});

test('statements of random words', () => {
  fc.assert(
    fc.property(statement, (text) => {
      answersOrRefuses(() => parseStatement(text, [{ S: 'x' }]));
      answersOrRefuses(() => parseStatement(`SELECT * FROM t WHERE ${text}`));
      answersOrRefuses(() => parseStatement(`UPDATE t SET ${text} WHERE p = 1`));
    }),
    { numRuns: 3_000 },
  );
});
