/**
 * The shop of C-01 on a stack: the wiring and the business of examples/c01-orders, deployed and
 * consumed through the suite's SDK and on its clock.
 *
 * What the scenario puts before the bus (HTTP API, Lambda, a table with an outbox, a pipe) is not
 * built: orders are put on the bus. Functions are workers that are called here, one batch of one
 * queue after the other, with partial failures, an inbox for repeated events, and dead letters.
 */
import { Books } from '../../examples/c01-orders/books.ts';
import { WORKERS } from '../../examples/c01-orders/business.ts';
import { envelope, type Order, type ShopEvent, SOURCE } from '../../examples/c01-orders/events.ts';
import { BUS, NOTIFY, QUEUES, ROUTES, TOPIC } from '../../examples/c01-orders/topology.ts';
import type { Message } from '../../src/wire/types/sqs.ts';
import type { Suite } from '../sdk/suite.ts';
import { openQueue, type Queue, sendsTo } from '../services/events/receivers.ts';
import { aTopic } from '../services/sns/a-topic.ts';

export const STOCK = 10;
const DAY_SECONDS = 86_400;

/** How the consumers behave while they work. */
export interface Circumstances {
  /** Workers that nobody runs. */
  readonly without?: readonly string[];
  /** Whether a worker throws, asked for each message. */
  readonly fails?: (worker: string) => boolean;
  /** Every message is worked on twice, and in no particular order. */
  readonly twice?: boolean;
}

export interface Shop {
  readonly books: Books;
  readonly queues: ReadonlyMap<string, Queue>;
  readonly deadLetters: ReadonlyMap<string, Queue>;
  place(orderId: string, card?: string, sku?: string): Promise<string>;
  /** Works until every queue that somebody works on is empty. */
  work(circumstances?: Circumstances): Promise<void>;
  [Symbol.dispose](): void;
}

export async function openShop(aws: Suite): Promise<Shop> {
  const books = new Books(':memory:');
  books.fillStock('book', STOCK);
  books.fillStock('rare', 1);
  await aws.call('events', 'CreateEventBus', { Name: BUS });
  const queues = new Map<string, Queue>();
  const deadLetters = new Map<string, Queue>();
  // Analytics comes later, to a shop that runs.
  for (const name of QUEUES.filter((queue) => queue !== 'analytics')) {
    const { queue, dead } = await consumerQueue(aws, name);
    queues.set(name, queue);
    deadLetters.set(name, dead);
  }
  for (const { rule, detailTypes, queues: names } of ROUTES) {
    await route(aws, rule, detailTypes);
    const Targets = names.map((name) => ({ Id: name, Arn: queues.get(name)?.arn ?? '' }));
    await aws.call('events', 'PutTargets', { Rule: rule, EventBusName: BUS, Targets });
  }
  await notify(aws, queues.get('mail'));
  return {
    books,
    queues,
    deadLetters,
    place: (orderId, card = '4242', sku = 'book') => place(aws, orderId, card, sku),
    work: (circumstances = {}) => work(aws, books, queues, circumstances),
    [Symbol.dispose]: () => books.close(),
  };
}

/** A queue with its dead-letter queue, by the conventions of the scenarios. */
export async function consumerQueue(aws: Suite, name: string) {
  const dead = await openQueue(aws, `c01-${name}-dlq`, {
    MessageRetentionPeriod: String(14 * DAY_SECONDS),
  });
  const redrive = { deadLetterTargetArn: dead.arn, maxReceiveCount: 5 };
  const queue = await openQueue(aws, `c01-${name}`, { RedrivePolicy: JSON.stringify(redrive) });
  return { queue, dead };
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

/** Longer than a message is hidden; a shop that is not done by then never will be. */
const HIDDEN = '30s';
const MOST_ROUNDS = 50;

async function work(
  aws: Suite,
  books: Books,
  all: ReadonlyMap<string, Queue>,
  circumstances: Circumstances,
): Promise<void> {
  const { without = [], twice } = circumstances;
  const queues = [...all].filter(([name]) => !without.includes(name));
  for (let rounds = 0; rounds < MOST_ROUNDS; rounds += 1) {
    let worked = 0;
    for (const [name, queue] of twice ? shuffled(aws, queues) : queues) {
      worked += await batch(aws, books, name, queue, circumstances);
    }
    if (worked > 0) continue;
    if (await areEmpty(aws, queues)) return;
    await aws.clock.advance(HIDDEN);
  }
  throw new Error('The shop does not come to an end.');
}

async function batch(
  aws: Suite,
  books: Books,
  name: string,
  { url: QueueUrl }: Queue,
  { fails, twice }: Circumstances,
): Promise<number> {
  const { Messages = [] } = await aws.call('sqs', 'ReceiveMessage', {
    QueueUrl,
    MaxNumberOfMessages: 10,
    MessageSystemAttributeNames: ['ApproximateReceiveCount'],
  });
  for (const message of twice ? shuffled(aws, Messages) : Messages) {
    if (fails?.(name)) continue; // Thrown: the message is left alone and comes again.
    await handle(aws, books, name, message);
    if (twice && message.Attributes?.ApproximateReceiveCount === '1') continue;
    const { ReceiptHandle = '' } = message;
    await aws.call('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle });
  }
  return Messages.length;
}

async function handle(aws: Suite, books: Books, name: string, { Body = '' }: Message) {
  const worker = WORKERS[name];
  if (!worker) throw new Error(`Nobody works on ${name}.`);
  const event = JSON.parse(Body) as ShopEvent;
  const key = event.detail.metadata['idempotency-key'];
  const said = books.once(name, key, () => worker(books, event));
  if (said.length > 0) {
    await put(
      aws,
      said.map((one) => envelope(BUS, name, one, event)),
    );
  }
}

async function areEmpty(aws: Suite, queues: readonly (readonly [string, Queue])[]) {
  for (const [, { url }] of queues) if ((await countIn(aws, url)) > 0) return false;
  return true;
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

function shuffled<Item>({ stack }: Suite, items: readonly Item[]): readonly Item[] {
  return items
    .map((item) => ({ item, place: stack.ids.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
