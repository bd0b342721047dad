import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Suite } from '../../sdk/suite.ts';
import { type AQueue, aQueue, startSqs } from './a-queue.ts';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

const fifo = (aws: Suite, attributes = {}) => aQueue(aws, 'orders.fifo', attributes);
const contentBased = { ContentBasedDeduplication: 'true' };

const refuse = async (aws: Suite, { url }: AQueue, input: object) => {
  const whole = { QueueUrl: url, MessageBody: 'hello', ...input };
  const { code, message } = await aws.fails('sqs', 'SendMessage', whole);
  return { code, message };
};

describe('answers', () => {
  test('a message gets an id, and the digest of its body', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    const sent = await queue.send('grüße ☃ 💥');
    expect(sent).toEqual({
      MessageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      MD5OfMessageBody: md5('grüße ☃ 💥'),
    });
    expect(await queue.one()).toMatchObject({ MessageId: sent.MessageId, Body: 'grüße ☃ 💥' });
  });

  test('attributes of every type come back as they went, as every SDK sees', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    const MessageAttributes = {
      city: { DataType: 'String', StringValue: 'Zürich' },
      amount: { DataType: 'Number.float', StringValue: '-12.5e3' },
      blob: { DataType: 'Binary.png', BinaryValue: new Uint8Array([0, 127, 128, 255]) },
    };
    const { MD5OfMessageAttributes } = await queue.send('hello', { MessageAttributes });
    const message = await queue.one();
    expect(message.MessageAttributes).toEqual(MessageAttributes);
    expect(message.MD5OfMessageAttributes).toBe(MD5OfMessageAttributes);
  });

  test('the digest of attributes is the one that AWS documents', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    const hex = (text: string) => {
      const bytes = Buffer.from(text);
      return bytes.length.toString(16).padStart(8, '0') + bytes.toString('hex');
    };
    const string = `${hex('a')}${hex('String')}01${hex('x')}`;
    const binary = `${hex('b')}${hex('Binary.gif')}0200000002ff00`;
    const digest = createHash('md5')
      .update(string + binary, 'hex')
      .digest('hex');
    const { MD5OfMessageAttributes } = await queue.send('hello', {
      MessageAttributes: {
        b: { DataType: 'Binary.gif', BinaryValue: new Uint8Array([255, 0]) },
        a: { DataType: 'String', StringValue: 'x' },
      },
    });
    expect(MD5OfMessageAttributes).toBe(digest);
  });

  test('a trace header has a digest of its own and adds nothing to the size', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws, 'orders', { MaximumMessageSize: '1024' });
    const header = 'Root=1-5759e988-bd862e3fe1be46a994272793';
    const AWSTraceHeader = { DataType: 'String', StringValue: header };
    const MessageSystemAttributes = { AWSTraceHeader };
    const sent = await queue.send('x'.repeat(1024), { MessageSystemAttributes });
    expect(sent.MD5OfMessageSystemAttributes).toMatch(/^[0-9a-f]{32}$/);
    expect((await queue.one()).Attributes?.AWSTraceHeader).toBe(header);
  });

  test('the delay of a message goes before that of its queue', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws, 'orders', { DelaySeconds: '10' });
    await queue.send('later', { DelaySeconds: 20 });
    await queue.send('at once', { DelaySeconds: 0 });
    await queue.send('as the queue says');
    expect(await queue.bodies()).toEqual(['at once']);
    await aws.clock.advance('10s');
    expect(await queue.bodies()).toEqual(['as the queue says']);
    await aws.clock.advance('10s');
    expect(await queue.bodies()).toEqual(['later']);
  });

  test('a batch says nothing of failures when there are none, nor of successes', async () => {
    await using aws = await startSqs();
    const { url: QueueUrl } = await aQueue(aws);
    const send = (MessageBody: string) =>
      aws.call('sqs', 'SendMessageBatch', { QueueUrl, Entries: [{ Id: 'a', MessageBody }] });
    expect(await send('one')).toEqual({ Successful: [expect.objectContaining({ Id: 'a' })] });
    expect(await send('')).toEqual({ Failed: [expect.objectContaining({ Id: 'a' })] });
  });

  test('a batch succeeds and fails entry by entry', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    const MessageAttributes = { n: { DataType: 'Number', StringValue: 'many' } };
    const answer = await aws.call('sqs', 'SendMessageBatch', {
      QueueUrl: queue.url,
      Entries: [
        { Id: 'good', MessageBody: 'one' },
        { Id: 'bad', MessageBody: 'two', MessageAttributes },
        { Id: 'late', MessageBody: 'three', DelaySeconds: 10 },
      ],
    });
    expect(answer.Successful).toEqual([
      { Id: 'good', MessageId: expect.any(String), MD5OfMessageBody: md5('one') },
      { Id: 'late', MessageId: expect.any(String), MD5OfMessageBody: md5('three') },
    ]);
    expect(answer.Failed).toEqual([
      {
        Id: 'bad',
        Code: 'InvalidParameterValue',
        Message: "Can't cast the value of message (user) attribute 'n' to a number.",
        SenderFault: true,
      },
    ]);
    expect(await queue.bodies()).toEqual(['one']);
    expect(await queue.counts()).toEqual([0, 1, 1]);
  });

  test('a standard queue takes a group, which neither orders nor deduplicates', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    for (const body of ['a', 'a']) await queue.send(body, { MessageGroupId: 'tenant-1' });
    const first = await queue.one();
    expect(first.Attributes?.MessageGroupId).toBe('tenant-1');
    expect(first.Attributes).not.toHaveProperty('SequenceNumber');
    expect(await queue.bodies()).toEqual(['a']);
  });
});

