/** Keys longer than an entry of an index may be. */
import { describe, expect, test } from 'vitest';
import { Conflict } from '../../../src/storage/storage.ts';
import { put, remove, valueAt } from '../contract/writes.ts';
import { missing, onPostgres } from './cluster.ts';
import { nodes } from './nodes.ts';

const ROW = ['sqs/queues', '000000000000/us-east-1'] as const;
/** Random, because the database compresses. */
const noise = Array.from({ length: 6_000 }, (_, i) => ((i * 7919) % 36 ** 2).toString(36)).join('');

describe.skipIf(missing)(`long keys on ${onPostgres}`, () => {
  test('are rows like others: read, scanned in order, conditional, removed', async () => {
    const [node] = await nodes(1);
    if (!node) throw new Error('One was asked for.');
    const keys = ['a', ...['', 'b', 'c', 'd'].map((end) => noise.slice(0, 5_000) + end), '~'];
    await node.commit(keys.map((key) => put(key, key)));
    for (const key of keys) expect(await valueAt(node, key)).toBe(key);
    const scan = async (how: object) => (await node.scan(...ROW, how)).map(({ key }) => key);
    const ordered = keys.toSorted();
    expect(await scan({})).toEqual(ordered);
    expect(await scan({ reverse: true, limit: 3 })).toEqual(ordered.toReversed().slice(0, 3));
    expect(await scan({ prefix: noise.slice(0, 4_000) })).toEqual(keys.slice(1, 5));
    expect(await scan({ after: keys[2], before: keys[4] })).toEqual([keys[3]]);
    const [receipt] = await node.commit([put(keys[3] ?? '', 'changed')]);
    await expect(node.commit([remove(keys[3] ?? '', { ifVersion: 1 })])).rejects.toThrow(Conflict);
    await node.commit([remove(keys[3] ?? '', { ifVersion: receipt?.version ?? 0 })]);
    expect(await scan({ prefix: noise.slice(0, 4_000) })).toHaveLength(3);
  });

  test('what no row can hold fails its own list, and no other', async () => {
    const [node] = await nodes(1);
    const outcomes = await Promise.allSettled([
      node?.commit([put('a', 'v')]),
      node?.commit([put('k', 'v', { partition: noise.repeat(3) })]),
      node?.commit([put('b', 'v')]),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});
