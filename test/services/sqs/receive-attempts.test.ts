import { expect, test } from 'vitest';
import type { Suite } from '../../sdk/suite.ts';
import { type AQueue, aQueue, startSqs } from './a-queue.ts';

const attempt = { ReceiveRequestAttemptId: 'try-1', MaxNumberOfMessages: 10 } as const;

const notRetryable = {
  code: 'InvalidParameterValue',
  message:
    'Value try-1 for parameter ReceiveRequestAttemptId is invalid. Reason: The ' +
    'receiveRequestAttemptId is not valid anymore since the receive call is not retryable.',
};

async function threeMessages(aws: Suite): Promise<AQueue> {
  const queue = await aQueue(aws, 'orders.fifo', { ContentBasedDeduplication: 'true' });
  for (const body of ['a', 'b', 'c']) await queue.send(body, { MessageGroupId: 'g' });
  return queue;
}

test('the same attempt gives the same messages under the same handles', async () => {
  await using aws = await startSqs();
  const queue = await threeMessages(aws);
  const all = { ...attempt, MessageSystemAttributeNames: ['All'] } as const;
  const first = await queue.receive(all);
  expect(first.map(({ Body }) => Body)).toEqual(['a', 'b', 'c']);
  await aws.clock.advance('20s');
  expect(await queue.receive(all)).toEqual(first);
  expect(await queue.receive({ ...all, ReceiveRequestAttemptId: 'try-2' })).toEqual([]);
});

test('a repeated attempt hides the messages anew', async () => {
  await using aws = await startSqs();
  const queue = await threeMessages(aws);
  await queue.receive(attempt);
  await aws.clock.advance('20s');
  const [message] = await queue.receive(attempt);
  await aws.clock.advance('29s');
  expect(await queue.bodies()).toEqual([]);
  if (message) await queue.remove(message);
  await aws.clock.advance('1s');
  expect(await queue.bodies()).toEqual(['b', 'c']);
});

test('after a delete it cannot be repeated', async () => {
  await using aws = await startSqs();
  const queue = await threeMessages(aws);
  const [first] = await queue.receive(attempt);
  if (first) await queue.remove(first);
  const again = { QueueUrl: queue.url, ...attempt };
  expect(await aws.fails('sqs', 'ReceiveMessage', again)).toMatchObject(notRetryable);
});

test('after a change of visibility it cannot be repeated, until its own time is over', async () => {
  await using aws = await startSqs();
  const queue = await threeMessages(aws);
  const [first] = await queue.receive(attempt);
  if (first) await queue.hide(first, 60);
  const again = { QueueUrl: queue.url, ...attempt };
  expect(await aws.fails('sqs', 'ReceiveMessage', again)).toMatchObject(notRetryable);
  await aws.clock.advance('60s');
  expect(await queue.bodies(attempt)).toEqual(['a', 'b', 'c']);
});

test('an attempt at a standard queue is a receive like any other', async () => {
  await using aws = await startSqs();
  const queue = await aQueue(aws);
  await queue.send('a');
  expect(await queue.bodies(attempt)).toEqual(['a']);
  expect(await queue.bodies(attempt)).toEqual([]);
});

test.each(['', 'a b', 'x'.repeat(129)])('%j is no attempt', async (ReceiveRequestAttemptId) => {
  await using aws = await startSqs();
  const { url: QueueUrl } = await aQueue(aws, 'orders.fifo');
  const failure = await aws.fails('sqs', 'ReceiveMessage', { QueueUrl, ReceiveRequestAttemptId });
  expect(failure.code).toBe('InvalidParameterValue');
  expect(failure.message).toContain('for parameter ReceiveRequestAttemptId is invalid. Reason: ');
});

test('when the messages are visible again it is a receive like any other', async () => {
  await using aws = await startSqs();
  const queue = await threeMessages(aws);
  const first = await queue.receive(attempt);
  await aws.clock.advance('30s');
  const second = await queue.receive(attempt);
  expect(second.map(({ Body }) => Body)).toEqual(['a', 'b', 'c']);
  expect(second[0]?.ReceiptHandle).not.toBe(first[0]?.ReceiptHandle);
});

test('an attempt is good for five minutes, and forgotten after them', async () => {
  await using aws = await startSqs();
  const queue = await threeMessages(aws);
  const long = { ...attempt, VisibilityTimeout: 600 } as const;
  const first = await queue.receive(long);
  await aws.clock.advance('299s');
  expect(await queue.receive(long)).toEqual(first);
  await aws.clock.advance('1s');
  expect(await queue.receive(long)).toEqual([]);
  const partition = `${aws.account}/${aws.region}/orders.fifo`;
  expect(await aws.stack.storage.scan('sqs/attempts', partition)).toEqual([]);
});

test('a queue that is deleted takes its attempts with it', async () => {
  await using aws = await startSqs();
  const queue = await threeMessages(aws);
  await queue.receive(attempt);
  await aws.call('sqs', 'DeleteQueue', { QueueUrl: queue.url });
  const partition = `${aws.account}/${aws.region}/orders.fifo`;
  expect(await aws.stack.storage.scan('sqs/attempts', partition)).toEqual([]);
});
