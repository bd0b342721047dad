/** A function that is fed from a queue: what becomes of messages, whatever the function does. */
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import { startSuite } from '../sdk/suite.ts';
import { aQueue, withDeadLetters } from '../services/sqs/a-queue.ts';

const REPORTS = { FunctionResponseTypes: ['ReportBatchItemFailures'] } as const;
const bodiesOf = ({ Records }: SQSEvent) => Records.map(({ body }) => body);

test('a message that fails three times rests in the dead-letter queue', async () => {
  await using aws = await startSuite();
  const { queue, dead } = await withDeadLetters(aws, 3);
  const worker = await aws.lambda<SQSEvent>('worker', () => undefined);
  worker.fail(3);
  await worker.feedFrom(queue.arn);
  await queue.send('poison');

  await aws.settled();

  expect(worker.received.map(bodiesOf)).toEqual([['poison'], ['poison'], ['poison']]);
  expect(await queue.counts()).toEqual([0, 0, 0]);
  const letter = await dead.one();
  expect(letter).toMatchObject({
    Body: 'poison',
    Attributes: { ApproximateReceiveCount: '4', DeadLetterQueueSourceArn: queue.arn },
  });
});

test('what a function reports as failed comes again, and nothing else of its batch', async () => {
  await using aws = await startSuite();
  const queue = await aQueue(aws);
  const worker = await aws.lambda<SQSEvent>('worker', ({ Records }): SQSBatchResponse => {
    const first = worker.received.length === 1;
    const failed = first ? Records.filter(({ body }) => body === 'b') : [];
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  });
  for (const body of ['a', 'b', 'c']) await queue.send(body);
  await worker.feedFrom(queue.arn, REPORTS);

  const before = aws.stack.clock.nowMs();
  await aws.settled();

  expect(worker.received.map(bodiesOf)).toEqual([['a', 'b', 'c'], ['b']]);
  expect(aws.stack.clock.nowMs() - before).toBe(30_000);
  expect(await queue.counts()).toEqual([0, 0, 0]);
});

test('a group that fails waits in its order while other groups go on', async () => {
  await using aws = await startSuite();
  const queue = await aQueue(aws, 'orders.fifo', { ContentBasedDeduplication: 'true' });
  const seen: string[] = [];
  let broken = true;
  const worker = await aws.lambda<SQSEvent>('worker', ({ Records }) => {
    const bodies = Records.map(({ body }) => body);
    seen.push(...bodies);
    if (broken && bodies.includes('a1')) {
      broken = false;
      throw new Error('a1 is broken');
    }
  });
  await worker.feedFrom(queue.arn, { BatchSize: 1 });
  for (const body of ['a1', 'a2', 'b1', 'a3', 'b2']) {
    await queue.send(body, { MessageGroupId: body.slice(0, 1) });
  }

  await aws.settled();

  expect(seen.filter((body) => body.startsWith('a'))).toEqual(['a1', 'a1', 'a2', 'a3']);
  expect(seen.filter((body) => body.startsWith('b'))).toEqual(['b1', 'b2']);
  expect(seen.indexOf('b2')).toBeLessThan(seen.lastIndexOf('a1'));
});

test('a window gathers what comes within it, and ends early when the batch is full', async () => {
  await using aws = await startSuite();
  const queue = await aQueue(aws);
  const worker = await aws.lambda<SQSEvent>('worker', () => undefined);
  await worker.feedFrom(queue.arn, { BatchSize: 3, MaximumBatchingWindowInSeconds: 20 });
  await aws.settled();
  const from = aws.stack.clock.nowMs();

  await queue.send('a');
  await aws.clock.advance('15s');
  await queue.send('b');
  await aws.clock.advance('4s');
  expect(worker.received).toEqual([]);
  await aws.clock.advance('1s');
  expect(worker.received.map(bodiesOf)).toEqual([['a', 'b']]);

  for (const body of ['c', 'd', 'e', 'f']) await queue.send(body);
  await aws.clock.advance('0s');
  expect(worker.received.slice(1).map(bodiesOf)).toEqual([['c', 'd', 'e']]);
  await aws.settled();
  expect(worker.received.slice(2).map(bodiesOf)).toEqual([['f']]);
  expect(aws.stack.clock.nowMs() - from).toBe(40_000);
  expect(await queue.counts()).toEqual([0, 0, 0]);
});

test('what no filter wants is deleted and never handed over', async () => {
  await using aws = await startSuite();
  const queue = await aQueue(aws);
  const worker = await aws.lambda<SQSEvent>('worker', () => undefined);
  const Pattern = JSON.stringify({ body: { kind: ['paid'] } });
  const uuid = await worker.feedFrom(queue.arn, { FilterCriteria: { Filters: [{ Pattern }] } });
  await queue.send('{"kind":"paid","id":1}');
  const { MessageId: dropped = '' } = await queue.send('{"kind":"open","id":2}');

  await aws.settled();

  expect(worker.received.map(bodiesOf)).toEqual([['{"kind":"paid","id":1}']]);
  expect(await queue.counts()).toEqual([0, 0, 0]);
  const facts = await aws.stack.storage.read('journal', { from: 1, max: 100 });
  const drops = facts.filter(({ body }) => body.startsWith('["drop"') && body.includes(dropped));
  expect(drops).toHaveLength(1);
  expect(drops[0]?.body).toContain(uuid);
});
