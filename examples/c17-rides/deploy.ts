/** Creates stream, table, bus, functions and what feeds them with the AWS SDK, as on AWS. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  KinesisClient,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { feed, setFeeding } from '../feed.ts';
import { makeFunction } from '../make-function.ts';
import { makeWorkQueue, type Queue } from '../make-queue.ts';
import { makeTable } from '../make-table.ts';

export const kinesis = new KinesisClient({});
export const dynamodb = new DynamoDBClient({});
export const sqs = new SQSClient({});
const lambda = new LambdaClient({});
const events = new EventBridgeClient({});

export const STREAM = 'c17-locations';
const BUS = 'c17-rides';

export interface Deployment {
  readonly speeds: Queue;
  readonly alerts: Queue;
  /** Whether speeds are computed at the moment. */
  computing(enabled: boolean): Promise<void>;
}

export async function deploy(ShardCount: number): Promise<Deployment> {
  const streamArn = await makeStream(ShardCount);
  await makeTable(dynamodb, 'c17-positions', { hash: 'rideId' });
  await events.send(new CreateEventBusCommand({ Name: BUS }));
  const speeds = await collect('RideSpeedComputed', 'c17-speeds');
  const alerts = await collect('SpeedAlert', 'c17-alerts');
  await follow(streamArn, 'position', { ParallelizationFactor: 2 });
  const speed = await follow(streamArn, 'speed', { TumblingWindowInSeconds: 30 });
  return { speeds, alerts, computing: (enabled) => setFeeding(lambda, speed, enabled) };
}

async function makeStream(ShardCount: number): Promise<string> {
  const StreamName = STREAM;
  await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount }));
  const waiting = { client: kinesis, minDelay: 0.05, maxDelay: 1, maxWaitTime: 30 };
  await waitUntilStreamExists(waiting, { StreamName });
  const found = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }));
  return found.StreamDescriptionSummary?.StreamARN ?? '';
}

/** A queue that takes all events of one kind. */
async function collect(detailType: string, name: string): Promise<Queue> {
  const queue = await makeWorkQueue(sqs, name);
  const EventPattern = JSON.stringify({ 'detail-type': [detailType] });
  await events.send(new PutRuleCommand({ Name: name, EventBusName: BUS, EventPattern }));
  const Targets = [{ Id: 'queue', Arn: queue.arn }];
  await events.send(new PutTargetsCommand({ Rule: name, EventBusName: BUS, Targets }));
  return queue;
}

async function follow(streamArn: string, name: string, how: object): Promise<string> {
  const FunctionName = `c17-${name}`;
  const folder = import.meta.dirname;
  await makeFunction(lambda, { FunctionName, Handler: `${name}.handler`, folder });
  return feed(lambda, FunctionName, streamArn, { BatchSize: 100, ...how });
}
