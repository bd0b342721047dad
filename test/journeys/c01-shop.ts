/**
 * The shop of C-01 on a stack: the wiring and the business of examples/c01-orders, deployed
 * through the suite's SDK, with functions of this process that say what they say through it too.
 *
 * What the scenario puts before the bus (HTTP API, a table with an outbox, a pipe) is not built:
 * orders are put on the bus.
 */
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { Books } from '../../examples/c01-orders/books.ts';
import { consumer, type Say } from '../../examples/c01-orders/consumer.ts';
import { envelope, type Order, SOURCE } from '../../examples/c01-orders/events.ts';
import { type Fault, withFaults } from '../../examples/c01-orders/faults.ts';
import { BUS, NOTIFY, QUEUES, ROUTES, TOPIC } from '../../examples/c01-orders/topology.ts';
import type { TestFunction } from '../../src/testing/index.ts';
import type { Suite } from '../sdk/suite.ts';
import { openQueue, type Queue, sendsTo } from '../services/events/receivers.ts';
import { aTopic } from '../services/sns/a-topic.ts';

export const STOCK = 10;
const DAY_SECONDS = 86_400;
const TIMEOUT_SECONDS = 5;

export interface Shop {
  readonly books: Books;
  readonly queues: ReadonlyMap<string, Queue>;
  readonly deadLetters: ReadonlyMap<string, Queue>;
  readonly functions: ReadonlyMap<string, TestFunction<SQSEvent>>;
  /** Puts an order on the bus; answers with the event's id. */
  place(orderId: string, card?: string, sku?: string): Promise<string>;
  /** What a function does wrong from now on; undefined for nothing. */
  trouble(name: string, fault?: Fault): void;
  /** Stops feeding a function, or goes on with it. */
  feeding(name: string, on: boolean): Promise<void>;
  [Symbol.dispose](): void;
}

export async function openShop(aws: Suite): Promise<Shop> {
  const books = new Books(':memory:');
  books.fillStock('book', STOCK);
  books.fillStock('rare', 1);
  await aws.call('events', 'CreateEventBus', { Name: BUS });
  const faults = new Map<string, Fault | undefined>();
  // Analytics comes later, to a shop that runs.
  const names = QUEUES.filter((name) => name !== 'analytics');
  const consumers = new Map<string, Consumer>();
  for (const name of names) consumers.set(name, await openConsumer(aws, name, books, faults));
  const each = <Part>(part: (consumer: Consumer) => Part) =>
    new Map([...consumers].map(([name, one]) => [name, part(one)] as const));
  const queues = each(({ queue }) => queue);
  for (const { rule, detailTypes, queues: receivers } of ROUTES) {
    await route(aws, rule, detailTypes);
    const Targets = receivers.map((name) => ({ Id: name, Arn: queues.get(name)?.arn ?? '' }));
    await aws.call('events', 'PutTargets', { Rule: rule, EventBusName: BUS, Targets });
  }
  await notify(aws, queues.get('mail'));
  return {
    books,
    queues,
    deadLetters: each(({ dead }) => dead),
    functions: each(({ run }) => run),
    place: (orderId, card = '4242', sku = 'book') => place(aws, orderId, card, sku),
    trouble: (name, fault) => void faults.set(name, fault),
    feeding: async (name, Enabled) => {
      const UUID = consumers.get(name)?.mappingId ?? '';
      await aws.call('lambda', 'UpdateEventSourceMapping', { UUID, Enabled });
      await aws.settled();
    },
    [Symbol.dispose]: () => books.close(),
  };
}

interface Consumer {
  readonly queue: Queue;
  readonly dead: Queue;
  readonly run: TestFunction<SQSEvent>;
  readonly mappingId: string;
}

/** A queue with its dead-letter queue and its function, by the conventions of the scenarios. */
export async function openConsumer(
  aws: Suite,
  name: string,
  books: Books,
  faults: ReadonlyMap<string, Fault | undefined> = new Map(),
): Promise<Consumer> {
  const dead = await openQueue(aws, `c01-${name}-dlq`, {
    MessageRetentionPeriod: String(14 * DAY_SECONDS),
  });
  const redrive = { deadLetterTargetArn: dead.arn, maxReceiveCount: 5 };
  const queue = await openQueue(aws, `c01-${name}`, {
    VisibilityTimeout: String(6 * TIMEOUT_SECONDS),
    RedrivePolicy: JSON.stringify(redrive),
  });
  const say: Say = async (entries) => void (await put(aws, entries));
  const work = withFaults(
    consumer(name, books, say),
    () => faults.get(name),
    () => aws.stack.ids.random(),
  );
  const handler = (event: SQSEvent): Promise<SQSBatchResponse> => work(event);
  const run = await aws.lambda(`c01-${name}`, handler, { timeoutSeconds: TIMEOUT_SECONDS });
  const mappingId = await run.feedFrom(queue.arn, {
    BatchSize: 10,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  });
  return { queue, dead, run, mappingId };
}

function route(aws: Suite, rule: string, detailTypes: readonly string[]) {
  const EventPattern = JSON.stringify({ source: [SOURCE], 'detail-type': detailTypes });
  return aws.call('events', 'PutRule', { Name: rule, EventBusName: BUS, EventPattern });
}

async function notify(aws: Suite, mail: Queue | undefined): Promise<void> {
  const topic = await aTopic(aws, TOPIC);
  const principal = { Service: 'events.amazonaws.com' };
  const statement = { Effect: 'Allow', Principal: principal, Action: 'sns:Publish', Resource: '*' };
  await topic.set('Policy', JSON.stringify({ Version: '2012-10-17', Statement: [statement] }));
  await topic.subscribe('sqs', mail?.arn ?? '', { RawMessageDelivery: 'true' });
  const pattern = { source: [SOURCE], 'detail-type': NOTIFY.detailTypes };
  await sendsTo(aws, NOTIFY.rule, pattern, { Arn: topic.arn }, BUS);
}

async function put(aws: Suite, entries: readonly ReturnType<typeof envelope>[]) {
  const answer = await aws.call('events', 'PutEvents', {
    Entries: entries.map(({ EventBusName, Source, DetailType, Detail }) => ({
      ...{ EventBusName, Source, DetailType, Detail },
    })),
  });
  if (answer.FailedEntryCount !== 0) throw new Error(JSON.stringify(answer));
  return answer.Entries ?? [];
}

async function place(aws: Suite, orderId: string, card: string, sku: string): Promise<string> {
  const order: Order = {
    orderId,
    customer: { id: 'u-1', email: 'a@ex.com' },
    items: [{ sku, qty: 2, price: 10 }],
    totalAmount: 20,
    card,
  };
  const placed = envelope(BUS, 'order-service', { type: 'OrderPlaced', order }, undefined);
  const [entry] = await put(aws, [placed]);
  return entry?.EventId ?? '';
}

/** Messages in a queue, those included that somebody works on. */
export async function countIn(aws: Suite, QueueUrl: string): Promise<number> {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const { Attributes = {} } = await aws.call('sqs', 'GetQueueAttributes', {
    QueueUrl,
    AttributeNames: [...names],
  });
  return names.reduce((sum, name) => sum + Number(Attributes[name]), 0);
}
