/** Creates the stream and the tables with the AWS SDK, as on AWS. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  IncreaseStreamRetentionPeriodCommand,
  KinesisClient,
  ListShardsCommand,
  UpdateShardCountCommand,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import { makeTable } from '../make-table.ts';

export const kinesis = new KinesisClient({});
export const dynamodb = new DynamoDBClient({});

export const StreamName = 'c19-ticks';
export const CONSUMERS = 'c19-consumers';
export const INDICATOR = 'c19-indicator';
export const HISTORY = 'c19-history';

/** Answers the stream's ARN. */
export async function deploy(ShardCount: number): Promise<string> {
  await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount }));
  const waiting = { client: kinesis, minDelay: 0.05, maxDelay: 1, maxWaitTime: 30 };
  await waitUntilStreamExists(waiting, { StreamName });
  const RetentionPeriodHours = 48;
  await kinesis.send(
    new IncreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours }),
  );
  await makeTable(dynamodb, CONSUMERS, { hash: 'consumer', range: 'shard' });
  const bySymbol = { hash: 'symbol', range: 'startMs', numbers: ['startMs'] };
  await makeTable(dynamodb, INDICATOR, bySymbol);
  const bySequence = { hash: 'symbol', range: 'sequence', numbers: ['sequence'] };
  await makeTable(dynamodb, HISTORY, bySequence);
  const found = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }));
  return found.StreamDescriptionSummary?.StreamARN ?? '';
}

export async function scale(TargetShardCount: number): Promise<void> {
  const to = { StreamName, TargetShardCount, ScalingType: 'UNIFORM_SCALING' } as const;
  await kinesis.send(new UpdateShardCountCommand(to));
}

export async function openShards(): Promise<readonly string[]> {
  const ShardFilter = { Type: 'AT_LATEST' } as const;
  const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName, ShardFilter }));
  return Shards.map(({ ShardId = '' }) => ShardId);
}
