import { describe, expect, test } from 'vitest';
import type { DeadLetters, RedriveTask, RedriveTasks } from '../../../src/admin-api/index.ts';
import { redriveStep } from '../../../src/services/sqs/redrive-steps.ts';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { EVERYTHING, openQueue, put, sendsTo } from '../events/receivers.ts';
import { type AQueue, aQueue, startSqs, withDeadLetters } from './a-queue.ts';
import { ask, order } from './admin.ts';

type Started = RedriveTask & { readonly message: string };

const redrive = (aws: Suite, queue: string, more: object = {}) =>
  order<Started>(aws, 'dead-letters/redrive', { queue, ...more });

const cancel = (aws: Suite, id: string) => order<Started>(aws, 'dead-letters/tasks/cancel', { id });

async function tasks(aws: Suite, queue: string): Promise<readonly RedriveTask[]> {
  return (await ask<RedriveTasks>(aws, 'dead-letters/tasks', { queue })).body.tasks;
}

async function groups(aws: Suite, arn: string) {
  const { body } = await ask<DeadLetters>(aws, 'dead-letters');
  return body.queues.find((queue) => queue.arn === arn)?.groups ?? [];
}

async function listed(aws: Suite, SourceArn: string) {
  const asked = { SourceArn, MaxResults: 10 };
  return (await aws.call('sqs', 'ListMessageMoveTasks', asked)).Results ?? [];
}

/** `count` dead letters called m0, m1 … */
async function deadLetters(aws: Suite, count: number) {
  const { queue, dead } = await withDeadLetters(aws, 1);
  await bury(queue, count);
  expect(await dead.counts()).toEqual([count, 0, 0]);
  return { queue, dead };
}

async function bury(queue: AQueue, count: number) {
  for (let index = 0; index < count; index += 1) await queue.send(`m${index}`);
  for (let round = 0; round < 2 * Math.ceil(count / 10); round += 1) {
    await queue.bodies({ VisibilityTimeout: 0 });
  }
}

