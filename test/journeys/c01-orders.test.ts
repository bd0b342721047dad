/**
 * C-01: an order goes its way by events alone, through a queue and a function for each step.
 * Whatever fails or comes twice, it ends shipped and paid once, or canceled with nothing taken.
 */
import { expect, test } from 'vitest';
import { BUS } from '../../examples/c01-orders/topology.ts';
import { type Suite, startSuite } from '../sdk/suite.ts';
import { sendsTo } from '../services/events/receivers.ts';
import { countIn, openConsumer, openShop, type Shop, STOCK } from './c01-shop.ts';

const ARCHIVE = { ArchiveName: 'c01', EventSourceArn: '' };
const FILE = '/_millrace/v1/events/archives/c01';

/** What the order came to: stock, money, shipments and mails. */
function net({ books }: Shop, orderId: string) {
  const { status, charged, shipments, mails } = books.state(orderId);
  const stock = books.stockOf('book') - STOCK + books.stockOf('rare') - 1;
  return { status, stock, charged, shipments, mails };
}

/** Placed and shipped, each with a mail. */
const SHIPPED = { status: 'SHIPPED', stock: -2, charged: 20, shipments: 1, mails: 2 };
/** Placed and canceled, each with a mail. */
const CANCELED = { status: 'CANCELED', stock: 0, charged: 0, shipments: 0, mails: 2 };

async function deadLetters(aws: Suite, { deadLetters: queues }: Shop): Promise<number> {
  let count = 0;
  for (const { url } of queues.values()) count += await countIn(aws, url);
  return count;
}

interface Recorded {
  readonly 'detail-type': string;
  readonly detail: { readonly metadata: { readonly correlationId: string } };
}

/** Everything that was said about an order, in its order. */
async function saidAbout(aws: Suite, orderId: string): Promise<readonly string[]> {
  const lines = await (await fetch(aws.endpoint + FILE)).text();
  return lines
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Recorded)
    .filter(({ detail }) => detail.metadata.correlationId === orderId)
    .map((event) => event['detail-type']);
}

async function recorded(aws: Suite): Promise<Shop> {
  const shop = await openShop(aws);
  const EventSourceArn = `arn:aws:events:${aws.region}:${aws.account}:event-bus/${BUS}`;
  await aws.call('events', 'CreateArchive', { ...ARCHIVE, EventSourceArn });
  return shop;
}

/** How often each function was invoked. */
const runs = ({ functions }: Shop, name: string) => functions.get(name)?.received.length;

test('an order is reserved, paid, shipped and told of', async () => {
  await using aws = await startSuite();
  using shop = await recorded(aws);
  const id = await shop.place('o-1');
  await aws.settled();
  expect(net(shop, 'o-1')).toEqual(SHIPPED);
  expect(await deadLetters(aws, shop)).toBe(0);
  const said = ['InventoryReserved', 'OrderPlaced', 'OrderReadyToShip', 'OrderShipped'];
  expect([...(await saidAbout(aws, 'o-1'))].sort()).toEqual([...said, 'PaymentSuccessful']);
  const trace = await (await fetch(`${aws.endpoint}/_millrace/v1/trace/${id}`)).text();
  // The five events, the messages that they became and the runs of functions hang together.
  for (const type of await saidAbout(aws, 'o-1')) expect(trace).toContain(type);
  for (const { arn } of shop.functions.values()) {
    const isOnTheWay = !/release|refund|orders$/.test(arn);
    expect(trace.includes(`${arn}:$LATEST`), arn).toBe(isOnTheWay);
  }
});

test.each([
  ['the card is declined', '0002', 'book'],
  ['the shelf is empty', '4242', 'rare'],
  ['both', '0002', 'rare'],
])('%s: nothing is taken, and one mail says so', async (_, card, sku) => {
  await using aws = await startSuite();
  using shop = await recorded(aws);
  await shop.place('o-1', card, sku);
  await aws.settled();
  expect(net(shop, 'o-1')).toEqual(CANCELED);
  expect(await deadLetters(aws, shop)).toBe(0);
  const said = await saidAbout(aws, 'o-1');
  expect(said.filter((type) => type === 'OrderCanceled')).toHaveLength(1);
  expect(said).not.toContain('OrderShipped');
});

