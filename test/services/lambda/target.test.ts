/** Functions as targets of rules and subscriptions: what they get, and who may invoke them. */
import { describe, expect, test } from 'vitest';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { EVERYTHING, openQueue, put, sendsTo } from '../events/receivers.ts';
import { aQueue, aTopic } from '../sns/a-topic.ts';
import { facts, failing, type Watched, watched } from './async-world.ts';

/** Lets a service invoke the function. */
async function allow(aws: Suite, name: string, service: string, more: object = {}) {
  await aws.call('lambda', 'AddPermission', {
    FunctionName: name,
    StatementId: service,
    Action: 'lambda:InvokeFunction',
    Principal: `${service}.amazonaws.com`,
    ...more,
  });
}

/** A function that rules may invoke. */
async function ruled(aws: Suite, name = 'f'): Promise<Watched> {
  const f = await watched(aws, name);
  await allow(aws, name, 'events');
  return f;
}

describe('a rule', () => {
  test('invokes a function with the event', async () => {
    await using aws = await startSuite();
    const f = await ruled(aws);
    await sendsTo(aws, 'r', EVERYTHING, { Arn: f.arn });
    const id = await put(aws, { orderId: 7 });
    await aws.settled();
    expect(f.received).toMatchObject([{ id, source: 'com.shop', detail: { orderId: 7 } }]);
  });

  test.each([
    [{ Input: '{"constant":true}' }, { constant: true }],
    [{ InputPath: '$.detail.orderId' }, 7],
    [
      {
        InputTransformer: {
          InputPathsMap: { id: '$.detail.orderId' },
          InputTemplate: '{"n":<id>}',
        },
      },
      { n: 7 },
    ],
  ])('with the input %j', async (target, expected) => {
    await using aws = await startSuite();
    const f = await ruled(aws);
    await sendsTo(aws, 'r', EVERYTHING, { Arn: f.arn, ...target });
    await put(aws, { orderId: 7 });
    await aws.settled();
    expect(f.received).toEqual([expected]);
  });

  test('may name a version or an alias, which needs a permission of its own', async () => {
    await using aws = await startSuite();
    const f = await watched(aws, 'f');
    const dead = await openQueue(aws, 'dead');
    const { Version = '' } = await aws.call('lambda', 'PublishVersion', { FunctionName: 'f' });
    await aws.call('lambda', 'CreateAlias', {
      FunctionName: 'f',
      Name: 'live',
      FunctionVersion: Version,
    });
    const target = { Arn: `${f.arn}:live`, DeadLetterConfig: { Arn: dead.arn } };
    await sendsTo(aws, 'r', EVERYTHING, target);
    await allow(aws, 'f', 'events');
    await put(aws, {});
    await aws.settled();
    expect(await dead.messages()).toHaveLength(1);
    await allow(aws, 'f', 'events', { Qualifier: 'live' });
    await put(aws, {});
    await aws.settled();
    expect(f.runs.map(({ arn }) => arn)).toEqual([`${f.arn}:live`]);
  });

  test('has done its part when the event is stored; errors are the function’s own', async () => {
    await using aws = await startSuite();
    const dead = await openQueue(aws, 'dead');
    const f = await watched(aws, 'f', failing());
    await allow(aws, 'f', 'events');
    const target = { Arn: f.arn, DeadLetterConfig: { Arn: dead.arn } };
    await sendsTo(aws, 'r', EVERYTHING, target);
    await put(aws, {});
    await aws.settled();
    expect(f.runs).toHaveLength(3);
    expect(await dead.messages()).toEqual([]);
  });

  test('and what it led to stand in one trace', async () => {
    await using aws = await startSuite();
    const f = await ruled(aws);
    const RuleArn = await sendsTo(aws, 'r', EVERYTHING, { Arn: f.arn });
    const id = await put(aws, {});
    await aws.settled();
    const requestId = f.runs[0]?.requestId;
    const told = (await facts(aws)).filter(({ kind }) => kind === 'deliver' || kind === 'invoke');
    expect(told).toMatchObject([
      { kind: 'deliver', id, arn: RuleArn, target: f.arn, produced: requestId },
      { kind: 'invoke', id: requestId, causes: [id] },
    ]);
  });
});

/** What EventBridge writes on a letter about the function `name`. */
async function refusal(aws: Suite, Arn: string) {
  const dead = await openQueue(aws, 'dead');
  await sendsTo(aws, 'r', EVERYTHING, { Arn, DeadLetterConfig: { Arn: dead.arn } });
  await put(aws, {});
  await aws.settled();
  const [letter] = await dead.messages();
  return letter?.MessageAttributes?.ERROR_CODE?.StringValue;
}

describe('a rule is refused', () => {
  test('by a function that is not there', async () => {
    await using aws = await startSuite();
    const arn = `arn:aws:lambda:${aws.region}:${aws.account}:function:nobody`;
    expect(await refusal(aws, arn)).toBe('NO_RESOURCE');
  });

  test('by a function whose policy does not know it', async () => {
    await using aws = await startSuite();
    const f = await watched(aws, 'f');
    expect(await refusal(aws, f.arn)).toBe('NO_PERMISSIONS');
    expect(f.runs).toEqual([]);
  });

  test('by a function whose policy allows another rule', async () => {
    await using aws = await startSuite();
    const f = await watched(aws, 'f');
    const SourceArn = `arn:aws:events:${aws.region}:${aws.account}:rule/other`;
    await allow(aws, 'f', 'events', { SourceArn });
    expect(await refusal(aws, f.arn)).toBe('NO_PERMISSIONS');
  });

  test('but not where policies bind nobody', async () => {
    await using aws = await startSuite({ settings: { enforcePolicies: false } });
    const f = await watched(aws, 'f');
    expect(await refusal(aws, f.arn)).toBeUndefined();
    expect(f.runs).toHaveLength(1);
  });

  test('when it names what is no function', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'PutRule', { Name: 'r', EventPattern: '{"source":["a"]}' });
    const Arn = `arn:aws:lambda:${aws.region}:${aws.account}:layer:l`;
    const refused = await aws.fails('events', 'PutTargets', {
      Rule: 'r',
      Targets: [{ Id: '1', Arn }],
    });
    expect(refused).toMatchObject({
      code: 'ValidationException',
      message: `Parameter ${Arn} is not valid. Reason: Provided Arn is not in correct format.`,
    });
  });
});

