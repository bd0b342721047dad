import { describe, expect, test } from 'vitest';
import { parseProjection, project } from '../../src/expressions/projections.ts';
import { itemOf, type JsonItem, placeholdersOf, refusalOf } from './cases.ts';

const ITEM: JsonItem = {
  id: { S: 'o-1' },
  entries: { L: [{ M: { sku: { S: 'a' }, n: { N: '1' } } }, { N: '2' }, { N: '3' }] },
  ship: { M: { city: { S: 'Bern' }, zip: { N: '3000' }, tags: { L: [{ S: 'x' }] } } },
  toString_: { NULL: true },
};

describe('answers', () => {
  test.each<[string, JsonItem]>([
    ['id', { id: { S: 'o-1' } }],
    ['id, absent', { id: { S: 'o-1' } }],
    ['absent.deeper', {}],
    ['id.deeper, id2', {}],
    ['toString', {}],
    ['ship.city', { ship: { M: { city: { S: 'Bern' } } } }],
    ['ship.city,ship.zip', { ship: { M: { city: { S: 'Bern' }, zip: { N: '3000' } } } }],
    ['ship.absent', {}],
    ['entries[1]', { entries: { L: [{ N: '2' }] } }],
    ['entries[2], entries[0].sku', { entries: { L: [{ M: { sku: { S: 'a' } } }, { N: '3' }] } }],
    ['entries[7]', {}],
    ['entries.sku', {}],
    ['ship[0]', {}],
    ['ship.tags[0], id', { ship: { M: { tags: { L: [{ S: 'x' }] } } }, id: { S: 'o-1' } }],
  ])('%s', (text, expected) => {
    const projection = parseProjection(text, placeholdersOf());
    expect(project(projection, itemOf(ITEM))).toEqual(itemOf(expected));
  });

  test('names behind placeholders', () => {
    const placeholders = placeholdersOf({ '#a': 'a.b', '#proto': '__proto__' });
    const projection = parseProjection('#a.#proto', placeholders);
    placeholders.checkAllUsed();
    const item = itemOf(JSON.parse('{"a.b": {"M": {"__proto__": {"N": "1"}}}}'));
    expect(project(projection, item)).toEqual(item);
  });
});

describe('refusals', () => {
  test.each([
    ['', 'The expression can not be empty;'],
    ['a,', 'Syntax error; token: "<EOF>", near: ","'],
    ['a b', 'Syntax error; token: "b", near: "a b"'],
    [':v', 'Syntax error; token: ":v", near: ":v"'],
    ['a[', 'Syntax error; token: "<EOF>", near: "["'],
    ['size(a)', 'Syntax error; token: "(", near: "size(a"'],
    ['a, size', 'Attribute name is a reserved keyword; reserved keyword: size'],
    [
      '#a',
      'An expression attribute name used in the document path is not defined; attribute name: #a',
    ],
    [
      'b, a.b, a',
      'Two document paths overlap with each other; must remove or rewrite one of these paths; ' +
        'path one: [a, b], path two: [a]',
    ],
    [
      'a[0], a.b',
      'Two document paths conflict with each other; must remove or rewrite one of these paths; ' +
        'path one: [a, [0]], path two: [a, b]',
    ],
  ])('%s', (text, refusal) => {
    const message = refusalOf(() => parseProjection(text, placeholdersOf()));
    expect(message).toBe(`Invalid ProjectionExpression: ${refusal}`);
  });
});
