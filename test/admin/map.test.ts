/** The map: what resources say, and what the journal has seen. */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateTopicCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { NOTIFY, QUEUES, ROUTES, TOPIC } from '../../examples/c01-orders/topology.ts';
import type { MapEdge, MapNode, TopologyMap } from '../../src/admin-api/index.ts';
import { startAws } from '../../src/testing/index.ts';
import { openShop } from '../journeys/c01-shop.ts';
import { type Suite, startSuite } from '../sdk/suite.ts';
import { openQueue } from '../services/events/receivers.ts';
import { aFunction } from '../services/lambda/a-function.ts';
import { aTopic } from '../services/sns/a-topic.ts';
import { looked } from './asked.ts';

const HERE = 'us-east-1:000000000000';
const arn = (service: string, resource: string) => `arn:aws:${service}:${HERE}:${resource}`;
const BUS = arn('events', 'event-bus/default');

const mapOf = (aws: Suite, query: Readonly<Record<string, string>> = {}) =>
  looked<TopologyMap>(aws, 'map', query);

const nodeAt = ({ nodes }: TopologyMap, at: string): MapNode | undefined =>
  nodes.find((node) => node.arn === at);

const edgesOf = ({ edges }: TopologyMap, from: string, to: string): readonly MapEdge[] =>
  edges.filter((edge) => edge.from === from && edge.to === to);

const PATTERN = JSON.stringify({ source: ['shop'] });

async function put(aws: Suite, source = 'shop') {
  const entry = { Source: source, DetailType: 'OrderPlaced', Detail: '{}' };
  await aws.call('events', 'PutEvents', { Entries: [entry] });
  await aws.settled();
}

