/**
 * The moving average of each symbol: windows of ten seconds, and at the end of each the average
 * of the last three. A window that comes again after a crash is the same, and so is its row.
 */
import { DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import {
  type Clock,
  jsonOfRecord,
  type StreamConsumer,
  streamConsumer,
  type Window,
  window,
} from '../../src/patterns/index.ts';
import { CONSUMERS, dynamodb, INDICATOR, kinesis, StreamName } from './deploy.ts';
import {
  type Average,
  add,
  averageOf,
  movingAverage,
  type Point,
  SMA_WINDOWS,
  type Tick,
  WINDOW_MS,
} from './market.ts';

const tables = DynamoDBDocumentClient.from(dynamodb);

/** Windows of ticks; what comes of each goes to `emit`. */
export function averages(clock: Clock, emit: (window: Window<Average>) => Promise<void> | void) {
  return window<Tick, Average>({
    clock,
    size: `${WINDOW_MS}ms`,
    grace: '5s',
    read: (record) => jsonOfRecord(record) as Tick,
    at: ({ atMs }) => atMs,
    reduce: add,
    emit,
  });
}

export interface Indicator {
  readonly consumer: StreamConsumer;
  /** Lets it write three more rows; what it does from then on has no effect. */
  kill(): void;
}

export function startIndicator(worker: string, clock: Clock): Indicator {
  let rowsLeft = Number.POSITIVE_INFINITY;
  const processor = averages(clock, async (one) => {
    if (rowsLeft <= 0) throw new Error(`${worker} is dead.`);
    rowsLeft -= 1;
    await save(one);
  });
  const consumer = streamConsumer({
    ...{ kinesis, stream: StreamName, client: dynamodb, table: CONSUMERS, clock },
    ...{ name: 'indicator', worker, handler: processor, onFailure: () => {} },
  });
  return {
    consumer,
    kill: () => {
      rowsLeft = 3;
    },
  };
}

async function save({ key: symbol, startMs, value }: Window<Average>): Promise<void> {
  const before = await tables.send(
    new QueryCommand({
      TableName: INDICATOR,
      KeyConditionExpression: 'symbol = :symbol AND startMs < :startMs',
      ExpressionAttributeValues: { ':symbol': symbol, ':startMs': startMs },
      ScanIndexForward: false,
      Limit: SMA_WINDOWS - 1,
      ConsistentRead: true,
    }),
  );
  const earlier = ((before.Items ?? []) as Point[]).map(({ average }) => average).reverse();
  const average = averageOf(value);
  const sma = movingAverage([...earlier, average]);
  const Item: Point = { symbol, startMs, average, ticks: value.ticks, sma };
  await tables.send(new PutCommand({ TableName: INDICATOR, Item }));
}
