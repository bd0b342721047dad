import { describe, expect, test } from 'vitest';
import type { QueueMessages, Refusal } from '../../../src/admin-api/index.ts';
import type { Suite } from '../../sdk/suite.ts';
import { type AQueue, aQueue, startSqs } from './a-queue.ts';
import { ask } from './admin.ts';

type Query = Readonly<Record<string, string | number>>;

async function look(aws: Suite, { arn }: AQueue, query: Query = {}): Promise<QueueMessages> {
  const { status, body } = await ask<QueueMessages>(aws, 'queues/messages', {
    queue: arn,
    ...query,
  });
  expect(status).toBe(200);
  return body;
}

const bodiesOf = ({ messages }: QueueMessages) => messages.map(({ body }) => body);

describe('answers', () => {
  test('messages are shown with their state, and when they show up by themselves', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    const MessageAttributes = {
      city: { DataType: 'String', StringValue: 'Bern' },
      blob: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 1]) },
    };
    const { MessageId: held } = await queue.send('held');
    await queue.receive({ VisibilityTimeout: 40 });
    const { MessageId: here } = await queue.send('here', { MessageAttributes });
    const { MessageId: later } = await queue.send('later', { DelaySeconds: 60 });
    const now = aws.clock.now();
    expect((await look(aws, queue)).messages).toEqual([
      {
        ...{ id: held, position: expect.any(Number), token: 1, state: 'in-flight' },
        ...{ visibleAtMs: now + 40_000, sentAtMs: now, firstReceivedAtMs: now, receives: 1 },
        body: 'held',
      },
      {
        ...{ id: here, position: expect.any(Number), token: 0, state: 'visible' },
        ...{ sentAtMs: now, receives: 0, body: 'here' },
        attributes: {
          city: { DataType: 'String', StringValue: 'Bern' },
          blob: { DataType: 'Binary', BinaryValue: 'AAE=' },
        },
      },
      {
        ...{ id: later, position: expect.any(Number), token: 0, state: 'delayed' },
        ...{ visibleAtMs: now + 60_000, sentAtMs: now, receives: 0, body: 'later' },
      },
    ]);
  });

  test('a look receives, counts and hides nothing', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    for (const body of ['a', 'b', 'c']) await queue.send(body);
    await queue.receive({ VisibilityTimeout: 5 });
    await queue.send('d', { DelaySeconds: 5 });
    const counts = await queue.counts();
    for (const state of ['', 'visible', 'in-flight', 'delayed']) {
      await look(aws, queue, { state });
    }
    expect(await queue.counts()).toEqual(counts);
    await aws.clock.advance('5s');
    const got = await queue.receive({
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
    });
    const received = got.map(({ Body, Attributes }) => [Body, Attributes?.ApproximateReceiveCount]);
    expect(received.sort()).toEqual([
      ['a', '2'],
      ['b', '1'],
      ['c', '1'],
      ['d', '1'],
    ]);
  });

  test('pages go on where the last one ended', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    for (let index = 0; index < 7; index += 1) await queue.send(`m${index}`);
    const pages: (readonly string[])[] = [];
    let after: string | undefined = '0';
    while (after !== undefined) {
      const page: QueueMessages = await look(aws, queue, { after, limit: 3 });
      pages.push(bodiesOf(page));
      after = page.next;
    }
    expect(pages).toEqual([['m0', 'm1', 'm2'], ['m3', 'm4', 'm5'], ['m6']]);
  });

  test('a state or a group alone is shown where it is asked for', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    await queue.send('held', { MessageGroupId: 'g' });
    await queue.receive();
    await queue.send('of g', { MessageGroupId: 'g' });
    await queue.send('of h', { MessageGroupId: 'h' });
    expect(bodiesOf(await look(aws, queue, { state: 'visible' }))).toEqual(['of g', 'of h']);
    expect(bodiesOf(await look(aws, queue, { state: 'in-flight' }))).toEqual(['held']);
    expect(bodiesOf(await look(aws, queue, { group: 'g' }))).toEqual(['held', 'of g']);
    expect(bodiesOf(await look(aws, queue, { group: 'g', limit: 1, after: 0 }))).toEqual(['held']);
  });

  test('what waits behind a hidden message of its group says so, on any page', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws, 'orders.fifo', { ContentBasedDeduplication: 'true' });
    const ids: Record<string, string | undefined> = {};
    for (const body of ['g1', 'g2', 'h1', 'g3']) {
      ids[body] = (await queue.send(body, { MessageGroupId: body.slice(0, 1) })).MessageId;
    }
    await queue.receive();
    const blocked = ({ messages }: QueueMessages) =>
      messages.map(({ body, blockedBy }) => [body, blockedBy]);
    const whole = await look(aws, queue);
    expect(blocked(whole)).toEqual([
      ['g1', undefined],
      ['g2', ids.g1],
      ['h1', undefined],
      ['g3', ids.g1],
    ]);
    const after = whole.messages[1]?.position ?? 0;
    expect(blocked(await look(aws, queue, { after }))).toEqual([
      ['h1', undefined],
      ['g3', ids.g1],
    ]);
  });

  test('what is past retention is not shown', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws, 'orders', { MessageRetentionPeriod: '60' });
    await queue.send('old');
    await aws.clock.advance('61s');
    await queue.send('new');
    expect(bodiesOf(await look(aws, queue))).toEqual(['new']);
  });
});

describe('refusals', () => {
  test.each([
    [400, {}, '/_millrace/v1/queues/messages needs "queue".'],
    [400, { queue: 'orders' }, '"orders" is not the ARN of a queue.'],
    [404, { queue: 'arn:aws:sqs:us-east-1:000000000000:none' }, 'There is no queue'],
  ])('%d for a queue that cannot be looked at: %o', async (status, query, message) => {
    await using aws = await startSqs();
    const answer = await ask<Refusal>(aws, 'queues/messages', query as Query);
    expect(answer.status).toBe(status);
    expect(answer.body.message).toContain(message);
  });

  test('a state, place or limit that is none', async () => {
    await using aws = await startSqs();
    const { arn: queue } = await aQueue(aws);
    for (const wrong of [{ state: 'gone' }, { after: 'x' }, { limit: 0 }, { limit: 1_001 }]) {
      const { status } = await ask(aws, 'queues/messages', { queue, ...wrong } as Query);
      expect(status).toBe(400);
    }
  });
});