describe('what resources say', () => {
  test('an empty place has its default bus, and nothing was seen', async () => {
    await using aws = await startSuite();
    const map = await mapOf(aws);
    expect(map).toMatchObject({ account: '000000000000', region: 'us-east-1', edges: [] });
    const bus = { arn: BUS, kind: 'bus', name: 'default', declared: true };
    expect(map.nodes).toEqual([bus]);
    expect(map.seenSinceMs).toBe(aws.clock.now());
  });

  test('rules lead from their bus to their targets, and dead letters away', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'orders');
    const dead = await openQueue(aws, 'orders-dlq');
    await aws.call('events', 'PutRule', { Name: 'placed', EventPattern: PATTERN });
    const DeadLetterConfig = { Arn: dead.arn };
    const RetryPolicy = { MaximumRetryAttempts: 3 };
    const target = { Id: '1', Arn: queue.arn, DeadLetterConfig, RetryPolicy };
    await aws.call('events', 'PutTargets', { Rule: 'placed', Targets: [target] });
    const rule = arn('events', 'rule/placed');
    const map = await mapOf(aws);
    expect(nodeAt(map, rule)).toEqual({
      ...{ arn: rule, kind: 'rule', name: 'placed', declared: true },
      ...{ state: 'ENABLED', detail: PATTERN },
    });
    expect(nodeAt(map, dead.arn)).toMatchObject({ kind: 'queue', isDeadLetterQueue: true });
    expect(nodeAt(map, queue.arn)?.isDeadLetterQueue).toBeUndefined();
    expect(map.edges).toHaveLength(3);
    expect(edgesOf(map, BUS, rule)).toEqual([
      {
        ...{ id: `${BUS} ${rule} rule`, from: BUS, to: rule, kind: 'rule' },
        ...{ declared: true, seen: false },
      },
    ]);
    expect(edgesOf(map, rule, queue.arn)).toMatchObject([{ kind: 'target', detail: 'retries 3' }]);
    expect(edgesOf(map, rule, dead.arn)).toMatchObject([{ kind: 'dead-letter' }]);
    await aws.call('events', 'DisableRule', { Name: 'placed' });
    const { edges } = await mapOf(aws);
    expect(edges.map(({ off }) => off)).toEqual(['DISABLED', 'DISABLED', 'DISABLED']);
  });

  test('archives hang on their bus, and API destinations say where they lead', async () => {
    await using aws = await startSuite();
    const archive = { ArchiveName: 'all', EventSourceArn: BUS, RetentionDays: 7 };
    await aws.call('events', 'CreateArchive', archive);
    const connection = await aws.call('events', 'CreateConnection', {
      Name: 'partner',
      AuthorizationType: 'API_KEY',
      AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'key', ApiKeyValue: 'secret' } },
    });
    const { ApiDestinationArn: destination = '' } = await aws.call(
      'events',
      'CreateApiDestination',
      {
        Name: 'partner',
        ConnectionArn: connection.ConnectionArn ?? '',
        InvocationEndpoint: 'https://partner.example.com/orders',
        HttpMethod: 'POST',
      },
    );
    const map = await mapOf(aws);
    const at = arn('events', 'archive/all');
    expect(nodeAt(map, at)).toMatchObject({ kind: 'archive', detail: 'keeps events 7 d' });
    expect(edgesOf(map, BUS, at)).toMatchObject([
      { kind: 'archive', via: arn('events', 'rule/Events-Archive-all') },
    ]);
    expect(nodeAt(map, arn('events', 'rule/Events-Archive-all'))).toBeUndefined();
    expect(nodeAt(map, destination)).toMatchObject({
      ...{ kind: 'endpoint', name: 'partner', state: 'ACTIVE' },
      detail: 'POST https://partner.example.com/orders, at most 300 a second',
    });
    expect(JSON.stringify(map)).not.toContain('secret');
  });

  test('topics lead to their subscribers, one edge for each subscription', async () => {
    await using aws = await startSuite();
    const topic = await aTopic(aws, 'news');
    const queue = await openQueue(aws, 'mail');
    const dead = await openQueue(aws, 'mail-dlq');
    const policy = JSON.stringify({ deadLetterTargetArn: dead.arn });
    const FilterPolicy = JSON.stringify({ kind: ['order'] });
    await topic.subscribe('sqs', queue.arn, { FilterPolicy, RedrivePolicy: policy });
    await topic.subscribe('email', 'a@example.com');
    await topic.subscribe('https', 'https://user:secret@example.com/hook');
    await topic.subscribe('sms', '+15550100');
    const map = await mapOf(aws);
    const [edge] = edgesOf(map, topic.arn, queue.arn);
    expect(edge).toMatchObject({
      ...{ kind: 'subscription', detail: `attributes ${FilterPolicy}` },
      via: expect.stringContaining(`${topic.arn}:`),
    });
    expect(edge?.id).toBe(`${topic.arn} ${queue.arn} ${edge?.via}`);
    expect(edge?.off).toBeUndefined();
    expect(edgesOf(map, topic.arn, dead.arn)).toMatchObject([
      { kind: 'dead-letter', via: edge?.via },
    ]);
    expect(nodeAt(map, dead.arn)?.isDeadLetterQueue).toBe(true);
    for (const [at, name, off] of [
      ['mailto:a@example.com', 'a@example.com', 'PendingConfirmation'],
      ['https://user:****@example.com/hook', undefined, 'PendingConfirmation'],
      ['tel:+15550100', '+15550100', undefined],
    ] as const) {
      expect(nodeAt(map, at)).toMatchObject({ kind: 'endpoint', declared: true, name: name ?? at });
      expect(edgesOf(map, topic.arn, at)[0]?.off).toBe(off);
    }
    expect(JSON.stringify(map)).not.toContain('secret');
  });

  test('functions are fed by mappings, and tell queues and topics of their ends', async () => {
    await using aws = await startSuite();
    const [work, done, failed, dead] = await Promise.all(
      ['work', 'done', 'failed', 'dead'].map((name) => openQueue(aws, name)),
    );
    if (!work || !done || !failed || !dead) throw new Error('No queues.');
    const FunctionArn = arn('lambda', 'function:worker');
    await aFunction(aws, { FunctionName: 'worker', DeadLetterConfig: { TargetArn: dead.arn } });
    await aws.call('lambda', 'PutFunctionEventInvokeConfig', {
      FunctionName: 'worker',
      DestinationConfig: {
        OnSuccess: { Destination: done.arn },
        OnFailure: { Destination: failed.arn },
      },
    });
    const { UUID } = await aws.call('lambda', 'CreateEventSourceMapping', {
      ...{ FunctionName: 'worker', EventSourceArn: work.arn, BatchSize: 5 },
      FilterCriteria: { Filters: [{ Pattern: '{"body":{"a":[1]}}' }] },
    });
    await aws.settled();
    const map = await mapOf(aws);
    expect(nodeAt(map, FunctionArn)).toMatchObject({
      ...{ kind: 'function', name: 'worker', state: 'Active' },
    });
    const via = arn('lambda', `event-source-mapping:${UUID}`);
    expect(edgesOf(map, work.arn, FunctionArn)).toEqual([
      {
        ...{ id: `${work.arn} ${FunctionArn} ${via}`, from: work.arn, to: FunctionArn },
        ...{ kind: 'mapping', via, declared: true, seen: false },
        detail: 'batches of 5, 1 filter',
      },
    ]);
    expect(edgesOf(map, FunctionArn, done.arn)).toMatchObject([{ kind: 'destination' }]);
    expect(edgesOf(map, FunctionArn, failed.arn)).toMatchObject([{ kind: 'dead-letter' }]);
    expect(edgesOf(map, FunctionArn, dead.arn)).toMatchObject([{ kind: 'dead-letter' }]);
    await aws.call('lambda', 'UpdateEventSourceMapping', { UUID: UUID ?? '', Enabled: false });
    await aws.settled();
    expect(edgesOf(await mapOf(aws), work.arn, FunctionArn)[0]?.off).toBe('DISABLED');
  });

  test('tables lead to their streams, log groups stand where something leads to them', async () => {
    await using aws = await startSuite();
    const KeySchema = [{ AttributeName: 'id', KeyType: 'HASH' as const }];
    const AttributeDefinitions = [{ AttributeName: 'id', AttributeType: 'S' as const }];
    const { TableDescription: table } = await aws.call('dynamodb', 'CreateTable', {
      ...{ TableName: 'orders', KeySchema, AttributeDefinitions, BillingMode: 'PAY_PER_REQUEST' },
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    });
    await aws.call('kinesis', 'CreateStream', { StreamName: 'changes', ShardCount: 2 });
    await aws.settled();
    await aws.clock.advance('1m');
    const stream = arn('kinesis', 'stream/changes');
    await aws.call('dynamodb', 'EnableKinesisStreamingDestination', {
      ...{ TableName: 'orders', StreamArn: stream },
    });
    for (const logGroupName of ['/events/all', '/nobody']) {
      await aws.call('logs', 'CreateLogGroup', { logGroupName });
    }
    await aws.call('events', 'PutRule', { Name: 'all', EventPattern: PATTERN });
    const group = arn('logs', 'log-group:/events/all');
    const Targets = [{ Id: '1', Arn: `${group}:*` }];
    await aws.call('events', 'PutTargets', { Rule: 'all', Targets });
    const map = await mapOf(aws);
    const [from, to] = [table?.TableArn ?? '', table?.LatestStreamArn ?? ''];
    expect(nodeAt(map, from)).toMatchObject({ kind: 'table', detail: 'key id' });
    expect(nodeAt(map, to)).toMatchObject({ kind: 'stream', name: 'orders', state: 'ENABLED' });
    expect(edgesOf(map, from, to)).toMatchObject([{ kind: 'changes' }]);
    expect(nodeAt(map, stream)).toMatchObject({ kind: 'stream', detail: '2 shards, kept 24 h' });
    expect(edgesOf(map, from, stream)).toMatchObject([{ kind: 'target' }]);
    expect(edgesOf(map, arn('events', 'rule/all'), group)).toMatchObject([{ kind: 'target' }]);
    expect(nodeAt(map, group)).toMatchObject({ kind: 'log-group', declared: true });
    expect(nodeAt(map, arn('logs', 'log-group:/nobody'))).toBeUndefined();
  });

  test('what a resource names and does not exist is not declared', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'gone');
    await aws.call('events', 'PutRule', { Name: 'r', EventPattern: PATTERN });
    await aws.call('events', 'PutTargets', { Rule: 'r', Targets: [{ Id: '1', Arn: queue.arn }] });
    await aws.call('sqs', 'DeleteQueue', { QueueUrl: queue.url });
    expect(nodeAt(await mapOf(aws), queue.arn)).toEqual({
      ...{ arn: queue.arn, kind: 'queue', name: 'gone', declared: false },
    });
  });

  test('a place has what is in it, and what it leads to elsewhere', async () => {
    await using aws = await startSuite();
    const there = 'arn:aws:events:eu-west-1:000000000000:event-bus/default';
    await aws.call('events', 'PutRule', { Name: 'on', EventPattern: PATTERN });
    const target = { Id: '1', Arn: there, RoleArn: 'arn:aws:iam::000000000000:role/r' };
    await aws.call('events', 'PutTargets', { Rule: 'on', Targets: [target] });
    expect(nodeAt(await mapOf(aws), there)).toMatchObject({ kind: 'bus', declared: true });
    const elsewhere = await mapOf(aws, { region: 'eu-west-1' });
    expect(elsewhere).toMatchObject({ region: 'eu-west-1', edges: [] });
    expect(elsewhere.nodes.map((node) => node.arn)).toEqual([there]);
    await put(aws);
    const after = await mapOf(aws, { region: 'eu-west-1' });
    const rule = arn('events', 'rule/on');
    expect(edgesOf(after, rule, there)).toMatchObject([{ declared: true, seen: true }]);
    expect(nodeAt(after, rule)).toMatchObject({ kind: 'rule', declared: true });
  });
});

