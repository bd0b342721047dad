/** Creates tables, topic, queues and functions with the AWS SDK, as one would on AWS. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  AddPermissionCommand,
  CreateFunctionUrlConfigCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { feed, setFeeding } from '../feed.ts';
import { makeFunction } from '../make-function.ts';
import { makeWorkQueue, type WorkQueue } from '../make-queue.ts';
import { makeTable } from '../make-table.ts';
import { TableName as MY_ORDERS } from './my-orders.ts';
import { TableName as SALES_BY_DAY } from './sales-by-day.ts';
import { EVENTS } from './store.ts';

export const lambda = new LambdaClient({});
export const sqs = new SQSClient({});
export const dynamodb = new DynamoDBClient({});
const sns = new SNSClient({});

export interface Files {
  /** Models that are files. */
  readonly SQL_FILE: string;
  readonly SEARCH_FILE: string;
  /** When it is there, the relational projector dies in the middle of a batch, once. */
  readonly CRASH: string;
  /** While it is there, search fails. */
  readonly DOWN: string;
}

export interface Model {
  readonly queue: WorkQueue;
  /** Whether the model takes events at the moment. */
  feeding(enabled: boolean): Promise<void>;
}

export interface Deployment {
  readonly commandsUrl: string;
  readonly queriesUrl: string;
  readonly myOrders: Model;
  readonly sql: Model;
  readonly search: Model;
  /** A queue for a model to come: events wait in it from now on. */
  subscribe(name: string): Promise<WorkQueue>;
  /** Feeds the model from its queue. */
  project(name: string, queue: WorkQueue): Promise<Model>;
}

export async function deploy(files: Files): Promise<Deployment> {
  const { SQL_FILE, SEARCH_FILE, CRASH, DOWN } = files;
  const streamArn = await makeTable(dynamodb, EVENTS, {
    ...{ hash: 'streamId', range: 'version', stream: 'NEW_IMAGE' },
  });
  await makeTable(dynamodb, MY_ORDERS, { hash: 'customerId', range: 'orderId' });
  await makeTable(dynamodb, SALES_BY_DAY, { hash: 'key' });
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'c06-events' }));
  const subscribe = (name: string) => subscribed(TopicArn, name);
  const modelOf = async (name: string, variables: Record<string, string> = {}) =>
    project(name, await subscribe(name), variables);
  const [myOrders, sql, search, commandsUrl, queriesUrl] = await Promise.all([
    modelOf('my-orders'),
    modelOf('orders-sql', { SQL_FILE, CRASH }),
    modelOf('orders-search', { SEARCH_FILE, DOWN }),
    makeUrl('commands'),
    makeUrl('queries', { SQL_FILE, SEARCH_FILE, PATIENCE_MS: '500' }),
    publisher(streamArn, TopicArn),
    make('hydrate', { Timeout: 60 }),
  ]);
  return { commandsUrl, queriesUrl, myOrders, sql, search, subscribe, project };
}

async function publisher(streamArn: string, TOPIC_ARN: string): Promise<void> {
  const FunctionName = await make('publish', { variables: { TOPIC_ARN, FAULT: 'twice' } });
  const Filters = [{ Pattern: JSON.stringify({ eventName: ['INSERT'] }) }];
  const options = { BatchSize: 100, FilterCriteria: { Filters }, FunctionResponseTypes: [] };
  await feed(lambda, FunctionName, streamArn, options);
}

async function subscribed(TopicArn: string, name: string): Promise<WorkQueue> {
  const queue = await makeWorkQueue(sqs, `c06-${name}`);
  const Attributes = { RawMessageDelivery: 'true' };
  const to = { TopicArn, Protocol: 'sqs', Endpoint: queue.arn, Attributes };
  await sns.send(new SubscribeCommand(to));
  return queue;
}

async function project(
  name: string,
  queue: WorkQueue,
  variables: Record<string, string> = {},
): Promise<Model> {
  const FunctionName = await make(name, { variables });
  const ScalingConfig = { MaximumConcurrency: 2 };
  const id = await feed(lambda, FunctionName, queue.arn, { BatchSize: 10, ScalingConfig });
  return {
    queue,
    feeding: (enabled) => setFeeding(lambda, id, enabled),
  };
}

interface Settings {
  readonly variables?: Record<string, string>;
  readonly Timeout?: number;
}

async function make(name: string, settings: Settings = {}): Promise<string> {
  const FunctionName = `c06-${name}`;
  const folder = import.meta.dirname;
  await makeFunction(lambda, { FunctionName, Handler: `${name}.handler`, folder, ...settings });
  return FunctionName;
}

/** A function that everybody may call by its URL. */
async function makeUrl(name: string, variables: Record<string, string> = {}): Promise<string> {
  const FunctionName = await make(name, { variables });
  const open = { FunctionName, Principal: '*' };
  const FunctionUrlAuthType = 'NONE';
  const [byUrl, fromUrl] = [
    { ...open, StatementId: 'url', Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType },
    {
      ...open,
      ...{ StatementId: 'run', Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true },
    },
  ] as const;
  await lambda.send(new AddPermissionCommand(byUrl));
  await lambda.send(new AddPermissionCommand(fromUrl));
  const command = new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: 'NONE' });
  return (await lambda.send(command)).FunctionUrl ?? '';
}
