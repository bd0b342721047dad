/** Rows under a partition and a key. */
import { expect, test } from 'vitest';
import { Conflict } from '../../../src/storage/storage.ts';
import type { Given } from './given.ts';
import { append, bodiesIn, check, put, remove, valueAt } from './writes.ts';

const TABLE = 'sqs/queues';
const PARTITION = '000000000000/us-east-1';

export function tableContract(given: Given): void {
  test(
    'a row is read as it was last put, and not at all once removed',
    given(async (storage) => {
      await storage.commit([put('k', 'one')]);
      const [receipt] = await storage.commit([put('k', 'two')]);

      expect(await storage.get(TABLE, PARTITION, 'k')).toEqual({
        key: 'k',
        value: 'two',
        version: receipt?.version,
      });
      await storage.commit([remove('k')]);
      expect(await storage.get(TABLE, PARTITION, 'k')).toBeUndefined();
      expect(await storage.get('no table', PARTITION, 'k')).toBeUndefined();
    }),
  );

  test(
    'tables and partitions are apart',
    given(async (storage) => {
      const elsewhere = { partition: '111111111111/us-east-1' };
      await storage.commit([put('k', 'here'), put('k', 'there', elsewhere)]);
      await storage.commit([
        put('k', 'other table', { table: 'sns/topics' }),
        remove('k', elsewhere),
      ]);

      expect(await valueAt(storage, 'k')).toBe('here');
      expect(await storage.scan(TABLE, elsewhere.partition)).toEqual([]);
    }),
  );

  test(
    'a version never comes again, not even when the row was removed in between',
    given(async (storage) => {
      const versions: unknown[] = [];
      for (const writes of [
        [put('k', 'v'), put('k', 'v')],
        [remove('k'), put('k', 'v')],
      ]) {
        for (const { version } of await storage.commit(writes)) {
          if (version !== undefined) versions.push(version);
        }
      }

      expect(versions).toHaveLength(3);
      expect(new Set(versions).size).toBe(3);
      expect(versions.every((version) => Number(version) > 0)).toBe(true);
    }),
  );

  test(
    'a condition on the version holds for the row as it is, 0 meaning none',
    given(async (storage) => {
      const refused = (list: Promise<unknown>) => expect(list).rejects.toBeInstanceOf(Conflict);
      await refused(storage.commit([put('k', 'v', { ifVersion: 1 })]));
      await refused(storage.commit([remove('k', { ifVersion: 1 })]));
      const [first] = await storage.commit([put('k', 'v', { ifVersion: 0 })]);
      const version = first?.version ?? 0;
      await refused(storage.commit([put('k', 'w', { ifVersion: 0 })]));
      await refused(storage.commit([remove('k', { ifVersion: version + 1 })]));
      await storage.commit([put('k', 'w', { ifVersion: version })]);
      await refused(storage.commit([remove('k', { ifVersion: version })]));
      expect(await valueAt(storage, 'k')).toBe('w');
      await storage.commit([remove('k'), remove('k', { ifVersion: 0 })]);
      expect(await valueAt(storage, 'k')).toBeUndefined();
    }),
  );

  test(
    'a check lets a list through while its row has the version, and changes nothing itself',
    given(async (storage) => {
      const refused = (list: Promise<unknown>) => expect(list).rejects.toBeInstanceOf(Conflict);
      const [first] = await storage.commit([put('k', 'v')]);
      const version = first?.version ?? 0;
      const before = await storage.revision(TABLE, PARTITION);

      const passed = [check('k', version), append('log', 'r'), check('none', 0)];
      expect(await storage.commit(passed)).toEqual([{}, { position: 1 }, {}]);
      expect(await storage.commit([check('k', version)])).toEqual([{}]);
      await refused(storage.commit([check('k', 0), append('log', 'lost')]));
      await refused(storage.commit([append('log', 'lost'), check('k', version + 1)]));
      await refused(storage.commit([check('none', version), append('log', 'lost')]));
      await refused(storage.commit([check('k', version, { table: 'no table' })]));
      expect(await storage.revision(TABLE, PARTITION)).toBe(before);
      expect(await valueAt(storage, 'k')).toBe('v');
      expect(await bodiesIn(storage, 'log')).toEqual(['r']);
    }),
  );

  test(
    'a check sees what its own list and those before it have done',
    given(async (storage) => {
      const [first] = await storage.commit([put('k', 'v')]);
      const version = first?.version ?? 0;

      const answers = await Promise.allSettled([
        storage.commit([check('k', version), put('j', '1', { ifVersion: 0 })]),
        storage.commit([remove('k'), check('k', 0), put('j', '2')]),
        storage.commit([check('k', version), put('j', '3')]),
        storage.commit([put('j', '4'), remove('j'), check('j', version)]),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([
        'fulfilled',
        'fulfilled',
        'rejected',
        'rejected',
      ]);
      expect(await valueAt(storage, 'j')).toBe('2');
    }),
  );

  test(
    'of two that race for one version, one loses',
    given(async (storage) => {
      const race = ['a', 'b', 'c'].map((value) =>
        storage.commit([put('k', value, { ifVersion: 0 })]),
      );

      const outcomes = await Promise.allSettled(race);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
      expect(await valueAt(storage, 'k')).toBe('a');
    }),
  );

  test(
    'scanning goes in the order of UTF-8 bytes',
    given(async (storage) => {
      // By UTF-16 units the last two would change places.
      const keys = ['', 'B', 'a', 'a\0', 'aa', 'b', 'é', '\uFFFD', '\u{1F600}'];
      await storage.commit([...keys].reverse().map((key) => put(key, key)));

      const scan = async (how: object) =>
        (await storage.scan(TABLE, PARTITION, how)).map(({ key }) => key);
      expect((await storage.scan(TABLE, PARTITION)).map(({ value }) => value)).toEqual(keys);
      expect(await scan({ after: 'a' })).toEqual(keys.slice(3));
      expect(await scan({ after: '' })).toEqual(keys.slice(1));
      expect(await scan({ limit: 2 })).toEqual(['', 'B']);
      expect(await scan({ limit: 0 })).toEqual([]);
      expect(await scan({ prefix: 'a' })).toEqual(['a', 'a\0', 'aa']);
      expect(await scan({ prefix: 'a', after: 'a', limit: 1 })).toEqual(['a\0']);
      expect(await scan({ prefix: 'a', after: 'B' })).toEqual(['a', 'a\0', 'aa']);
      expect(await scan({ prefix: 'a', after: 'b' })).toEqual([]);
      expect(await scan({ prefix: '\u{1F600}' })).toEqual(['\u{1F600}']);
      expect(await scan({ before: 'a' })).toEqual(['', 'B']);
      expect(await scan({ before: '' })).toEqual([]);
      expect(await scan({ after: 'B', before: 'aa' })).toEqual(['a', 'a\0']);
      expect(await scan({ prefix: 'a', before: 'b' })).toEqual(['a', 'a\0', 'aa']);
      expect(await scan({ prefix: 'a', before: 'aa' })).toEqual(['a', 'a\0']);
    }),
  );

  test(
    'scanning in reverse goes through the same rows from the last one on',
    given(async (storage) => {
      const keys = ['', 'B', 'a', 'a\0', 'aa', 'b'];
      await storage.commit(keys.map((key) => put(key, key)));
      const scan = async (how: object) =>
        (await storage.scan(TABLE, PARTITION, { ...how, reverse: true })).map(({ key }) => key);
      expect(await scan({})).toEqual(keys.toReversed());
      expect(await scan({ limit: 2 })).toEqual(['b', 'aa']);
      expect(await scan({ prefix: 'a', limit: 2 })).toEqual(['aa', 'a\0']);
      expect(await scan({ before: 'aa', limit: 2 })).toEqual(['a\0', 'a']);
      expect(await scan({ after: 'B', before: 'b' })).toEqual(['aa', 'a\0', 'a']);
    }),
  );

  test(
    'the revision of a partition grows with each commit that changes it, and with no other',
    given(async (storage) => {
      const revision = () => storage.revision(TABLE, PARTITION);
      const start = await revision();
      await storage.commit([put('k', 'v', { partition: 'elsewhere' }), remove('k')]);
      expect(await revision()).toBe(start);
      await storage.commit([put('k', 'v')]);
      const put1 = await revision();
      expect(put1).toBeGreaterThan(start);
      await storage.commit([remove('k')]);
      const removed = await revision();
      expect(removed).toBeGreaterThan(put1);
      await storage.commit([put('k', 'v'), put('j', 'v', { ifVersion: 3 })]).catch(() => {});
      expect(await storage.scan(TABLE, PARTITION)).toEqual([]);
    }),
  );
}