describe('answers of FIFO queues', () => {
  test('sequence numbers have twenty digits and grow', async () => {
    await using aws = await startSqs();
    const queue = await fifo(aws, contentBased);
    const first = await queue.send('1', { MessageGroupId: 'g' });
    const second = await queue.send('2', { MessageGroupId: 'h' });
    expect(first.SequenceNumber).toMatch(/^\d{20}$/);
    expect(BigInt(second.SequenceNumber ?? 0)).toBeGreaterThan(BigInt(first.SequenceNumber ?? 0));
    const message = await queue.one();
    expect(message.Attributes).toMatchObject({
      MessageDeduplicationId: createHash('sha256').update('1').digest('hex'),
      MessageGroupId: 'g',
      SequenceNumber: first.SequenceNumber,
    });
  });

  test('a repetition within five minutes is answered alike and stored no more', async () => {
    await using aws = await startSqs();
    const queue = await fifo(aws);
    const ids = { MessageGroupId: 'g', MessageDeduplicationId: 'd' };
    const { MessageId, SequenceNumber } = await queue.send('first', ids);
    const again = await queue.send('second', ids);
    expect(again).toMatchObject({ MessageId, SequenceNumber, MD5OfMessageBody: md5('second') });
    await queue.remove(await queue.one());
    await aws.clock.advance('299s');
    expect(await queue.send('third', ids)).toMatchObject({ MessageId, SequenceNumber });
    expect(await queue.bodies()).toEqual([]);
    await aws.clock.advance('1s');
    expect((await queue.send('fourth', ids)).MessageId).not.toBe(MessageId);
    expect(await queue.bodies()).toEqual(['fourth']);
  });

  test('content makes the id where the queue says so; an explicit one goes before', async () => {
    await using aws = await startSqs();
    const queue = await fifo(aws, contentBased);
    const group = { MessageGroupId: 'g' };
    const { MessageId } = await queue.send('same', group);
    const MessageAttributes = { a: { DataType: 'String', StringValue: 'other' } };
    const repeated = await queue.send('same', { ...group, MessageAttributes });
    expect(repeated.MessageId).toBe(MessageId);
    const explicit = await queue.send('same', { ...group, MessageDeduplicationId: 'own' });
    expect(explicit.MessageId).not.toBe(MessageId);
  });

  test('deduplication may be a matter of each group', async () => {
    await using aws = await startSqs();
    const ids = (MessageGroupId: string) => ({ MessageGroupId, MessageDeduplicationId: 'd' });
    const whole = await fifo(aws);
    await whole.send('a', ids('g'));
    await whole.send('b', ids('h'));
    expect(await whole.bodies()).toEqual(['a']);
    const perGroup = await aQueue(aws, 'per-group.fifo', { DeduplicationScope: 'messageGroup' });
    await perGroup.send('a', ids('g'));
    await perGroup.send('b', ids('h'));
    await perGroup.send('c', ids('h'));
    expect(await perGroup.bodies()).toEqual(['a', 'b']);
  });

  test('a batch keeps its order, and knows a repetition within itself', async () => {
    await using aws = await startSqs();
    const queue = await fifo(aws, contentBased);
    const entry = (Id: string, MessageBody: string) => ({ Id, MessageBody, MessageGroupId: 'g' });
    const { Successful, Failed } = await aws.call('sqs', 'SendMessageBatch', {
      QueueUrl: queue.url,
      Entries: [
        entry('1', 'a'),
        { Id: '2', MessageBody: 'no group' },
        entry('3', 'b'),
        entry('4', 'a'),
        entry('5', 'c'),
      ],
    });
    expect(Successful.map(({ Id }) => Id)).toEqual(['1', '3', '4', '5']);
    expect(Successful[2]?.MessageId).toBe(Successful[0]?.MessageId);
    expect(Failed).toMatchObject([{ Id: '2', Code: 'MissingParameter' }]);
    expect(await queue.bodies()).toEqual(['a', 'b', 'c']);
  });
});

