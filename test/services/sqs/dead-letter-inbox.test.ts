import { describe, expect, test } from 'vitest';
import type {
  DeadLetterMessages,
  DeadLetterQueue,
  DeadLetters,
} from '../../../src/admin-api/index.ts';
import { normalise } from '../../../src/services/sqs/letters.ts';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { EVERYTHING, openQueue, put, sendsTo } from '../events/receivers.ts';
import { configure, failing, onFailure, sendEvent, watched } from '../lambda/async-world.ts';
import { aTopic, RAW } from '../sns/a-topic.ts';
import { aQueue, startSqs, withDeadLetters } from './a-queue.ts';
import { ask } from './admin.ts';

async function inbox(aws: Suite, arn: string): Promise<DeadLetterQueue | undefined> {
  const { body } = await ask<DeadLetters>(aws, 'dead-letters');
  return body.queues.find((queue) => queue.arn === arn);
}

async function letters(aws: Suite, queue: string, query: object = {}) {
  const asked = { queue, ...query };
  return (await ask<DeadLetterMessages>(aws, 'dead-letters/messages', asked)).body;
}

const now = { VisibilityTimeout: 0 } as const;
const NOWHERE = 'arn:aws:sqs:us-east-1:000000000000:nowhere';
const NO_RETRY = { maximumRetryAttempts: 0 };

