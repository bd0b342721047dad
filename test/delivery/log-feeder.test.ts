import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BrokenOff } from '../../src/delivery/targets.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';
import { aLog, END, failing } from './a-log.ts';

describe('reading', () => {
  test('records come in order, in batches as large as they may be', async () => {
    await using log = await aLog({ size: 2 });
    await log.put('s1', 'a', 'b', 'c');
    await log.settled();
    await log.put('s1', 'd');
    await log.settled();
    expect(log.bodies()).toEqual([['a', 'b'], ['c'], ['d']]);
  });

  test('a reader of the latest sees what comes, and all of shards that come later', async () => {
    const storage = await openSqlite({ path: ':memory:' });
    await storage.commit([
      { kind: 'append', log: 'log/s1', record: { atMs: 1_000_000_000, body: 'before' } },
    ]);
    await using log = await aLog({ storage, start: { at: 'LATEST' } });
    await log.settled();
    await log.put('s1', 'after');
    await log.put('s2', 'first of the child');
    log.state.shards = [
      { id: 's1', parents: [], log: 'log/s1', from: 1, until: 3 },
      { id: 's2', parents: ['s1'], log: 'log/s2', from: 1 },
    ];
    await log.settled();
    expect(log.bodies()).toEqual([['after'], ['first of the child']]);
  });

  test('a reader from a moment on leaves out what is older', async () => {
    const storage = await openSqlite({ path: ':memory:' });
    const record = (atMs: number, body: string) =>
      ({ kind: 'append', log: 'log/s1', record: { atMs, body } }) as const;
    await storage.commit([record(999_999_000, 'old'), record(999_999_500, 'young')]);
    const start = { at: 'AT_TIMESTAMP', sinceMs: 999_999_500 } as const;
    await using log = await aLog({ storage, start });
    await log.settled();
    expect(log.bodies()).toEqual([['young']]);
  });

  test('a child is read when its parent was read to its end', async () => {
    await using log = await aLog({
      size: 1,
      consume: failing('poison'),
      rules: { mostRetries: 2 },
    });
    await log.put('s1', 'a', 'poison');
    await log.put('s2', 'child');
    log.state.shards = [
      { id: 's1', parents: [], log: 'log/s1', from: 1, until: 3 },
      { id: 's2', parents: ['s1'], log: 'log/s2', from: 1 },
    ];
    await log.quiet();
    expect(log.bodies()).toEqual([['a'], ['poison']]);
    await log.settled();
    expect(log.bodies().flat()).toEqual(['a', 'poison', 'poison', 'poison', 'child']);
  });

  test('nothing behind the mark of an end is read, though the view is older than it', async () => {
    await using log = await aLog();
    await log.put('s1', 'a', END, 'too late');
    await log.settled();
    await log.put('s2', 'child');
    log.state.shards = [
      { id: 's1', parents: [], log: 'log/s1', from: 1, until: 2 },
      { id: 's2', parents: ['s1'], log: 'log/s2', from: 1 },
    ];
    await log.put('s2', 'more');
    await log.settled();
    expect(log.bodies()[0]).toEqual(['a']);
    expect(log.bodies().flat()).toEqual(['a', 'child', 'more']);
  });

  test('a batch is gathered until it is full or its time is over', async () => {
    await using log = await aLog({ size: 3, windowMs: 5_000 });
    await log.put('s1', 'a');
    await log.quiet();
    await log.advance(4_999);
    await log.put('s1', 'b');
    await log.quiet();
    expect(log.bodies()).toEqual([]);
    await log.advance(1);
    expect(log.bodies()).toEqual([['a', 'b']]);
    await log.put('s1', 'c', 'd', 'e');
    await log.quiet();
    expect(log.bodies()[1]).toEqual(['c', 'd', 'e']);
  });

  test('what nobody wants is passed over', async () => {
    await using log = await aLog({ size: 2, wants: (body) => body !== 'x' });
    await log.put('s1', 'x', 'a', 'x', 'x', 'b');
    await log.settled();
    expect(log.bodies()).toEqual([['a'], ['b']]);
    await log.stop();
    const rows = await log.storage.scan('lambda/checkpoints', 'mapping');
    expect(rows.map(({ value }) => JSON.parse(value).at)).toEqual([6]);
  });

  test('what is too much for one payload comes in several', async () => {
    await using log = await aLog({ size: 10 });
    const large = 'x'.repeat(2_500_000);
    await log.put('s1', `1${large}`, `2${large}`, `3${large}`);
    await log.settled();
    expect(log.bodies().map((bodies) => bodies.map((body) => body[0]))).toEqual([
      ['1', '2'],
      ['3'],
    ]);
  });
});

