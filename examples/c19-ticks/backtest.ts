/** A replay of ticks from a moment on, beside all others: the same windows, kept in memory. */
import { type Clock, streamConsumer } from '../../src/patterns/index.ts';
import { CONSUMERS, dynamodb, kinesis, StreamName } from './deploy.ts';
import { drain } from './drain.ts';
import { averages } from './indicator.ts';
import { averageOf, movingAverage, type Point } from './market.ts';

export async function backtest(since: Date, clock: Clock): Promise<readonly Point[]> {
  const points: Point[] = [];
  const bySymbol = new Map<string, number[]>();
  const handler = averages(clock, ({ key: symbol, startMs, value }) => {
    const known = [...(bySymbol.get(symbol) ?? []), averageOf(value)];
    bySymbol.set(symbol, known);
    const { ticks } = value;
    points.push({ symbol, startMs, average: averageOf(value), ticks, sma: movingAverage(known) });
  });
  const consumer = streamConsumer({
    ...{ kinesis, stream: StreamName, client: dynamodb, table: CONSUMERS, clock },
    ...{ name: 'backtest', worker: 'backtest-1', start: since, handler },
  });
  await drain(consumer);
  await consumer.close();
  return points;
}
