import { expect, test } from 'vitest';
import { type Block, BlockCache } from '../../src/storage/block-cache.ts';

const MIB = 1024 * 1024;

function block(first: number, count: number): Block {
  const records = Array.from({ length: count }, (_, index) => {
    return { atMs: 0, body: String(first + index) };
  });
  return { first, records };
}

test('a block is found by every position in it, in its own log', () => {
  const cache = new BlockCache();
  const kept = block(11, 3);
  cache.keep(1, kept, 3);
  expect([10, 11, 12, 13, 14].map((position) => cache.find(1, position)?.first)).toEqual([
    undefined,
    11,
    11,
    11,
    undefined,
  ]);
  expect(cache.find(1, 12)?.records).toBe(kept.records);
  expect(cache.find(2, 11)).toBeUndefined();
});

test('the block that was used longest ago makes room', () => {
  const cache = new BlockCache();
  for (const first of [1, 2, 3]) cache.keep(1, block(first, 1), 3 * MIB - first);
  expect(cache.find(1, 1)).toBeUndefined();
  cache.find(1, 2);
  cache.keep(2, block(1, 1), 3 * MIB);
  expect(cache.find(1, 3)).toBeUndefined();
  expect(cache.find(1, 2)).toBeDefined();
  expect(cache.find(2, 1)).toBeDefined();
});

test('so it is with many small ones', () => {
  const cache = new BlockCache();
  for (let first = 1; first <= 600; first += 1) cache.keep(1, block(first, 1), 1);
  expect(cache.find(1, 88)).toBeUndefined();
  expect(cache.find(1, 89)?.first).toBe(89);
  expect(cache.find(1, 600)?.first).toBe(600);
});
