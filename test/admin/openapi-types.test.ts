/** Types of the contract become schemas. */
import { expect, test } from 'vitest';
import { Types } from '../../scripts/openapi/schemas.ts';

const schemaOf = (source: string, name = 'A') => new Types([source]).schemas([name])[name];

test('members, what may be absent, and what comments say', () => {
  const source = `
    /** An \`A\`, said
     *  on two lines. */
    export interface A {
      readonly id: string;
      /** Whole. */
      readonly count?: number;
      readonly 'two-words': readonly boolean[];
      readonly any: unknown;
    }`;
  expect(schemaOf(source)).toEqual({
    type: 'object',
    description: 'An `A`, said on two lines.',
    properties: {
      id: { type: 'string' },
      count: { type: 'number', description: 'Whole.' },
      'two-words': { type: 'array', items: { type: 'boolean' } },
      any: {},
    },
    required: ['id', 'two-words', 'any'],
  });
});

test('literals make one list, with what each of them means', () => {
  const source = `export type A =
    /** The first. */
    | 'a'
    // Nobody is told of this.
    | 'b';`;
  expect(schemaOf(source)).toEqual({
    type: 'string',
    enum: ['a', 'b'],
    description: 'a: The first.',
  });
  expect(schemaOf('type A = true;')).toEqual({ type: 'boolean', enum: [true] });
});

test('other unions are any of them, and names lead on', () => {
  const source = 'type A = B | readonly string[]; interface B { readonly c?: Record<string, C> }';
  const all = new Types([`${source} interface C {}`]).schemas(['A']);
  expect(Object.keys(all)).toEqual(['A', 'B', 'C']);
  expect(all.A).toEqual({
    anyOf: [{ $ref: '#/components/schemas/B' }, { type: 'array', items: { type: 'string' } }],
  });
  const c = { type: 'object', additionalProperties: { $ref: '#/components/schemas/C' } };
  expect(all.B).toEqual({ type: 'object', properties: { c } });
});

test('what a type takes over from others is its own', () => {
  const base = 'interface B { readonly b: string; readonly c: string }';
  const [text, b, c] = [{ type: 'string' }, 'b', 'c'];
  const both = { type: 'object', properties: { b: text, c: text }, required: [b, c] };
  const one = { type: 'object', properties: { b: text }, required: [b] };
  const a = { ...both, properties: { b: text, c: text, a: text }, required: [b, c, 'a'] };
  expect(schemaOf(`${base} interface A extends B { readonly a: string }`)).toEqual(a);
  expect(schemaOf(`${base} type A = B & { readonly a: string };`)).toEqual(a);
  expect(schemaOf(`${base} type A = Pick<B, 'b'>;`)).toEqual(one);
  expect(schemaOf(`${base} type A = Omit<B, 'c'>;`)).toEqual(one);
  const { required: _, ...optional } = both;
  expect(schemaOf(`${base} type A = Partial<B>;`)).toEqual(optional);
});

test('what is not read here is an error', () => {
  expect(() => schemaOf('type A = B;', 'B')).toThrow('No type B');
  expect(() => schemaOf('type A = keyof B;')).toThrow('"keyof" is no type');
  expect(() => schemaOf("type B = 'b'; type A = B & { readonly a: string };")).toThrow('objects');
});
