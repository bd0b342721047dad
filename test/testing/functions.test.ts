import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { type Aws, startAws } from '../../src/testing/index.ts';

async function queue(aws: Aws, name: string, Attributes: Record<string, string> = {}) {
  const sqs = aws.client(SQSClient);
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
  const arn = `arn:aws:sqs:${aws.region}:000000000000:${name}`;
  const send = (MessageBody: string) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  const receive = async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    return Messages.map(({ Body }) => Body);
  };
  return { arn, url: QueueUrl, send, receive };
}

/** A queue whose messages rest in another one after three receives. */
async function poisonable(aws: Aws) {
  const dead = await queue(aws, 'orders-dlq');
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 3 });
  return { dead, orders: await queue(aws, 'orders', { RedrivePolicy }) };
}

test('an order that billing refuses three times rests in the dead-letter queue', async () => {
  await using aws = await startAws();
  const { orders, dead } = await poisonable(aws);
  const billing = await aws.lambda('billing', async () => 'billed');
  await billing.feedFrom(orders.arn);
  billing.fail(3);
  const beganAt = aws.clock.now();

  await orders.send('order 7');
  await aws.settled();

  expect(billing.received).toHaveLength(3);
  expect(await dead.receive()).toEqual(['order 7']);
  // Three visibility time-outs of half a minute have passed, in no time.
  expect(aws.clock.now() - beganAt).toBe(90_000);
});

test('an order that billing takes at the second attempt is gone', async () => {
  await using aws = await startAws();
  const { orders, dead } = await poisonable(aws);
  const billing = await aws.lambda('billing', async () => 'billed');
  await billing.feedFrom(orders.arn);
  billing.fail(1);
  await orders.send('order 7');
  await aws.settled();
  expect(billing.received).toHaveLength(2);
  expect(await orders.receive()).toEqual([]);
  expect(await dead.receive()).toEqual([]);
});

test('a trace goes through a handler of the test by the kit’s own clients', async () => {
  await using aws = await startAws();
  const { orders } = await poisonable(aws);
  const out = await queue(aws, 'out');
  const relay = await aws.lambda('relay', async () => {
    await out.send('done');
  });
  await relay.feedFrom(orders.arn);
  const { MessageId = '' } = await orders.send('order 7');
  await aws.settled();
  const trace = await aws.trace(MessageId);
  const [invocation] = trace?.tree.children ?? [];
  expect(invocation?.arn).toBe(`${relay.arn}:$LATEST`);
  expect(invocation?.facts.map(({ kind, outcome }) => [kind, outcome])).toEqual([['invoke', 'ok']]);
  expect(invocation?.children.map(({ arn }) => arn)).toEqual([out.arn]);
});

test('a name that is registered again runs the new handler', async () => {
  await using aws = await startAws();
  const lambda = aws.client(LambdaClient);
  const invoke = async () => {
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'f' }));
    return Buffer.from(Payload ?? []).toString();
  };
  await aws.lambda('f', async () => 'old');
  expect(await invoke()).toBe('"old"');
  await aws.lambda('f', (_event, _context, callback) => callback(null, 'new'));
  expect(await invoke()).toBe('"new"');
});

test('a handler that never ends is timed out in its own words, when patience ends', async () => {
  await using aws = await startAws({ settings: { functions: { patienceMs: 20 } } });
  await aws.lambda('f', () => new Promise(() => {}), { timeoutSeconds: 900 });
  const lambda = aws.client(LambdaClient);
  const answer = await lambda.send(new InvokeCommand({ FunctionName: 'f' }));
  expect(answer.FunctionError).toBe('Unhandled');
  expect(Buffer.from(answer.Payload ?? []).toString()).toContain(
    'Task timed out after 900.00 seconds',
  );
});