/** A topic and a function that it may invoke. */
async function subscribed(aws: Suite, attributes: Readonly<Record<string, string>> = {}) {
  const topic = await aTopic(aws);
  const f = await watched(aws, 'f');
  await allow(aws, 'f', 'sns', { SourceArn: topic.arn });
  const subscription = await topic.subscribe('lambda', f.arn, attributes);
  return { topic, f, subscription };
}

describe('a subscription', () => {
  test('hands the function one record with all members', async () => {
    await using aws = await startSuite();
    const { topic, f, subscription } = await subscribed(aws);
    const { MessageId } = await topic.publish('order 7');
    await aws.settled();
    expect(f.received).toEqual([
      {
        Records: [
          {
            EventSource: 'aws:sns',
            EventVersion: '1.0',
            EventSubscriptionArn: subscription,
            Sns: {
              Type: 'Notification',
              MessageId,
              TopicArn: topic.arn,
              Subject: null,
              Message: 'order 7',
              Timestamp: '2026-01-15T10:00:00.000Z',
              SignatureVersion: '1',
              Signature: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/),
              SigningCertUrl: expect.stringContaining('/SimpleNotificationService-'),
              UnsubscribeUrl: expect.stringContaining(`SubscriptionArn=${subscription}`),
              MessageAttributes: {},
            },
          },
        ],
      },
    ]);
  });

  test('hands over subject and attributes', async () => {
    await using aws = await startSuite();
    const { topic, f } = await subscribed(aws);
    const MessageAttributes = {
      n: { DataType: 'Number', StringValue: '7' },
      raw: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) },
    };
    await topic.publish('order 7', { Subject: 'Orders', MessageAttributes });
    await aws.settled();
    const [event] = f.received as { Records: { Sns: object }[] }[];
    expect(event?.Records[0]?.Sns).toMatchObject({
      Subject: 'Orders',
      MessageAttributes: {
        n: { Type: 'Number', Value: '7' },
        raw: { Type: 'Binary', Value: 'AQI=' },
      },
    });
  });

  test('gets the variant of the message that is for functions', async () => {
    await using aws = await startSuite();
    const { topic, f } = await subscribed(aws);
    const Message = JSON.stringify({ default: 'for all', lambda: 'for functions' });
    await topic.publish(Message, { MessageStructure: 'json' });
    await aws.settled();
    expect(f.received).toMatchObject([{ Records: [{ Sns: { Message: 'for functions' } }] }]);
  });

  test('filters', async () => {
    await using aws = await startSuite();
    const { topic, f } = await subscribed(aws, { FilterPolicy: '{"kind":["order"]}' });
    const kind = (StringValue: string) => ({
      MessageAttributes: { kind: { DataType: 'String', StringValue } },
    });
    await topic.publish('yes', kind('order'));
    await topic.publish('no', kind('parcel'));
    await aws.settled();
    expect(f.received).toMatchObject([{ Records: [{ Sns: { Message: 'yes' } }] }]);
  });

  test('is confirmed at once in its own account, and asked for in another', async () => {
    await using aws = await startSuite();
    const { topic, subscription } = await subscribed(aws);
    expect(subscription).toMatch(`${topic.arn}:`);
    const { SubscriptionArn } = await aws.call('sns', 'Subscribe', {
      TopicArn: topic.arn,
      Protocol: 'lambda',
      Endpoint: `arn:aws:lambda:${aws.region}:111111111111:function:f`,
    });
    expect(SubscriptionArn).toBe('pending confirmation');
  });

  test('that is refused leaves the envelope in its dead-letter queue', async () => {
    await using aws = await startSuite();
    const topic = await aTopic(aws);
    const dead = await aQueue(aws, 'dead');
    const f = await watched(aws, 'f');
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn });
    await topic.subscribe('lambda', f.arn, { RedrivePolicy });
    await topic.publish('order 7');
    await aws.settled();
    expect(f.runs).toEqual([]);
    const [letter = ''] = await dead.bodies();
    expect(JSON.parse(letter)).toMatchObject({ Type: 'Notification', Message: 'order 7' });
  });

  test('takes no raw delivery', async () => {
    await using aws = await startSuite();
    const { topic, f } = await subscribed(aws);
    const refused = await aws.fails('sns', 'Subscribe', {
      TopicArn: topic.arn,
      Protocol: 'lambda',
      Endpoint: `${f.arn}:live`,
      Attributes: { RawMessageDelivery: 'true' },
    });
    expect(refused.message).toContain('Delivery protocol [lambda] does not support raw message');
  });

  test('belongs to no FIFO topic', async () => {
    await using aws = await startSuite();
    const topic = await aTopic(aws, 'news.fifo');
    const f = await watched(aws, 'f');
    const input = { TopicArn: topic.arn, Protocol: 'lambda', Endpoint: f.arn };
    const refused = await aws.fails('sns', 'Subscribe', input);
    expect(refused.message).toBe('Invalid parameter: Invalid protocol type: lambda');
  });
});
