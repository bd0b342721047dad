import { describe, expect, test } from 'vitest';
import type { Suite } from '../../sdk/suite.ts';
import { type AQueue, aQueue, startSqs, withDeadLetters } from './a-queue.ts';

/** `count` dead letters called m0, m1 … */
async function deadLetters(aws: Suite, count: number) {
  const { queue, dead } = await withDeadLetters(aws, 1);
  for (let index = 0; index < count; index += 1) await queue.send(`m${index}`);
  // Ten at a time: the first round receives them, the second finds them received too often.
  for (let round = 0; round < 2 * Math.ceil(count / 10); round += 1) {
    await queue.bodies({ VisibilityTimeout: 0 });
  }
  expect(await dead.counts()).toEqual([count, 0, 0]);
  return { queue, dead };
}

const start = (aws: Suite, dead: AQueue, options: object = {}) =>
  aws.call('sqs', 'StartMessageMoveTask', { SourceArn: dead.arn, ...options });

const list = async (aws: Suite, dead: AQueue, MaxResults = 10) => {
  const asked = { SourceArn: dead.arn, MaxResults };
  return (await aws.call('sqs', 'ListMessageMoveTasks', asked)).Results ?? [];
};

describe('answers', () => {
  test('dead letters go back to where they came from, as new messages', async () => {
    await using aws = await startSqs();
    const { queue, dead } = await deadLetters(aws, 3);
    const [old] = await dead.receive({ VisibilityTimeout: 0 });
    await aws.clock.advance('1h');
    const { TaskHandle } = await start(aws, dead);
    const handle = JSON.parse(Buffer.from(TaskHandle ?? '', 'base64').toString());
    expect(handle).toEqual({ taskId: expect.any(String), sourceArn: dead.arn });
    await aws.settled();
    expect(await dead.counts()).toEqual([0, 0, 0]);
    expect(await queue.counts()).toEqual([3, 0, 0]);
    const message = await queue.one();
    expect(message.MessageId).not.toBe(old?.MessageId);
    expect(message.Attributes).toEqual({
      SenderId: aws.account,
      SentTimestamp: String(aws.clock.now()),
      ApproximateReceiveCount: '1',
      ApproximateFirstReceiveTimestamp: String(aws.clock.now()),
    });
    expect(await list(aws, dead)).toEqual([
      {
        Status: 'COMPLETED',
        SourceArn: dead.arn,
        ApproximateNumberOfMessagesMoved: 3,
        ApproximateNumberOfMessagesToMove: 3,
        StartedTimestamp: aws.clock.now(),
      },
    ]);
  });

  test('each dead letter goes back to its own queue', async () => {
    await using aws = await startSqs();
    const { queue, dead } = await withDeadLetters(aws, 1);
    const RedrivePolicy = (await queue.attributes()).RedrivePolicy ?? '';
    const other = await aQueue(aws, 'other', { RedrivePolicy });
    for (const one of [queue, other]) {
      await one.send(`of ${one.name}`);
      for (let receives = 0; receives < 2; receives += 1)
        await one.bodies({ VisibilityTimeout: 0 });
    }
    await start(aws, dead);
    await aws.settled();
    expect(await queue.bodies()).toEqual(['of orders']);
    expect(await other.bodies()).toEqual(['of other']);
  });

  test('they may go elsewhere', async () => {
    await using aws = await startSqs();
    const { queue, dead } = await deadLetters(aws, 2);
    const elsewhere = await aQueue(aws, 'elsewhere');
    await start(aws, dead, { DestinationArn: elsewhere.arn });
    await aws.settled();
    expect(await elsewhere.bodies()).toEqual(['m0', 'm1']);
    expect(await queue.counts()).toEqual([0, 0, 0]);
    expect(await list(aws, dead)).toMatchObject([{ DestinationArn: elsewhere.arn }]);
  });

  test('groups and their order survive the way back', async () => {
    await using aws = await startSqs();
    const { queue, dead } = await withDeadLetters(aws, 1, {
      name: 'orders.fifo',
      ContentBasedDeduplication: 'true',
    });
    for (const body of ['a', 'b', 'c']) await queue.send(body, { MessageGroupId: 'g' });
    for (let receives = 0; receives < 2; receives += 1) {
      await queue.bodies({ VisibilityTimeout: 0 });
    }
    await start(aws, dead);
    await aws.settled();
    expect(await queue.bodies()).toEqual(['a', 'b', 'c']);
  });

  test('a task keeps to its rate', async () => {
    await using aws = await startSqs();
    const { queue, dead } = await deadLetters(aws, 25);
    await start(aws, dead, { MaxNumberOfMessagesPerSecond: 10 });
    await aws.clock.advance('0ms');
    expect(await queue.counts()).toEqual([10, 0, 0]);
    expect(await list(aws, dead)).toMatchObject([
      {
        Status: 'RUNNING',
        TaskHandle: expect.any(String),
        MaxNumberOfMessagesPerSecond: 10,
        ApproximateNumberOfMessagesMoved: 10,
        ApproximateNumberOfMessagesToMove: 25,
      },
    ]);
    await aws.clock.advance('999ms');
    expect(await queue.counts()).toEqual([10, 0, 0]);
    await aws.clock.advance('1ms');
    expect(await queue.counts()).toEqual([20, 0, 0]);
    await aws.clock.advance('1s');
    expect(await queue.counts()).toEqual([25, 0, 0]);
    expect(await list(aws, dead)).toMatchObject([{ Status: 'COMPLETED' }]);
  });

  test('a fast task moves little at a time', async () => {
    await using aws = await startSqs();
    const { queue, dead } = await deadLetters(aws, 250);
    await start(aws, dead, { MaxNumberOfMessagesPerSecond: 500 });
    await aws.clock.advance('0ms');
    expect(await queue.counts()).toEqual([100, 0, 0]);
    await aws.clock.advance('200ms');
    expect(await queue.counts()).toEqual([200, 0, 0]);
    await aws.clock.advance('200ms');
    expect(await queue.counts()).toEqual([250, 0, 0]);
  });

  test('a task that is cancelled stops where it is', async () => {
    await using aws = await startSqs();
    const { queue, dead } = await deadLetters(aws, 25);
    const { TaskHandle = '' } = await start(aws, dead, { MaxNumberOfMessagesPerSecond: 10 });
    await aws.clock.advance('0ms');
    const answer = await aws.call('sqs', 'CancelMessageMoveTask', { TaskHandle });
    expect(answer).toEqual({ ApproximateNumberOfMessagesMoved: 10 });
    const [cancelling] = await list(aws, dead);
    expect(cancelling).toMatchObject({ Status: 'CANCELLING' });
    expect(cancelling).not.toHaveProperty('TaskHandle');
    await aws.settled();
    expect(await list(aws, dead)).toMatchObject([{ Status: 'CANCELLED' }]);
    expect(await queue.counts()).toEqual([10, 0, 0]);
    expect(await dead.counts()).toEqual([15, 0, 0]);
  });

  test('a message without a source fails the task and stays', async () => {
    await using aws = await startSqs();
    const { dead } = await deadLetters(aws, 1);
    await dead.send('sent right here');
    await start(aws, dead);
    await aws.settled();
    expect(await list(aws, dead)).toMatchObject([
      {
        Status: 'FAILED',
        FailureReason: 'CouldNotDetermineMessageSource',
        ApproximateNumberOfMessagesMoved: 1,
      },
    ]);
    expect(await dead.bodies()).toEqual(['sent right here']);
  });

  test('a queue that has gone fails the task', async () => {
    await using aws = await startSqs();
    const { dead } = await deadLetters(aws, 20);
    const elsewhere = await aQueue(aws, 'elsewhere');
    const options = { DestinationArn: elsewhere.arn, MaxNumberOfMessagesPerSecond: 1 };
    await start(aws, dead, options);
    await aws.clock.advance('1s');
    await aws.call('sqs', 'DeleteQueue', { QueueUrl: elsewhere.url });
    await aws.settled();
    expect(await list(aws, dead)).toMatchObject([
      { Status: 'FAILED', FailureReason: 'AWS.SimpleQueueService.NonExistentQueue' },
    ]);
    expect(await dead.counts()).toEqual([18, 0, 0]);
  });

  test('tasks are listed with the newest first, one unless more are asked for', async () => {
    await using aws = await startSqs();
    const { dead } = await deadLetters(aws, 0);
    const started: number[] = [];
    for (let index = 0; index < 12; index += 1) {
      started.unshift(aws.clock.now());
      await start(aws, dead);
      await aws.settled();
      await aws.clock.advance('1m');
    }
    const times = (await list(aws, dead)).map(({ StartedTimestamp }) => StartedTimestamp);
    expect(times).toEqual(started.slice(0, 10));
    const asked = { SourceArn: dead.arn };
    expect((await aws.call('sqs', 'ListMessageMoveTasks', asked)).Results).toHaveLength(1);
  });
});

