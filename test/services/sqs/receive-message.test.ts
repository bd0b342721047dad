import { describe, expect, test } from 'vitest';
import { quotas } from '../../../src/core/quotas.ts';
import { aQueue, startSqs } from './a-queue.ts';

const settings = (maxInFlight: number) => ({
  settings: { quotas: quotas('current', { 'sqs.maxInFlight': maxInFlight }) },
});

describe('answers', () => {
  test('an empty queue gives no list at all', async () => {
    await using aws = await startSqs();
    const { url: QueueUrl } = await aQueue(aws);
    expect(await aws.call('sqs', 'ReceiveMessage', { QueueUrl })).toEqual({});
  });

  test('one message comes unless more are asked for', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    for (const body of ['a', 'b', 'c']) await queue.send(body);
    expect(await queue.receive()).toHaveLength(1);
    expect(await queue.bodies({ MaxNumberOfMessages: 2 })).toEqual(['b', 'c']);
  });

  test('a message is hidden for the timeout of the queue or of the receive', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws, 'orders', { VisibilityTimeout: '10' });
    await queue.send('a');
    await queue.receive();
    await aws.clock.advance('9999ms');
    expect(await queue.bodies()).toEqual([]);
    await aws.clock.advance('1ms');
    expect(await queue.bodies({ VisibilityTimeout: 60 })).toEqual(['a']);
    await aws.clock.advance('59s');
    expect(await queue.bodies()).toEqual([]);
    await aws.clock.advance('1s');
    expect(await queue.bodies({ VisibilityTimeout: 0 })).toEqual(['a']);
    expect(await queue.bodies()).toEqual(['a']);
  });

  test('each receive gives a new handle', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    await queue.send('a');
    const handles = new Set<string>();
    for (let receives = 0; receives < 3; receives += 1) {
      handles.add((await queue.one({ VisibilityTimeout: 0 })).ReceiptHandle);
    }
    expect(handles.size).toBe(3);
  });

  test('system attributes tell the story of the message', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    const sentAtMs = aws.clock.now();
    await queue.send('a');
    await aws.clock.advance('5s');
    await queue.receive({ VisibilityTimeout: 0 });
    await aws.clock.advance('5s');
    expect((await queue.one()).Attributes).toEqual({
      SenderId: aws.account,
      SentTimestamp: String(sentAtMs),
      ApproximateReceiveCount: '2',
      ApproximateFirstReceiveTimestamp: String(sentAtMs + 5000),
    });
  });

  test('old and new names of attributes are asked for together', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    await queue.send('a');
    const [message] = await queue.receive({
      AttributeNames: ['SenderId'] as never,
      MessageSystemAttributeNames: ['ApproximateReceiveCount', 'AWSTraceHeader'],
    });
    expect(message?.Attributes).toEqual({
      SenderId: aws.account,
      ApproximateReceiveCount: '1',
    });
  });

  test('what is not asked for does not come, and the digest covers what does', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws, 'orders', { VisibilityTimeout: '0' });
    const text = { DataType: 'String', StringValue: 'x' };
    const { MD5OfMessageAttributes } = await queue.send('a', {
      MessageAttributes: { 'a.b': text, 'a.c': text, d: text },
    });
    const names = async (MessageAttributeNames: readonly string[]) => {
      const [message] = await queue.receive({ MessageAttributeNames });
      const got = Object.keys(message?.MessageAttributes ?? {}).sort();
      return { got, digest: message?.MD5OfMessageAttributes };
    };
    const all = { got: ['a.b', 'a.c', 'd'], digest: MD5OfMessageAttributes };
    expect(await names(['All'])).toEqual(all);
    expect(await names(['.*'])).toEqual(all);
    expect(await names([])).toEqual({ got: [], digest: undefined });
    expect(await names(['x'])).toEqual({ got: [], digest: undefined });
    const some = await names(['a.*']);
    expect(some.got).toEqual(['a.b', 'a.c']);
    expect(some.digest).not.toBe(MD5OfMessageAttributes);
    expect((await names(['d', 'a.b'])).got).toEqual(['a.b', 'd']);
    expect((await queue.receive())[0]).not.toHaveProperty('Attributes');
  });

  test('ten receives at once share a hundred messages, each to one of them', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    for (let batch = 0; batch < 10; batch += 1) {
      const Entries = Array.from({ length: 10 }, (_, index) => ({
        Id: `e${index}`,
        MessageBody: `${batch}-${index}`,
      }));
      await aws.call('sqs', 'SendMessageBatch', { QueueUrl: queue.url, Entries });
    }
    const received = await Promise.all(Array.from({ length: 10 }, () => queue.bodies()));
    expect(new Set(received.flat()).size).toBe(100);
    expect(received.flat()).toHaveLength(100);
  });

  test('a noisy group steps back for the quiet ones', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    const send = (MessageBody: string, MessageGroupId: string, Id: string) => ({
      ...{ Id, MessageBody, MessageGroupId },
    });
    for (let batch = 0; batch < 8; batch += 1) {
      const Entries = Array.from({ length: 10 }, (_, index) => send('noise', 'noisy', `e${index}`));
      await aws.call('sqs', 'SendMessageBatch', { QueueUrl: queue.url, Entries });
    }
    for (let batch = 0; batch < 4; batch += 1) await queue.bodies();
    await queue.send('quiet', { MessageGroupId: 'calm' });
    expect(await queue.bodies({ MaxNumberOfMessages: 1 })).toEqual(['quiet']);
    expect(await queue.bodies()).toHaveLength(10);
  });
});

