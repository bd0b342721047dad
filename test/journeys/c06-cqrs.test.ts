/**
 * C-06: orders are events in a table; its stream, a function and a topic tell read models of them.
 * Orders and what they fold to are those of the example.
 */
import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import { type Order, type OrderEvent, order, totalOf } from '../../examples/c06-cqrs/order.ts';
import { planOf } from '../../examples/c06-cqrs/traffic.ts';
import { type Suite, startSuite } from '../sdk/suite.ts';
import { openQueue, type Queue } from '../services/events/receivers.ts';

const TableName = 'events';
const PARTIAL = { FunctionResponseTypes: ['ReportBatchItemFailures' as const] };

interface Told {
  readonly orderId: string;
  readonly version: number;
  readonly event: OrderEvent;
}

const rowOf = ({ orderId, version, event }: Told) => ({
  TableName,
  Item: {
    orderId: { S: orderId },
    version: { N: String(version) },
    event: { S: JSON.stringify(event) },
  },
  ConditionExpression: 'attribute_not_exists(version)',
});

const append = (aws: Suite, told: Told) => aws.call('dynamodb', 'PutItem', rowOf(told));

/** The events of order number `number`, by the example's plan. */
function eventsOf(number: number): readonly Told[] {
  const { orderId, customerId, orderedAt, lines, isCancelled } = planOf(number);
  const events: OrderEvent[] = [
    { type: 'OrderCreated', data: { customerId, orderedAt, currency: 'EUR' } },
    ...lines.map((line) => ({ type: 'ItemAdded' as const, data: { customerId, ...line } })),
  ];
  if (isCancelled) events.push({ type: 'OrderCancelled', data: { customerId, reason: '' } });
  return events.map((event, index) => ({ orderId, version: index + 1, event }));
}

/** A table whose events are published twice each, the last ones first. */
async function writeSide(aws: Suite) {
  const { TableDescription } = await aws.call('dynamodb', 'CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'orderId', AttributeType: 'S' },
      { AttributeName: 'version', AttributeType: 'N' },
    ],
    KeySchema: [
      { AttributeName: 'orderId', KeyType: 'HASH' },
      { AttributeName: 'version', KeyType: 'RANGE' },
    ],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
  });
  const { TopicArn = '' } = await aws.call('sns', 'CreateTopic', { Name: 'events' });
  const publisher = await aws.lambda('publish', async ({ Records }: DynamoDBStreamEvent) => {
    const told = Records.map(({ dynamodb }) => toldIn(dynamodb?.NewImage ?? {})).toReversed();
    for (const one of [...told, ...told]) {
      await aws.call('sns', 'Publish', { TopicArn, Message: JSON.stringify(one) });
    }
  });
  await publisher.feedFrom(TableDescription?.LatestStreamArn ?? '', {
    StartingPosition: 'TRIM_HORIZON',
    FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] },
  });
  return { TopicArn, publisher };
}

type Row = Readonly<
  Record<string, { readonly S?: string | undefined; readonly N?: string | undefined }>
>;

const toldIn = ({ orderId, version, event }: Row): Told => ({
  orderId: orderId?.S ?? '',
  version: Number(version?.N),
  event: JSON.parse(event?.S ?? ''),
});

/** A model in memory: orders as far as they were told. */
class Model {
  readonly orders = new Map<string, { readonly state: Order; readonly version: number }>();
  isDown = false;

  /** Whether the event was, or had been, taken; false when others must come first. */
  take({ orderId, version, event }: Told): boolean {
    const before = this.orders.get(orderId) ?? { state: order.initialState(), version: 0 };
    if (this.isDown || version > before.version + 1) return false;
    if (version === before.version + 1) {
      this.orders.set(orderId, { state: order.evolve(before.state, event), version });
    }
    return true;
  }

  totals() {
    return [...this.orders]
      .map(([orderId, { state }]) => [orderId, state.status, totalOf(state)])
      .toSorted();
  }
}