describe('refusals', () => {
  const missing = (name: string) => ({
    code: 'ResourceNotFoundException',
    message: `The resource that you specified for the ${name} parameter doesn't exist.`,
  });

  test('all queues of a task have to be there', async () => {
    await using aws = await startSqs();
    const { dead } = await deadLetters(aws, 0);
    for (const SourceArn of [`${dead.arn}-not`, 'x', 'arn:aws:sqs:eu-west-1:000000000000:dead']) {
      const failure = await aws.fails('sqs', 'StartMessageMoveTask', { SourceArn });
      expect(failure).toMatchObject(missing('SourceArn'));
    }
    const input = { SourceArn: dead.arn, DestinationArn: `${dead.arn}-not` };
    const failure = await aws.fails('sqs', 'StartMessageMoveTask', input);
    expect(failure).toMatchObject(missing('DestinationArn'));
    const listed = await aws.fails('sqs', 'ListMessageMoveTasks', { SourceArn: 'x' });
    expect(listed).toMatchObject(missing('SourceArn'));
  });

  test('the source is a dead-letter queue', async () => {
    await using aws = await startSqs();
    const { queue } = await deadLetters(aws, 0);
    const failure = await aws.fails('sqs', 'StartMessageMoveTask', { SourceArn: queue.arn });
    expect(failure).toMatchObject({
      code: 'InvalidParameterValue',
      message: 'Source queue must be configured as a Dead Letter Queue.',
    });
  });

  test('a source has one task at a time', async () => {
    await using aws = await startSqs();
    const { dead } = await deadLetters(aws, 5);
    await start(aws, dead, { MaxNumberOfMessagesPerSecond: 1 });
    const failure = await aws.fails('sqs', 'StartMessageMoveTask', { SourceArn: dead.arn });
    expect(failure).toMatchObject({
      code: 'UnsupportedOperation',
      message:
        'There is already a task running. Only one active task is allowed for a source queue ' +
        'arn at a given time.',
    });
    await aws.settled();
    await start(aws, dead);
    await aws.settled();
  });

  test('what is over cannot be cancelled, and what never was neither', async () => {
    await using aws = await startSqs();
    const { dead } = await deadLetters(aws, 1);
    const { TaskHandle = '' } = await start(aws, dead);
    await aws.settled();
    const over = await aws.fails('sqs', 'CancelMessageMoveTask', { TaskHandle });
    expect(over).toMatchObject({
      code: 'UnsupportedOperation',
      message: 'Only active tasks can be cancelled.',
    });
    const unknown = { taskId: 'x', sourceArn: dead.arn };
    const text = Buffer.from(JSON.stringify(unknown)).toString('base64');
    const never = await aws.fails('sqs', 'CancelMessageMoveTask', { TaskHandle: text });
    expect(never).toMatchObject({ code: 'ResourceNotFoundException' });
    const mangled = await aws.fails('sqs', 'CancelMessageMoveTask', { TaskHandle: '%' });
    expect(mangled).toMatchObject({
      code: 'InvalidParameterValue',
      message: 'Value for parameter TaskHandle is invalid.',
    });
  });

  test('both ends are of one type', async () => {
    await using aws = await startSqs();
    const { dead } = await deadLetters(aws, 0);
    const fifo = await aQueue(aws, 'other.fifo');
    const input = { SourceArn: dead.arn, DestinationArn: fifo.arn };
    const failure = await aws.fails('sqs', 'StartMessageMoveTask', input);
    expect(failure.code).toBe('InvalidParameterValue');
  });
});

