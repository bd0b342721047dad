import { expect, test } from 'vitest';
import { aQueue, startSqs, withDeadLetters } from './a-queue.ts';

const now = { VisibilityTimeout: 0 } as const;
const contentBased = { ContentBasedDeduplication: 'true' };

test('a message is a dead letter at the receive after the last that it was allowed', async () => {
  await using aws = await startSqs();
  const { queue, dead } = await withDeadLetters(aws, 3);
  await queue.send('bad');
  for (let receives = 0; receives < 3; receives += 1)
    expect(await queue.bodies(now)).toHaveLength(1);
  // Running out of visibility moves nothing by itself.
  await aws.clock.advance('1h');
  expect(await queue.counts()).toEqual([1, 0, 0]);
  expect(await dead.counts()).toEqual([0, 0, 0]);

  expect(await queue.bodies(now)).toEqual([]);
  expect(await queue.counts()).toEqual([0, 0, 0]);
  expect(await dead.bodies()).toEqual(['bad']);
});

test('a dead letter is the message that it was', async () => {
  await using aws = await startSqs();
  const { queue, dead } = await withDeadLetters(aws, 2);
  const MessageAttributes = { kind: { DataType: 'String', StringValue: 'x' } };
  const { MessageId, MD5OfMessageAttributes } = await queue.send('bad', { MessageAttributes });
  const before = await queue.one(now);
  await queue.receive(now);
  await aws.clock.advance('1h');
  await queue.receive(now);
  const letter = await dead.one();
  expect(letter).toMatchObject({ MessageId, Body: 'bad', MessageAttributes });
  expect(letter.MD5OfMessageAttributes).toBe(MD5OfMessageAttributes);
  expect(letter.Attributes).toEqual({
    ...before.Attributes,
    ApproximateReceiveCount: '3',
    DeadLetterQueueSourceArn: queue.arn,
  });
});

test('a receive passes over dead letters and fills up with what may be received', async () => {
  await using aws = await startSqs();
  const { queue, dead } = await withDeadLetters(aws, 1);
  for (let index = 0; index < 12; index += 1) await queue.send(`bad${index}`);
  await queue.bodies(now);
  await queue.receive({ MaxNumberOfMessages: 2, VisibilityTimeout: 0 });
  for (let index = 0; index < 3; index += 1) await queue.send(`good${index}`);
  const bodies = [...(await queue.bodies(now)), ...(await queue.bodies())];
  expect(bodies.filter((body) => body.startsWith('good')).length).toBeGreaterThanOrEqual(3);
  await queue.bodies();
  const [, , ...rest] = await dead.counts();
  expect(rest).toEqual([0]);
});

test('retention of a dead letter runs on from when it was first sent', async () => {
  await using aws = await startSqs();
  const { queue, dead } = await withDeadLetters(aws, 1);
  await dead.set({ MessageRetentionPeriod: '3600' });
  await queue.send('bad');
  await queue.receive(now);
  await aws.clock.advance('59m');
  await queue.receive();
  expect(await dead.counts()).toEqual([1, 0, 0]);
  await aws.clock.advance('61s');
  expect(await dead.counts()).toEqual([0, 0, 0]);
});

test('a dead-letter queue with a policy of its own counts its own receives', async () => {
  await using aws = await startSqs();
  const { queue, dead } = await withDeadLetters(aws, 2);
  const last = await aQueue(aws, 'last');
  const policy = { deadLetterTargetArn: last.arn, maxReceiveCount: 2 };
  await dead.set({ RedrivePolicy: JSON.stringify(policy) });
  await queue.send('bad');
  for (let receives = 0; receives < 3; receives += 1) await queue.receive(now);
  expect((await dead.one(now)).Attributes?.ApproximateReceiveCount).toBe('3');
  expect(await dead.bodies(now)).toEqual(['bad']);
  expect(await dead.bodies(now)).toEqual([]);
  expect((await last.one()).Attributes).toMatchObject({
    ApproximateReceiveCount: '5',
    DeadLetterQueueSourceArn: dead.arn,
  });
});

test('a FIFO group goes on when its first message has become a dead letter', async () => {
  await using aws = await startSqs();
  const { queue, dead } = await withDeadLetters(aws, 1, { name: 'orders.fifo', ...contentBased });
  for (const body of ['bad', 'good']) await queue.send(body, { MessageGroupId: 'g' });
  await queue.receive({ VisibilityTimeout: 0 });
  await aws.clock.advance('5m');
  expect(await queue.bodies()).toEqual(['good']);
  const letter = await dead.one();
  expect(letter.Body).toBe('bad');
  expect(letter.Attributes).toMatchObject({
    MessageDeduplicationId: letter.MessageId,
    MessageGroupId: 'g',
    SentTimestamp: String(aws.clock.now()),
  });
});

test('when the dead-letter queue has been deleted, messages are received on', async () => {
  await using aws = await startSqs();
  const { queue, dead } = await withDeadLetters(aws, 1);
  await aws.call('sqs', 'DeleteQueue', { QueueUrl: dead.url });
  await queue.send('bad');
  for (let receives = 0; receives < 3; receives += 1) {
    expect(await queue.bodies(now)).toEqual(['bad']);
  }
});
