import type { ServiceInputTypes, ServiceOutputTypes } from '@aws-sdk/client-kinesis';
import type { InitializeMiddleware } from '@smithy/types';
import { describe, expect, test } from 'vitest';
import { drain } from '../../examples/c19-ticks/drain.ts';
import type { ConsumedRecord, RecordsHandler } from '../../src/patterns/consumed-records.ts';
import { startStreams, text } from './streams.ts';
import { itemsOf } from './tables.ts';

const KEYS = Array.from({ length: 12 }, (_, at) => `key-${at}`);

/** A handler that remembers, by key. */
function memory() {
  const byKey = new Map<string, unknown[]>();
  const records: ConsumedRecord[] = [];
  const handler: RecordsHandler = (batch) => {
    for (const record of batch) {
      records.push(record);
      byKey.set(record.key, [...(byKey.get(record.key) ?? []), text(record)]);
    }
  };
  return { byKey, records, handler, data: () => records.map(text) };
}

/** One record of each key for every number. */
const rounds = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => KEYS.map((key) => [key, from + at] as const)).flat();

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at);

describe('where a consumer begins', () => {
  test('one that comes late reads from the oldest record on', async () => {
    await using streams = await startStreams(2);
    await streams.put(...rounds(0, 5));
    const seen = memory();
    expect(await drain(streams.consumer('a', seen.handler))).toBe(5 * KEYS.length);
    for (const key of KEYS) expect(seen.byKey.get(key)).toEqual(upTo(5));
  });

  test('LATEST is what comes from its first start on, be it behind a restart', async () => {
    await using streams = await startStreams(2);
    await streams.put(...rounds(0, 2));
    await streams.aws.clock.advance('1s');
    const seen = memory();
    const first = streams.consumer('a', seen.handler, { start: 'LATEST' });
    await drain(first);
    await streams.put(...rounds(2, 3));
    await first.close(); // It has handled nothing, and has no number to go on from.
    await drain(streams.consumer('b', seen.handler, { start: 'LATEST' }));
    for (const key of KEYS) expect(seen.byKey.get(key)).toEqual([2]);
  });

  test('a moment is where a replay begins, and consumers do not touch each other', async () => {
    await using streams = await startStreams(2);
    const all = memory();
    const live = streams.consumer('a', all.handler);
    await streams.put(...rounds(0, 1));
    await streams.aws.clock.advance('1h');
    const since = new Date(streams.aws.clock.now());
    await streams.put(...rounds(1, 2));
    await drain(live);
    await streams.aws.clock.advance('1h');
    const again = memory();
    await drain(streams.consumer('a', again.handler, { name: 'backtest', start: since }));
    for (const key of KEYS) expect(again.byKey.get(key)).toEqual([1]);
    expect(await drain(live)).toBe(0);
    expect(all.records).toHaveLength(2 * KEYS.length);
  });
});

