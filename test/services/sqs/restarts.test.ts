/** What a process that ends in the middle leaves to the next one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createStack, type RunningStack } from '../../../src/app.ts';
import { VirtualClock } from '../../../src/core/clock.ts';
import { seededIds } from '../../../src/core/ids.ts';
import type { Call } from '../../../src/services/call.ts';
import { sqs } from '../../../src/services/sqs/index.ts';
import { queueOfArn } from '../../../src/services/sqs/look.ts';
import { startRedriveTask } from '../../../src/services/sqs/redrive-tasks.ts';
import { openSqlite } from '../../../src/storage/sqlite/open.ts';
import type { Operations } from '../../../src/wire/types/sqs.ts';

const START_MS = Date.parse('2026-01-15T10:00:00Z');

/** One life after another of a stack on the same files, its time going on. */
class Lives {
  readonly folder = mkdtempSync(join(tmpdir(), 'millrace-sqs-'));
  readonly clock = new VirtualClock(START_MS);
  #lives = 0;

  async begin(): Promise<RunningStack> {
    this.#lives += 1;
    return createStack({
      storage: await openSqlite({ path: this.folder }),
      services: [sqs],
      clock: this.clock,
      ids: seededIds(this.#lives),
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

function call<Name extends keyof Operations>(
  stack: RunningStack,
  operation: Name,
  input: Operations[Name]['input'],
  gone = false,
): Promise<Operations[Name]['output']> {
  const context: Call = {
    stack,
    service: 'sqs',
    operation,
    account: '000000000000',
    region: 'us-east-1',
    principalArn: 'arn:aws:iam::000000000000:root',
    requestId: 'r',
    endpoint: 'http://127.0.0.1:4566',
    traceHeader: undefined,
    gone: () => gone,
    onGone: () => () => {},
    onDrain: () => () => {},
  };
  const answer = sqs.operations[operation]?.(context, input as never);
  return Promise.resolve(answer as Operations[Name]['output']);
}

async function bodies(stack: RunningStack, QueueUrl: string): Promise<readonly unknown[]> {
  const asked = { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 };
  const { Messages = [] } = await call(stack, 'ReceiveMessage', asked);
  return Messages.map(({ Body }) => Body);
}

test('a lease outlives the process, and so does a handle', async () => {
  using lives = new Lives();
  const before = await lives.begin();
  await call(before, 'CreateQueue', { QueueName: 'orders' });
  const QueueUrl = 'orders';
  for (const MessageBody of ['a', 'b'])
    await call(before, 'SendMessage', { QueueUrl, MessageBody });
  const { Messages = [] } = await call(before, 'ReceiveMessage', { QueueUrl });
  await before.close();

  const after = await lives.begin();
  expect(await bodies(after, QueueUrl)).toEqual(['b']);
  const ReceiptHandle = Messages[0]?.ReceiptHandle ?? '';
  await call(after, 'DeleteMessage', { QueueUrl, ReceiptHandle });
  await lives.clock.advanceTo(START_MS + 60_000, () => after.quiet());
  expect(await bodies(after, QueueUrl)).toEqual(['b']);
  await after.close();
});

test('deduplication remembers, and sequence numbers go on', async () => {
  using lives = new Lives();
  const before = await lives.begin();
  const Attributes = { FifoQueue: 'true', ContentBasedDeduplication: 'true' };
  await call(before, 'CreateQueue', { QueueName: 'orders.fifo', Attributes });
  const send = (stack: RunningStack, MessageBody: string) =>
    call(stack, 'SendMessage', { QueueUrl: 'orders.fifo', MessageBody, MessageGroupId: 'g' });
  const first = await send(before, 'a');
  await before.close();

  const after = await lives.begin();
  const again = await send(after, 'a');
  expect(again).toEqual(first);
  const next = await send(after, 'b');
  expect(BigInt(next.SequenceNumber ?? 0)).toBeGreaterThan(BigInt(first.SequenceNumber ?? 0));
  await after.close();
});

test('a move task goes on where it was', async () => {
  using lives = new Lives();
  const before = await lives.begin();
  await call(before, 'CreateQueue', { QueueName: 'dead' });
  const SourceArn = 'arn:aws:sqs:us-east-1:000000000000:dead';
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: SourceArn, maxReceiveCount: 1 });
  await call(before, 'CreateQueue', { QueueName: 'orders', Attributes: { RedrivePolicy } });
  for (const MessageBody of ['a', 'b', 'c']) {
    await call(before, 'SendMessage', { QueueUrl: 'dead', MessageBody });
  }
  const DestinationArn = 'arn:aws:sqs:us-east-1:000000000000:orders';
  const rate = { MaxNumberOfMessagesPerSecond: 1 };
  await call(before, 'StartMessageMoveTask', { SourceArn, DestinationArn, ...rate });
  await before.quiet();
  await before.close();

  const after = await lives.begin();
  await after.settled();
  const { Results } = await call(after, 'ListMessageMoveTasks', { SourceArn });
  expect(Results).toMatchObject([{ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 3 }]);
  expect(await bodies(after, 'orders')).toEqual(['a', 'b', 'c']);
  await after.close();
});

test('a redrive task goes on where it was', async () => {
  using lives = new Lives();
  const before = await lives.begin();
  const arn = 'arn:aws:sqs:us-east-1:000000000000:dead';
  for (const QueueName of ['dead', 'orders']) await call(before, 'CreateQueue', { QueueName });
  for (const MessageBody of ['a', 'b', 'c']) {
    await call(before, 'SendMessage', { QueueUrl: 'dead', MessageBody });
  }
  const to = 'arn:aws:sqs:us-east-1:000000000000:orders';
  await startRedriveTask(before, await queueOfArn(before, arn), { to, perSecond: 1 });
  await before.quiet();
  await before.close();

  const after = await lives.begin();
  await after.settled();
  const { Results } = await call(after, 'ListMessageMoveTasks', { SourceArn: arn });
  expect(Results).toMatchObject([{ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 3 }]);
  expect(await bodies(after, 'orders')).toEqual(['a', 'b', 'c']);
  await after.close();
});

test('messages taken for a client that is gone are put back', async () => {
  using lives = new Lives();
  const stack = await lives.begin();
  await call(stack, 'CreateQueue', { QueueName: 'orders' });
  await call(stack, 'SendMessage', { QueueUrl: 'orders', MessageBody: 'a' });
  expect(await call(stack, 'ReceiveMessage', { QueueUrl: 'orders' }, true)).toEqual({});
  expect(await bodies(stack, 'orders')).toEqual(['a']);
  await stack.close();
});
