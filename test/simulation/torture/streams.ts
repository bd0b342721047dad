/**
 * A table with a change stream, and a stream of records: made, fed to functions that carry what
 * they get to a queue of their own, and read from end to end.
 */
import { readFileSync } from 'node:fs';
import { call, callLambda } from '../../../bench/api.ts';
import { createFunction } from '../../../bench/functions.ts';
import { createStream } from '../../../bench/tables.ts';
import type { ChangeFacts, RecordFacts } from '../history.ts';
import { keyOf, type Queue } from './notebook.ts';
import { pause } from './time.ts';

export const TABLE = 'counters';
export const STREAM = 'records';
const CARRIER_SECONDS = 3;
const SHARDS = 2;

/** Feeds `changes` with the changes of the table, and `records` with the records of the stream. */
export async function makeStreams(port: number, changes: Queue, records: Queue): Promise<void> {
  await createStream(port, STREAM, SHARDS);
  const { StreamDescriptionSummary } = await call(port, 'kinesis', 'DescribeStreamSummary', {
    StreamName: STREAM,
  });
  const { StreamARN } = StreamDescriptionSummary as { readonly StreamARN: string };
  await feed(port, 'change-carrier', await makeTable(port), changes);
  await feed(port, 'record-carrier', StreamARN, records);
}

/** Returns the ARN of its stream. */
async function makeTable(port: number): Promise<string> {
  await call(port, 'dynamodb', 'CreateTable', {
    ...{ TableName: TABLE, BillingMode: 'PAY_PER_REQUEST' },
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  });
  for (;;) {
    const { Table } = await call(port, 'dynamodb', 'DescribeTable', { TableName: TABLE });
    const table = Table as { readonly TableStatus: string; readonly LatestStreamArn: string };
    if (table.TableStatus === 'ACTIVE') return table.LatestStreamArn;
    await pause(10);
  }
}

async function feed(port: number, name: string, EventSourceArn: string, to: Queue): Promise<void> {
  const source = readFileSync(new URL('stream-carrier.mjs', import.meta.url), 'utf8');
  const settings = { variables: { TO: to.url }, timeoutSeconds: CARRIER_SECONDS };
  await createFunction(port, name, source, settings);
  await callLambda(port, 'POST /2015-03-31/event-source-mappings', {
    ...{ FunctionName: name, EventSourceArn, StartingPosition: 'TRIM_HORIZON' },
    ...{ BatchSize: 10, ParallelizationFactor: 2 },
  });
}

interface Image {
  readonly id: { readonly S: string };
  readonly count: { readonly N: string };
  readonly text: { readonly S: string };
}

const counted = ({ id, count, text }: Image) => ({
  item: id.S,
  count: Number(count.N),
  key: keyOf(text.S),
});

/** What the table holds, and all that its stream tells. */
export async function readChanges(port: number, queue: Queue): Promise<ChangeFacts> {
  const { Items } = await call(port, 'dynamodb', 'Scan', { TableName: TABLE });
  const listed = await call(port, 'streams', 'ListStreams', { TableName: TABLE });
  const [{ StreamArn } = { StreamArn: '' }] = listed.Streams as { readonly StreamArn: string }[];
  const told = await call(port, 'streams', 'DescribeStream', { StreamArn });
  const { Shards } = told.StreamDescription as { readonly Shards: Shard[] };
  const records = await readAll<{
    readonly eventName: string;
    readonly dynamodb: { readonly OldImage?: Image; readonly NewImage: Image };
  }>(port, 'streams', { StreamArn }, Shards);
  return {
    queue: queue.name,
    items: (Items as Image[]).map(counted),
    changes: records.map(({ eventName, dynamodb: { OldImage, NewImage } }) => ({
      ...counted(NewImage),
      before: OldImage ? Number(OldImage.count.N) : 0,
      isFirst: eventName === 'INSERT',
    })),
  };
}

/** All that the stream of records holds, shard after shard. */
export async function readRecords(port: number, queue: Queue): Promise<RecordFacts> {
  const { Shards } = await call(port, 'kinesis', 'ListShards', { StreamName: STREAM });
  const records = await readAll<{ readonly Data: string; readonly PartitionKey: string }>(
    ...([port, 'kinesis', { StreamName: STREAM }, Shards as Shard[]] as const),
  );
  return {
    queue: queue.name,
    records: records.map(({ Data, PartitionKey }) => ({
      group: PartitionKey,
      key: keyOf(Buffer.from(Data, 'base64').toString()),
    })),
  };
}

interface Shard {
  readonly ShardId: string;
}

async function readAll<Kept>(
  port: number,
  api: 'streams' | 'kinesis',
  stream: object,
  shards: readonly Shard[],
): Promise<readonly Kept[]> {
  const all: Kept[] = [];
  for (const { ShardId } of shards) {
    const from = { ...stream, ShardId, ShardIteratorType: 'TRIM_HORIZON' };
    let iterator = (await call(port, api, 'GetShardIterator', from)).ShardIterator;
    while (iterator !== undefined) {
      const page = await call(port, api, 'GetRecords', { ShardIterator: iterator });
      const records = page.Records as readonly Kept[];
      all.push(...records);
      iterator = records.length === 0 ? undefined : page.NextShardIterator;
    }
  }
  return all;
}
