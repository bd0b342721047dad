import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  fromDecimal,
  hashOf,
  shardFor,
  toDecimal,
} from '../../../src/services/kinesis/hash-keys.ts';
import { firstShards, reshard, type Shards } from '../../../src/services/kinesis/resharding.ts';
import { openShards, type Stream } from '../../../src/services/kinesis/store.ts';

const SPACE = 2n ** 128n;
const hashKey = fc.bigInt({ min: 0n, max: SPACE - 1n });

/** Only what routing looks at. */
const streamOf = (shards: Shards) => ({ ...shards, name: 's' }) as unknown as Stream;

const number = (digits: string) => BigInt(`0x${digits}`);

test.each([
  ['', '281949768489412648962353822266799178366'],
  ['a', '16955237001963240173058271559858726497'],
  ['partitionKey', '202450646350166425465706021171863394637'],
])('the hash key of %j is its MD5 as a number', (key, decimal) => {
  const digest = createHash('md5').update(key).digest();
  expect(toDecimal(hashOf(key))).toBe(BigInt(`0x${digest.toString('hex')}`).toString());
  if (key !== 'partitionKey') expect(toDecimal(hashOf(key))).toBe(decimal);
});

test('digits and decimals are the same numbers, in the same order', () => {
  fc.assert(
    fc.property(hashKey, hashKey, (one, other) => {
      const [a = '', b = ''] = [fromDecimal(String(one)), fromDecimal(String(other))];
      expect([toDecimal(a), toDecimal(b)]).toEqual([String(one), String(other)]);
      expect(a < b).toBe(one < other);
    }),
  );
  expect(fromDecimal(String(SPACE))).toBeUndefined();
});

test('whatever is split and merged, every hash key has one open shard, which covers it', () => {
  const step = fc.record({ pick: fc.nat(), at: hashKey, to: fc.integer({ min: 1, max: 12 }) });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.array(step, { maxLength: 12 }),
      fc.array(hashKey, { minLength: 1, maxLength: 20 }),
      (count, steps, keys) => {
        let shards = firstShards(count, 0);
        for (const { pick, at, to } of steps) shards = changed(shards, pick, at, to);
        checkCover(shards);
        for (const key of keys) {
          const { first, last } = shardFor(streamOf(shards), () => fromDecimal(String(key)) ?? '');
          expect(number(first) <= key && key <= number(last)).toBe(true);
        }
      },
    ),
  );
});

/** A split, a merge or a new number of shards, whichever is drawn and can be. */
function changed(shards: Shards, pick: number, at: bigint, to: number): Shards {
  const open = [...openShards(shards)].sort((a, b) => (a.first < b.first ? -1 : 1));
  const shard = open[pick % open.length];
  const next = open[(pick % open.length) + 1];
  if (pick % 3 === 0) return reshard(shards, { kind: 'scale', to }, pick);
  if (!shard) throw new Error('A stream has open shards.');
  if (pick % 3 === 1 && next) {
    return reshard(shards, { kind: 'merge', shards: [shard.number, next.number] }, pick);
  }
  const border = fromDecimal(String(at)) ?? '';
  if (border <= shard.first || border > shard.last) return shards;
  return reshard(shards, { kind: 'split', shard: shard.number, at: border }, pick);
}

function checkCover(shards: Shards): void {
  const open = [...openShards(shards)].sort((a, b) => (a.first < b.first ? -1 : 1));
  let next = 0n;
  for (const { first, last } of open) {
    expect(number(first)).toBe(next);
    next = number(last) + 1n;
  }
  expect(next).toBe(SPACE);
  const byNumber = new Map(shards.shards.map((shard) => [shard.number, shard]));
  for (const { parents, openedAtMs } of shards.shards) {
    for (const parent of parents) {
      const { closed, openedAtMs: before = 0 } = byNumber.get(parent) ?? {};
      expect(closed?.atMs).toBe(openedAtMs);
      expect(before).toBeLessThan(openedAtMs);
    }
  }
}
