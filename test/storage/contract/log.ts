/** Records that are kept in order and read again. */
import { expect, test } from 'vitest';
import { Conflict, type Storage, type Trim } from '../../../src/storage/storage.ts';
import type { Given } from './given.ts';
import { append, bodiesIn, enqueue, NOW, put } from './writes.ts';

const LOG = 'journal';

export function logContract(given: Given): void {
  test(
    'positions are 1, 2, 3 without gaps, in the order of the commits',
    given(async (storage) => {
      const positions = await Promise.all([
        storage.commit([append(LOG, 'a'), append(LOG, 'b')]),
        storage.commit([enqueue('m'), append(LOG, 'c')]),
        storage.commit([append('other', 'x')]),
      ]);
      await expect(
        storage.commit([append(LOG, 'refused'), put('k', 'v', { ifVersion: 7 })]),
      ).rejects.toBeInstanceOf(Conflict);
      positions.push(await storage.commit([append(LOG, 'd')]));

      expect(positions.flat().map(({ position }) => position)).toEqual([
        1,
        2,
        expect.any(Number),
        3,
        1,
        4,
      ]);
      expect(await bodiesIn(storage, LOG)).toEqual(['a', 'b', 'c', 'd']);
    }),
  );

  test(
    'what a refused list appended and looked at again is not remembered',
    given(async (storage) => {
      const refused = storage.commit([
        append(LOG, 'lost'),
        { kind: 'trim', log: LOG, beforeMs: NOW },
        put('k', 'v', { ifVersion: 7 }),
      ]);
      await expect(refused).rejects.toBeInstanceOf(Conflict);
      await storage.commit([append(LOG, 'kept')]);
      expect(await bodiesIn(storage, LOG)).toEqual(['kept']);
    }),
  );

  test(
    'a log that was never written to is empty',
    given(async (storage) => {
      expect(await storage.read(LOG, { from: 1, max: 10 })).toEqual([]);
      expect(await storage.bounds(LOG)).toEqual({ first: 1, next: 1, bytes: 0 });
      await storage.commit([{ kind: 'trim', log: LOG, keep: 0 }]);
      expect(await storage.bounds(LOG)).toEqual({ first: 1, next: 1, bytes: 0 });
    }),
  );

  test(
    'who watches a log hears of what is appended to it, and of nothing else',
    given(async (storage) => {
      let heard = 0;
      storage.watch(LOG, () => {
        heard += 1;
      });
      await storage.commit([append('other', 'x'), enqueue('m')]);
      await storage.idle();
      expect(heard).toBe(0);
      await storage.commit([append(LOG, 'a'), append(LOG, 'b')]);
      await storage.idle();
      expect(heard).toBe(1);
    }),
  );

  test(
    'who watches a folder hears of every log in it, and of none below',
    given(async (storage) => {
      let heard = 0;
      const stop = storage.watch('folder/', () => {
        heard += 1;
      });
      await storage.commit([append('folder/below/log', 'x'), append('folder', 'x')]);
      await storage.idle();
      expect(heard).toBe(0);
      await storage.commit([append('folder/one', 'a')]);
      await storage.commit([append('folder/two', 'a')]);
      await storage.idle();
      expect(heard).toBe(2);
      stop();
      await storage.commit([append('folder/one', 'b')]);
      expect(heard).toBe(2);
    }),
  );

  test(
    'reading ends with the record that makes it as many characters as are wanted',
    given(async (storage) => {
      const bodies = ['four', 'four', '', 'a longer one', 'x', 'y'];
      await storage.commit(bodies.map((body) => append(LOG, body)));
      const read = async (from: number, maxChars: number) =>
        (await storage.read(LOG, { from, max: 10, maxChars })).map(({ body }) => body);
      expect(await read(1, 1)).toEqual(['four']);
      expect(await read(1, 5)).toEqual(['four', 'four']);
      expect(await read(2, 5)).toEqual(['four', '', 'a longer one']);
      expect(await read(1, 22)).toEqual(bodies);
      expect(await read(1, 21)).toEqual(bodies.slice(0, 5));
      expect(await read(5, 99)).toEqual(['x', 'y']);
    }),
  );

  test(
    'reading starts at a position and takes so many, whatever commits they came in',
    given(async (storage) => {
      await fill(storage, [3, 1, 500, 2]);

      for (const from of [0, 1, 3, 4, 5, 260, 504, 505, 506, 507, 9_999]) {
        for (const max of [0, 1, 2, 250, 1_000]) {
          const entries = await storage.read(LOG, { from, max });
          const first = Math.max(1, from);
          const length = Math.max(0, Math.min(max, 507 - first));
          expect(entries.map(({ position }) => position)).toEqual(
            Array.from({ length }, (_, index) => first + index),
          );
          expect(entries.every(({ position, body }) => body === `record ${position}`)).toBe(true);
        }
      }
    }),
  );

  test(
    'records keep their moment and their key',
    given(async (storage) => {
      await storage.commit([append(LOG, 'a', NOW - 5, 'shard'), append(LOG, 'b', NOW + 0.5, '')]);

      expect(await storage.read(LOG, { from: 1, max: 10 })).toEqual([
        { position: 1, atMs: NOW - 5, key: 'shard', body: 'a' },
        { position: 2, atMs: NOW + 0.5, key: '', body: 'b' },
      ]);
    }),
  );

  test(
    'reading can leave out what is older than a moment',
    given(async (storage) => {
      await fill(storage, [100, 1, 100, 1]);

      const at = async (sinceMs: number, from = 1) => {
        const entries = await storage.read(LOG, { from, max: 2, sinceMs });
        return entries.map(({ position }) => position);
      };
      expect(await at(0)).toEqual([1, 2]);
      expect(await at(NOW + 42)).toEqual([42, 43]);
      expect(await at(NOW + 101)).toEqual([101, 102]);
      expect(await at(NOW + 42, 150)).toEqual([150, 151]);
      expect(await at(NOW + 202)).toEqual([202]);
      expect(await at(NOW + 203)).toEqual([]);
    }),
  );

  test.each<{ trim: Partial<Trim>; first: number }>([
    { trim: { before: 151 }, first: 151 },
    { trim: { before: 1 }, first: 1 },
    { trim: { before: 9_999 }, first: 301 },
    { trim: { keep: 5 }, first: 296 },
    { trim: { keep: 0 }, first: 301 },
    { trim: { keep: 9_999 }, first: 1 },
    { trim: { beforeMs: NOW + 42 }, first: 42 },
    { trim: { beforeMs: NOW + 9_999 }, first: 301 },
    { trim: { beforeMs: NOW + 42, before: 20, keep: 299 }, first: 42 },
    { trim: { beforeMs: NOW + 42, before: 20, keep: 100 }, first: 201 },
  ])('trimming by $trim leaves records from $first on, perhaps a few more', ({ trim, first }) =>
    given(async (storage) => {
      await fill(storage, [100, 100, 100]);
      await storage.commit([{ kind: 'trim', log: LOG, ...trim }]);

      const bounds = await storage.bounds(LOG);
      expect(bounds.first).toBeLessThanOrEqual(first);
      expect(bounds.first).toBeGreaterThan(first - 150);
      expect(bounds.next).toBe(301);
      const kept = await storage.read(LOG, { from: 1, max: 1_000 });
      expect(kept.map(({ position }) => position)).toEqual(
        Array.from({ length: 301 - bounds.first }, (_, index) => bounds.first + index),
      );
      expect(bounds.bytes).toBe(kept.reduce((bytes, { body }) => bytes + body.length, 0));
      const [next] = await storage.commit([append(LOG, 'next')]);
      expect(next).toEqual({ position: 301 });
    })(),
  );

  test(
    'a record appended and trimmed by the same list is gone, and the one after it is not',
    given(async (storage) => {
      await storage.commit([
        append(LOG, 'gone'),
        { kind: 'trim', log: LOG, keep: 0 },
        append(LOG, 'kept'),
      ]);

      const { first, next } = await storage.bounds(LOG);
      expect(first).toBeLessThanOrEqual(2);
      expect(next).toBe(3);
      expect((await bodiesIn(storage, LOG)).at(-1)).toBe('kept');
    }),
  );

  test(
    'bytes are those of the bodies in UTF-8',
    given(async (storage) => {
      await storage.commit([append(LOG, 'é', NOW, 'key'), append(LOG, '\u{1F600}')]);
      expect(await storage.bounds(LOG)).toEqual({ first: 1, next: 3, bytes: 6 });
    }),
  );

  test(
    'large records are kept whole',
    given(async (storage) => {
      const bodies = ['a', 'é', 'c'].map((letter) => letter.repeat(400_000));
      await storage.commit(bodies.map((body) => append(LOG, body)));
      expect(await bodiesIn(storage, LOG)).toEqual(bodies);
    }),
  );
}

/** One commit for each size, with that many records; the nth record is of `NOW` + n. */
async function fill(storage: Storage, sizes: readonly number[]): Promise<void> {
  let made = 0;
  for (const size of sizes) {
    const records = Array.from({ length: size }, () => {
      made += 1;
      return append(LOG, `record ${made}`, NOW + made);
    });
    await storage.commit(records);
  }
}
