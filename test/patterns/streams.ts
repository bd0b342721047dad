/** Streams and consumers for the tests of the patterns. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateStreamCommand,
  KinesisClient,
  ListShardsCommand,
  PutRecordsCommand,
  SplitShardCommand,
  UpdateShardCountCommand,
} from '@aws-sdk/client-kinesis';
import type { ConsumedRecord } from '../../src/patterns/consumed-records.ts';
import type { HashRange } from '../../src/patterns/key-hashes.ts';
import {
  type StreamConsumer,
  type StreamConsumerOptions,
  streamConsumer,
} from '../../src/patterns/stream-consumer.ts';
import type { Aws } from '../../src/testing/index.ts';
import { createTable, startTables } from './tables.ts';

export const STREAM = 'ticks';

export interface Streams {
  readonly aws: Aws;
  readonly kinesis: KinesisClient;
  readonly client: DynamoDBClient;
  /** A worker of the consumer `totals`, unless told otherwise. */
  consumer(
    worker: string,
    handler: StreamConsumerOptions['handler'],
    more?: Partial<StreamConsumerOptions>,
  ): StreamConsumer;
  put(...records: readonly (readonly [key: string, data: unknown])[]): Promise<void>;
  /** Splits the open shard of the first range in two. */
  split(): Promise<void>;
  scale(count: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startStreams(shards: number): Promise<Streams> {
  const { aws, client } = await startTables();
  const kinesis = aws.client(KinesisClient, { maxAttempts: 1 });
  await kinesis.send(new CreateStreamCommand({ StreamName: STREAM, ShardCount: shards }));
  await createTable(client, 'consumers', ['consumer', 'shard']);
  return {
    aws,
    client,
    kinesis,
    consumer: (worker, handler, more = {}) =>
      streamConsumer({
        ...{ kinesis, client, stream: STREAM, table: 'consumers', name: 'totals' },
        ...{ clock: aws.clock, worker, handler, ...more },
      }),
    put: async (...records) => {
      const Records = records.map(([PartitionKey, data]) => {
        return { PartitionKey, Data: Buffer.from(JSON.stringify(data)) };
      });
      await kinesis.send(new PutRecordsCommand({ StreamName: STREAM, Records }));
    },
    split: async () => {
      const [shard] = await openShards(kinesis);
      const { StartingHashKey = '0', EndingHashKey = '0' } = shard?.HashKeyRange ?? {};
      const NewStartingHashKey = String((BigInt(StartingHashKey) + BigInt(EndingHashKey)) / 2n);
      const ShardToSplit = shard?.ShardId;
      await kinesis.send(
        new SplitShardCommand({ StreamName: STREAM, ShardToSplit, NewStartingHashKey }),
      );
    },
    scale: async (TargetShardCount) => {
      const to = { TargetShardCount, ScalingType: 'UNIFORM_SCALING' } as const;
      await kinesis.send(new UpdateShardCountCommand({ StreamName: STREAM, ...to }));
    },
    [Symbol.asyncDispose]: () => aws[Symbol.asyncDispose](),
  };
}

async function openShards(kinesis: KinesisClient) {
  const { Shards = [] } = await kinesis.send(
    new ListShardsCommand({ StreamName: STREAM, ShardFilter: { Type: 'AT_LATEST' } }),
  );
  return Shards;
}

export const text = ({ data }: ConsumedRecord) =>
  JSON.parse(Buffer.from(data).toString()) as unknown;

export async function openRanges(kinesis: KinesisClient): Promise<readonly HashRange[]> {
  const shards = await openShards(kinesis);
  return shards.map(({ HashKeyRange: { StartingHashKey = '', EndingHashKey = '' } = {} }) => {
    return { first: BigInt(StartingHashKey), last: BigInt(EndingHashKey) };
  });
}