describe('refusals', () => {
  test.each([
    [{ MessageBody: '' }, 'The request must contain the parameter MessageBody.'],
    [{ DelaySeconds: 901 }, 'DelaySeconds must be >= 0 and <= 900.'],
    [{ DelaySeconds: -1 }, 'Value -1 for parameter DelaySeconds is invalid.'],
    [
      { MessageDeduplicationId: 'd' },
      'Value d for parameter MessageDeduplicationId is invalid. Reason: ' +
        'The request include parameter that is not valid for this queue type.',
    ],
    [{ MessageGroupId: 'a b' }, 'MessageGroupId can only include alphanumeric and punctuation'],
  ])('%j is refused by a standard queue', async (input, sentence) => {
    await using aws = await startSqs();
    const { code, message } = await refuse(aws, await aQueue(aws), input);
    expect(['MissingParameter', 'InvalidParameterValue']).toContain(code);
    expect(message).toContain(sentence);
  });

  test.each([
    [{}, 'The request must contain the parameter MessageGroupId.'],
    [
      { MessageGroupId: 'g' },
      'The queue should either have ContentBasedDeduplication enabled or ' +
        'MessageDeduplicationId provided explicitly',
    ],
    [
      { MessageGroupId: 'g', MessageDeduplicationId: 'd', DelaySeconds: 2 },
      'Value 2 for parameter DelaySeconds is invalid. Reason: ' +
        'The request include parameter that is not valid for this queue type.',
    ],
    [{ MessageGroupId: 'a b', MessageDeduplicationId: 'd' }, 'Value a b for parameter Message'],
    [{ MessageGroupId: 'g', MessageDeduplicationId: 'ü' }, 'Value ü for parameter Message'],
    [{ MessageGroupId: 'g'.repeat(129), MessageDeduplicationId: 'd' }, '1 to 128 in length.'],
  ])('%j is refused by a FIFO queue', async (input, sentence) => {
    await using aws = await startSqs();
    const { message } = await refuse(aws, await fifo(aws), input);
    expect(message).toContain(sentence);
  });

  test('a FIFO queue takes a delay of 0 to mean its own', async () => {
    await using aws = await startSqs();
    const queue = await fifo(aws, { ...contentBased, DelaySeconds: '5' });
    await queue.send('a', { MessageGroupId: 'g', DelaySeconds: 0 });
    expect(await queue.counts()).toEqual([0, 0, 1]);
  });

  test.each(['\u0000', '\u0008', '\u000b', '\u001f', '\uffff', '\ud800'])(
    'a body with %j is refused',
    async (character) => {
      await using aws = await startSqs();
      const queue = await aQueue(aws);
      const { code } = await refuse(aws, queue, { MessageBody: `a${character}` });
      expect(code).toBe('InvalidMessageContents');
    },
  );

  test('every other character is taken', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    const body = '\t\n\r ~\u007f\u0080\ud7ff\ue000\ufffd\u{10000}\u{10ffff}';
    await queue.send(body);
    expect(await queue.bodies()).toEqual([body]);
  });

  test.each([
    [{ DataType: 'String', StringValue: '' }, "must contain a non-empty value of type 'String'."],
    [{ DataType: 'Binary' }, "must contain a non-empty value of type 'Binary'."],
    [{ DataType: 'Number', StringValue: 'seven' }, "Can't cast the value of message (user)"],
    [{ DataType: 'Number', StringValue: '1'.repeat(39) }, "attribute 'a' to a number."],
    [
      { DataType: 'Date', StringValue: 'x' },
      "The type of message (user) attribute 'a' is invalid. You must use only the following " +
        'supported type prefixes: Binary, Number, String.',
    ],
    [{ DataType: '', StringValue: 'x' }, 'must contain a non-empty message attribute type.'],
  ])('an attribute %j is refused', async (attribute, sentence) => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    const failure = await refuse(aws, queue, { MessageAttributes: { a: attribute } });
    expect(failure.code).toBe('InvalidParameterValue');
    expect(failure.message).toContain(sentence);
  });

  test.each(['a b', '.a', 'a.', 'a..b', 'AWS.a', 'amazon.a', 'a'.repeat(257)])(
    'an attribute cannot be called %s',
    async (name) => {
      await using aws = await startSqs();
      const queue = await aQueue(aws);
      const MessageAttributes = { [name]: { DataType: 'String', StringValue: 'x' } };
      const { code } = await refuse(aws, queue, { MessageAttributes });
      expect(code).toBe('InvalidParameterValue');
    },
  );

  test.each([
    [[], 'EmptyBatchRequest', 'There should be at least one SendMessageBatchRequestEntry in the'],
    [['a', 'b', 'a'], 'BatchEntryIdsNotDistinct', 'Id a repeated.'],
    [['a b'], 'InvalidBatchEntryId', 'A batch entry id can only contain alphanumeric characters'],
    [['a'.repeat(81)], 'InvalidBatchEntryId', 'It can be at most 80 letters long.'],
    [
      Array.from({ length: 11 }, (_, index) => `e${index}`),
      'TooManyEntriesInBatchRequest',
      'Maximum number of entries per request are 10. You have sent 11.',
    ],
  ])('a batch of %j is refused as a whole', async (ids, code, sentence) => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    const Entries = ids.map((Id) => ({ Id, MessageBody: 'x' }));
    const failure = await aws.fails('sqs', 'SendMessageBatch', { QueueUrl: queue.url, Entries });
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(sentence);
    expect(await queue.counts()).toEqual([0, 0, 0]);
  });
});

