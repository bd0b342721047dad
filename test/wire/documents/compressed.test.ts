import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { inflate } from '../../../src/wire/documents/compressed.ts';
import { inputOf, jsonRequest } from '../requests.ts';

const MIB = 1024 * 1024;

test('a body that says so is inflated before it is read', () => {
  const sent = jsonRequest('GraniteServiceVersion20100801.PutMetricData', { Namespace: 'shop' });
  const header = (name: string) => (name === 'content-encoding' ? 'gzip' : sent.header(name));
  expect(inputOf({ ...sent, header, body: gzipSync(sent.body) })).toEqual({ Namespace: 'shop' });
});

describe('a bomb', () => {
  const refused = expect.objectContaining({
    code: 'RequestEntityTooLargeException',
    status: 413,
  });

  function refusalOf(body: Uint8Array): unknown {
    try {
      return inflate(body);
    } catch (cause) {
      return cause;
    }
  }

  test('of high ratio is refused, early', () => {
    const bomb = gzipSync(Buffer.alloc(200 * MIB));
    const startedMs = performance.now();
    expect(refusalOf(bomb)).toEqual(refused);
    expect(performance.now() - startedMs).toBeLessThan(500);
  });

  test('of many members is refused', () => {
    const member = gzipSync(Buffer.alloc(5 * MIB));
    expect(refusalOf(Buffer.concat(Array(10).fill(member)))).toEqual(refused);
  });

  test('is no body of repeated but modest text', () => {
    const text = Buffer.alloc(60_000, 'a');
    expect(inflate(gzipSync(text))).toEqual(text);
  });
});

test('what is no gzip is refused as unreadable', () => {
  expect(() => inflate(Buffer.from('plain'))).toThrow('not valid gzip');
  expect(() => inflate(gzipSync('cut short').subarray(0, 15))).toThrow('not valid gzip');
});