describe('answers of FIFO queues', () => {
  const contentBased = { ContentBasedDeduplication: 'true' };
  const inGroup = (MessageGroupId: string) => ({ MessageGroupId });

  test('a receive takes what follows in a group, and other groups besides', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws, 'orders.fifo', contentBased);
    for (const body of ['a1', 'b1', 'a2', 'b2', 'a3']) {
      await queue.send(body, inGroup(body.charAt(0)));
    }
    const bodies = await queue.bodies();
    expect(bodies.filter((body) => body.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
    expect(bodies.filter((body) => body.startsWith('b'))).toEqual(['b1', 'b2']);
  });

  test('nothing comes behind a message that is in flight', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws, 'orders.fifo', contentBased);
    for (const body of ['a1', 'a2', 'b1']) await queue.send(body, inGroup(body.charAt(0)));
    const first = await queue.one();
    expect(first.Body).toBe('a1');
    expect(await queue.bodies()).toEqual(['b1']);
    expect(await queue.bodies()).toEqual([]);
    await queue.remove(first);
    expect(await queue.bodies()).toEqual(['a2']);
  });

  test('a group goes on at the message whose visibility ran out', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws, 'orders.fifo', contentBased);
    for (const body of ['a1', 'a2', 'a3']) await queue.send(body, inGroup('a'));
    expect(await queue.bodies({ MaxNumberOfMessages: 2 })).toEqual(['a1', 'a2']);
    await aws.clock.advance('30s');
    expect(await queue.bodies()).toEqual(['a1', 'a2', 'a3']);
  });

  test('delivery stops at the first message in flight', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws, 'orders.fifo', contentBased);
    for (const body of ['A', 'B', 'C']) await queue.send(body, inGroup('g'));
    const [a, b, c] = await queue.receive({ MaxNumberOfMessages: 10, VisibilityTimeout: 600 });
    if (!a || !b || !c) throw new Error('not all came');
    await queue.hide(c, 0);
    expect(await queue.bodies()).toEqual([]);
    await queue.hide(a, 0);
    const [again] = await queue.receive({ MaxNumberOfMessages: 10, VisibilityTimeout: 600 });
    expect(again?.Body).toBe('A');
    await queue.hide(b, 0);
    if (again) await queue.hide(again, 0);
    expect(await queue.bodies()).toEqual(['A', 'B', 'C']);
  });

  test('a delayed message holds up its group', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws, 'orders.fifo', { ...contentBased, DelaySeconds: '10' });
    await queue.send('a1', inGroup('a'));
    await aws.clock.advance('5s');
    await queue.send('a2', inGroup('a'));
    await aws.clock.advance('5s');
    expect(await queue.bodies()).toEqual(['a1']);
  });
});

describe('refusals', () => {
  test.each([
    [{ WaitTimeSeconds: 21 }, 'Value 21 for parameter WaitTimeSeconds is invalid. Reason: '],
    [{ WaitTimeSeconds: -1 }, 'Must be >= 0 and <= 20, if provided.'],
    [
      { MaxNumberOfMessages: 11 },
      'Value 11 for parameter MaxNumberOfMessages is invalid. Reason: ' +
        'Must be between 1 and 10, if provided.',
    ],
    [{ MaxNumberOfMessages: 0 }, 'Value 0 for parameter MaxNumberOfMessages is invalid.'],
    [{ VisibilityTimeout: 43_201 }, 'Value 43201 for parameter VisibilityTimeout is invalid.'],
  ])('%j is refused', async (input, sentence) => {
    await using aws = await startSqs();
    const { url: QueueUrl } = await aQueue(aws);
    const failure = await aws.fails('sqs', 'ReceiveMessage', { QueueUrl, ...input });
    expect(failure.code).toBe('InvalidParameterValue');
    expect(failure.message).toContain(sentence);
  });

  test('an attribute that no message has cannot be asked for', async () => {
    await using aws = await startSqs();
    const { url: QueueUrl } = await aQueue(aws);
    const asked = { QueueUrl, MessageSystemAttributeNames: ['Colour'] };
    const failure = await aws.fails('sqs', 'ReceiveMessage', asked);
    expect(failure).toMatchObject({
      code: 'InvalidAttributeName',
      message: 'Unknown Attribute Colour.',
    });
  });
});

describe('limits', () => {
  test('a standard queue with too much in flight says so to a short poll', async () => {
    await using aws = await startSqs(settings(3));
    const queue = await aQueue(aws);
    for (const body of ['a', 'b', 'c', 'd']) await queue.send(body);
    const held = await queue.receive({ MaxNumberOfMessages: 10 });
    expect(held).toHaveLength(3);
    const failure = await aws.fails('sqs', 'ReceiveMessage', { QueueUrl: queue.url });
    expect(failure.code).toBe('OverLimit');
    expect(failure.message).toContain('3');
    if (held[0]) await queue.remove(held[0]);
    expect(await queue.bodies()).toEqual(['d']);
    expect(await queue.bodies()).toEqual([]);
  });

  test('a FIFO queue with too much in flight gives nothing and says nothing', async () => {
    await using aws = await startSqs(settings(1));
    const queue = await aQueue(aws, 'orders.fifo', { ContentBasedDeduplication: 'true' });
    for (const body of ['a', 'b']) await queue.send(body, { MessageGroupId: body });
    expect(await queue.bodies()).toHaveLength(1);
    expect(await queue.bodies()).toEqual([]);
  });
});
