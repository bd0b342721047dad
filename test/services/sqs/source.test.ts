import { expect, test } from 'vitest';
import type { Feeder, SourceRecord, Wish } from '../../../src/delivery/sources.ts';
import { Refused } from '../../../src/delivery/targets.ts';
import { queueSource } from '../../../src/services/sqs/source.ts';
import type { Suite } from '../../sdk/suite.ts';
import { aQueue, startSqs, withDeadLetters } from './a-queue.ts';

const WISH: Wish = { batches: 1, size: 10, windowMs: 0, timeoutMs: 3_000 };

async function feederOf({ stack, account, region }: Suite, sourceArn: string): Promise<Feeder> {
  const feed = { id: 'mapping', sourceArn, account, region, consumerArn: 'arn:consumer' };
  return queueSource.open(stack, feed);
}

const bodies = (records: readonly SourceRecord[] = []) => records.map(({ event }) => event.body);

async function taken(feeder: Feeder, wish: Partial<Wish> = {}) {
  const takings = await feeder.take({ ...WISH, ...wish });
  return takings.map(({ records }) => bodies(records));
}

test('a record is what Lambda makes of a message', async () => {
  await using aws = await startSqs();
  const queue = await aQueue(aws);
  const sent = await queue.send('hello', {
    MessageAttributes: {
      kind: { DataType: 'String', StringValue: 'urgent' },
      raw: { DataType: 'Binary', BinaryValue: Uint8Array.of(1, 2, 3) },
    },
    MessageSystemAttributes: {
      AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-5e1b4151-5ac6c58f3d1d8a2b' },
    },
  });
  const feeder = await feederOf(aws, queue.arn);
  const [taking] = await feeder.take(WISH);
  const [record] = taking?.records ?? [];
  const now = String(aws.clock.now());
  const lists = { stringListValues: [], binaryListValues: [] };
  expect(record?.event).toEqual({
    messageId: sent.MessageId,
    receiptHandle: expect.any(String),
    body: 'hello',
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: now,
      SenderId: aws.account,
      ApproximateFirstReceiveTimestamp: now,
      AWSTraceHeader: 'Root=1-5e1b4151-5ac6c58f3d1d8a2b',
    },
    messageAttributes: {
      kind: { stringValue: 'urgent', dataType: 'String', ...lists },
      raw: { binaryValue: 'AQID', dataType: 'Binary', ...lists },
    },
    md5OfMessageAttributes: sent.MD5OfMessageAttributes,
    md5OfBody: sent.MD5OfMessageBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queue.arn,
    awsRegion: 'us-east-1',
  });
  expect(record?.json).toBe(JSON.stringify(record?.event));
  expect(record?.traceHeader).toBe('Root=1-5e1b4151-5ac6c58f3d1d8a2b');
});

test('the receipt handle of a record works with the operations of SQS', async () => {
  await using aws = await startSqs();
  const queue = await aQueue(aws);
  await queue.send('a');
  const feeder = await feederOf(aws, queue.arn);
  const [taking] = await feeder.take(WISH);
  const ReceiptHandle = String(taking?.records[0]?.event.receiptHandle);
  await queue.hide({ ReceiptHandle }, 5);
  await aws.clock.advance('5s');
  expect(await queue.counts()).toEqual([1, 0, 0]);
  await queue.remove({ ReceiptHandle });
  expect(await queue.counts()).toEqual([0, 0, 0]);
});

test('several batches of a standard queue are claimed at once', async () => {
  await using aws = await startSqs();
  const queue = await aQueue(aws);
  for (const body of ['a', 'b', 'c', 'd', 'e']) await queue.send(body);
  const feeder = await feederOf(aws, queue.arn);
  expect(await taken(feeder, { batches: 2, size: 2 })).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  expect(await taken(feeder, { batches: 2, size: 2 })).toEqual([['e']]);
  expect(await taken(feeder)).toEqual([]);
});

test('a group of a FIFO queue is in one batch only', async () => {
  await using aws = await startSqs();
  const queue = await aQueue(aws, 'orders.fifo', { ContentBasedDeduplication: 'true' });
  for (const body of ['a1', 'a2', 'a3', 'b1']) {
    await queue.send(body, { MessageGroupId: body.slice(0, 1) });
  }
  const feeder = await feederOf(aws, queue.arn);
  const takings = await feeder.take({ ...WISH, batches: 3, size: 2 });
  expect(takings.map(({ records }) => bodies(records))).toEqual([['a1', 'a2'], ['b1']]);
  expect(takings[0]?.records[0]?.event.attributes).toMatchObject({
    MessageGroupId: 'a',
    SequenceNumber: expect.stringMatching(/^\d{20}$/),
    MessageDeduplicationId: expect.any(String),
  });
  await aws.stack.storage.commit(await feeder.end({ consumed: takings[0]?.records ?? [] }));
  expect(await taken(feeder)).toEqual([['a3']]);
});

