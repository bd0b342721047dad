import { describe, expect, test } from 'vitest';
import {
  anEndpoint,
  aQueue,
  aTopic,
  aTopicAndQueue,
  confirmed,
  envelopeIn,
  RAW,
  startSns,
} from './a-topic.ts';

const text = (StringValue: string) => ({ DataType: 'String', StringValue });

describe('answers', () => {
  test('a message arrives at a queue in an envelope', async () => {
    await using aws = await startSns();
    const { topic, queue, subscription } = await aTopicAndQueue(aws);
    const { MessageId } = await topic.publish('hello', { Subject: 'greeting' });
    expect(await envelopeIn(queue)).toEqual({
      Type: 'Notification',
      MessageId,
      TopicArn: topic.arn,
      Subject: 'greeting',
      Message: 'hello',
      Timestamp: '2026-01-15T10:00:00.000Z',
      SignatureVersion: '1',
      Signature: expect.stringMatching(/^[A-Za-z0-9+/=]{344}$/),
      SigningCertURL: expect.stringMatching(/\/SimpleNotificationService-[0-9a-f]{32}\.pem$/),
      UnsubscribeURL: `${aws.endpoint}/?Action=Unsubscribe&SubscriptionArn=${subscription}`,
    });
  });

  test('the envelope is laid out as AWS does, one member a line', async () => {
    await using aws = await startSns();
    const { topic, queue } = await aTopicAndQueue(aws);
    const MessageAttributes = { store: text('a"b'), n: { DataType: 'Number', StringValue: '1' } };
    const { MessageId } = await topic.publish('he said "hi"\n', { MessageAttributes });
    const [body = ''] = await queue.bodies();
    const lines = body.split('\n');
    expect(lines.slice(0, 5)).toEqual([
      '{',
      '  "Type" : "Notification",',
      `  "MessageId" : "${MessageId}",`,
      `  "TopicArn" : "${topic.arn}",`,
      '  "Message" : "he said \\"hi\\"\\n",',
    ]);
    expect(lines.slice(-5)).toEqual([
      '  "MessageAttributes" : {',
      '    "store" : {"Type":"String","Value":"a\\"b"},',
      '    "n" : {"Type":"Number","Value":"1"}',
      '  }',
      '}',
    ]);
  });

  test('raw delivery brings the message itself, its attributes beside it', async () => {
    await using aws = await startSns();
    const { topic, queue } = await aTopicAndQueue(aws, RAW);
    const MessageAttributes = {
      store: text('example'),
      price: { DataType: 'Number', StringValue: '12.5' },
      list: { DataType: 'String.Array', StringValue: '["a",1]' },
      blob: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) },
    };
    await topic.publish('hello', { MessageAttributes });
    const [message] = await queue.messages();
    expect(message?.Body).toBe('hello');
    expect(message?.MessageAttributes).toEqual(MessageAttributes);
  });

  test('without raw delivery attributes are in the envelope alone', async () => {
    await using aws = await startSns();
    const { topic, queue } = await aTopicAndQueue(aws);
    const blob = { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) };
    await topic.publish('hello', { MessageAttributes: { blob } });
    const [message] = await queue.messages();
    expect(message?.MessageAttributes).toBeUndefined();
    expect(JSON.parse(message?.Body ?? '').MessageAttributes).toEqual({
      blob: { Type: 'Binary', Value: 'AP8=' },
    });
  });

  test('every subscription gets the message, and one made later does not', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    const queues = await Promise.all(['a', 'b', 'c'].map((name) => aQueue(aws, name)));
    for (const { arn } of queues) await topic.subscribe('sqs', arn, RAW);
    await topic.publish('hello');
    const late = await aQueue(aws, 'late');
    await topic.subscribe('sqs', late.arn, RAW);
    for (const queue of queues) expect(await queue.bodies()).toEqual(['hello']);
    expect(await late.bodies()).toEqual([]);
  });

  test('a topic is published to as TargetArn too', async () => {
    await using aws = await startSns();
    const { topic, queue } = await aTopicAndQueue(aws, RAW);
    await aws.call('sns', 'Publish', { TargetArn: topic.arn, Message: 'hello' });
    expect(await queue.bodies()).toEqual(['hello']);
  });

  test('a topic without subscriptions accepts messages', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    expect((await topic.publish('hello')).MessageId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('a group on a standard topic goes on to standard queues', async () => {
    await using aws = await startSns();
    const { topic, queue } = await aTopicAndQueue(aws, RAW);
    await topic.publish('hello', { MessageGroupId: 'tenant-1' });
    const [message] = await queue.messages();
    expect(message?.Attributes?.MessageGroupId).toBe('tenant-1');
    expect(message?.Attributes?.MessageDeduplicationId).toBeUndefined();
  });

  test('MessageStructure json gives each protocol its own text', async () => {
    await using aws = await startSns();
    const { topic, queue } = await aTopicAndQueue(aws);
    const raw = await aQueue(aws, 'raw');
    await topic.subscribe('sqs', raw.arn, RAW);
    await using endpoint = await anEndpoint();
    await confirmed(aws, topic, endpoint);
    const Message = JSON.stringify({ default: 'for all', sqs: 'for queues', sms: 7, fax: 'x' });
    await topic.publish(Message, { MessageStructure: 'json' });
    await aws.settled();
    expect((await envelopeIn(queue)).Message).toBe('for queues');
    expect(await raw.bodies()).toEqual(['for queues']);
    expect(endpoint.letters('Notification')[0]?.Message).toBe('for all');
  });

  test('the trace of a message leads to the queues it reached', async () => {
    await using aws = await startSns();
    const { topic, queue } = await aTopicAndQueue(aws, RAW);
    const { MessageId = '' } = await topic.publish('hello');
    const [message] = await queue.messages();
    const traces = await fetch(`${aws.endpoint}/_millrace/v1/trace/${MessageId}`);
    expect(await traces.text()).toContain(message?.MessageId);
  });

  test('an X-Ray trace header goes on to queues', async () => {
    await using aws = await startSns();
    const { topic, queue } = await aTopicAndQueue(aws, RAW);
    const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1';
    const body = new URLSearchParams({
      Action: 'Publish',
      Version: '2010-03-31',
      TopicArn: topic.arn,
      Message: 'hello',
    });
    await fetch(aws.endpoint, { method: 'POST', headers: { 'X-Amzn-Trace-Id': trace }, body });
    const [message] = await queue.messages();
    expect(message?.Attributes?.AWSTraceHeader).toBe(trace);
  });

  test('a batch answers for each entry', async () => {
    await using aws = await startSns();
    const { topic, queue } = await aTopicAndQueue(aws, RAW);
    const answer = await aws.call('sns', 'PublishBatch', {
      TopicArn: topic.arn,
      PublishBatchRequestEntries: [
        { Id: 'a', Message: 'one' },
        { Id: 'b', Message: 'two', Subject: 'no\nline' },
        { Id: 'c', Message: 'three', MessageAttributes: { n: text('') } },
        { Id: 'd', Message: 'four' },
      ],
    });
    const MessageId = expect.stringMatching(/^[0-9a-f-]{36}$/);
    expect(answer.Successful).toEqual([
      { Id: 'a', MessageId },
      { Id: 'd', MessageId },
    ]);
    expect(answer.Failed).toEqual([
      {
        Id: 'b',
        Code: 'InvalidParameter',
        Message: 'Invalid parameter: Subject',
        SenderFault: true,
      },
      {
        Id: 'c',
        Code: 'ParameterValueInvalid',
        Message:
          "The message attribute 'n' must contain non-empty message attribute value for message " +
          "attribute type 'String'.",
        SenderFault: true,
      },
    ]);
    expect([...(await queue.bodies())].sort()).toEqual(['four', 'one']);
  });
});

