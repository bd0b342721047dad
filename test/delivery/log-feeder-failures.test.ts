import { describe, expect, test } from 'vitest';
import { BrokenOff } from '../../src/delivery/targets.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';
import { aLog, bodyOf, failing } from './a-log.ts';

describe('failures', () => {
  test('a batch that fails is tried again, later each time, and holds up its shard', async () => {
    await using log = await aLog({
      size: 1,
      rules: { mostRetries: 3 },
      consume: failing('poison'),
    });
    const beganAtMs = log.clock.nowMs();
    await log.put('s1', 'poison', 'good');
    await log.settled();
    expect(log.batches.map(({ bodies, atMs }) => [...bodies, atMs - beganAtMs])).toEqual([
      ['poison', 0],
      ['poison', 1_000],
      ['poison', 3_000],
      ['poison', 7_000],
      ['good', 7_000],
    ]);
    expect(log.lost).toMatchObject([{ why: 'attempts', attempts: 4, shardId: 's1' }]);
    expect(log.lostBodies()).toEqual([['poison']]);
  });

  test('a consumer without room costs no attempt, but age counts', async () => {
    let room = false;
    await using log = await aLog({
      rules: { mostRetries: 0, mostAgeMs: 60_000 },
      consume: (_batch, records) =>
        room ? { consumed: records } : { failed: records, throttled: true },
    });
    await log.put('s1', 'old');
    await log.advance(50_000);
    expect(log.batches.length).toBeGreaterThan(3);
    await log.put('s1', 'young');
    await log.advance(11_000);
    room = true;
    await log.settled();
    expect(log.lost).toMatchObject([{ why: 'age', attempts: 0 }]);
    expect(log.lostBodies()).toEqual([['old']]);
    expect(log.bodies().at(-1)).toEqual(['young']);
  });

  test('a batch that was broken off comes again as it was', async () => {
    let first = true;
    await using log = await aLog({
      rules: { mostRetries: 0 },
      consume: (_batch, records) => {
        if (!first) return { consumed: records };
        first = false;
        throw new BrokenOff('closing');
      },
    });
    await log.put('s1', 'a', 'b');
    await log.settled();
    expect(log.bodies()).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(log.lost).toEqual([]);
  });

  test('an error of ours brings the batch back', async () => {
    let first = true;
    await using log = await aLog({
      consume: (_batch, records) => {
        if (!first) return { consumed: records };
        first = false;
        throw new Error('ours');
      },
    });
    await log.put('s1', 'a');
    await log.settled();
    expect(log.bodies()).toEqual([['a'], ['a']]);
    expect(log.errors).toHaveLength(1);
  });

  test('an error while shards are read leaves no lane behind', async () => {
    const storage = await openSqlite({ path: ':memory:' });
    let fails = true;
    const read: typeof storage.read = (log, how) => {
      if (log !== 'log/s2' || !fails) return storage.read(log, how);
      fails = false;
      return Promise.reject(new Error('unreadable'));
    };
    const shards = ['s1', 's2'].map((id) => ({ id, parents: [], log: `log/${id}`, from: 1 }));
    await using log = await aLog({ storage: { ...storageWithout(storage), read }, shards });
    await log.put('s1', 'a');
    await log.put('s2', 'b');
    await log.settled();
    expect(log.bodies().flat().toSorted()).toEqual(['a', 'b']);
    expect(log.errors).toHaveLength(1);
  });

  test('bisecting finds the poison and costs no attempt', async () => {
    await using log = await aLog({
      size: 8,
      rules: { mostRetries: 1, bisects: true },
      consume: failing('5'),
    });
    await log.put('s1', '0', '1', '2', '3', '4', '5', '6', '7');
    await log.settled();
    expect(log.bodies().map((bodies) => bodies.join(''))).toEqual([
      '01234567',
      '0123',
      '4567',
      '45',
      '4',
      '5',
      '5',
      '67',
    ]);
    expect(log.lostBodies()).toEqual([['5']]);
  });

  test('the lowest failure of a batch counts, and all from there on come again', async () => {
    let runs = 0;
    await using log = await aLog({
      rules: { mostRetries: 5 },
      consume: (_batch, records) => {
        runs += 1;
        if (runs > 1) return { consumed: records };
        const failed = records.filter((record) => ['b', 'd'].includes(bodyOf(record)));
        return { failed, consumed: records.filter((record) => !failed.includes(record)) };
      },
    });
    await log.put('s1', 'a', 'b', 'c', 'd');
    await log.settled();
    expect(log.bodies()).toEqual([
      ['a', 'b', 'c', 'd'],
      ['b', 'c', 'd'],
    ]);
  });

  test('what is past retention is not tried any more', async () => {
    await using log = await aLog({ consume: failing('poison') });
    await log.put('s1', 'poison');
    await log.advance(86_400_000);
    await log.put('s1', 'good');
    await log.advance(60_001);
    expect(log.bodies().at(-1)).toEqual(['good']);
    expect(log.lost).toEqual([]);
  });
});

test('after a restart a lane goes on where it was, failures included', async () => {
  const storage = await openSqlite({ path: ':memory:' });
  const kept = { ...storageWithout(storage) };
  const rules = { mostRetries: 3, bisects: true };
  const first = await aLog({ storage: kept, size: 2, rules, consume: failing('b') });
  await first.put('s1', 'a', 'b', 'c');
  await first.advance(1_500);
  const nowMs = first.clock.nowMs();
  await first.stack.close();
  expect(first.bodies()).toEqual([['a', 'b'], ['a'], ['b'], ['b']]);
  await using second = await aLog({ storage, nowMs, size: 2, rules, consume: failing('b') });
  await second.settled();
  expect(second.bodies()).toEqual([['b'], ['b'], ['c']]);
  expect(second.lost).toMatchObject([{ attempts: 4 }]);
});

/** The same storage, which closing does not close. */
function storageWithout(storage: Awaited<ReturnType<typeof openSqlite>>) {
  return {
    commit: storage.commit.bind(storage),
    claim: storage.claim.bind(storage),
    peek: storage.peek.bind(storage),
    counts: storage.counts.bind(storage),
    nextVisibleAtMs: storage.nextVisibleAtMs.bind(storage),
    watch: storage.watch.bind(storage),
    queues: storage.queues.bind(storage),
    read: storage.read.bind(storage),
    bounds: storage.bounds.bind(storage),
    get: storage.get.bind(storage),
    scan: storage.scan.bind(storage),
    revision: storage.revision.bind(storage),
    idle: storage.idle.bind(storage),
    close: async () => {},
  };
}
