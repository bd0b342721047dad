/**
 * C-19: ticks. An indicator that dies in the middle of its batches again and again, with another
 * one taking over, while the stream gets more and fewer shards, comes to what a computation over
 * all ticks at once does. Market and windows are those of the example.
 */
import { expect, test } from 'vitest';
import { drain } from '../../examples/c19-ticks/drain.ts';
import {
  add,
  averageOf,
  openMarket,
  recompute,
  type Tick,
} from '../../examples/c19-ticks/market.ts';
import { jsonOfRecord } from '../../src/patterns/consumed-records.ts';
import { window } from '../../src/patterns/window.ts';
import { startStreams } from '../patterns/streams.ts';

test('whoever takes over, the indicator equals the recomputation', async () => {
  await using streams = await startStreams(2);
  const { clock } = streams.aws;
  const market = openMarket(20);
  const sent: Tick[] = [];
  const averages = new Map<string, number>();
  const indicator = (worker: string, rowsLeft: number) => {
    let left = rowsLeft;
    const handler = window<Tick, { readonly sum: number; readonly ticks: number }>({
      clock,
      size: '10s',
      grace: '5s',
      read: (record) => jsonOfRecord(record) as Tick,
      at: ({ atMs }) => atMs,
      reduce: add,
      emit: ({ key, startMs, value }) => {
        if (left-- <= 0) throw new Error(`${worker} is dead.`);
        averages.set(`${key} ${startMs}`, averageOf(value));
      },
    });
    return streams.consumer(worker, handler, { name: 'indicator' });
  };
  let worker = indicator('0', 30);
  for (let second = 1; second <= 240; second += 1) {
    const ticks = market.trade(4, clock.now());
    sent.push(...ticks);
    await streams.put(...ticks.map((tick) => [tick.symbol, tick] as const));
    await clock.advance('1s');
    if (second === 60) await streams.scale(4);
    if (second === 150) await streams.scale(3);
    if (second % 80 === 0) worker = indicator(String(second), second === 240 ? 1e9 : 30);
    if (second % 4 === 0) await worker.turn();
  }
  for (let waited = 0; waited < 12; waited += 1) {
    await clock.advance('4s');
    await drain(worker);
  }
  const points = recompute(sent);
  const expected = points.map(({ symbol, startMs, average }) => [`${symbol} ${startMs}`, average]);
  expect(averages).toEqual(new Map(expected as [string, number][]));
}, 30_000);