describe('refusals', () => {
  test.each([
    ['an empty message', { Message: '' }, 'Empty message'],
    ['a subject with a line break', { Subject: 'a\nb' }, 'Subject'],
    ['an empty subject', { Subject: '' }, 'Subject'],
    [
      'a structure that is not JSON',
      { MessageStructure: 'json' },
      'Message Structure - JSON message body failed to parse',
    ],
    [
      'a structure without a default',
      { MessageStructure: 'json', Message: '{"sqs":"x","default":1}' },
      'Message Structure - No default entry in JSON message body',
    ],
    ['an unknown structure', { MessageStructure: 'xml' }, 'MessageStructure'],
    [
      'a deduplication id on a standard topic',
      { MessageDeduplicationId: '1' },
      'MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter ' +
        'that is not valid for this topic type',
    ],
    ['a group with a space', { MessageGroupId: 'a b' }, 'MessageGroupId'],
  ])('%s', async (_, input, reason) => {
    await using aws = await startSns();
    const { arn: TopicArn } = await aTopic(aws);
    const refused = await aws.fails('sns', 'Publish', { TopicArn, Message: 'hello', ...input });
    expect(refused).toMatchObject({
      code: 'InvalidParameterException',
      message: `Invalid parameter: ${reason}`,
      status: 400,
    });
  });

  test.each([
    [{}, 'The MessageGroupId parameter is required for FIFO topics'],
    [
      { MessageGroupId: 'g' },
      'The topic should either have ContentBasedDeduplication enabled or ' +
        'MessageDeduplicationId provided explicitly',
    ],
    [{ MessageGroupId: 'g', MessageDeduplicationId: 'x'.repeat(129) }, 'MessageDeduplicationId'],
  ])('what a FIFO topic needs and %j has not', async (input, reason) => {
    await using aws = await startSns();
    const { arn: TopicArn } = await aTopic(aws, 'news.fifo');
    const refused = await aws.fails('sns', 'Publish', { TopicArn, Message: 'hello', ...input });
    expect(refused.message).toBe(`Invalid parameter: ${reason}`);
  });

  const value =
    "must contain non-empty message attribute value for message attribute type 'String'.";
  test.each([
    ['x', { DataType: 'String', StringValue: '' }, `The message attribute 'x' ${value}`],
    [
      'x',
      { DataType: '', StringValue: 'a' },
      "The message attribute 'x' must contain non-empty message attribute type.",
    ],
    [
      'x',
      { DataType: 'Date', StringValue: 'a' },
      "The message attribute 'x' has an invalid message attribute type, the set of supported " +
        'type prefixes is Binary, Number, and String.',
    ],
    [
      'x',
      { DataType: 'Number', StringValue: 'a' },
      "Could not cast message attribute 'x' value to number.",
    ],
    ['a b', text('a'), "The message attribute name 'a b' is invalid."],
    ['AWS.x', text('a'), "The message attribute name 'AWS.x' is invalid."],
  ])('the attribute %s of %j', async (name, attribute, sentence) => {
    await using aws = await startSns();
    const { arn: TopicArn } = await aTopic(aws);
    const MessageAttributes = { [name]: attribute };
    const input = { TopicArn, Message: 'hello', MessageAttributes };
    const refused = await aws.fails('sns', 'Publish', input);
    expect(refused).toMatchObject({
      code: 'InvalidParameterValueException',
      message: sentence,
      status: 400,
    });
  });

  test('a topic that does not exist, is elsewhere, or is no topic', async () => {
    await using aws = await startSns();
    const publish = (TopicArn: string) => aws.fails('sns', 'Publish', { TopicArn, Message: 'x' });
    const { region, account } = aws;
    expect(await publish(`arn:aws:sns:${region}:${account}:nothing`)).toMatchObject({
      code: 'NotFoundException',
      message: 'Topic does not exist',
      status: 404,
    });
    expect((await publish(`arn:aws:sns:eu-west-1:${account}:nothing`)).message).toBe(
      'Invalid parameter: TopicArn',
    );
    expect((await publish('nonsense')).message).toBe(
      'Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1',
    );
    expect((await publish(`arn:aws:sqs:${region}:${account}:queue`)).message).toBe(
      'Invalid parameter: TopicArn',
    );
  });

  test('no target at all', async () => {
    await using aws = await startSns();
    const refused = await aws.fails('sns', 'Publish', { Message: 'hello' });
    expect(refused.message).toBe(
      'Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter',
    );
  });

  test.each([
    [[], 'EmptyBatchRequestException', "The batch request doesn't contain any entries."],
    [
      Array.from({ length: 11 }, (_, index) => ({ Id: `${index}`, Message: 'x' })),
      'TooManyEntriesInBatchRequestException',
      'The batch request contains more entries than permissible.',
    ],
    [
      [{ Id: 'a b', Message: 'x' }],
      'InvalidBatchEntryIdException',
      "The Id of a batch entry in a batch request doesn't abide by the specification.",
    ],
    [
      [1, 2].map(() => ({ Id: 'a', Message: 'x' })),
      'BatchEntryIdsNotDistinctException',
      'Two or more batch entries in the request have the same Id.',
    ],
    [
      [1, 2].map((n) => ({ Id: `${n}`, Message: 'x'.repeat(140_000) })),
      'BatchRequestTooLongException',
      'The length of all the batch messages put together is more than the limit.',
    ],
  ])('a batch that is wrong as a whole %#', async (entries, code, message) => {
    await using aws = await startSns();
    const { arn: TopicArn } = await aTopic(aws);
    const input = { TopicArn, PublishBatchRequestEntries: entries };
    expect(await aws.fails('sns', 'PublishBatch', input)).toMatchObject({ code, message });
  });
});

