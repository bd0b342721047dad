/** What happens to messages and events, as a collector is told of it. */
import { PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import {
  ConfirmSubscriptionCommand,
  CreateTopicCommand,
  PublishCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { idsOf } from '../../src/telemetry/contexts.ts';
import { anEndpoint } from '../services/sns/a-topic.ts';
import { aWorld, type World } from './world.ts';

const [SERVER, CLIENT, PRODUCER, CONSUMER] = [2, 3, 4, 5];
const TRACE = '5759e988bd862e3fe1be46a994272793';
const SPAN = '53995c3f42cd8ad8';
const ROOT = '1-5759e988-bd862e3fe1be46a994272793';

/** A rule that sends everything to the targets; answers with how to put an event. */
async function aRule({ events }: World, ...arns: readonly string[]) {
  await events.send(new PutRuleCommand({ Name: 'all', EventPattern: '{"source":["shop"]}' }));
  const Targets = arns.map((Arn, at) => ({ Id: `t${at}`, Arn }));
  await events.send(new PutTargetsCommand({ Rule: 'all', Targets }));
  return async (more: object = {}) => {
    const entry = { Source: 'shop', DetailType: 'OrderPlaced', Detail: '{}', ...more };
    const { Entries } = await events.send(new PutEventsCommand({ Entries: [entry] }));
    return Entries?.[0]?.EventId ?? '';
  };
}

test('a message is sent, received and settled in one trace, which its id names', async () => {
  await using world = await aWorld();
  const { sqs, collector } = world;
  const { url: QueueUrl, send } = await world.queue('orders');
  const id = await send();
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  const ReceiptHandle = Messages?.[0]?.ReceiptHandle ?? '';
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  await world.told();
  const { traceId, spanId } = idsOf(id);
  const sent = collector.span('send orders');
  expect(sent).toMatchObject({ traceId, spanId, kind: PRODUCER });
  expect(sent).not.toHaveProperty('parentSpanId');
  expect(sent.startMs).toBe(Date.parse('2026-01-15T10:00:00Z'));
  expect(sent.attributes).toEqual({
    'messaging.system': 'aws_sqs',
    'messaging.destination.name': 'orders',
    'messaging.operation.type': 'send',
    'messaging.operation.name': 'send',
    'messaging.message.id': id,
    'cloud.region': 'us-east-1',
    'cloud.account.id': '000000000000',
  });
  const below = { traceId, parentSpanId: spanId };
  expect(collector.span('receive orders')).toMatchObject({ ...below, kind: CONSUMER });
  expect(collector.span('settle orders')).toMatchObject({ ...below, kind: CLIENT });
  expect(new Set(collector.spans().map((span) => span.spanId)).size).toBe(3);
});

test('an event, its way through a topic and a queue, and a function are one trace', async () => {
  await using world = await aWorld();
  const { aws, sns, collector } = world;
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'news' }));
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sns:Publish', Resource: '*' }],
  });
  await aws.stack.invoke(
    'sns',
    'SetTopicAttributes',
    { TopicArn, AttributeName: 'Policy', AttributeValue: Policy },
    { account: '000000000000', region: 'us-east-1', principalArn: 'arn:aws:iam::0:root' },
  );
  const queue = await world.queue('inbox');
  const next = await world.queue('next');
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queue.arn }));
  const worker = await aws.lambda('ship', () => next.send());
  await worker.feedFrom(queue.arn);
  const put = await aRule(world, TopicArn);
  const id = await put();
  await world.told();
  const { traceId } = idsOf(id);
  expect(new Set(collector.spans().map((span) => span.traceId))).toEqual(new Set([traceId]));
  const event = collector.span('send default');
  expect(event.attributes).toMatchObject({
    'messaging.system': 'aws.eventbridge',
    'millrace.note': 'OrderPlaced',
  });
  const delivered = collector.span('deliver default');
  expect(delivered.parentSpanId).toBe(event.spanId);
  expect(delivered.attributes).toMatchObject({
    'messaging.operation.type': 'process',
    'messaging.destination.subscription.name': 'all',
    'millrace.target.arn': TopicArn,
  });
  const published = collector.span('create news');
  expect(published).toMatchObject({ parentSpanId: event.spanId, kind: PRODUCER });
  expect(published.attributes).toMatchObject({ 'aws.sns.topic.arn': TopicArn });
  const fannedOut = collector.span('deliver news');
  expect(fannedOut.parentSpanId).toBe(published.spanId);
  expect(fannedOut.attributes).toMatchObject({ 'aws.sns.topic.arn': TopicArn });
  const ran = collector.span('ship');
  expect(ran).toMatchObject({ parentSpanId: fannedOut.spanId, kind: CONSUMER });
  expect(ran.attributes).toMatchObject({
    ...{ 'faas.name': 'ship', 'faas.trigger': 'pubsub', 'messaging.operation.type': 'process' },
    ...{ 'messaging.system': 'aws_sqs', 'messaging.destination.name': 'inbox' },
  });
  expect(ran.attributes['aws.request_id']).toBe(ran.attributes['faas.invocation_id']);
  expect(collector.span('send next').parentSpanId).toBe(ran.spanId);
});