describe('checkpoints', () => {
  test('a worker that is started again goes on where it was', async () => {
    await using streams = await startStreams(2);
    const seen = memory();
    await streams.put(...rounds(0, 3));
    await drain(streams.consumer('a', seen.handler)); // Never closed, as if it had been killed.
    await streams.put(...rounds(3, 5));
    await drain(streams.consumer('a', seen.handler));
    for (const key of KEYS) expect(seen.byKey.get(key)).toEqual(upTo(5));
  });

  test('a batch whose handler fails comes again, and the other shards go on', async () => {
    await using streams = await startStreams(4);
    await streams.put(...rounds(0, 3));
    const seen = memory();
    const failures: unknown[] = [];
    let left = 2;
    const consumer = streams.consumer(
      'a',
      (records, context) => {
        if (records[0]?.shardId.endsWith('1') && left-- > 0) throw new Error('down');
        return seen.handler(records, context);
      },
      { onFailure: (cause, shardId) => failures.push([shardId, String(cause)]) },
    );
    expect((await consumer.turn()).failures).toBe(1);
    await drain(consumer);
    expect(failures).toEqual(Array(2).fill(['shardId-000000000001', 'Error: down']));
    for (const key of KEYS) expect(seen.byKey.get(key)).toEqual(upTo(3));
  });

  test('a shard that cannot be read does not end the turn of one that is at work', async () => {
    await using streams = await startStreams(2);
    await streams.put(...rounds(0, 1));
    const unreadable: InitializeMiddleware<ServiceInputTypes, ServiceOutputTypes> =
      (next) => async (args) => {
        const { ShardId = '' } = args.input as { readonly ShardId?: string };
        if (ShardId.endsWith('0')) throw new Error('down');
        return next(args);
      };
    streams.kinesis.middlewareStack.add(unreadable, { step: 'initialize' });
    const [begun, slow] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const ends: string[] = [];
    const consumer = streams.consumer('a', async () => {
      begun.resolve();
      await slow.promise;
      ends.push('handler');
    });
    const turn = consumer.turn().catch((cause: unknown) => ends.push(String(cause)));
    await begun.promise;
    await streams.put(...rounds(1, 2)); // Time enough for the other shard to fail.
    slow.resolve();
    await turn;
    expect(ends).toEqual(['handler', 'Error: down']);
  });

  test('an iterator that has expired is made anew', async () => {
    await using streams = await startStreams(1);
    const seen = memory();
    const consumer = streams.consumer('a', seen.handler);
    await streams.put(['k', 1]);
    await drain(consumer);
    await streams.put(['k', 2]);
    await streams.aws.clock.advance('6m');
    await drain(consumer);
    expect(seen.data()).toEqual([1, 2]);
  });

  test('how far behind it is, is told after each read', async () => {
    await using streams = await startStreams(1);
    await streams.put(['k', 1], ['k', 2]);
    await streams.aws.clock.advance('90s');
    const ages: number[] = [];
    const onIteratorAge = (ageMs: number) => ages.push(ageMs);
    const consumer = streams.consumer('a', () => {}, { limit: 1, onIteratorAge });
    await drain(consumer);
    expect(ages.slice(0, 3)).toEqual([90_000, 0, 0]);
  });
});

describe('resharding', () => {
  test('loses nothing and keeps the order of keys', async () => {
    await using streams = await startStreams(2);
    const seen = memory();
    const consumer = streams.consumer('a', seen.handler, { limit: 7 });
    let round = 0;
    const put = async () => {
      await streams.put(...rounds(round, round + 2));
      round += 2;
    };
    for (const change of [() => streams.split(), () => streams.scale(5), () => streams.scale(3)]) {
      await put();
      await consumer.turn();
      await change();
      await put();
      await consumer.turn();
      await streams.split();
    }
    await put();
    await drain(consumer);
    for (const key of KEYS) expect(seen.byKey.get(key)).toEqual(upTo(round));
  });

  test('a consumer that begins afterwards reads parents before children', async () => {
    await using streams = await startStreams(3);
    await streams.put(...rounds(0, 2));
    await streams.scale(2);
    await streams.put(...rounds(2, 4));
    await streams.split();
    await streams.put(...rounds(4, 6));
    const seen = memory();
    await drain(streams.consumer('a', seen.handler));
    for (const key of KEYS) expect(seen.byKey.get(key)).toEqual(upTo(6));
  });

  test('leases of shards that are past retention are removed', async () => {
    await using streams = await startStreams(1);
    const consumer = streams.consumer('a', () => {});
    await drain(consumer);
    await streams.split();
    await drain(consumer);
    expect(await itemsOf(streams.client, 'consumers')).toHaveLength(4);
    await streams.aws.clock.advance('26h');
    await drain(consumer);
    const shards = (await itemsOf(streams.client, 'consumers')).map(({ shard }) => shard);
    expect(shards.toSorted()).toEqual(['*', 'shardId-000000000001', 'shardId-000000000002']);
  });
});

