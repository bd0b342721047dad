/**
 * Whatever is split, merged and scaled: the open shards cover all hash keys without a gap or an
 * overlap, every shard has two hash keys at least (Kinesis Client Library refuses one whose range
 * begins where it ends), and its range is that of its parents or a part of it.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { after, LAST_HASH, uniformStarts } from '../../../src/services/kinesis/hash-keys.ts';
import { firstShards, reshard, type Shards } from '../../../src/services/kinesis/resharding.ts';
import { canSplitAt } from '../../../src/services/kinesis/split-points.ts';
import { openShards, type Resharding, type Shard } from '../../../src/services/kinesis/store.ts';

const FIRST_HASH = '0'.repeat(32);

function hex(value: bigint): string {
  return value.toString(16).padStart(32, '0');
}

function inOrder(stream: Shards): readonly Shard[] {
  return [...openShards(stream)].sort((a, b) => (a.first < b.first ? -1 : 1));
}

function checkRanges(stream: Shards): void {
  const open = inOrder(stream);
  expect(open[0]?.first).toBe(FIRST_HASH);
  expect(open.at(-1)?.last).toBe(LAST_HASH);
  for (const [index, { first }] of open.slice(1).entries()) {
    expect(first).toBe(after(open[index]?.last ?? ''));
  }
  for (const { first, last } of stream.shards) expect(first < last).toBe(true);
}

function checkLineage({ shards, nextShard }: Shards): void {
  expect(shards.map(({ number }) => number)).toEqual(
    Array.from({ length: nextShard }).keys().toArray(),
  );
  for (const shard of shards) {
    const parents = shard.parents.map((number) => shards[number] as Shard);
    const children = shards.filter(({ parents: of }) => of.includes(shard.number));
    expect(shard.closed === undefined).toBe(children.length === 0);
    for (const parent of parents) {
      expect(parent.number).toBeLessThan(shard.number);
      expect(parent.openedAtMs).toBeLessThan(shard.openedAtMs);
      expect(parent.closed?.atMs).toBe(shard.openedAtMs);
    }
    const [one, other] = parents.toSorted((a, b) => (a.first < b.first ? -1 : 1));
    if (one && other) {
      expect([shard.first, shard.last]).toEqual([one.first, other.last]);
      expect(after(one.last)).toBe(other.first);
    } else if (one) {
      expect(children.length < 3 && one.first <= shard.first && shard.last <= one.last).toBe(true);
    }
  }
}

/** Where to split: at a share of the range, or so many keys from one of its borders. */
const place = fc.oneof(
  fc.record({ kind: fc.constant('share' as const), percent: fc.integer({ min: 1, max: 99 }) }),
  fc.record({ kind: fc.constant('border' as const), keys: fc.integer({ min: -4, max: 4 }) }),
  // So many keys from a border that some number of equal shards would have.
  fc.record({
    kind: fc.constant('uniform' as const),
    count: fc.integer({ min: 2, max: 9 }),
    index: fc.nat({ max: 8 }),
    keys: fc.integer({ min: -3, max: 3 }),
  }),
);

const step = fc.oneof(
  fc.record({ kind: fc.constant('split' as const), pick: fc.nat(), at: place }),
  fc.record({ kind: fc.constant('merge' as const), pick: fc.nat() }),
  fc.record({ kind: fc.constant('scale' as const), to: fc.integer({ min: 1, max: 9 }) }),
);

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** What a step comes to; undefined for what the service refuses. */
function changeOf(stream: Shards, step: Step): Resharding | undefined {
  if (step.kind === 'scale') return step;
  const open = inOrder(stream);
  const index = step.pick % open.length;
  const shard = open[index] as Shard;
  if (step.kind === 'merge') {
    const next = open[index + 1];
    return next && { kind: 'merge', shards: [next.number, shard.number] };
  }
  const holder = holderOf(open, shard, step.at);
  const at = pointOf(holder, step.at);
  return canSplitAt(holder, at) ? { kind: 'split', shard: holder.number, at } : undefined;
}

type Place = Extract<Step, { kind: 'split' }>['at'];

function holderOf(open: readonly Shard[], shard: Shard, place: Place): Shard {
  if (place.kind !== 'uniform') return shard;
  const at = pointOf(shard, place);
  return open.find(({ first, last }) => first <= at && at <= last) ?? shard;
}

function pointOf({ first, last }: Shard, place: Place): string {
  const [low, high] = [BigInt(`0x${first}`), BigInt(`0x${last}`)];
  const within = (value: bigint) => hex(value < 0n ? 0n : value >> 128n ? 2n ** 128n - 1n : value);
  switch (place.kind) {
    case 'share':
      return hex(low + ((high - low) * BigInt(place.percent)) / 100n);
    case 'border':
      return within((place.keys < 0 ? high : low) + BigInt(place.keys));
    case 'uniform': {
      const starts = uniformStarts(place.count);
      return within(BigInt(`0x${starts[place.index % place.count]}`) + BigInt(place.keys));
    }
  }
}

describe('ranges and lineage', () => {
  test('hold in every history of splits, merges and scalings', () => {
    const history = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.array(step, { maxLength: 25 }));
    fc.assert(
      fc.property(history, ([count, steps]) => {
        let stream = firstShards(count, 1_000);
        for (const step of steps) {
          const change = changeOf(stream, step);
          if (!change) continue;
          stream = reshard(stream, change, 1_000);
          checkRanges(stream);
          if (change.kind !== 'scale') continue;
          expect(inOrder(stream).map(({ first }) => first)).toEqual(uniformStarts(change.to));
        }
        checkLineage(stream);
      }),
      { numRuns: Number(process.env.MODEL_RUNS ?? 200) },
    );
  });

  test.each([-1n, 1n])('hold when a border is %d hash key from one that is wanted', (keys) => {
    const at = hex(2n ** 127n + keys);
    const uneven = reshard(firstShards(1, 1_000), { kind: 'split', shard: 0, at }, 1_000);
    const even = reshard(uneven, { kind: 'scale', to: 2 }, 1_000);
    checkRanges(even);
    checkLineage(even);
    expect(inOrder(even).map(({ first }) => first)).toEqual(uniformStarts(2));
  });
});