test('a batch has a trace of its own, and a link to each of its messages', async () => {
  await using world = await aWorld();
  const { aws, collector } = world;
  const queue = await world.queue('orders');
  const worker = await aws.lambda('ship', () => undefined);
  await worker.feedFrom(queue.arn, { BatchSize: 3, MaximumBatchingWindowInSeconds: 1 });
  const ids = [await queue.send(), await queue.send(), await queue.send()];
  await world.told();
  const ran = collector.span('ship');
  expect(ran.links.map(({ traceId }) => traceId)).toEqual(
    expect.arrayContaining(ids.map((id) => idsOf(id).traceId)),
  );
  expect(ran).not.toHaveProperty('parentSpanId');
  expect(ran.attributes['messaging.batch.message_count']).toBe(3);
  expect(ids.map((id) => idsOf(id).traceId)).not.toContain(ran.traceId);
});

test('each attempt is a span, and those that failed say why', async () => {
  await using world = await aWorld();
  const { aws, collector, lambda } = world;
  const worker = await aws.lambda('ship', () => 'done');
  worker.fail(1, new TypeError('no such order'));
  const input = { FunctionName: 'ship', InvocationType: 'Event' } as const;
  await lambda.send(new InvokeCommand(input));
  await world.told();
  const runs = collector.spans().filter(({ name }) => name === 'ship');
  expect(runs.map(({ status }) => status)).toEqual([
    { code: 2, message: 'no such order' },
    undefined,
  ]);
  expect(runs[0]?.attributes['error.type']).toBe('TypeError');
  expect(runs[0]?.kind).toBe(SERVER);
  expect(new Set(runs.map(({ traceId }) => traceId)).size).toBe(1);
  expect(new Set(runs.map(({ spanId }) => spanId)).size).toBe(2);
});

test('an endpoint that fails is tried again, each time in a span of its own', async () => {
  await using world = await aWorld();
  await using endpoint = await anEndpoint();
  const { sns, collector } = world;
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'news' }));
  const Endpoint = endpoint.url;
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint }));
  await world.aws.settled();
  const [{ Token = '' } = {}] = endpoint.letters('SubscriptionConfirmation');
  await sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token }));
  endpoint.answers.push(500, 503);
  await sns.send(new PublishCommand({ TopicArn, Message: 'hello' }));
  await world.told();
  const sent = collector.span('send news');
  const delivered = collector.spans().filter(({ name }) => name === 'deliver news');
  // The first of them brought the subscription's confirmation.
  const attempts = delivered.slice(1);
  expect(attempts.map(({ attributes }) => attributes['error.type'])).toEqual([
    'HTTP_500',
    'HTTP_503',
    undefined,
  ]);
  expect(attempts.map(({ status }) => status?.code)).toEqual([2, 2, undefined]);
  expect(attempts.map(({ events }) => events.map(({ name }) => name))).toEqual([
    ['retry'],
    ['retry'],
    [],
  ]);
  for (const { parentSpanId } of attempts) expect(parentSpanId).toBe(sent.spanId);
});

test('what is given up or wanted by nobody says so', async () => {
  await using world = await aWorld();
  const { collector, events } = world;
  const queue = await world.queue('inbox', { Policy: '' });
  const dead = await world.queue('dead');
  const put = await aRule(world, queue.arn);
  const DeadLetterConfig = { Arn: dead.arn };
  const Targets = [{ Id: 't0', Arn: queue.arn, DeadLetterConfig }];
  await events.send(new PutTargetsCommand({ Rule: 'all', Targets }));
  await put();
  await put({ Source: 'other' });
  await world.told();
  const attempt = collector.span('deliver default');
  expect(attempt.attributes['error.type']).toBe('NO_PERMISSIONS');
  const buried = collector.span('dead-letter default');
  expect(buried).toMatchObject({ traceId: attempt.traceId, status: { code: 2 } });
  expect(buried.attributes).toMatchObject({ 'millrace.target.arn': dead.arn });
  const dropped = collector.span('drop default');
  expect(dropped.attributes['millrace.outcome']).toBe('NO_RULES_MATCHED');
  expect(dropped.traceId).not.toBe(attempt.traceId);
});

test('what a client traces itself goes on in its trace', async () => {
  await using world = await aWorld();
  const { aws, sns, collector } = world;
  const queue = await world.queue('orders');
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });
  const traceparent = text(`00-${TRACE}-${SPAN}-01`);
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'news' }));
  await sns.send(
    new PublishCommand({ TopicArn, Message: 'm', MessageAttributes: { traceparent } }),
  );
  await queue.send({ MessageAttributes: { traceparent } });
  const put = await aRule(world, queue.arn);
  await put({ TraceHeader: `Root=${ROOT};Parent=${SPAN};Sampled=1` });
  const worker = await aws.lambda('ship', () => undefined);
  await worker.feedFrom(queue.arn, { BatchSize: 1 });
  await world.told();
  for (const name of ['send news', 'send orders', 'send default']) {
    expect(collector.span(name)).toMatchObject({ traceId: TRACE, parentSpanId: SPAN });
  }
  expect(new Set(collector.spans().map((span) => span.traceId))).toEqual(new Set([TRACE]));
  expect(collector.spans().filter(({ name }) => name === 'ship')).toHaveLength(2);
});

test('a client that has decided against sampling is heeded', async () => {
  await using world = await aWorld();
  const { collector, sqs } = world;
  const { url: QueueUrl } = await world.queue('orders');
  const StringValue = `Root=${ROOT};Parent=${SPAN};Sampled=0`;
  await sqs.send(
    new SendMessageCommand({
      ...{ QueueUrl, MessageBody: 'hello' },
      MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue } },
    }),
  );
  await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  await world.told();
  expect(collector.heard).toEqual([]);
});
