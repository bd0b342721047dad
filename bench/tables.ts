/** Tables and streams for benches, made and filled over the wire. */
import { call } from './api.ts';
import { drive } from './rounds.ts';
import type { Server } from './servers.ts';

const PATIENCE_MS = 10_000;
const CONNECTIONS = 8;
/** Of `BatchWriteItem`; what is under way when enough was answered may be missing. */
const BATCH = 25;

export async function createTable(port: number, name: string, isSorted = false): Promise<void> {
  const hash = { AttributeName: 'pk', KeyType: 'HASH' };
  const range = { AttributeName: 'sk', KeyType: 'RANGE' };
  await call(port, 'dynamodb', 'CreateTable', {
    ...{ TableName: name, BillingMode: 'PAY_PER_REQUEST' },
    KeySchema: isSorted ? [hash, range] : [hash],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      ...(isSorted ? [{ AttributeName: 'sk', AttributeType: 'N' }] : []),
    ],
  });
  await until(async () => {
    const { Table } = await call(port, 'dynamodb', 'DescribeTable', { TableName: name });
    return (Table as { readonly TableStatus?: string }).TableStatus === 'ACTIVE';
  });
}

/** Puts at least `items` items into a table, numbered from 0 on. */
export function fillTable(
  server: Server,
  to: string,
  items: number,
  options: { readonly bytes?: number; readonly isSorted?: boolean } = {},
): void {
  const { bytes = 1024, isSorted } = options;
  const job = { connections: CONNECTIONS, warmUpSeconds: 0, seconds: 0 };
  const scenario = { kind: isSorted ? 'fill-lists' : 'fill-items', to, bytes } as const;
  drive(server, { ...job, limit: items + 2 * CONNECTIONS * BATCH, scenario });
}

export async function createStream(port: number, name: string, shards: number): Promise<void> {
  await call(port, 'kinesis', 'CreateStream', { StreamName: name, ShardCount: shards });
  await until(async () => {
    const asked = { StreamName: name };
    const answer = await call(port, 'kinesis', 'DescribeStreamSummary', asked);
    const { StreamStatus } = answer.StreamDescriptionSummary as { readonly StreamStatus?: string };
    return StreamStatus === 'ACTIVE';
  });
}

/** Puts at least `records` records of 1 KiB into a stream. */
export function fillStream(server: Server, to: string, records: number): void {
  const job = { connections: CONNECTIONS, warmUpSeconds: 0, seconds: 0, limit: records };
  drive(server, { ...job, scenario: { kind: 'put-records', to } });
}

/** An iterator at the beginning of each shard. */
export async function beginnings(port: number, StreamName: string): Promise<readonly string[]> {
  const { Shards } = await call(port, 'kinesis', 'ListShards', { StreamName });
  const iterators = (Shards as { readonly ShardId: string }[]).map(async ({ ShardId }) => {
    const asked = { StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' };
    return String((await call(port, 'kinesis', 'GetShardIterator', asked)).ShardIterator);
  });
  return Promise.all(iterators);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const giveUpAtMs = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > giveUpAtMs) throw new Error('It did not become active.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