describe('limits', () => {
  test('a message may weigh what its queue says, attributes included', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws, 'orders', { MaximumMessageSize: '1024' });
    const MessageAttributes = { name: { DataType: 'String', StringValue: 'ü' } };
    const room = 1024 - 'nameString'.length - 2;
    await queue.send('x'.repeat(room), { MessageAttributes });
    const heavy = { MessageBody: 'x'.repeat(room + 1), MessageAttributes };
    expect(await refuse(aws, queue, heavy)).toEqual({
      code: 'InvalidParameterValue',
      message:
        'One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.',
    });
    await queue.send('x'.repeat(1024));
    expect((await refuse(aws, queue, { MessageBody: 'ü'.repeat(513) })).code).toBe(
      'InvalidParameterValue',
    );
  });

  test('a message may have a mebibyte, and so may a batch', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    await queue.send('x'.repeat(1_048_576));
    const half = 'x'.repeat(524_288);
    const entries = (second: string) => [
      { Id: 'a', MessageBody: half },
      { Id: 'b', MessageBody: second },
    ];
    const QueueUrl = queue.url;
    await aws.call('sqs', 'SendMessageBatch', { QueueUrl, Entries: entries(half) });
    const Entries = entries(`${half}x`);
    expect(await aws.fails('sqs', 'SendMessageBatch', { QueueUrl, Entries })).toMatchObject({
      code: 'BatchRequestTooLong',
      message: 'Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.',
    });
  });

  test('a message may have ten attributes', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    const attributes = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [
          `a${index}`,
          { DataType: 'String', StringValue: 'x' },
        ]),
      );
    await queue.send('x', { MessageAttributes: attributes(10) });
    const { message } = await refuse(aws, queue, { MessageAttributes: attributes(11) });
    expect(message).toBe('Number of message attributes [11] exceeds the allowed maximum [10].');
  });

  test('a number may have 38 digits', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    const MessageAttributes = { n: { DataType: 'Number', StringValue: `-0.${'9'.repeat(38)}` } };
    await queue.send('x', { MessageAttributes });
  });
});