describe('limits', () => {
  test('256 KiB are accepted, attributes counted, and one byte more is not', async () => {
    await using aws = await startSns();
    const { arn: TopicArn, publish } = await aTopic(aws);
    await publish('x'.repeat(262_144));
    await publish('é'.repeat(131_072));
    const MessageAttributes = { abc: text('de') };
    await publish('x'.repeat(262_144 - 11), { MessageAttributes });
    for (const input of [
      { Message: 'x'.repeat(262_145) },
      { Message: 'x'.repeat(262_144 - 10), MessageAttributes },
    ]) {
      const refused = await aws.fails('sns', 'Publish', { TopicArn, ...input });
      expect(refused.message).toBe('Invalid parameter: Message too long');
    }
  });

  test('MaximumMessageSize moves the limit of its topic, up to 1 MiB', async () => {
    await using aws = await startSns();
    const { topic, queue } = await aTopicAndQueue(aws, RAW);
    await topic.set('MaximumMessageSize', '1048576');
    await topic.publish('x'.repeat(1_048_576));
    expect((await queue.bodies())[0]).toHaveLength(1_048_576);
    await topic.set('MaximumMessageSize', '1024');
    const input = { TopicArn: topic.arn, Message: 'x'.repeat(1025) };
    const refused = await aws.fails('sns', 'Publish', input);
    expect(refused.message).toBe('Invalid parameter: Message too long');
  });

  test('a subject has fewer than 100 characters', async () => {
    await using aws = await startSns();
    const { arn: TopicArn, publish } = await aTopic(aws);
    await publish('hello', { Subject: 'x'.repeat(99) });
    const input = { TopicArn, Message: 'hello', Subject: 'x'.repeat(100) };
    expect((await aws.fails('sns', 'Publish', input)).message).toBe('Invalid parameter: Subject');
  });
});
