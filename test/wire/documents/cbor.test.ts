import { cbor, tag } from '@smithy/core/cbor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCbor } from '../../../src/wire/documents/cbor-read.ts';
import { CborFloat, CborTag } from '../../../src/wire/documents/cbor-values.ts';
import { writeCbor } from '../../../src/wire/documents/cbor-write.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** Documents that both codecs know; -0 is told from 0 by neither AWS nor Smithy. */
const documents = fc.letrec<{ document: unknown }>((tie) => ({
  document: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'grapheme' }),
    fc.maxSafeInteger().map((value) => value + 0),
    fc.double({ noNaN: true }).map((value) => value + 0),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 70_000, size: 'small' }),
    fc.array(tie('document'), { maxLength: 30 }),
    fc.dictionary(fc.string(), tie('document'), { noNullPrototype: true }),
  ),
})).document;

const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, found) => {
      const isBytes = found?.type === 'Buffer' || found instanceof Uint8Array;
      if (isBytes) return `bytes ${Buffer.from(found.data ?? found).toString('hex')}`;
      return typeof found === 'bigint' ? Number(found) : found;
    }),
  );

describe('beside the codec of AWS’s clients', () => {
  test('reads what that writes', () => {
    fc.assert(
      fc.property(documents, (document) => {
        expect(plain(readCbor(cbor.serialize(document)))).toEqual(plain(document));
      }),
    );
  });

  test('writes what that reads', () => {
    fc.assert(
      fc.property(documents, (document) => {
        expect(plain(cbor.deserialize(writeCbor(document)))).toEqual(plain(document));
      }),
    );
  });

  test('knows the same moments', () => {
    const written = cbor.serialize({ at: tag({ tag: 1, value: 1_700_000_000.25 }) });
    expect(readCbor(written)).toEqual({ at: new CborTag(1, 1_700_000_000.25) });
    const read = cbor.deserialize(writeCbor({ at: new CborTag(1, 1_700_000_000) }));
    expect(read).toEqual({ at: tag({ tag: 1, value: 1_700_000_000 }) });
  });
});

test('reads back what it wrote', () => {
  fc.assert(
    fc.property(documents, (document) => {
      expect(plain(readCbor(writeCbor(document)))).toEqual(plain(document));
    }),
  );
});

describe('reads', () => {
  /** From appendix A of RFC 8949. */
  const examples: [string, unknown][] = [
    ['00', 0],
    ['1864', 100],
    ['1a000f4240', 1_000_000],
    ['1b000000e8d4a51000', 1_000_000_000_000],
    ['3903e7', -1000],
    ['f90001', 2 ** -24],
    ['f93e00', 1.5],
    ['f9c400', -4],
    ['f97c00', Number.POSITIVE_INFINITY],
    ['fa47c35000', 100_000],
    ['fb3ff199999999999a', 1.1],
    ['f4', false],
    ['f6', null],
    ['f7', null],
    ['62c3bc', undefined],
    ['6161', 'a'],
    ['7f657374726561646d696e67ff', 'streaming'],
    ['9fff', []],
    ['9f018202039f0405ffff', [1, [2, 3], [4, 5]]],
    ['bf61610161629f0203ffff', { a: 1, b: [2, 3] }],
    ['c11a514b67b0', new CborTag(1, 1_363_896_240)],
  ];

  test.each(examples.filter(([, value]) => value !== undefined))('%s', (bytes, value) => {
    expect(readCbor(hex(bytes))).toEqual(value);
  });

  test('text beyond ASCII, short and long', () => {
    for (const text of ['ü', '水', '𐅑', `${'a'.repeat(23)}é`, 'é'.repeat(100)]) {
      expect(readCbor(writeCbor(text))).toBe(text);
    }
  });

  test('bytes that share the input, and chunks of them', () => {
    expect(readCbor(hex('5f42010243030405ff'))).toEqual(Buffer.from([1, 2, 3, 4, 5]));
  });
});

describe('refuses', () => {
  const refused: [string, string][] = [
    ['nothing at all', ''],
    ['text that ends early', '6261'],
    ['text longer than memory', '7b7fffffffffffffff'],
    ['a list that ends early', '8201'],
    ['a list longer than its document', '9b000000ffffffffff'],
    ['a map longer than its document', 'baffffffff'],
    ['data after the end', '0000'],
    ['a tag that is no moment', 'c249010000000000000000'],
    ['a reserved length', '1c'],
    ['an unknown simple value', 'f8ff'],
    ['a break of nothing', 'ff'],
    ['a chunk of another kind', '5f6161ff'],
    ['a chunk without an end of its own', '7f7fffff'],
    ['a key that is no text', 'a10102'],
    ['a key that comes twice', 'a2616101616102'],
    ['a number beyond int64', '1bffffffffffffffff'],
  ];

  test.each(refused)('%s', (_, bytes) => {
    expect(() => readCbor(hex(bytes))).toThrow();
  });

  test('the 129th level, however it is made', () => {
    expect(readCbor(Buffer.concat([Buffer.alloc(128, 0x81), hex('00')]))).toBeInstanceOf(Array);
    for (const level of [0x81, 0x9f, 0xc1]) {
      const deep = Buffer.concat([Buffer.alloc(129, level), hex('00')]);
      expect(() => readCbor(deep)).toThrow('nested deeper than 128');
    }
    expect(() => readCbor(hex(`${'a16161'.repeat(129)}00`))).toThrow('nested deeper than 128');
  });

  test('random bytes, without any other kind of error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          readCbor(bytes);
        } catch (cause) {
          expect((cause as { code?: string }).code).toBe('SerializationException');
        }
      }),
      { numRuns: 2000 },
    );
  });
});

test('keys cannot reach a prototype', () => {
  const map = readCbor(writeCbor(JSON.parse('{"__proto__":{"polluted":1},"constructor":2}')));
  expect(Object.keys(map as object)).toEqual(['__proto__', 'constructor']);
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

describe('writes', () => {
  test('whole numbers short, and floats in full where they are due', () => {
    expect(writeCbor([1, -1, 24, 2 ** 32])).toEqual(
      Buffer.from(hex('840120 1818 1b0000000100000000')),
    );
    expect(writeCbor(new CborFloat(1))).toEqual(Buffer.from(hex('fb3ff0000000000000')));
  });

  test('nothing for what is undefined', () => {
    expect(readCbor(writeCbor({ a: undefined, b: 1 }))).toEqual({ b: 1 });
  });

  test('answers of any size, each with memory of its own', () => {
    const small = writeCbor('small');
    const large = writeCbor({ text: 'x'.repeat(200_000), bytes: Buffer.alloc(100_000) });
    expect(writeCbor('other')).not.toBe(small);
    expect(readCbor(small)).toBe('small');
    expect((readCbor(large) as { text: string }).text).toHaveLength(200_000);
  });
});