describe('answers', () => {
  test('dead letters of a queue, grouped, with their receives and where they go back', async () => {
    await using aws = await startSqs();
    const { queue, dead } = await withDeadLetters(aws, 2);
    for (const body of ['a', 'b']) await queue.send(body);
    const first = aws.clock.now();
    await queue.bodies(now);
    await aws.clock.advance('1m');
    for (let receives = 0; receives < 2; receives += 1) await queue.bodies(now);
    const shown = await inbox(aws, dead.arn);
    expect(shown).toEqual({
      ...{ arn: dead.arn, name: dead.name, visible: 2, inFlight: 0, delayed: 0 },
      ...{ oldestAgeMs: 60_000, looked: 2, sources: [{ arn: queue.arn, kind: 'queue' }] },
      groups: [
        {
          ...{ key: expect.stringMatching(/^[0-9a-f]{16}$/), source: queue.arn },
          ...{ code: 'MaxReceives', error: 'Received … times and not deleted.', count: 2 },
          ...{ firstAtMs: first + 60_000, lastAtMs: first + 60_000 },
        },
      ],
    });
    const { messages } = await letters(aws, dead.arn);
    expect(messages).toMatchObject([
      {
        ...{ body: 'a', origin: queue.arn, groupKey: shown?.groups[0]?.key, receives: 2 },
        ...{ code: 'MaxReceives', error: 'Received 2 times and not deleted.' },
        history: [
          { atMs: first, target: queue.arn, outcome: 'received' },
          { atMs: first + 60_000, target: queue.arn, outcome: 'received' },
        ],
      },
      { body: 'b' },
    ]);
    expect(await dead.counts()).toEqual([2, 0, 0]);
  });

  test('what a function said of a message is its error', async () => {
    await using aws = await startSuite();
    const { queue, dead } = await withDeadLetters(aws, 1);
    const { arn } = await watched(aws, 'worker', failing('order 17 has no items'));
    await aws.call('lambda', 'CreateEventSourceMapping', {
      ...{ EventSourceArn: queue.arn, FunctionName: 'worker' },
    });
    for (const body of ['a', 'b']) await queue.send(body);
    await aws.settled();
    const shown = await inbox(aws, dead.arn);
    expect(shown?.groups).toMatchObject([
      { code: 'MaxReceives', error: 'Error: order … has no items', count: 2 },
    ]);
    const { messages } = await letters(aws, dead.arn);
    expect(messages[0]?.error).toBe('Error: order 17 has no items');
    expect(messages[0]?.history).toMatchObject([
      { target: arn, outcome: 'received' },
      { target: `${arn}:$LATEST`, outcome: 'Error' },
    ]);
  });

  test('dead letters of a rule say which rule, why and how often it was tried', async () => {
    await using aws = await startSuite();
    const dead = await openQueue(aws, 'dead');
    const rule = await sendsTo(aws, 'r', EVERYTHING, {
      ...{ Arn: NOWHERE, DeadLetterConfig: { Arn: dead.arn } },
    });
    await put(aws, { n: 1 });
    expect(await inbox(aws, dead.arn)).toMatchObject({
      sources: [{ arn: rule, kind: 'rule' }],
      groups: [{ source: rule, code: 'NO_RESOURCE', count: 1 }],
    });
    const { messages } = await letters(aws, dead.arn);
    expect(messages).toMatchObject([
      { origin: NOWHERE, code: 'NO_RESOURCE', history: [{ target: NOWHERE }] },
    ]);
    expect(messages[0]?.history).toHaveLength(1);
  });

  test.each([
    ['an envelope', {}],
    ['a raw message', RAW],
  ])('a dead letter of a subscription, %s, is told by the journal', async (_, attributes) => {
    await using aws = await startSuite();
    const dead = await openQueue(aws, 'dead');
    const topic = await aTopic(aws);
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn });
    const subscription = await topic.subscribe('sqs', NOWHERE, { ...attributes, RedrivePolicy });
    await topic.publish('hello');
    await aws.settled();
    expect(await inbox(aws, dead.arn)).toMatchObject({
      sources: [{ arn: subscription, kind: 'subscription' }],
      groups: [{ source: subscription, count: 1 }],
    });
    const { messages } = await letters(aws, dead.arn);
    expect(messages).toMatchObject([{ origin: NOWHERE, history: [{ target: NOWHERE }] }]);
  });

  test('dead letters and failure records of functions stand side by side', async () => {
    await using aws = await startSuite();
    const dead = await openQueue(aws, 'dead');
    const { arn } = await watched(aws, 'f', failing('no 5'), { deadLetterArn: dead.arn });
    await configure(aws, 'f', { ...onFailure(dead.arn), ...NO_RETRY });
    await sendEvent(aws, 'f', { n: 1 });
    await aws.settled();
    const source = `${arn}:$LATEST`;
    const shown = await inbox(aws, dead.arn);
    expect(shown?.sources).toEqual([{ arn, kind: 'function' }]);
    expect(shown?.groups.map(({ count: _count, firstAtMs: _first, ...group }) => group)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ source, code: 'RetriesExhausted', error: 'Error: no …' }),
        expect.objectContaining({ source, code: '200', error: 'no …' }),
      ]),
    );
    const { messages } = await letters(aws, dead.arn);
    expect(messages.map(({ origin }) => origin)).toEqual([source, source]);
  });

  test('a group is shown by itself, and what nobody gave up has one too', async () => {
    await using aws = await startSqs();
    const { queue, dead } = await withDeadLetters(aws, 1);
    await queue.send('a');
    for (let receives = 0; receives < 2; receives += 1) await queue.bodies(now);
    await dead.send('sent right here');
    const groups = (await inbox(aws, dead.arn))?.groups ?? [];
    const unknown = groups.find(({ code }) => code === 'Unknown');
    expect(groups).toHaveLength(2);
    expect(unknown).toMatchObject({ source: '', count: 1 });
    const { messages } = await letters(aws, dead.arn, { group: unknown?.key });
    expect(messages.map(({ body }) => body)).toEqual(['sent right here']);
    expect(messages[0]).not.toHaveProperty('origin');
  });

  test('without a journal what the messages say themselves is left', async () => {
    await using aws = await startSqs({ journal: false });
    const { queue, dead } = await withDeadLetters(aws, 1);
    await queue.send('a');
    for (let receives = 0; receives < 2; receives += 1) await queue.bodies(now);
    const { messages } = await letters(aws, dead.arn);
    expect(messages).toMatchObject([{ origin: queue.arn, code: 'MaxReceives', history: [] }]);
  });
});

test('what differs from one error to the next is left out', () => {
  const uuid = '0b3d6f0e-7f0a-4d0e-9a53-0a8f7f3f2d11';
  expect(normalise(`order ${uuid} of user_81f3k at 2026-01-15T10:00:00.123Z`)).toBe(
    'order … of … at …',
  );
  expect(normalise('timed out after 3.00 seconds,  0xDEADbeef')).toBe(
    'timed out after … seconds, …',
  );
  expect(normalise(`order 7 and order 1,024 of ${'x'.repeat(500)}`)).toHaveLength(301);
});

describe('limits', () => {
  test('the first 1,000 messages are grouped', async () => {
    await using aws = await startSqs();
    const { dead } = await withDeadLetters(aws, 1);
    const full = await aQueue(aws, dead.name);
    const entries = Array.from({ length: 10 }, (_, i) => ({ Id: `e${i}`, MessageBody: 'x' }));
    for (let batch = 0; batch < 101; batch += 1) {
      await aws.call('sqs', 'SendMessageBatch', { QueueUrl: full.url, Entries: entries });
    }
    const shown = await inbox(aws, dead.arn);
    expect(shown).toMatchObject({ visible: 1_010, looked: 1_000, groups: [{ count: 1_000 }] });
  });
});