describe('lanes', () => {
  test('records of one key stay in order while other keys go on', async () => {
    const done: string[] = [];
    await using log = await aLog({
      size: 1,
      rules: { lanes: 4, mostRetries: 3 },
      consume: (batch, records) => {
        const fails = batch.bodies[0] === 'k0:0' && log.batches.length < 20;
        if (!fails) done.push(...batch.bodies);
        return fails ? { failed: records } : { consumed: records };
      },
    });
    const bodies = Array.from({ length: 40 }, (_, at) => `k${at % 8}:${Math.floor(at / 8)}`);
    await log.put('s1', ...bodies);
    await log.settled();
    expect(done.toSorted()).toEqual(bodies.toSorted());
    for (let key = 0; key < 8; key += 1) {
      const own = done.filter((body) => body.startsWith(`k${key}:`));
      expect(own).toEqual(own.toSorted());
    }
    expect(done.indexOf('k0:0')).toBeGreaterThan(10);
  });

  test('a change of their number loses nothing, repeats nothing and keeps the order', async () => {
    const done: string[] = [];
    await using log = await aLog({
      size: 3,
      rules: { lanes: 1 },
      consume: (batch, records) => {
        done.push(...batch.bodies);
        return { consumed: records };
      },
    });
    const bodies = Array.from({ length: 120 }, (_, at) => `k${at % 5}:${100 + at}`);
    for (const [step, lanes] of [3, 10, 2, 1].entries()) {
      await log.put('s1', ...bodies.slice(step * 30, step * 30 + 15));
      log.state.rules = { lanes };
      await log.put('s1', ...bodies.slice(step * 30 + 15, step * 30 + 30));
      await log.settled();
    }
    expect(done.toSorted()).toEqual(bodies.toSorted());
    for (let key = 0; key < 5; key += 1) {
      const own = done.filter((body) => body.startsWith(`k${key}:`));
      expect(own).toEqual(own.toSorted());
    }
  });
});

const histories = fc.record({
  keys: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 40 }),
  poison: fc.uniqueArray(fc.integer({ min: 0, max: 39 }), { maxLength: 4 }),
  lanes: fc.integer({ min: 1, max: 4 }),
  size: fc.integer({ min: 1, max: 12 }),
  partial: fc.boolean(),
  mostRetries: fc.integer({ min: 0, max: 3 }),
  /** Turns of the consumer at which an error of ours, or the closing stack, stands in the way. */
  troubles: fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 4 }),
});

test('every record is consumed in the order of its key, and poison alone is lost', async () => {
  await fc.assert(
    fc.asyncProperty(histories, async ({ keys, poison, lanes, size, partial, ...more }) => {
      const bodies = keys.map((key, at) => `k${key}:${String(at).padStart(2, '0')}`);
      const bad = new Set(poison.map((at) => bodies[at]).filter((body) => body !== undefined));
      const done: string[] = [];
      let turn = 0;
      await using log = await aLog({
        size,
        rules: { lanes, bisects: true, mostRetries: more.mostRetries },
        consume: (batch, records) => {
          turn += 1;
          if (more.troubles.includes(turn)) throw new BrokenOff('in the way');
          const at = batch.bodies.findIndex((body) => bad.has(body));
          if (at < 0) {
            done.push(...batch.bodies);
            return { consumed: records };
          }
          if (!partial) return { failed: records };
          done.push(...batch.bodies.slice(0, at));
          return { consumed: records.slice(0, at), failed: records.slice(at, at + 1) };
        },
      });
      await log.put('s1', ...bodies);
      await log.settled();
      const lost = log.lostBodies().flat();
      expect(lost.toSorted()).toEqual([...bad].toSorted());
      expect([...done, ...lost].toSorted()).toEqual(bodies.toSorted());
      for (const key of new Set(keys)) {
        const own = done.filter((body) => body.startsWith(`k${key}:`));
        expect(own).toEqual(own.toSorted());
      }
      expect(log.errors).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
