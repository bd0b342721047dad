import { EventStreamCodec } from '@smithy/core/event-streams';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Headers, text, writeMessage } from '../../../src/wire/event-streams/message.ts';

const oracle = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString()),
  (words) => Buffer.from(words),
);

function read(message: Uint8Array) {
  return oracle.decode(new Uint8Array(message));
}

describe('answers', () => {
  test('a message is read as it was written', () => {
    const payload = Buffer.from('{"a":1}');
    const message = writeMessage({ ':event-type': text('Some'), größe: text('ü') }, payload);
    const { headers, body } = read(message);
    expect(headers).toEqual({
      ':event-type': { type: 'string', value: 'Some' },
      größe: { type: 'string', value: 'ü' },
    });
    expect(Buffer.from(body)).toEqual(payload);
  });

  test('headers of every type keep their values', () => {
    const headers: Headers = {
      yes: { type: 'boolean', value: true },
      no: { type: 'boolean', value: false },
      whole: { type: 'integer', value: -5 },
      wide: { type: 'long', value: -(2 ** 40) },
      bytes: { type: 'blob', value: new Uint8Array([0, 255]) },
      moment: { type: 'timestamp', value: 1_768_471_200_000 },
    };
    const found = read(writeMessage(headers, new Uint8Array())).headers;
    expect(found.yes?.value).toBe(true);
    expect(found.no?.value).toBe(false);
    expect(found.whole).toEqual({ type: 'integer', value: -5 });
    expect(Number(found.wide?.value.valueOf())).toBe(-(2 ** 40));
    expect(found.bytes).toEqual({ type: 'binary', value: new Uint8Array([0, 255]) });
    expect(found.moment).toEqual({ type: 'timestamp', value: new Date(1_768_471_200_000) });
  });

  test('any payload and any texts survive', () => {
    const name = fc.stringMatching(/^[a-zA-Z:][ -~]{0,60}$/); // The oracle loses `__proto__`.
    const texts = fc.dictionary(name, fc.string({ maxLength: 200 }), { noNullPrototype: true });
    const anything = fc.property(texts, fc.uint8Array({ maxLength: 5_000 }), (given, payload) => {
      const headers = Object.fromEntries(
        Object.entries(given).map(([key, value]) => [key, text(value.toWellFormed())]),
      );
      const found = read(writeMessage(headers, payload));
      expect(found.headers).toEqual(headers);
      expect(Buffer.from(found.body)).toEqual(Buffer.from(payload));
    });
    fc.assert(anything, { numRuns: 200 });
  });
});
