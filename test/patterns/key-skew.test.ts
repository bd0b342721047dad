import { expect, test } from 'vitest';
import { evenRanges } from '../../src/patterns/key-hashes.ts';
import { keySkew } from '../../src/patterns/key-skew.ts';
import { openRanges, startStreams } from './streams.ts';

test('keys that spread show an even stream', () => {
  const keys = Array.from({ length: 10_000 }, (_, at) => `user-${at}`);
  const { ratio, records, keys: count, shards } = keySkew(keys, { shards: 4 });
  expect([records, count, shards.length]).toEqual([10_000, 10_000, 4]);
  expect(ratio).toBeLessThan(1.1);
});

test('a hot key is named, with the share that one shard has to take', () => {
  const keys = Array.from({ length: 100 }, (_, at) => (at < 70 ? 'hot' : `user-${at}`));
  const { ratio, hottest } = keySkew(keys, { shards: 10, named: 1 });
  expect(hottest).toEqual([{ key: 'hot', records: 70, share: 0.7 }]);
  expect(ratio).toBeGreaterThanOrEqual(7);
});

test('nothing is even', () => {
  expect(keySkew([], { shards: 2 })).toMatchObject({ records: 0, ratio: 1, hottest: [] });
});

test('records lie where it says that they do', async () => {
  await using streams = await startStreams(3);
  const keys = Array.from({ length: 60 }, (_, at) => `k${at % 20}`);
  await streams.put(...keys.map((key) => [key, 1] as const));
  const byShard = new Map<string, number>();
  const consumer = streams.consumer('a', (records) => {
    for (const { shardId } of records) byShard.set(shardId, (byShard.get(shardId) ?? 0) + 1);
  });
  await consumer.turn();
  const expected = [...byShard].toSorted().map(([, records]) => records);
  const told = keySkew(keys, { shards: await openRanges(streams.kinesis) });
  expect(told.shards.map(({ records }) => records)).toEqual(expected);
  expect(keySkew(keys, { shards: evenRanges(3) })).toEqual(told);
});
