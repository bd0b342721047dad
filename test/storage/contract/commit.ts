/** Lists of writes: all or nothing, in their order. */

import { expect, test } from 'vitest';
import { Conflict, type Storage } from '../../../src/storage/storage.ts';
import type { Given } from './given.ts';
import {
  append,
  bodiesIn,
  claimIds,
  claimOf,
  claimOne,
  enqueue,
  inTurn,
  NOW,
  once,
  put,
  Q,
  release,
  remove,
  settle,
  valueAt,
} from './writes.ts';

export function commitContract(given: Given): void {
  test(
    'a list changes queues, logs and tables together',
    given(async (storage) => {
      const receipts = await storage.commit([put('k', 'v'), append('log', 'r'), enqueue('m')]);

      expect(receipts).toHaveLength(3);
      expect(await valueAt(storage, 'k')).toBe('v');
      expect(await bodiesIn(storage, 'log')).toEqual(['r']);
      expect(await claimIds(storage)).toEqual(['m']);
    }),
  );

  test(
    'a list whose last condition fails changes nothing at all',
    given(async (storage) => {
      await storage.commit([put('k', 'old'), inTurn('held', 'g'), append('log', 'kept')]);
      const held = await claimOne(storage);
      const before = await everything(storage);
      const stale = { lease: { ...held.lease, token: 9 } };

      const list = storage.commit([
        put('k', 'new'),
        put('another', 'x'),
        append('log', 'lost'),
        append('new log', 'lost'),
        { kind: 'trim', log: 'log', before: 2 },
        once('key', inTurn('lost', 'g')),
        enqueue('lost', { body: 'x'.repeat(10_000) }, 'new queue'),
        release(held, NOW),
        { kind: 'purge', queue: Q, forget: true },
        settle(stale),
      ]);

      await expect(list).rejects.toBeInstanceOf(Conflict);
      expect(await everything(storage)).toEqual(before);
      const [, again] = await storage.commit([append('log', 'next'), once('key', enqueue('ok'))]);
      expect(again?.duplicateOf).toBeUndefined();
      expect(await bodiesIn(storage, 'log')).toEqual(['kept', 'next']);
    }),
  );

  test(
    'a refused list leaves the others of its turn standing',
    given(async (storage) => {
      const answers = await Promise.allSettled([
        storage.commit([append('log', 'first'), put('k', '1', { ifVersion: 0 })]),
        storage.commit([append('log', 'refused'), put('k', '2', { ifVersion: 0 })]),
        storage.commit([append('log', 'third'), enqueue('m')]),
      ]);

      expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await bodiesIn(storage, 'log')).toEqual(['first', 'third']);
      expect(await valueAt(storage, 'k')).toBe('1');
      expect(await storage.counts(Q, NOW)).toMatchObject({ visible: 1 });
    }),
  );

  test(
    'what is handed in first takes effect first, claims among lists',
    given(async (storage) => {
      const claims = await Promise.all([
        storage.claim(Q, claimOf()),
        storage.commit([enqueue('a'), enqueue('b')]),
        storage.claim(Q, claimOf({ max: 1 })),
        storage.commit([enqueue('c')]),
        storage.claim(Q, claimOf()),
      ]);

      const ids = [claims[0], claims[2], claims[4]].map((claimed) => claimed.map(({ id }) => id));
      expect(ids[0]).toEqual([]);
      expect(ids[1]).toHaveLength(1);
      expect([...(ids[1] ?? []), ...(ids[2] ?? [])].sort()).toEqual(['a', 'b', 'c']);
    }),
  );

  test(
    'receipts stand in the order of the writes',
    given(async (storage) => {
      const [first, duplicate, row, record, removed] = await storage.commit([
        once('key', enqueue('m')),
        once('key', enqueue('again')),
        put('k', 'v'),
        append('log', 'r'),
        remove('nothing'),
      ]);

      expect(first?.position).toBeGreaterThan(0);
      expect(duplicate).toEqual({ position: first?.position, duplicateOf: 'm' });
      expect(row?.version).toBeGreaterThan(0);
      expect(record).toEqual({ position: 1 });
      expect(removed).toEqual({});
      expect(await storage.commit([])).toEqual([]);
    }),
  );

  test(
    'idle resolves once everything handed in is committed',
    given(async (storage) => {
      let answered = 0;
      for (const id of ['a', 'b', 'c']) {
        void storage.commit([enqueue(id)]).then(() => {
          answered += 1;
        });
      }

      await storage.idle();
      expect(await storage.counts(Q, NOW)).toMatchObject({ visible: 3 });
      await Promise.resolve();
      expect(answered).toBe(3);
    }),
  );

  test(
    'any text comes back as it went in',
    given(async (storage) => {
      const texts = [
        '',
        ' ',
        '\0',
        'a\0b',
        'é',
        '漢字',
        '\u{1F600}',
        '\uFFFD',
        '"\\\n\r\t',
        "it's",
      ];
      const long = '\0é\u{1F600}'.repeat(3_000);
      for (const [index, text] of [...texts, long].entries()) {
        const id = `m${index}`;
        const log = `log ${text.slice(0, 50)}`;
        await storage.commit([
          enqueue(id, { body: text, meta: text, group: text }),
          append(log, text, NOW, text),
          put(text, text, { table: 't', partition: text.slice(0, 50) }),
        ]);
        const claimed = await claimOne(storage);
        expect(claimed).toMatchObject({ id, body: text, meta: text, group: text });
        expect(await storage.read(log, { from: 1, max: 2 })).toEqual([
          { position: 1, atMs: NOW, key: text, body: text },
        ]);
        expect(await storage.get('t', text.slice(0, 50), text)).toMatchObject({ value: text });
        await storage.commit([settle(claimed)]);
      }
    }),
  );
}

async function everything(storage: Storage) {
  return {
    queues: await storage.queues(''),
    messages: await storage.peek(Q, { nowMs: NOW, max: 100 }),
    counts: await storage.counts(Q, NOW),
    bounds: await storage.bounds('log'),
    records: await storage.read('log', { from: 1, max: 100 }),
    none: await storage.bounds('new log'),
    rows: await storage.scan('sqs/queues', '000000000000/us-east-1'),
  };
}
