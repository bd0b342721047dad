import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  parseSequenceNumber,
  sequenceNumber,
  streamHash,
} from '../../../src/services/kinesis/sequence-numbers.ts';
import type { Shard } from '../../../src/services/kinesis/store.ts';

const stream = fc.record({ id: fc.uuid() });
const position = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const shard: fc.Arbitrary<Shard> = fc.record({
  number: fc.nat(),
  first: fc.constant('0'.repeat(32)),
  last: fc.constant('f'.repeat(32)),
  parents: fc.constant([]),
  // Thirteen digits last until the year 2286.
  openedAtMs: fc.integer({ min: 0, max: 9_999_999_999_998 }),
});

test('a number has 56 digits and says where it came from', () => {
  fc.assert(
    fc.property(stream, shard, position, (from, of, at) => {
      const text = sequenceNumber(from, of, at);
      expect(text).toMatch(/^49\d{54}$/);
      expect(parseSequenceNumber(text)).toEqual({
        openedAtMs: of.openedAtMs,
        position: at,
        streamHash: streamHash(from),
        shard: of.number,
      });
    }),
  );
});

test('numbers of a shard grow with its positions, as numbers and as texts', () => {
  fc.assert(
    fc.property(stream, shard, position, position, (from, of, one, other) => {
      const [a, b] = [sequenceNumber(from, of, one), sequenceNumber(from, of, other)];
      expect(a < b).toBe(one < other);
      expect(BigInt(a) < BigInt(b)).toBe(one < other);
    }),
  );
});

test('numbers of a child are greater than all of its parents', () => {
  fc.assert(
    fc.property(stream, shard, shard, position, position, (from, parent, next, one, other) => {
      const child = { ...next, openedAtMs: parent.openedAtMs + 1 };
      expect(sequenceNumber(from, child, one) > sequenceNumber(from, parent, other)).toBe(true);
    }),
  );
});

test('numbers of different shards and of different streams differ', () => {
  fc.assert(
    fc.property(stream, shard, shard, position, (from, one, other, at) => {
      fc.pre(one.number !== other.number);
      expect(sequenceNumber(from, one, at)).not.toBe(sequenceNumber(from, other, at));
    }),
  );
});

test.each(['0', '49', '1'.repeat(56), `49${'1'.repeat(55)}`])('%s is no number of ours', (text) => {
  expect(parseSequenceNumber(text)).toBeUndefined();
});