describe('answers', () => {
  test('all go back, and AWS lists the task as its own', async () => {
    await using aws = await startSqs();
    const { queue, dead } = await deadLetters(aws, 25);
    const started = await redrive(aws, dead.arn, { perSecond: 10 });
    const startedAtMs = aws.clock.now();
    expect(started).toEqual({
      status: 200,
      body: {
        ...{ id: expect.any(String), queue: dead.arn, status: 'RUNNING' },
        ...{ moved: 0, toMove: 25, startedAtMs },
      },
    });
    await aws.clock.advance('0ms');
    expect(await tasks(aws, dead.arn)).toEqual([{ ...started.body, moved: 10 }]);
    expect(await listed(aws, dead.arn)).toEqual([
      {
        ...{ Status: 'RUNNING', SourceArn: dead.arn, TaskHandle: started.body.id },
        ...{ ApproximateNumberOfMessagesMoved: 10, ApproximateNumberOfMessagesToMove: 25 },
        ...{ MaxNumberOfMessagesPerSecond: 10, StartedTimestamp: startedAtMs },
      },
    ]);
    await aws.clock.advance('999ms');
    expect(await queue.counts()).toEqual([10, 0, 0]);
    await aws.clock.advance('1001ms');
    expect(await queue.counts()).toEqual([25, 0, 0]);
    expect(await dead.counts()).toEqual([0, 0, 0]);
    expect(await tasks(aws, dead.arn)).toMatchObject([{ status: 'COMPLETED', moved: 25 }]);
  });

  test('a group goes alone, receives nothing, and AWS does not list it', async () => {
    await using aws = await startSqs();
    const { queue, dead } = await deadLetters(aws, 3);
    const other = await aQueue(aws, 'other', await redrivePolicyOf(queue));
    await bury(other, 2);
    const [three, two] = await groups(aws, dead.arn);
    expect([three?.source, two?.source]).toEqual([queue.arn, other.arn]);
    const { body } = await redrive(aws, dead.arn, { group: two?.key });
    expect(body).toMatchObject({ group: two?.key, toMove: 2 });
    await aws.settled();
    expect(await other.counts()).toEqual([2, 0, 0]);
    expect(await queue.counts()).toEqual([0, 0, 0]);
    expect(await tasks(aws, dead.arn)).toMatchObject([{ status: 'COMPLETED', moved: 2 }]);
    expect(await listed(aws, dead.arn)).toEqual([]);
    const left = await dead.receive({
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
    });
    expect(left.map(({ Attributes }) => Attributes?.ApproximateReceiveCount)).toEqual([
      '2',
      '2',
      '2',
    ]);
  });

  test('what comes back meanwhile is not moved again', async () => {
    await using aws = await startSqs();
    const { queue, dead } = await deadLetters(aws, 4);
    await redrive(aws, dead.arn, { perSecond: 1 });
    await aws.clock.advance('1s');
    expect(await queue.counts()).toEqual([2, 0, 0]);
    for (let receives = 0; receives < 2; receives += 1) {
      await queue.bodies({ VisibilityTimeout: 0 });
    }
    await dead.send('sent meanwhile');
    await aws.settled();
    expect(await tasks(aws, dead.arn)).toMatchObject([{ status: 'COMPLETED', moved: 4 }]);
    expect(await queue.counts()).toEqual([2, 0, 0]);
    expect(await dead.counts()).toEqual([3, 0, 0]);
  });

  test('what cannot go stays, does not hold up the others, and is told at the end', async () => {
    await using aws = await startSuite();
    const { queue, dead } = await deadLetters(aws, 1);
    await dead.send('sent right here');
    await bury(queue, 2);
    await redrive(aws, dead.arn);
    await aws.settled();
    expect(await tasks(aws, dead.arn)).toMatchObject([
      {
        ...{ status: 'FAILED', moved: 3, toMove: 4 },
        failure: '1 message stays: Nothing tells where the message came from.',
      },
    ]);
    expect(await queue.counts()).toEqual([3, 0, 0]);
    expect(await dead.bodies()).toEqual(['sent right here']);
  });

  test('letters of rules go to their targets', async () => {
    await using aws = await startSuite();
    const dead = await openQueue(aws, 'dead');
    const Arn = 'arn:aws:sqs:us-east-1:000000000000:late';
    await sendsTo(aws, 'r', EVERYTHING, { Arn, DeadLetterConfig: { Arn: dead.arn } });
    for (let n = 0; n < 12; n += 1) await put(aws, { n });
    await redrive(aws, dead.arn);
    await aws.settled();
    const failure = `12 messages stay: The queue ${Arn} does not exist.`;
    expect(await tasks(aws, dead.arn)).toMatchObject([{ status: 'FAILED', moved: 0, failure }]);
    const late = await openQueue(aws, 'late');
    const [group] = await groups(aws, dead.arn);
    await redrive(aws, dead.arn, { group: group?.key });
    await aws.settled();
    const numbers = (await late.events()).map(({ detail }) => detail.n);
    expect(numbers.sort((a, b) => Number(a) - Number(b))).toEqual([...Array(12).keys()]);
    expect(await dead.messages()).toEqual([]);
  });

  test('a task may go elsewhere', async () => {
    await using aws = await startSqs();
    const { dead } = await deadLetters(aws, 150);
    const elsewhere = await aQueue(aws, 'elsewhere');
    const { body } = await redrive(aws, dead.arn, { to: elsewhere.arn });
    expect(body.to).toBe(elsewhere.arn);
    await aws.settled();
    expect(await elsewhere.counts()).toEqual([150, 0, 0]);
    expect(await tasks(aws, dead.arn)).toMatchObject([{ status: 'COMPLETED', moved: 150 }]);
  });

  test('what a consumer holds, and what waits behind it, stays', async () => {
    await using aws = await startSqs();
    const { queue, dead } = await withDeadLetters(aws, 1, {
      name: 'orders.fifo',
      ContentBasedDeduplication: 'true',
    });
    for (const body of ['g1', 'g2', 'h1']) {
      await queue.send(body, { MessageGroupId: body.slice(0, 1) });
    }
    for (let receives = 0; receives < 2; receives += 1) {
      await queue.bodies({ VisibilityTimeout: 0 });
    }
    await dead.receive({ VisibilityTimeout: 600 });
    await redrive(aws, dead.arn);
    await aws.settled();
    expect(await queue.bodies()).toEqual(['h1']);
    expect(await dead.counts()).toEqual([1, 1, 0]);
  });

  test('a task that is cancelled stops where it is', async () => {
    await using aws = await startSqs();
    const { queue, dead } = await deadLetters(aws, 25);
    const { body } = await redrive(aws, dead.arn, { perSecond: 10 });
    await aws.clock.advance('0ms');
    const cancelled = await cancel(aws, body.id);
    expect(cancelled).toMatchObject({ status: 200, body: { status: 'CANCELLING', moved: 10 } });
    await aws.settled();
    expect(await tasks(aws, dead.arn)).toMatchObject([{ status: 'CANCELLED', moved: 10 }]);
    expect(await queue.counts()).toEqual([10, 0, 0]);
    expect((await cancel(aws, body.id)).status).toBe(409);
  });

  test("one of AWS's tasks is shown and cancelled too", async () => {
    await using aws = await startSqs();
    const { dead } = await deadLetters(aws, 5);
    const asked = { SourceArn: dead.arn, MaxNumberOfMessagesPerSecond: 1 };
    const { TaskHandle = '' } = await aws.call('sqs', 'StartMessageMoveTask', asked);
    await aws.clock.advance('0ms');
    const shown = { id: TaskHandle, status: 'RUNNING', moved: 1, toMove: 5 };
    expect(await tasks(aws, dead.arn)).toMatchObject([shown]);
    expect((await cancel(aws, TaskHandle)).status).toBe(200);
    await aws.settled();
    expect(await tasks(aws, dead.arn)).toMatchObject([{ status: 'CANCELLED' }]);
  });
});