describe('limits', () => {
  test.each([0, 501])('%d messages per second are refused', async (rate) => {
    await using aws = await startSqs();
    const { dead } = await deadLetters(aws, 0);
    const input = { SourceArn: dead.arn, MaxNumberOfMessagesPerSecond: rate };
    const { code } = await aws.fails('sqs', 'StartMessageMoveTask', input);
    expect(code).toBe('InvalidParameterValue');
  });

  test('a task that takes longer than 36 hours fails', async () => {
    await using aws = await startSqs();
    const { dead } = await deadLetters(aws, 3);
    await start(aws, dead, { MaxNumberOfMessagesPerSecond: 1 });
    await aws.clock.advance('0ms');
    // Time cannot be moved past its steps, so it is made to have begun long ago.
    const { storage } = aws.stack;
    const partition = `${aws.account}/${aws.region}`;
    const [row] = await storage.scan('sqs/move-tasks', partition);
    if (!row) throw new Error('no task');
    const startedAtMs = aws.clock.now() - 36 * 3_600_000 - 1;
    const value = JSON.stringify({ ...JSON.parse(row.value), startedAtMs });
    await storage.commit([
      { kind: 'put', table: 'sqs/move-tasks', partition, key: row.key, value },
    ]);
    await aws.settled();
    expect(await list(aws, dead)).toMatchObject([{ Status: 'FAILED' }]);
    expect(await dead.counts()).toEqual([2, 0, 0]);
  });

  test('an account has a hundred tasks at a time', async () => {
    await using aws = await startSqs();
    const { storage } = aws.stack;
    const { dead } = await deadLetters(aws, 1);
    const task = { id: 'x', sourceArn: 'other', startedAtMs: 0, toMove: 0, status: 'RUNNING' };
    await storage.commit(
      Array.from({ length: 100 }, (_, index) => ({
        kind: 'put' as const,
        table: 'sqs/move-tasks',
        partition: `${aws.account}/${aws.region}`,
        key: `other-${index}/0/x`,
        value: JSON.stringify(task),
      })),
    );
    const { code } = await aws.fails('sqs', 'StartMessageMoveTask', { SourceArn: dead.arn });
    expect(code).toBe('UnsupportedOperation');
  });
});
