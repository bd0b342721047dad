/**
 * C-27: Payments tells a queue that a payment was made and Billing writes invoices, knowing
 * nothing of Payments. Later Bonus points wants to know as well: a topic is put before the queue,
 * and Billing does not notice.
 */
import { expect, test } from 'vitest';
import { type Suite, startSuite } from '../sdk/suite.ts';
import { type AQueue, aQueue, aTopic, RAW } from '../services/sns/a-topic.ts';

const paid = (orderId: string, amount: number) => JSON.stringify({ orderId, amount });

/** Billing: one invoice per order, however often it hears of it. */
async function invoices(queue: AQueue, known = new Map<string, number>()) {
  for (const body of await queue.bodies()) {
    const { orderId, amount } = JSON.parse(body);
    if (!known.has(orderId)) known.set(orderId, amount);
  }
  return known;
}

async function send(aws: Suite, queue: AQueue, body: string) {
  await aws.call('sqs', 'SendMessage', { QueueUrl: queue.url, MessageBody: body });
}

test('a topic slips in before the queue, and Billing goes on as before', async () => {
  await using aws = await startSuite();
  const billing = await aQueue(aws, 'billing');
  await send(aws, billing, paid('o-1', 20));
  await send(aws, billing, paid('o-1', 20));
  const before = await invoices(billing);

  const topic = await aTopic(aws, 'payments');
  const bonus = await aQueue(aws, 'bonus-points');
  await topic.subscribe('sqs', billing.arn, RAW);
  await topic.subscribe('sqs', bonus.arn, RAW);
  for (const message of [paid('o-2', 30), paid('o-2', 30), paid('o-1', 20)]) {
    await topic.publish(message);
  }
  const after = await invoices(billing, before);
  expect([...after]).toEqual([
    ['o-1', 20],
    ['o-2', 30],
  ]);
  expect(await invoices(bonus)).toEqual(new Map([...after].reverse()));
});