test('what was consumed is deleted, and what failed stays hidden for its time', async () => {
  await using aws = await startSqs();
  const queue = await aQueue(aws);
  await queue.send('a');
  await queue.send('b');
  const feeder = await feederOf(aws, queue.arn);
  const [taking] = await feeder.take(WISH);
  const [a, b] = taking?.records ?? [];
  if (!a || !b) throw new Error('Nothing was taken.');
  await aws.stack.storage.commit(await feeder.end({ consumed: [a], failed: [b] }));
  expect(await queue.counts()).toEqual([0, 1, 0]);
  expect(await feeder.nextDueMs()).toBe(aws.clock.now() + 30_000);
  await aws.clock.advance('30s');
  expect(await taken(feeder)).toEqual([['b']]);
});

test('what goes back unused counts as never received', async () => {
  await using aws = await startSqs();
  const queue = await aQueue(aws);
  await queue.send('a');
  const feeder = await feederOf(aws, queue.arn);
  const [taking] = await feeder.take(WISH);
  await aws.stack.storage.commit(await feeder.end({ unused: taking?.records ?? [] }));
  const message = await queue.one();
  expect(message.Attributes?.ApproximateReceiveCount).toBe('1');
});

test('what is rejected goes to the dead-letter queue, and nowhere without one', async () => {
  await using aws = await startSqs();
  const { queue, dead } = await withDeadLetters(aws, 5);
  const bare = await aQueue(aws, 'bare');
  for (const source of [queue, bare]) {
    await source.send('loop');
    const feeder = await feederOf(aws, source.arn);
    const [taking] = await feeder.take(WISH);
    const ending = { rejected: taking?.records ?? [], note: 'recursion' };
    await aws.stack.storage.commit(await feeder.end(ending));
    expect(await source.counts()).toEqual([0, 0, 0]);
  }
  expect(await dead.one()).toMatchObject({
    Body: 'loop',
    Attributes: { ApproximateReceiveCount: '2', DeadLetterQueueSourceArn: queue.arn },
  });
});

test('a message received too often goes to the dead-letter queue', async () => {
  await using aws = await startSqs();
  const { queue, dead } = await withDeadLetters(aws, 1);
  await queue.send('poison');
  const feeder = await feederOf(aws, queue.arn);
  expect(await taken(feeder)).toEqual([['poison']]);
  await aws.clock.advance('30s');
  expect(await taken(feeder)).toEqual([]);
  expect(await dead.bodies()).toEqual(['poison']);
});

test('messages are hidden longer where window and time-out ask for it', async () => {
  await using aws = await startSqs();
  const queue = await aQueue(aws);
  const feeder = await feederOf(aws, queue.arn);
  for (const [windowMs, hiddenMs] of [
    [27_000, 30_000],
    [27_001, 60_001],
  ] as const) {
    await queue.send('a');
    const [taking] = await feeder.take({ ...WISH, windowMs });
    expect(await feeder.nextDueMs()).toBe(aws.clock.now() + hiddenMs);
    await aws.stack.storage.commit(await feeder.end({ consumed: taking?.records ?? [] }));
  }
});

test('a queue that is deleted feeds nobody, and one of the same name does', async () => {
  await using aws = await startSqs();
  const queue = await aQueue(aws);
  const feeder = await feederOf(aws, queue.arn);
  let notices = 0;
  const unwatch = feeder.watch(() => {
    notices += 1;
  });
  await aws.call('sqs', 'DeleteQueue', { QueueUrl: queue.url });
  await expect(feeder.take(WISH)).rejects.toBeInstanceOf(Refused);
  expect(await feeder.end({ consumed: [] })).toEqual([]);

  const again = await aQueue(aws);
  notices = 0;
  await again.send('a');
  expect(notices).toBeGreaterThan(0);
  unwatch();
  expect(await taken(feeder)).toEqual([['a']]);
});

test('what is no queue cannot be a source', async () => {
  await using aws = await startSqs();
  await expect(feederOf(aws, 'arn:aws:sns:us-east-1:000000000000:t')).rejects.toBeInstanceOf(
    Refused,
  );
});

test('the journal knows who received, and what was dropped', async () => {
  await using aws = await startSqs();
  const queue = await aQueue(aws);
  await queue.send('a');
  const feeder = await feederOf(aws, queue.arn);
  const [taking] = await feeder.take(WISH);
  const ending = { filtered: taking?.records ?? [], note: 'filtered out' };
  await aws.stack.storage.commit(await feeder.end(ending));
  const log = await aws.stack.storage.read('journal', { from: 1, max: 10 });
  const facts = log.map(({ body }) => JSON.parse(body));
  expect(facts.map(([kind]) => kind)).toEqual(['publish', 'receive', 'drop']);
  expect(facts[1]).toContain('arn:consumer');
  expect(facts[2]).toContain('filtered out');
});
