/** Creates tables, queues, bus, topic and functions with the AWS SDK, as one would on AWS. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  LambdaClient,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { feed } from '../feed.ts';
import { makeFunction } from '../make-function.ts';
import { makeWorkQueue, type WorkQueue } from '../make-queue.ts';
import { makeTable } from '../make-table.ts';

export const sqs = new SQSClient({});
export const dynamodb = new DynamoDBClient({});
const events = new EventBridgeClient({});
const lambda = new LambdaClient({});
const sns = new SNSClient({});

const BUS = 'c07-wellbeing';
const IMPORT = 'c07-import';

export interface Deployment {
  readonly imports: WorkQueue;
  readonly notifications: WorkQueue;
  /** All queues that feed functions. */
  readonly queues: readonly WorkQueue[];
}

export async function deploy(): Promise<Deployment> {
  const names = [IMPORT, 'c07-points', 'c07-badges', 'c07-teams', 'c07-notifications'] as const;
  const [imports, points, badges, teams, notifications] = await each(names, (name) =>
    makeWorkQueue(sqs, name),
  );
  const [, , progress, given] = await Promise.all([
    makeTable(dynamodb, 'c07-counted', { hash: 'eventId' }),
    makeTable(dynamodb, 'c07-teams', { hash: 'team', range: 'member' }),
    makeTable(dynamodb, 'c07-progress', { hash: 'userId', stream: 'NEW_IMAGE' }),
    makeTable(dynamodb, 'c07-badges', {
      hash: 'userId',
      range: 'milestone',
      numbers: ['milestone'],
      stream: 'KEYS_ONLY',
    }),
  ]);
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'c07-user-status' }));
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: notifications.arn,
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  await events.send(new CreateEventBusCommand({ Name: BUS }));
  await Promise.all([
    route(badges),
    route(teams),
    consume(imports, 'import'),
    consume(points, 'points'),
    consume(badges, 'badges'),
    consume(teams, 'teams'),
    follow(progress, 'recalc', ['MODIFY'], { POINTS_URL: points.url }),
    follow(given, 'announce', ['INSERT'], { TOPIC_ARN: TopicArn }),
  ]);
  return { imports, notifications, queues: [imports, points, badges, teams] };
}

/** The importer learns how watches write their steps. */
export async function teachCommas(): Promise<void> {
  const FunctionName = IMPORT;
  const Environment = { Variables: { KNOWS_COMMAS: 'yes' } };
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment }));
  const waiting = { client: lambda, minDelay: 0.05, maxDelay: 1, maxWaitTime: 30 };
  await waitUntilFunctionUpdatedV2(waiting, { FunctionName });
}

async function route(queue: WorkQueue): Promise<void> {
  const Name = queue.arn.split(':').at(-1);
  const EventPattern = JSON.stringify({ 'detail-type': ['PointsUpdated'] });
  await events.send(new PutRuleCommand({ Name, EventBusName: BUS, EventPattern }));
  const Targets = [{ Id: 'queue', Arn: queue.arn }];
  await events.send(new PutTargetsCommand({ Rule: Name, EventBusName: BUS, Targets }));
}

async function make(name: string, variables: Record<string, string> = {}): Promise<string> {
  const FunctionName = `c07-${name}`;
  const folder = import.meta.dirname;
  await makeFunction(lambda, { FunctionName, Handler: `${name}.handler`, folder, variables });
  return FunctionName;
}

async function consume({ arn }: WorkQueue, name: string): Promise<void> {
  const ScalingConfig = { MaximumConcurrency: 2 };
  await feed(lambda, await make(name), arn, { BatchSize: 10, ScalingConfig });
}

async function follow(
  streamArn: string,
  name: string,
  eventName: readonly string[],
  variables: Record<string, string>,
): Promise<void> {
  const Filters = [{ Pattern: JSON.stringify({ eventName }) }];
  const options = { BatchSize: 100, FilterCriteria: { Filters } };
  await feed(lambda, await make(name, variables), streamArn, options);
}

function each<const Names extends readonly string[], Made>(
  names: Names,
  make: (name: string) => Promise<Made>,
): Promise<{ [Place in keyof Names]: Made }> {
  const all: Promise<unknown> = Promise.all(names.map(make));
  return all as Promise<{ [Place in keyof Names]: Made }>;
}
