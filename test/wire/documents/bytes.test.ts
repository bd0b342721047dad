import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base64Of, bytesOf } from '../../../src/wire/documents/bytes.ts';

const LETTERS = [...'AZaz09+/-_=== \n!ä€'];

/** What is base64, said slowly: white space apart, digits and then padding. */
function slowly(text: string): number[] | undefined {
  const compact = text.replaceAll(/\s+/g, '');
  const isBase64 = /^[A-Za-z0-9+/\-_]*={0,2}$/.test(compact);
  return isBase64 ? [...Buffer.from(compact, 'base64')] : undefined;
}

const read = (text: string) => {
  const bytes = bytesOf(text);
  return bytes && [...bytes];
};

test('bytes come back from their base64', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(read(base64Of(bytes))).toEqual([...bytes]);
    }),
  );
});

test('whatever else stands in a text is told from base64', () => {
  const text = fc.array(fc.constantFrom(...LETTERS), { maxLength: 14 });
  fc.assert(
    fc.property(text, (letters) => {
      expect(read(letters.join(''))).toEqual(slowly(letters.join('')));
    }),
    { numRuns: 3_000 },
  );
});