describe('what was seen', () => {
  test('an event marks the edges that it goes along, and no others', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'orders');
    await aws.call('events', 'PutRule', { Name: 'taken', EventPattern: PATTERN });
    await aws.call('events', 'PutRule', { Name: 'other', EventPattern: '{"source":["x"]}' });
    for (const Rule of ['taken', 'other']) {
      await aws.call('events', 'PutTargets', { Rule, Targets: [{ Id: '1', Arn: queue.arn }] });
    }
    const beganAtMs = aws.clock.now();
    await put(aws);
    await aws.clock.advance('1h');
    const map = await mapOf(aws);
    const [taken, other] = [arn('events', 'rule/taken'), arn('events', 'rule/other')];
    const isSeen = (from: string, to: string) => edgesOf(map, from, to)[0]?.seen;
    expect(isSeen(BUS, taken)).toBe(true);
    expect(isSeen(taken, queue.arn)).toBe(true);
    expect(isSeen(BUS, other)).toBe(false);
    expect(isSeen(other, queue.arn)).toBe(false);
    expect(map.edges.every(({ declared }) => declared)).toBe(true);
    expect(map.seenSinceMs).toBe(beganAtMs);
  });

  test('what is gone is shown for as long as the journal remembers it', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'orders');
    await aws.call('events', 'PutRule', { Name: 'r', EventPattern: PATTERN });
    await aws.call('events', 'PutTargets', { Rule: 'r', Targets: [{ Id: '1', Arn: queue.arn }] });
    await put(aws);
    await aws.call('events', 'RemoveTargets', { Rule: 'r', Ids: ['1'] });
    await aws.call('events', 'DeleteRule', { Name: 'r' });
    const map = await mapOf(aws);
    const rule = arn('events', 'rule/r');
    expect(nodeAt(map, rule)).toMatchObject({ kind: 'rule', declared: false });
    expect(edgesOf(map, rule, queue.arn)).toMatchObject([{ declared: false, seen: true }]);
    expect(edgesOf(map, BUS, rule)).toMatchObject([{ declared: false, seen: true }]);
  });

  test('without a journal nothing was seen', async () => {
    await using aws = await startSuite({ journal: false });
    await aws.call('events', 'PutRule', { Name: 'r', EventPattern: PATTERN });
    await put(aws);
    const map = await mapOf(aws);
    expect(map.edges.map(({ seen }) => seen)).toEqual([false]);
    expect(map.seenSinceMs).toBe(aws.clock.now());
  });

  test('the order flow is whole', async () => {
    await using aws = await startSuite();
    using shop = await openShop(aws);
    await shop.place('o-1');
    await aws.settled();
    const map = await mapOf(aws);
    const bus = arn('events', 'event-bus/c01-orders');
    const queueOf = (name: string) => arn('sqs', `c01-${name}`);
    const functionOf = (name: string) => arn('lambda', `function:c01-${name}`);
    for (const { rule, queues } of ROUTES) {
      const at = arn('events', `rule/c01-orders/${rule}`);
      expect(edgesOf(map, bus, at)).toHaveLength(1);
      for (const name of queues) expect(edgesOf(map, at, queueOf(name))).toHaveLength(1);
    }
    const topic = arn('sns', TOPIC);
    const notify = arn('events', `rule/c01-orders/${NOTIFY.rule}`);
    expect(edgesOf(map, notify, topic)).toMatchObject([{ kind: 'target', seen: true }]);
    expect(edgesOf(map, topic, queueOf('mail'))).toMatchObject([{ seen: true }]);
    for (const name of QUEUES.filter((one) => one !== 'analytics')) {
      expect(edgesOf(map, queueOf(name), functionOf(name))).toHaveLength(1);
      expect(nodeAt(map, queueOf(`${name}-dlq`))?.isDeadLetterQueue).toBe(true);
    }
    for (const name of ['inventory', 'payment', 'readiness', 'shipping']) {
      expect(edgesOf(map, queueOf(name), functionOf(name))).toMatchObject([{ seen: true }]);
    }
    expect(map.edges.filter(({ declared }) => !declared)).toEqual([]);
    expect(map.nodes.every(({ declared }) => declared)).toBe(true);
  });

  test('functions are seen to publish, whatever cause their events name', async () => {
    await using aws = await startAws();
    const [events, sns, sqs] = [
      aws.client(EventBridgeClient),
      aws.client(SNSClient),
      aws.client(SQSClient),
    ];
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'out' }));
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'news' }));
    const Detail = JSON.stringify({ metadata: { causationId: 'order-7' } });
    const entry = { Source: 'shop', DetailType: 'Placed', Detail };
    const { arn: publisher } = await aws.lambda('publisher', async () => {
      await events.send(new PutEventsCommand({ Entries: [entry] }));
      await sns.send(new PublishCommand({ TopicArn, Message: 'x' }));
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
    });
    await aws.client(LambdaClient).send(new InvokeCommand({ FunctionName: 'publisher' }));
    await aws.settled();
    const map = await looked<TopologyMap>(aws, 'map');
    for (const to of [BUS, arn('sns', 'news'), arn('sqs', 'out')]) {
      expect(edgesOf(map, publisher, to)).toEqual([
        {
          ...{ id: `${publisher} ${to} publish`, from: publisher, to, kind: 'publish' },
          ...{ declared: false, seen: true },
        },
      ]);
    }
    expect(map.edges).toHaveLength(3);
  });

  test('dead letters of a queue are seen to leave it', async () => {
    await using aws = await startSuite();
    const dead = await openQueue(aws, 'dead');
    const redrive = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 1 });
    const queue = await openQueue(aws, 'work', { RedrivePolicy: redrive });
    const worker = await aws.lambda('worker', () => {});
    await worker.feedFrom(queue.arn);
    await aws.settled();
    worker.fail(1);
    await aws.call('sqs', 'SendMessage', { QueueUrl: queue.url, MessageBody: 'x' });
    await aws.settled();
    const map = await mapOf(aws);
    expect(edgesOf(map, queue.arn, dead.arn)).toMatchObject([
      { kind: 'dead-letter', seen: true, detail: 'after 1 receive' },
    ]);
    expect(edgesOf(map, queue.arn, worker.arn)).toMatchObject([{ kind: 'mapping', seen: true }]);
  });
});

describe('refusals', () => {
  test('paths below it are none, and it is read only', async () => {
    await using aws = await startSuite();
    expect((await fetch(`${aws.endpoint}/_millrace/v1/map/x`)).status).toBe(404);
    expect((await fetch(`${aws.endpoint}/_millrace/v1/map`, { method: 'POST' })).status).toBe(405);
  });
});
