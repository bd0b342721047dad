/**
 * `kill -9` of a server with functions at work: nothing is lost, nothing that is idempotent
 * happens twice, what was to be tried again is tried again, and no function outlives its server.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { call, createQueue, type Queue } from '../../../bench/api.ts';
import { advance } from '../torture/time.ts';
import {
  feed,
  hire,
  invoke,
  isRunning,
  killAndRestart,
  left,
  openShop,
  type Shop,
  until,
} from './shop.ts';

const ORDERS = 40;
const MOST_RECEIVES = 3;

test('orders survive a broken function, two kills and a poisoned one of them', {
  timeout: 240_000,
}, async () => {
  await using shop = await openShop();
  const { orders, dead, ready } = await openForOrders(shop);
  writeFileSync(shop.broken, '');
  const ids = Array.from({ length: ORDERS }, (_, i) => `o-${String(i).padStart(2, '0')}`);
  await send(shop, orders, [...ids.map((orderId) => ({ orderId })), { poison: true }]);
  await until('a failure', () => shop.books.times('inventory') > 3);
  await killAndRestart(shop);
  const failures = shop.books.times('inventory');
  await until('a failure after the kill', () => shop.books.times('inventory') > failures);

  rmSync(shop.broken);
  await until('a few orders reserved', () => shop.books.effects('reserved').length > 5);
  await killAndRestart(shop);

  await until('all orders shipped', () => shop.books.effects('shipped').length >= ORDERS);
  // An order whose work was done just before a kill comes once more, and is not to be given up.
  await until('the poisoned one alone', async () => (await left(shop, orders.url)) === 1);
  await giveUpAfter(shop, MOST_RECEIVES, orders, dead);
  await until('the poisoned one given up', async () => (await left(shop, dead.url)) > 0);
  await until('empty queues', async () => (await left(shop, orders.url)) === 0);
  await until('empty queues', async () => (await left(shop, ready.url)) === 0);
  expect(shop.books.effects('reserved')).toEqual(ids);
  expect(shop.books.effects('shipped')).toEqual(ids);
  const [letter, ...others] = await receive(shop, dead);
  expect(others).toEqual([]);
  expect(letter?.Body).toBe('{"poison":true}');
  expect(letter?.Attributes.DeadLetterQueueSourceArn).toBe(orders.arn);
  expect(await left(shop, dead.url)).toBe(1);
});

/** Queues, and functions that are fed from them. */
async function openForOrders(shop: Shop) {
  const dead = await createQueue(shop.port, 'dead');
  const orders = await createQueue(shop.port, 'orders', { VisibilityTimeout: '1' });
  const ready = await createQueue(shop.port, 'ready', { VisibilityTimeout: '1' });
  await hire(shop, 'inventory', { variables: { NEXT_QUEUE: ready.url } });
  await hire(shop, 'shipping');
  const partly = { BatchSize: 4, FunctionResponseTypes: ['ReportBatchItemFailures'] };
  await feed(shop, 'inventory', orders.arn, partly);
  await feed(shop, 'shipping', ready.arn);
  return { orders, dead, ready };
}

/** From now on only: how often a broken shop is tried depends on how fast the machine is. */
async function giveUpAfter({ port }: Shop, maxReceiveCount: number, queue: Queue, dead: Queue) {
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount });
  const input = { QueueUrl: queue.url, Attributes: { RedrivePolicy } };
  await call(port, 'sqs', 'SetQueueAttributes', input);
}

test('an asynchronous event goes through its retries over two kills', {
  timeout: 60_000,
}, async () => {
  // A server starts at the time of the machine; from there only the test moves time on.
  await using shop = await openShop({ start: ['--clock', 'virtual'] });
  const { port, books } = shop;
  const dead = await createQueue(port, 'dead');
  await hire(shop, 'failing', { more: { DeadLetterConfig: { TargetArn: dead.arn } } });
  const { status } = await invoke(shop, 'failing', 'X-Amz-Invocation-Type: Event\r\n');
  expect(status).toBe(202);
  for (const [attempt, by] of [
    [1, '0s'],
    [2, '70s'],
    [3, '5m'],
  ] as const) {
    await advance(port, by);
    await until(`attempt ${attempt}`, () => books.times('failing') >= attempt);
    expect(books.times('failing')).toBe(attempt);
    // The end of an attempt is stored after the function has told of it; this waits for it.
    await advance(port, '1s');
    if (attempt < 3) await killAndRestart(shop);
  }
  await until('the event given up', async () => (await left(shop, dead.url)) > 0);
  const [letter] = await receive(shop, dead);
  expect(letter?.Body).toBe('{}');
  expect(letter?.MessageAttributes.ErrorCode?.StringValue).toBe('200');
  expect(letter?.MessageAttributes.ErrorMessage?.StringValue).toBe(
    'It fails whenever it is tried.',
  );
  await advance(port, '1h');
  expect(books.times('failing')).toBe(3);
});

test('functions end with a killed server: idle, waiting and busy ones', {
  timeout: 30_000,
}, async () => {
  await using shop = await openShop();
  for (const name of ['idle', 'waits', 'turns']) await hire(shop, name, { timeoutSeconds: 60 });
  await invoke(shop, 'idle');
  // They answer never: the connection is lost with the server.
  const lost = ['waits', 'turns'].map((name) => invoke(shop, name).catch(() => 'lost'));
  await until('three functions', () => shop.books.told().length === 3);
  const pids = shop.books.told().map(({ pid }) => pid);
  expect(pids.filter(isRunning)).toEqual(pids);
  await shop.victim.kill();
  expect(await Promise.all(lost)).toEqual(['lost', 'lost']);
  await until('their end', () => !pids.some(isRunning), 5_000);
});

async function send({ port }: Shop, { url }: Queue, bodies: readonly object[]): Promise<void> {
  for (const body of bodies) {
    const input = { QueueUrl: url, MessageBody: JSON.stringify(body) };
    await call(port, 'sqs', 'SendMessage', input);
  }
}

interface Letter {
  readonly Body: string;
  readonly Attributes: Readonly<Record<string, string>>;
  readonly MessageAttributes: Readonly<Record<string, { readonly StringValue?: string }>>;
}

async function receive({ port }: Shop, { url }: Queue): Promise<readonly Letter[]> {
  const { Messages = [] } = await call(port, 'sqs', 'ReceiveMessage', {
    ...{ QueueUrl: url, MaxNumberOfMessages: 10 },
    ...{ MessageSystemAttributeNames: ['All'], MessageAttributeNames: ['All'] },
  });
  return Messages as readonly Letter[];
}
