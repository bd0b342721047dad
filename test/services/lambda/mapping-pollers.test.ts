/** Mappings at work: what changes while they pull, and what outlives the stack. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SQSEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import { createStack, type RunningStack } from '../../../src/app.ts';
import { nextTurn, VirtualClock } from '../../../src/core/clock.ts';
import { visit } from '../../../src/core/trace-header.ts';
import { allServices } from '../../../src/services/all.ts';
import { registerFunction } from '../../../src/services/lambda/registered-functions.ts';
import { openSqlite } from '../../../src/storage/sqlite/open.ts';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { aQueue, withDeadLetters } from '../sqs/a-queue.ts';

const bodiesOf = ({ Records }: SQSEvent) => Records.map(({ body }) => body);

const get = (aws: Suite, UUID: string) => aws.call('lambda', 'GetEventSourceMapping', { UUID });

async function update(aws: Suite, UUID: string, changes: object) {
  await aws.call('lambda', 'UpdateEventSourceMapping', { UUID, ...changes });
  await aws.settled();
}

test('a disabled mapping leaves messages alone, and takes them once it is enabled', async () => {
  await using aws = await startSuite();
  const queue = await aQueue(aws);
  const worker = await aws.lambda<SQSEvent>('worker', () => undefined);
  const uuid = await worker.feedFrom(queue.arn);
  await aws.settled();
  await update(aws, uuid, { Enabled: false });
  await queue.send('a');
  await aws.settled();
  expect([worker.received, await queue.counts()]).toEqual([[], [1, 0, 0]]);
  await update(aws, uuid, { Enabled: true });
  expect(worker.received.map(bodiesOf)).toEqual([['a']]);
});

test('a change of batch size, filter and function holds from the next batch on', async () => {
  await using aws = await startSuite();
  const queue = await aQueue(aws);
  const worker = await aws.lambda<SQSEvent>('worker', () => undefined);
  const other = await aws.lambda<SQSEvent>('other', () => undefined);
  const uuid = await worker.feedFrom(queue.arn, { BatchSize: 1 });
  await aws.settled();
  const send = async (...bodies: readonly string[]) => {
    const Entries = bodies.map((MessageBody, at) => ({ Id: `${at}`, MessageBody }));
    await aws.call('sqs', 'SendMessageBatch', { QueueUrl: queue.url, Entries });
    await aws.settled();
  };
  await send('a', 'b');
  await update(aws, uuid, { BatchSize: 2 });
  await send('c', 'd');
  expect(worker.received.map(bodiesOf)).toEqual([['a'], ['b'], ['c', 'd']]);
  const Filters = [{ Pattern: '{"body":["f"]}' }];
  await update(aws, uuid, { FunctionName: 'other', FilterCriteria: { Filters } });
  await send('e', 'f');
  expect(other.received.map(bodiesOf)).toEqual([['f']]);
  expect(worker.received).toHaveLength(3);
});

test('a deleted mapping takes no more', async () => {
  await using aws = await startSuite();
  const queue = await aQueue(aws);
  const worker = await aws.lambda<SQSEvent>('worker', () => undefined);
  const UUID = await worker.feedFrom(queue.arn);
  await aws.settled();
  await aws.call('lambda', 'DeleteEventSourceMapping', { UUID });
  await aws.settled();
  await queue.send('a');
  await aws.settled();
  expect([worker.received, await queue.counts()]).toEqual([[], [1, 0, 0]]);
});

test('no more batches are at work at once than the maximum concurrency allows', async () => {
  await using aws = await startSuite();
  const queue = await aQueue(aws);
  for (let at = 0; at < 20; at += 1) await queue.send(`m${at}`);
  let [running, most] = [0, 0];
  const worker = await aws.lambda<SQSEvent>('worker', async () => {
    running += 1;
    most = Math.max(most, running);
    for (let turns = 0; turns < 5; turns += 1) await nextTurn();
    running -= 1;
  });
  const ScalingConfig = { MaximumConcurrency: 2 };
  await worker.feedFrom(queue.arn, { BatchSize: 1, ScalingConfig });
  await aws.settled();
  expect([worker.received.length, most]).toEqual([20, 2]);
});

test('the result of the latest batch is told', async () => {
  await using aws = await startSuite();
  const { queue } = await withDeadLetters(aws, 1);
  const worker = await aws.lambda<SQSEvent>('worker', () => undefined);
  const uuid = await worker.feedFrom(queue.arn);
  await aws.settled();
  const result = async () => (await get(aws, uuid)).LastProcessingResult;
  expect(await result()).toBe('No records processed');
  await queue.send('a');
  await aws.settled();
  expect(await result()).toBe('OK');
  worker.fail(1);
  await queue.send('b');
  await aws.settled();
  expect(await result()).toBe('PROBLEM: Function call failed');
});

test('without its function a mapping stays, tells of it, and leaves the messages', async () => {
  await using aws = await startSuite();
  const queue = await aQueue(aws);
  const worker = await aws.lambda<SQSEvent>('worker', () => undefined);
  const uuid = await worker.feedFrom(queue.arn);
  await aws.settled();
  await aws.call('lambda', 'DeleteFunction', { FunctionName: 'worker' });
  await queue.send('a');
  await aws.settled();
  expect(await get(aws, uuid)).toMatchObject({
    State: 'Enabled',
    LastProcessingResult: 'PROBLEM: Function call failed',
  });
  expect(await queue.counts()).toEqual([1, 0, 0]);
  const again = await aws.lambda<SQSEvent>('worker', () => undefined);
  await aws.clock.advance('1m');
  expect(again.received.map(bodiesOf)).toEqual([['a']]);
});

test('without its queue a mapping waits for one of the same name', async () => {
  await using aws = await startSuite();
  const queue = await aQueue(aws);
  const worker = await aws.lambda<SQSEvent>('worker', () => undefined);
  const uuid = await worker.feedFrom(queue.arn);
  await aws.settled();
  await aws.call('sqs', 'DeleteQueue', { QueueUrl: queue.url });
  await aws.clock.advance('1m');
  await aws.settled();
  expect((await get(aws, uuid)).State).toBe('Enabled');
  const again = await aQueue(aws);
  await again.send('a');
  await aws.settled();
  expect(worker.received.map(bodiesOf)).toEqual([['a']]);
});

test('a throttled batch waits out its time and counts as received', async () => {
  await using aws = await startSuite();
  const { queue, dead } = await withDeadLetters(aws, 2);
  const worker = await aws.lambda<SQSEvent>('worker', () => undefined, { reservedConcurrency: 0 });
  await worker.feedFrom(queue.arn);
  await queue.send('a');
  const from = aws.clock.now();
  await aws.settled();
  expect(worker.received).toEqual([]);
  expect(await dead.bodies()).toEqual(['a']);
  expect(aws.clock.now() - from).toBe(60_000);
});

/** The header of a message that a function has led to itself so many times. */
function headerAfter(aws: Suite, functionArn: string, visits: number): string {
  const at = { functionArn, requestId: 'r', sampled: false, nowMs: aws.clock.now() };
  let header: string | undefined;
  for (let left = visits; left > 0; left -= 1) header = visit(aws.stack.ids, header, at).header;
  return header ?? '';
}

