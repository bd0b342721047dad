/**
 * C-06: orders are written as events and read from models that are made of them. Events come
 * twice and in any order, a projector dies, a model is down, another one is made anew, and a
 * fourth is added while orders go on. In the end each model shows what the events say.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { DeleteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { check } from '../check.ts';
import { startLocal } from '../local.ts';
import { countOf } from '../make-queue.ts';
import { type Deployment, deploy, dynamodb, lambda, type Model, sqs } from './deploy.ts';
import { daysIn, foldAll, myOrdersIn, searchIn, turnoverIn } from './folded.ts';
import type { Hydration } from './hydrate.ts';
import { TableName as MY_ORDERS, type MyOrder } from './my-orders.ts';
import { days } from './sales-by-day.ts';
import { oldStore } from './store.ts';
import { CUSTOMERS, keepOrdering, order, planOf, shopAt } from './traffic.ts';

await using local = await startLocal();
const files = {
  SQL_FILE: join(local.folder, 'orders.db'),
  SEARCH_FILE: join(local.folder, 'search.db'),
  CRASH: join(local.folder, 'crash'),
  DOWN: join(local.folder, 'down'),
};
const deployment: Deployment = await deploy(files);
const { myOrders, sql, search } = deployment;
const { tell, ask } = shopAt(deployment.commandsUrl, deployment.queriesUrl);
const models: Model[] = [myOrders, sql, search];

/** Two customers at a time. */
async function traffic(first: number, count: number): Promise<void> {
  const half = Math.ceil(count / 2);
  await Promise.all([order(tell, first, half), order(tell, first + half, count - half)]);
}

async function hydrate(model: Hydration['model']): Promise<number> {
  const Payload = JSON.stringify({ model } satisfies Hydration);
  const answer = await lambda.send(new InvokeCommand({ FunctionName: 'c06-hydrate', Payload }));
  const text = answer.Payload?.transformToString() ?? '';
  if (answer.FunctionError) throw new Error(text);
  return JSON.parse(text).events;
}

async function ordersOf(customer: string): Promise<readonly MyOrder[]> {
  const { body } = await ask(`customers/${customer}/orders`);
  return (body as { readonly orders: readonly MyOrder[] }).orders;
}

async function deadLetters(): Promise<number> {
  const counts = await Promise.all(models.map(({ queue }) => countOf(sqs, queue.dead)));
  return counts.reduce((sum, count) => sum + count, 0);
}

console.log('Orders from before there were currencies, and orders of today:');
for (const number of [0, 1]) {
  const { orderId, customerId, orderedAt, lines } = planOf(number);
  const items = lines.map((line) => ({ type: 'ItemAdded', data: { customerId, ...line } }));
  const created = { type: 'OrderCreated', data: { customerId, orderedAt } };
  await oldStore.append(orderId, [created, ...items], { expectedVersion: 'none' });
}
await traffic(2, 6);
await local.settled();
check(
  'currencies of ada',
  [...new Set((await ordersOf('ada')).map((one) => one.currency))].sort(),
  ['CHF', 'EUR'],
);

console.log('\nTwo add to the same order at the same time:');
const line = { sku: 's-9', name: 'blue spoon', qty: 1, price: 250 };
const { customerId } = planOf(2);
const shown = await ask(`customers/${customerId}/orders/o-2`);
const { lastVersion: seen } = shown.body as MyOrder;
const add = (expectedVersion: number) => tell('orders/o-2/items', { expectedVersion, line });
const both = await Promise.all([add(seen), add(seen)]);
check('answers', both.map(({ status }) => status).sort(), [201, 409]);
const told = both.find(({ status }) => status === 409)?.body.version ?? 0;
check('again, having looked', (await add(told)).status, 201);
await local.settled();
const fresh = await ask(`customers/${customerId}/orders/o-2?minVersion=${told + 1}`);
check('who has written it reads it', fresh.status, 200);
const early = await ask(`customers/${customerId}/orders/o-2?minVersion=${told + 2}`);
check('who waits for more is told so', early.status, 202);

console.log('\nSearch is down for ten minutes, and the relational projector dies in a batch:');
writeFileSync(files.DOWN, '');
writeFileSync(files.CRASH, '');
await traffic(8, 4);
await local.advance('10m');
await local.settled();
const missed = await countOf(sqs, search.queue.dead);
check('has it died?', existsSync(files.CRASH), false);
check('events that search has missed', missed > 0, true);
check('dead letters of all', await deadLetters(), missed);
rmSync(files.DOWN);
await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: search.queue.dead.arn }));
await local.settled();
check('dead letters, after they were sent back', await deadLetters(), 0);

console.log('\nA fourth model is added while orders go on, and my-orders is made anew:');
const stop = new AbortController();
const ordering = keepOrdering(tell, 12, stop.signal);
const queue = await deployment.subscribe('sales-by-day');
const events = await hydrate('sales-by-day');
models.push(await deployment.project('sales-by-day', queue));
check('events from the store', events > 0, true);
await myOrders.feeding(false);
const tables = DynamoDBDocumentClient.from(dynamodb);
for (const customer of CUSTOMERS) {
  for (const { orderId } of await ordersOf(customer)) {
    const Key = { customerId: customer, orderId };
    await tables.send(new DeleteCommand({ TableName: MY_ORDERS, Key }));
  }
}
await hydrate('my-orders');
await myOrders.feeding(true);
stop.abort();
const more = await ordering;
console.log(`  … meanwhile there were ${more} orders`);
await local.settled();

console.log('\nIn the end, each model is what the events say:');
const all = await foldAll();
check('orders', all.length, 12 + more);
const wrong: string[] = [];
for (const customer of CUSTOMERS) {
  const must = JSON.stringify(myOrdersIn(all, customer).map(sortedMembers));
  const is = JSON.stringify((await ordersOf(customer)).map(sortedMembers));
  if (is !== must) wrong.push(customer);
}
check('my-orders, wrong for', wrong, []);
check('orders-sql', (await ask('turnover')).body, { turnover: turnoverIn(all) });
for (const word of ['red', 'tea', 'spoon']) {
  const { body } = await ask(`search?q=${word}`);
  check(`orders-search: ${word}`, body, { orderIds: searchIn(all, word) });
}
check('sales-by-day', await days(), daysIn(all));
check('dead letters', await deadLetters(), 0);
console.log(`\n${Math.round((await local.elapsedMs()) / 1_000)} s of virtual time have passed.`);

function sortedMembers(row: object): object {
  return Object.fromEntries(Object.entries(row).sort());
}