async function redrivePolicyOf(queue: AQueue) {
  return { RedrivePolicy: (await queue.attributes()).RedrivePolicy ?? '' };
}

describe('refusals', () => {
  test('a queue has one task for all, and one for each group', async () => {
    await using aws = await startSqs();
    const { dead } = await deadLetters(aws, 5);
    await redrive(aws, dead.arn, { perSecond: 1 });
    const again = await redrive(aws, dead.arn);
    expect(again).toMatchObject({ status: 409, body: { message: /task running for this queue/ } });
    const started = await aws.fails('sqs', 'StartMessageMoveTask', { SourceArn: dead.arn });
    expect(started.code).toBe('UnsupportedOperation');
    const [group] = await groups(aws, dead.arn);
    const asked = { group: group?.key, perSecond: 1 };
    expect((await redrive(aws, dead.arn, asked)).status).toBe(200);
    expect((await redrive(aws, dead.arn, asked)).status).toBe(409);
    await aws.settled();
    const done = (await tasks(aws, dead.arn)).map(({ status, moved }) => [status, moved]);
    expect(done.every(([status]) => status === 'COMPLETED')).toBe(true);
    expect(done.reduce((sum, [, moved]) => sum + Number(moved), 0)).toBe(5);
  });

  test('a goal that goes away ends the task', async () => {
    await using aws = await startSqs();
    const { dead } = await deadLetters(aws, 5);
    const elsewhere = await aQueue(aws, 'elsewhere');
    await redrive(aws, dead.arn, { to: elsewhere.arn, perSecond: 1 });
    await aws.clock.advance('1s');
    await aws.call('sqs', 'DeleteQueue', { QueueUrl: elsewhere.url });
    await aws.settled();
    const failure = `There is no queue ${elsewhere.arn}.`;
    expect(await tasks(aws, dead.arn)).toMatchObject([{ status: 'FAILED', moved: 2, failure }]);
    expect(await dead.counts()).toEqual([3, 0, 0]);
  });

  test('tasks that are none', async () => {
    await using aws = await startSqs();
    const { dead } = await deadLetters(aws, 0);
    const id = Buffer.from(JSON.stringify({ taskId: 'x', sourceArn: dead.arn })).toString('base64');
    expect((await cancel(aws, id)).status).toBe(404);
    expect((await cancel(aws, '%')).status).toBe(400);
    expect((await order(aws, 'dead-letters/tasks/cancel', {})).status).toBe(400);
    expect((await ask(aws, 'dead-letters/tasks')).status).toBe(400);
    expect((await ask(aws, 'dead-letters/tasks/x', { queue: dead.arn })).status).toBe(404);
    expect((await ask(aws, 'dead-letters/x')).status).toBe(404);
  });
});

test('steps that several nodes take at once move each message once', async () => {
  await using aws = await startSqs();
  const { queue, dead } = await deadLetters(aws, 40);
  await redrive(aws, dead.arn, { perSecond: 10 });
  const partition = `${aws.account}/${aws.region}`;
  const [task] = await aws.stack.storage.scan('sqs/move-tasks', partition);
  const key = task?.key ?? '';
  // What ends them is not committed: those nodes were paused, and their lease is lost.
  const step = () => redriveStep(aws.stack, partition, key, JSON.stringify([partition, key]));
  await Promise.all([step(), step(), step()]);
  await aws.settled();
  expect(await tasks(aws, dead.arn)).toMatchObject([{ status: 'COMPLETED', moved: 40 }]);
  expect(await queue.counts()).toEqual([40, 0, 0]);
  expect(await dead.counts()).toEqual([0, 0, 0]);
});

describe('limits', () => {
  test('ten tasks of a queue and ten by group are remembered', async () => {
    await using aws = await startSqs();
    const { dead } = await deadLetters(aws, 0);
    for (let index = 0; index < 12; index += 1) {
      for (const more of [{}, { group: 'g' }]) {
        await redrive(aws, dead.arn, more);
        await aws.settled();
        await aws.clock.advance('1s');
      }
    }
    const all = await tasks(aws, dead.arn);
    expect(all.filter(({ group }) => group === undefined)).toHaveLength(10);
    expect(all.filter(({ group }) => group === 'g')).toHaveLength(10);
    expect(await listed(aws, dead.arn)).toHaveLength(10);
  });
});
