import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromItem, toItem } from '../../src/patterns/attribute-values.ts';
import { createTable, startTables } from './tables.ts';

test('plain values come back as they were', () => {
  const values = {
    text: 'a',
    empty: '',
    number: -1.5,
    large: 12345678901234567890n,
    power: 2 ** 53,
    whole: 2n ** 53n + 1n,
    yes: true,
    none: null,
    bytes: new Uint8Array([1, 2]),
    list: [1, ['a'], { b: null }],
    tags: new Set(['x', 'y']),
    sizes: new Set([1, 2]),
    parts: new Set([new Uint8Array([1])]),
  };
  expect(fromItem(toItem(values))).toEqual(values);
});

test('what JSON can say comes back', () => {
  // Where a number's digits are more than it has, they come back as what they say: a bigint.
  const isLong = (value: unknown) => /e[+-]|\d{17}/.test(text(value));
  const json = fc.jsonValue({ noUnicodeString: false }).filter((value) => !isLong(value));
  fc.assert(
    fc.property(json, (value) => {
      const item = toItem({ value });
      expect(fromItem(item)).toEqual({ value: JSON.parse(text(value)) });
    }),
  );
});

test('items read the same through the SDK’s document client', async () => {
  await using tables = await startTables();
  const TableName = await createTable(tables.client, 'things');
  const item = { id: 'a', list: [1.25, null, { tags: new Set(['x']) }], yes: false };
  await tables.client.send(new PutItemCommand({ TableName, Item: toItem(item) }));
  const documents = DynamoDBDocumentClient.from(tables.client);
  const { Item } = await documents.send(new GetCommand({ TableName, Key: { id: 'a' } }));
  expect(Item).toEqual(item);
});

test('undefined members are left out, undefined elements keep their place', () => {
  expect(toItem({ a: undefined, b: [undefined, { c: undefined }] })).toEqual({
    b: { L: [{ NULL: true }, { M: {} }] },
  });
});

test('images in Lambda’s events have their bytes in base64', () => {
  const image = { bytes: { B: 'AQI=' }, parts: { BS: ['AQ=='] } };
  const values = { bytes: new Uint8Array([1, 2]), parts: new Set([new Uint8Array([1])]) };
  expect(fromItem(image)).toEqual(values);
});

test('what has no attribute type is refused by its path', () => {
  const cases: readonly (readonly [object, string])[] = [
    [{ at: new Date(0) }, 'at: a Date'],
    [{ a: { b: [1, Number.NaN] } }, 'a.b[1]: NaN'],
    [{ run: () => 1 }, 'run: '],
    [{ none: new Set() }, 'The set none'],
  ];
  for (const [values, message] of cases) expect(() => toItem(values)).toThrow(message);
});

const text = (value: unknown) => JSON.stringify(value);
