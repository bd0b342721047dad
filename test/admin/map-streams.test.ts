/** Streams, archives and replays on the map, and what was seen of them. */
import { expect, test } from 'vitest';
import type { MapEdge, TopologyMap } from '../../src/admin-api/index.ts';
import { type Suite, startSuite } from '../sdk/suite.ts';
import { openQueue } from '../services/events/receivers.ts';
import { looked } from './asked.ts';

const arn = (service: string, resource: string) =>
  `arn:aws:${service}:us-east-1:000000000000:${resource}`;
const BUS = arn('events', 'event-bus/default');

const edgesOf = ({ edges }: TopologyMap, from: string, to: string): readonly MapEdge[] =>
  edges.filter((edge) => edge.from === from && edge.to === to);

const mapOf = (aws: Suite) => looked<TopologyMap>(aws, 'map');

test('records that a function gives up are seen to go to its destination', async () => {
  await using aws = await startSuite();
  const lost = await openQueue(aws, 'lost');
  await aws.call('kinesis', 'CreateStream', { StreamName: 'clicks', ShardCount: 1 });
  await aws.settled();
  await aws.clock.advance('1m');
  const stream = arn('kinesis', 'stream/clicks');
  const { Consumer } = await aws.call('kinesis', 'RegisterStreamConsumer', {
    ...{ StreamARN: stream, ConsumerName: 'fan' },
  });
  await aws.clock.advance('1m');
  const worker = await aws.lambda('worker', () => {
    throw new Error('no');
  });
  const id = await worker.feedFrom(Consumer?.ConsumerARN ?? '', {
    StartingPosition: 'TRIM_HORIZON',
    MaximumRetryAttempts: 0,
    DestinationConfig: { OnFailure: { Destination: lost.arn } },
  });
  await aws.settled();
  const Data = new TextEncoder().encode('x');
  await aws.call('kinesis', 'PutRecord', { StreamName: 'clicks', Data, PartitionKey: 'k' });
  await aws.settled();
  const map = await mapOf(aws);
  const via = arn('lambda', `event-source-mapping:${id}`);
  expect(edgesOf(map, stream, worker.arn)).toMatchObject([
    { kind: 'mapping', via, declared: true, seen: true, detail: 'batches of 100, fan' },
  ]);
  expect(edgesOf(map, worker.arn, lost.arn)).toMatchObject([
    { kind: 'dead-letter', via, declared: true, seen: true },
  ]);
  expect(map.nodes.find((node) => node.arn === lost.arn)?.isDeadLetterQueue).toBe(true);
  expect(map.edges).toHaveLength(2);
});

test('changes of a table are seen to go into its stream', async () => {
  await using aws = await startSuite();
  const { TableDescription: table } = await aws.call('dynamodb', 'CreateTable', {
    TableName: 'orders',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
  });
  await aws.settled();
  const [from, to] = [table?.TableArn ?? '', table?.LatestStreamArn ?? ''];
  expect(edgesOf(await mapOf(aws), from, to)).toMatchObject([{ kind: 'changes', seen: false }]);
  await aws.call('dynamodb', 'PutItem', { TableName: 'orders', Item: { id: { S: '1' } } });
  await aws.settled();
  expect(edgesOf(await mapOf(aws), from, to)).toMatchObject([{ declared: true, seen: true }]);
  await aws.call('dynamodb', 'UpdateTable', {
    ...{ TableName: 'orders', StreamSpecification: { StreamEnabled: false } },
  });
  await aws.settled();
  expect(edgesOf(await mapOf(aws), from, to)).toMatchObject([{ off: 'DISABLED' }]);
});

test('events are seen to go into an archive, and a replay leads out while it lasts', async () => {
  await using aws = await startSuite();
  const archive = arn('events', 'archive/all');
  await aws.call('events', 'CreateArchive', { ArchiveName: 'all', EventSourceArn: BUS });
  const entry = { Source: 'shop', DetailType: 'Placed', Detail: '{}' };
  await aws.call('events', 'PutEvents', { Entries: [entry] });
  const map = await mapOf(aws);
  expect(edgesOf(map, BUS, archive)).toMatchObject([{ kind: 'archive', seen: true }]);
  expect(map.edges).toHaveLength(1);
  await aws.clock.advance('1s');
  await aws.call('events', 'StartReplay', {
    ...{ ReplayName: 'again', EventSourceArn: archive, Destination: { Arn: BUS } },
    ...{ EventStartTime: aws.clock.now() - 60_000, EventEndTime: aws.clock.now() },
  });
  expect(edgesOf(await mapOf(aws), archive, BUS)).toMatchObject([
    { kind: 'replay', via: arn('events', 'replay/again'), detail: 'STARTING' },
  ]);
  await aws.settled();
  expect(edgesOf(await mapOf(aws), archive, BUS)).toEqual([]);
});

test('what a schedule makes comes by the bus', async () => {
  await using aws = await startSuite();
  const queue = await openQueue(aws, 'ticks');
  const rule = arn('events', 'rule/tick');
  await aws.call('events', 'PutRule', { Name: 'tick', ScheduleExpression: 'rate(1 minute)' });
  await aws.call('events', 'PutTargets', { Rule: 'tick', Targets: [{ Id: '1', Arn: queue.arn }] });
  await aws.clock.advance('2m');
  const map = await mapOf(aws);
  expect(map.nodes.find((node) => node.arn === rule)?.detail).toBe('rate(1 minute)');
  expect(edgesOf(map, BUS, rule)).toMatchObject([{ declared: true, seen: true }]);
  expect(edgesOf(map, rule, queue.arn)).toMatchObject([{ seen: true }]);
});

test('messages that a task moves back are seen to go, though no resource says so', async () => {
  await using aws = await startSuite();
  const dead = await openQueue(aws, 'dead');
  const redrive = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 1 });
  const work = await openQueue(aws, 'work', { RedrivePolicy: redrive });
  await aws.call('sqs', 'SendMessage', { QueueUrl: work.url, MessageBody: 'x' });
  for (let receive = 0; receive < 2; receive += 1) {
    await aws.call('sqs', 'ReceiveMessage', { QueueUrl: work.url });
    await aws.clock.advance('1m');
  }
  await aws.call('sqs', 'StartMessageMoveTask', { SourceArn: dead.arn });
  await aws.settled();
  const map = await mapOf(aws);
  expect(edgesOf(map, work.arn, dead.arn)).toMatchObject([{ kind: 'dead-letter', seen: true }]);
  expect(edgesOf(map, dead.arn, work.arn)).toMatchObject([{ kind: 'target', declared: false }]);
});
