/** An account with something of every service, and names for somebody who is after it. */
import type { RunningStack } from '../../src/app.ts';
import { zipOf } from '../services/lambda/a-function.ts';

export const ATTACKER = '111111111111';
export const VICTIM = '222222222222';
export const REGION = 'us-east-1';

export function invokerOf(stack: RunningStack, account: string) {
  const as = { account, region: REGION, principalArn: `arn:aws:iam::${account}:root` };
  return (service: string, operation: string, input: object) =>
    stack.invoke(service, operation, input, as);
}

const arn = (service: string, resource: string, account = VICTIM) =>
  `arn:aws:${service}:${REGION}:${account}:${resource}`;

/** The same names in both accounts, so that a missing account would hit the other's. */
export async function settle(stack: RunningStack, account: string): Promise<void> {
  const call = invokerOf(stack, account);
  const url = `http://127.0.0.1:4566/${account}/shared`;
  await call('sqs', 'CreateQueue', { QueueName: 'shared', Attributes: {}, tags: { of: account } });
  await call('sqs', 'SendMessage', { QueueUrl: url, MessageBody: 'kept' });
  const FifoQueue = { QueueName: 'shared.fifo', Attributes: { FifoQueue: 'true' } };
  await call('sqs', 'CreateQueue', FifoQueue);
  const TopicArn = arn('sns', 'shared', account);
  await call('sns', 'CreateTopic', { Name: 'shared' });
  const Endpoint = arn('sqs', 'shared', account);
  await call('sns', 'Subscribe', { TopicArn, Protocol: 'sqs', Endpoint });
  await call('events', 'CreateEventBus', { Name: 'shared' });
  await call('events', 'PutRule', { Name: 'shared', EventPattern: '{"source":["shop"]}' });
  await call('events', 'PutTargets', { Rule: 'shared', Targets: [{ Id: 'a', Arn: Endpoint }] });
  const EventSourceArn = arn('events', 'event-bus/shared', account);
  await call('events', 'CreateArchive', { ArchiveName: 'shared', EventSourceArn });
  await call('dynamodb', 'CreateTable', {
    TableName: 'shared',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  });
  await stack.quiet();
  const Item = { id: { S: 'shared' }, of: { S: account } };
  await call('dynamodb', 'PutItem', { TableName: 'shared', Item });
  await call('kinesis', 'CreateStream', { StreamName: 'shared', ShardCount: 1 });
  await stack.settled();
  const Data = Buffer.from('kept');
  await call('kinesis', 'PutRecord', { StreamName: 'shared', Data, PartitionKey: 'p' });
  await call('logs', 'CreateLogGroup', { logGroupName: 'shared' });
  const stream = { logGroupName: 'shared', logStreamName: 'shared' };
  await call('logs', 'CreateLogStream', stream);
  const logEvents = [{ timestamp: stack.clock.nowMs(), message: 'kept' }];
  await call('logs', 'PutLogEvents', { ...stream, logEvents });
  await call('lambda', 'CreateFunction', {
    FunctionName: 'shared',
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Role: `arn:aws:iam::${account}:role/r`,
    // Code that is the same is kept once for all.
    Code: { ZipFile: zipOf({ 'index.mjs': `export const handler = () => '${account}';` }) },
  });
  await stack.settled();
  const version = { FunctionName: 'shared', Name: 'shared', FunctionVersion: '$LATEST' };
  await call('lambda', 'CreateAlias', version);
}

const NAMES = ['shared', 'shared.fifo', 'mine', 'default', '$LATEST', VICTIM];

const RESOURCES = [
  ...['shared', 'shared.fifo'].map((name) => ['sqs', name] as const),
  ['sns', 'shared'],
  ['events', 'event-bus/shared'],
  ['events', 'event-bus/default'],
  ['events', 'rule/shared'],
  ['events', 'archive/shared'],
  ['dynamodb', 'table/shared'],
  ['dynamodb', 'table/shared/stream/2026-01-15T10:00:00.000'],
  ['kinesis', 'stream/shared'],
  ['kinesis', 'stream/shared/consumer/shared:1'],
  ['logs', 'log-group:shared'],
  ['logs', 'log-group:shared:*'],
  ['lambda', 'function:shared'],
  ['lambda', 'function:shared:shared'],
] as const;

const ARNS = RESOURCES.flatMap(([service, resource]) => [
  arn(service, resource),
  arn(service, resource),
  arn(service, resource, ATTACKER),
]);

const URLS = [VICTIM, VICTIM, ATTACKER].flatMap((account) => [
  `http://127.0.0.1:4566/${account}/shared`,
  `http://127.0.0.1:4566/${account}/shared.fifo`,
  `http://sqs.${REGION}.localhost/${account}/shared`,
  `/queue/${REGION}/${account}/shared`,
]);

/** Texts that a member of that name may hold. */
export function textsFor(member: string): readonly string[] {
  if (/url$/i.test(member)) return URLS;
  if (/arn|identifier|^resource$/i.test(member)) return ARNS;
  if (/account/i.test(member)) return [VICTIM, ATTACKER];
  if (/name|table|rule|qualifier|bus/i.test(member)) return [...NAMES, ...ARNS];
  return ['shared', '*', '0', VICTIM, '{"a":1}', 'sqs', 'TRIM_HORIZON', 'shardId-000000000000'];
}
