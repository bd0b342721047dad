/**
 * C-19: ticks of a hundred symbols. A dashboard, an indicator and a storage read the same stream,
 * each at its own pace; the indicator is killed for two minutes, the stream gets more shards, and
 * yesterday is replayed beside today.
 */
import { parseArgs } from 'node:util';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { keySkew, recordProducer } from '../../src/patterns/index.ts';
import { check } from '../check.ts';
import { startLocal } from '../local.ts';
import { backtest } from './backtest.ts';
import { startDashboard } from './dashboard.ts';
import {
  CONSUMERS,
  deploy,
  dynamodb,
  HISTORY,
  INDICATOR,
  kinesis,
  StreamName,
  scale,
} from './deploy.ts';
import { drain } from './drain.ts';
import { type Indicator, startIndicator } from './indicator.ts';
import { openMarket, type Point, recompute, type Tick } from './market.ts';
import { startStorage } from './storage.ts';

const number = (of: string) => ({ type: 'string', default: of }) as const;
const options = { symbols: number('100'), rate: number('20'), shards: number('2') };
const { values } = parseArgs({ options });
const rate = Number(values.rate);

await using local = await startLocal();
const clock = { ms: await local.nowMs(), now: () => clock.ms };
const arn = await deploy(Number(values.shards));
const market = openMarket(Number(values.symbols));
const producer = recordProducer({ client: kinesis, stream: StreamName });
const storage = startStorage(clock);
let indicator: Indicator | undefined = startIndicator('indicator-1', clock);
const sent: Tick[] = [];

async function advance(by: string): Promise<void> {
  await local.advance(by);
  clock.ms = await local.nowMs();
}

/** So many seconds of trading, read every five seconds by those who are there. */
async function trade(seconds: number): Promise<void> {
  for (let second = 1; second <= seconds; second += 1) {
    const ticks = market.trade(rate, clock.now());
    const { refused } = await producer.putAll(ticks.map((data) => ({ key: data.symbol, data })));
    if (refused.length > 0) throw new Error(`${refused.length} ticks were refused.`);
    sent.push(...ticks);
    await advance('1s');
    if (second % 5 > 0) continue;
    await storage.turn();
    await indicator?.consumer.turn();
  }
}

const tables = { client: DynamoDBDocumentClient.from(dynamodb) };
async function rowsOf<Row>(TableName: string): Promise<readonly Row[]> {
  const pages = await Array.fromAsync(paginateScan(tables, { TableName, ConsistentRead: true }));
  return pages.flatMap(({ Items = [] }) => Items) as Row[];
}

/** One line for each point, so that many are compared at once. */
const lines = (points: readonly Point[]) =>
  points
    .map(({ symbol, startMs, average, ticks, sma }) => [symbol, startMs, average, ticks, sma])
    .map(String)
    .sort();

/** How many points are what they must be. */
function checkPoints(what: string, is: readonly Point[], must: readonly Point[]): void {
  const expected = new Set(lines(must));
  check(`${what}: points`, is.length, must.length);
  check(
    `${what}: as computed at once`,
    lines(is).filter((line) => expected.has(line)).length,
    must.length,
  );
}

/** Where the consumers stand, but for the one of that name. */
async function placesBut(name: string): Promise<readonly string[]> {
  const rows = await rowsOf<Place>(CONSUMERS);
  const others = rows.filter(({ consumer, shard }) => consumer !== name && shard !== '*');
  return others.map(({ consumer, shard, checkpoint }) => `${consumer} ${shard} ${checkpoint}`);
}

interface Place {
  readonly consumer: string;
  readonly shard: string;
  readonly checkpoint: string;
}

const startedMs = performance.now();
const opened = new Date(clock.now());
console.log(`Yesterday: ${rate} ticks a second for 30 seconds, of ${values.symbols} symbols.`);
await trade(30);
const yesterday = [...sent];
await advance('24h');

console.log('Today, with a dashboard:');
const dashboard = await startDashboard(arn);
await trade(15);
indicator.kill();
await trade(5);
indicator = undefined;
console.log('  +20 s   the indicator is killed in the middle of a batch');
await trade(30);
await scale(2 * Number(values.shards));
console.log(`  +50 s   the stream gets ${2 * Number(values.shards)} shards`);
await trade(90);
indicator = startIndicator('indicator-2', clock);
console.log('  +140 s  another indicator is started');
await trade(40);
const before = await placesBut('backtest');
const replayed = await backtest(opened, clock);
const after = await placesBut('backtest');
console.log('  +180 s  yesterday is replayed');
await trade(10);
await advance('1m');
await drain(indicator.consumer);
await drain(storage);
await dashboard.shown(sent.length - yesterday.length);
console.log(`  … took ${((performance.now() - startedMs) / 1_000).toFixed(1)} s\n`);

const { ratio, hottest } = keySkew(
  sent.map(({ symbol }) => symbol),
  { shards: 2 * Number(values.shards) },
);
const [hot] = hottest;
console.log(`  the busiest shard has ${ratio.toFixed(2)} of its share; most traded: ${hot?.key}`);

checkPoints('indicator', await rowsOf<Point>(INDICATOR), recompute(sent));
check('ticks in the history', (await rowsOf<Tick>(HISTORY)).length, sent.length);
const last = new Map(sent.slice(yesterday.length).map((tick) => [tick.symbol, tick]));
const right = [...last].filter(
  ([symbol, { price }]) => dashboard.prices.get(symbol)?.price === price,
);
check('prices on the dashboard', right.length, last.size);
check('ticks it saw out of order', dashboard.outOfOrder, 0);
const night = opened.getTime() + 12 * 3_600_000;
checkPoints(
  'yesterday, replayed',
  replayed.filter(({ startMs }) => startMs < night),
  recompute(yesterday),
);
const moved = after.filter((place, at) => place !== before[at]);
check('consumers that moved for it', moved.length, 0);
dashboard.close();
kinesis.destroy();
