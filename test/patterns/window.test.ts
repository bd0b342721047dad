import { expect, test } from 'vitest';
import { drain } from '../../examples/c19-ticks/drain.ts';
import { jsonOfRecord } from '../../src/patterns/consumed-records.ts';
import { type Window, type WindowOptions, window } from '../../src/patterns/window.ts';
import { type Streams, startStreams } from './streams.ts';

interface Tick {
  readonly symbol: string;
  readonly atMs: number;
  readonly price: number;
}

type Options = Partial<WindowOptions<Tick, number>>;

/** Sums of prices, and the windows that were emitted. */
function sums(streams: Streams, more: Options = {}) {
  const emitted: Window<number>[] = [];
  const late: Tick[] = [];
  const processor = window<Tick, number>({
    clock: streams.aws.clock,
    size: '10s',
    read: (record) => jsonOfRecord(record) as Tick,
    at: ({ atMs }) => atMs,
    reduce: (sum = 0, { price }) => sum + price,
    emit: (one) => {
      emitted.push(one);
    },
    onLate: (tick) => late.push(tick),
    ...more,
  });
  return { processor, emitted, late };
}

async function put(streams: Streams, symbol: string, seconds: number, price: number) {
  await streams.put([symbol, { symbol, atMs: seconds * 1000, price }]);
}

const shown = ({ key, startMs, endMs, value }: Window<number>) =>
  `${key} ${startMs / 1000}-${endMs / 1000} ${value}`;

test('a window ends with the first event of its key behind its end', async () => {
  await using streams = await startStreams(1);
  const { processor, emitted } = sums(streams, { clock: { now: () => 0 } });
  const consumer = streams.consumer('a', processor);
  for (const second of [0, 1, 9]) await put(streams, 'A', second, 1);
  await put(streams, 'B', 12, 5);
  await drain(consumer);
  expect(emitted).toEqual([]);
  await put(streams, 'A', 10, 7);
  await drain(consumer);
  expect(emitted.map(shown)).toEqual(['A 0-10 3']);
  await put(streams, 'A', 40, 7);
  await drain(consumer);
  expect(emitted.map(shown)).toEqual(['A 0-10 3', 'A 10-20 7']);
});

test('events that come late are taken within the grace, and told of behind it', async () => {
  await using streams = await startStreams(1);
  const options = { grace: '5s', clock: { now: () => 0 } } as const;
  const { processor, emitted, late } = sums(streams, options);
  const consumer = streams.consumer('a', processor);
  for (const second of [1, 12, 9, 15, 8]) await put(streams, 'A', second, 1);
  await drain(consumer);
  expect(emitted.map(shown)).toEqual(['A 0-10 2']);
  expect(late.map(({ atMs }) => atMs)).toEqual([8_000]);
});

test('a key that has gone silent ends by the clock', async () => {
  await using streams = await startStreams(1);
  const { processor, emitted } = sums(streams);
  const consumer = streams.consumer('a', processor);
  const second = Math.floor(streams.aws.clock.now() / 1000);
  await put(streams, 'A', second, 1);
  await drain(consumer);
  expect(emitted).toEqual([]);
  await streams.aws.clock.advance('10s');
  await drain(consumer);
  expect(emitted.map(({ value }) => value)).toEqual([1]);
  await streams.aws.clock.advance('1m');
  await drain(consumer);
  expect(emitted).toHaveLength(1);
});

test('a restart in the middle of a window goes on with it', async () => {
  await using streams = await startStreams(1);
  const { processor, emitted } = sums(streams, { clock: { now: () => 0 } });
  for (const second of [1, 2]) await put(streams, 'A', second, 1);
  await drain(streams.consumer('a', processor)); // As if it had been killed.
  for (const second of [3, 11]) await put(streams, 'A', second, 1);
  const again = sums(streams, { clock: { now: () => 0 } });
  await drain(streams.consumer('a', again.processor));
  expect(emitted).toEqual([]);
  expect(again.emitted.map(shown)).toEqual(['A 0-10 3']);
});

test('windows go with their keys when shards are split and merged', async () => {
  await using streams = await startStreams(1);
  const { processor, emitted, late } = sums(streams, { clock: { now: () => 0 } });
  const consumer = streams.consumer('a', processor);
  const symbols = Array.from({ length: 20 }, (_, at) => `S${at}`);
  const round = async (second: number) => {
    for (const symbol of symbols) await put(streams, symbol, second, 1);
  };
  await round(1);
  await drain(consumer);
  await streams.split();
  await round(2);
  await drain(consumer);
  await streams.scale(1);
  await round(3);
  await streams.scale(2);
  await round(4);
  await drain(consumer);
  await round(10);
  await drain(consumer);
  expect(emitted.map(shown).toSorted()).toEqual(symbols.map((key) => `${key} 0-10 4`).toSorted());
  expect(late).toEqual([]);
});

test('several keys may be counted within one partition key, by arrival too', async () => {
  await using streams = await startStreams(1);
  const emitted: string[] = [];
  const processor = window<Tick, number>({
    clock: streams.aws.clock,
    size: '1m',
    read: (record) => jsonOfRecord(record) as Tick,
    key: ({ price }) => (price > 10 ? 'dear' : 'cheap'),
    reduce: (count = 0) => count + 1,
    emit: ({ key, value }) => {
      emitted.push(`${key} ${value}`);
    },
  });
  const consumer = streams.consumer('a', processor);
  for (const price of [1, 20, 30]) await put(streams, 'A', 0, price);
  await streams.aws.clock.advance('2m');
  await drain(consumer);
  expect(emitted.toSorted()).toEqual(['cheap 1', 'dear 2']);
});

test('the end of a shard is not the silence of its keys', async () => {
  await using streams = await startStreams(1);
  const { processor, emitted, late } = sums(streams);
  const consumer = streams.consumer('a', processor);
  const second = Math.floor(streams.aws.clock.now() / 10_000) * 10;
  await put(streams, 'A', second, 1);
  await drain(consumer);
  await streams.split();
  await put(streams, 'A', second + 1, 1);
  await streams.aws.clock.advance('1m'); // What is left of the parent is its end.
  await drain(consumer);
  expect(emitted.map(({ value }) => value)).toEqual([2]);
  expect(late).toEqual([]);
});