describe('workers', () => {
  test('share the shards, and hand them over without handling anything twice', async () => {
    await using streams = await startStreams(4);
    const [one, other] = [memory(), memory()];
    const a = streams.consumer('a', one.handler);
    const b = streams.consumer('b', other.handler);
    await streams.put(...rounds(0, 2));
    await drain(a);
    for (let turn = 0; turn < 6; turn += 1) {
      await b.turn();
      await streams.aws.clock.advance('3s');
      await a.turn();
      await streams.put(...rounds(2 + turn, 3 + turn));
    }
    await Promise.all([drain(a), drain(b)]);
    expect((await a.turn()).shards).toHaveLength(2);
    expect((await b.turn()).shards).toHaveLength(2);
    for (const key of KEYS) {
      const both = [...(one.byKey.get(key) ?? []), ...(other.byKey.get(key) ?? [])];
      expect(both).toEqual(upTo(8));
    }
  });

  test('take over from one that is gone when its leases have run out', async () => {
    await using streams = await startStreams(3);
    const [one, other] = [memory(), memory()];
    const a = streams.consumer('a', one.handler);
    await streams.put(...rounds(0, 2));
    await drain(a); // And is heard of no more.
    await streams.put(...rounds(2, 3));
    const b = streams.consumer('b', other.handler);
    expect(await drain(b)).toBe(0);
    await streams.aws.clock.advance('29s');
    expect(await drain(b)).toBe(0);
    await streams.aws.clock.advance('3s');
    expect(await drain(b)).toBe(KEYS.length);
    for (const key of KEYS) expect(other.byKey.get(key)).toEqual([2]);
  });

  test('one that was paused cannot move the checkpoint of its successor', async () => {
    await using streams = await startStreams(1);
    await streams.put(['k', 1]);
    const paused = Promise.withResolvers<void>();
    const a = streams.consumer('a', () => paused.promise);
    const turn = a.turn();
    const seen = memory();
    const b = streams.consumer('b', seen.handler);
    for (let waited = 0; waited < 12 && seen.records.length === 0; waited += 1) {
      await streams.aws.clock.advance('4s');
      await b.turn();
    }
    await streams.put(['k', 2]);
    await drain(b);
    paused.resolve();
    expect(await turn).toMatchObject({ records: 0 });
    await streams.aws.clock.advance('4s');
    expect((await a.turn()).shards).toEqual([]);
    expect(seen.data()).toEqual([1, 2]);
  });

  test('run until they are told to stop, and let go of their shards', async () => {
    await using streams = await startStreams(2);
    await streams.put(...rounds(0, 2));
    const ending = new AbortController();
    const seen = memory();
    const a = streams.consumer('a', seen.handler);
    // Nothing left to read: the run waits, and is told to stop.
    const wait = async (_: number, signal: AbortSignal) => {
      if (seen.records.length === 2 * KEYS.length) ending.abort();
      if (!signal.aborted) await new Promise((resolve) => setImmediate(resolve));
    };
    await a.run({ signal: ending.signal, wait });
    await streams.put(...rounds(2, 3));
    expect(await drain(streams.consumer('b', seen.handler))).toBe(KEYS.length);
    for (const key of KEYS) expect(seen.byKey.get(key)).toEqual(upTo(3));
  });

  test('a run without onFailure ends with what fails', async () => {
    await using streams = await startStreams(1);
    const a = streams.consumer('a', () => {}, { stream: 'missing' });
    const wait = (_: number, signal: AbortSignal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', reject));
    const running = a.run({ signal: new AbortController().signal, wait });
    await expect(running).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('a run without onFailure ends with what its handler throws', async () => {
    await using streams = await startStreams(1);
    await streams.put(['k', 1]);
    const ending = new AbortController();
    const a = streams.consumer('a', () => {
      throw new Error('down');
    });
    // The first wait is that of the beat; another one is that of a run that goes on.
    let waits = 0;
    const wait = (_: number, signal: AbortSignal) => {
      waits += 1;
      if (waits > 1) ending.abort();
      return new Promise((_resolve, reject) => {
        if (signal.aborted) reject(signal.reason);
        else signal.addEventListener('abort', reject);
      });
    };
    await expect(a.run({ signal: ending.signal, wait })).rejects.toThrow('down');
  });
});
