/** Stored data that is not what was written is never answered with. */
import { describe, expect, test } from 'vitest';
import { Corrupt } from '../../../src/storage/storage.ts';
import { append, put, valueAt } from '../contract/writes.ts';
import { emptyStore, missing, onPostgres, sql } from './cluster.ts';
import { nodes } from './nodes.ts';

describe.skipIf(missing)(`damage to ${onPostgres}`, () => {
  test('of a row fails who reads it, and nobody else of the same statement', async () => {
    const store = await emptyStore();
    const [node] = await nodes(1, {}, store);
    if (!node) throw new Error('One was asked for.');
    await node.commit([put('a', 'sound'), put('b', 'sound')]);
    await sql(store.url, `UPDATE ${store.schema}.item SET value = 'other' WHERE head = 'a'`);
    const reads = await Promise.allSettled([valueAt(node, 'a'), valueAt(node, 'b')]);
    expect(reads).toMatchObject([
      { status: 'rejected', reason: expect.any(Corrupt) },
      { status: 'fulfilled', value: 'sound' },
    ]);
  });

  test('of a block of records is found on reading', async () => {
    const store = await emptyStore();
    const [node] = await nodes(1, {}, store);
    await node?.commit([append('log', 'sound')]);
    await sql(store.url, `UPDATE ${store.schema}.block SET text = 'other'`);
    await expect(node?.read('log', { from: 1, max: 1 })).rejects.toBeInstanceOf(Corrupt);
  });
});