async function subscribe(aws: Suite, TopicArn: string, name: string) {
  const dead = await openQueue(aws, `${name}-dlq`);
  const queue = await openQueue(aws, name, {
    VisibilityTimeout: '30',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 5 }),
  });
  const Attributes = { RawMessageDelivery: 'true' };
  const to = { TopicArn, Protocol: 'sqs', Endpoint: queue.arn, Attributes };
  await aws.call('sns', 'Subscribe', to);
  return { queue, dead };
}

async function project(aws: Suite, queue: Queue, name: string, model: Model) {
  const worker = await aws.lambda(name, ({ Records }: SQSEvent) => ({
    batchItemFailures: Records.filter(({ body }) => !model.take(JSON.parse(body))).map(
      ({ messageId: itemIdentifier }) => ({ itemIdentifier }),
    ),
  }));
  await worker.feedFrom(queue.arn, PARTIAL);
  return worker;
}

/** What all events in the table fold to. */
async function folded(aws: Suite) {
  const model = new Model();
  const { Items = [] } = await aws.call('dynamodb', 'Scan', { TableName, ConsistentRead: true });
  for (const item of Items) model.take(toldIn(item));
  return model.totals();
}

async function writeOrders(aws: Suite, first: number, count: number) {
  for (let number = first; number < first + count; number += 1) {
    for (const told of eventsOf(number)) await append(aws, told);
  }
}

test('of two commands that expect the same version, one is written', async () => {
  await using aws = await startSuite();
  await writeSide(aws);
  const [created, added] = eventsOf(1);
  if (!created || !added) throw new Error('An order has two events.');
  await append(aws, created);
  await append(aws, added);
  const refused = await aws.fails('dynamodb', 'PutItem', rowOf({ ...created, version: 2 }));
  expect(refused.code).toBe('ConditionalCheckFailedException');
  await append(aws, { ...added, version: 3 });
  expect(await folded(aws)).toEqual([['o-1', 'OPEN', expect.any(Number)]]);
});

test('models that hear all twice and in any order show what the events say', async () => {
  await using aws = await startSuite();
  const { TopicArn, publisher } = await writeSide(aws);
  publisher.fail(1);
  const names = ['my-orders', 'sql', 'search'];
  const models = names.map(() => new Model());
  for (const [place, model] of models.entries()) {
    const name = names[place] ?? '';
    const { queue } = await subscribe(aws, TopicArn, name);
    const worker = await project(aws, queue, name, model);
    worker.fail(place);
  }
  await writeOrders(aws, 1, 10);
  await aws.settled();
  const must = await folded(aws);
  expect(must).toHaveLength(10);
  for (const model of models) expect(model.totals()).toEqual(must);
});

test('a model that was down for ten minutes is told again', async () => {
  await using aws = await startSuite();
  const { TopicArn } = await writeSide(aws);
  const model = new Model();
  const { queue, dead } = await subscribe(aws, TopicArn, 'search');
  await project(aws, queue, 'search', model);
  await writeOrders(aws, 1, 2);
  await aws.settled();
  model.isDown = true;
  await writeOrders(aws, 3, 2);
  await aws.clock.advance('10m');
  expect(model.totals()).toHaveLength(2);
  model.isDown = false;
  await aws.call('sqs', 'StartMessageMoveTask', { SourceArn: dead.arn });
  await aws.settled();
  expect(model.totals()).toEqual(await folded(aws));
  expect(await dead.messages()).toEqual([]);
});

test('a model that comes later takes what is there, then what waits for it', async () => {
  await using aws = await startSuite();
  const { TopicArn } = await writeSide(aws);
  await writeOrders(aws, 1, 3);
  await aws.settled();
  const { queue, dead } = await subscribe(aws, TopicArn, 'sales');
  await writeOrders(aws, 4, 3);
  const model = new Model();
  const { Items = [] } = await aws.call('dynamodb', 'Scan', { TableName, ConsistentRead: true });
  await writeOrders(aws, 7, 3);
  for (const item of Items) model.take(toldIn(item));
  await project(aws, queue, 'sales', model);
  await writeOrders(aws, 10, 2);
  await aws.settled();
  const must = await folded(aws);
  expect(must).toHaveLength(11);
  expect(model.totals()).toEqual(must);
  expect(await dead.messages()).toEqual([]);
});