test('a batch that goes in circles is taken to the dead-letter queue', async () => {
  await using aws = await startSuite();
  const { queue, dead } = await withDeadLetters(aws, 100);
  const worker = await aws.lambda<SQSEvent>('worker', () => undefined);
  await worker.feedFrom(queue.arn);
  for (const visits of [15, 16]) {
    const StringValue = headerAfter(aws, worker.arn, visits);
    await queue.send(`after ${visits}`, {
      MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue } },
    });
    await aws.settled();
  }
  expect(worker.received.map(bodiesOf)).toEqual([['after 15']]);
  expect(await dead.bodies()).toEqual(['after 16']);
});

test('mappings go on after a restart, and with what was broken off at once', async () => {
  const path = mkdtempSync(join(tmpdir(), 'millrace-mapping-'));
  const clock = new VirtualClock(Date.parse('2026-01-15T10:00:00Z'));
  const as = { account: '000000000000', region: 'us-east-1', principalArn: 'arn:aws:iam::0:root' };
  const address = { ...as, name: 'worker' };
  const begin = async () =>
    createStack({ storage: await openSqlite({ path }), services: allServices, clock });
  const call = (stack: RunningStack, service: string, operation: string, input: object) =>
    stack.invoke(service, operation, input, as) as Promise<{ readonly QueueUrl?: string }>;
  try {
    const first = await begin();
    const asked = Promise.withResolvers<void>();
    const hang = () => {
      asked.resolve();
      return new Promise(() => {});
    };
    await registerFunction(first, address, hang);
    const { QueueUrl } = await call(first, 'sqs', 'CreateQueue', { QueueName: 'orders' });
    const EventSourceArn = 'arn:aws:sqs:us-east-1:000000000000:orders';
    const input = { EventSourceArn, FunctionName: 'worker' };
    await call(first, 'lambda', 'CreateEventSourceMapping', input);
    await call(first, 'sqs', 'SendMessage', { QueueUrl, MessageBody: 'a' });
    await asked.promise;
    await first.close();

    const second = await begin();
    const received: SQSEvent[] = [];
    await registerFunction(second, address, ((event: SQSEvent) => {
      received.push(event);
    }) as never);
    await second.settled();
    await second.close();
    expect(received.map(bodiesOf)).toEqual([['a']]);
    const [record] = received[0]?.Records ?? [];
    expect(record?.attributes.ApproximateReceiveCount).toBe('1');
  } finally {
    rmSync(path, { recursive: true });
  }
});