test('a reservation that comes after the cancellation undoes itself', async () => {
  await using aws = await startSuite();
  using shop = await recorded(aws);
  await shop.feeding('inventory', false);
  await shop.place('o-1', '0002');
  await aws.settled();
  expect(shop.books.state('o-1').status).toBe('CANCELED');
  await shop.feeding('inventory', true);
  await aws.settled();
  expect(net(shop, 'o-1')).toEqual(CANCELED);
  expect((await saidAbout(aws, 'o-1')).at(-1)).toBe('InventoryReleased');
});

test('so does a payment', async () => {
  await using aws = await startSuite();
  using shop = await recorded(aws);
  await shop.feeding('payment', false);
  await shop.place('o-1', '4242', 'rare');
  await aws.settled();
  expect(shop.books.state('o-1').status).toBe('CANCELED');
  await shop.feeding('payment', true);
  await aws.settled();
  expect(net(shop, 'o-1')).toEqual(CANCELED);
  expect((await saidAbout(aws, 'o-1')).at(-1)).toBe('PaymentRefunded');
});

test('inventory that throws for a minute makes the order late and no worse', async () => {
  await using aws = await startSuite();
  using shop = await openShop(aws);
  const placedAtMs = aws.clock.now();
  shop.trouble('inventory', 'throw');
  await shop.place('o-1');
  await aws.clock.advance('60s');
  expect(runs(shop, 'inventory')).toBe(3);
  shop.trouble('inventory');
  await aws.settled();
  expect(net(shop, 'o-1')).toEqual(SHIPPED);
  expect(aws.clock.now() - placedAtMs).toBe(90_000);
  expect(await deadLetters(aws, shop)).toBe(0);
});

test('what comes twice and in any order has its effect once', async () => {
  await using aws = await startSuite();
  using shop = await recorded(aws);
  for (const name of shop.functions.keys()) shop.trouble(name, 'twice');
  await shop.place('o-1');
  await aws.settled();
  expect(net(shop, 'o-1')).toEqual(SHIPPED);
  expect(await deadLetters(aws, shop)).toBe(0);
  const said = await saidAbout(aws, 'o-1');
  expect(said.length).toBeGreaterThanOrEqual(7);
  expect(new Set(said).size).toBe(5);
});

test('payments that nobody works on for five minutes are made up for', async () => {
  await using aws = await startSuite();
  using shop = await openShop(aws);
  await shop.feeding('payment', false);
  await shop.place('o-1');
  await aws.clock.advance('5m');
  expect(shop.books.state('o-1')).toMatchObject({ status: 'PLACED', shipments: 0 });
  expect(runs(shop, 'payment')).toBe(0);
  await shop.feeding('payment', true);
  await aws.settled();
  expect(net(shop, 'o-1')).toEqual(SHIPPED);
  expect(await deadLetters(aws, shop)).toBe(0);
});

/** Rules with their targets, and queues with their attributes. */
async function resources(aws: Suite, shop: Shop) {
  const { Rules = [] } = await aws.call('events', 'ListRules', { EventBusName: BUS });
  const targets = await Promise.all(
    Rules.map(({ Name: Rule = '' }) =>
      aws.call('events', 'ListTargetsByRule', { Rule, EventBusName: BUS }),
    ),
  );
  const queues = await Promise.all(
    [...shop.queues.values()].map(({ url: QueueUrl }) =>
      aws.call('sqs', 'GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] }),
    ),
  );
  return { Rules, targets, queues };
}

test('analytics joins by a rule and a queue of its own, and nothing else changes', async () => {
  await using aws = await startSuite();
  using shop = await openShop(aws);
  const before = await resources(aws, shop);
  const { queue, run } = await openConsumer(aws, 'analytics', shop.books);
  const pattern = { source: ['com.shop.orders'] };
  await sendsTo(aws, 'z-analytics', pattern, { Arn: queue.arn }, BUS);
  const after = await resources(aws, shop);
  expect(after.Rules.slice(0, -1)).toEqual(before.Rules);
  expect(after.targets.slice(0, -1)).toEqual(before.targets);
  expect(after.queues).toEqual(before.queues);
  await shop.place('o-1');
  await aws.settled();
  expect(net(shop, 'o-1')).toEqual(SHIPPED);
  expect(run.received.flatMap(({ Records }) => Records)).toHaveLength(5);
});
