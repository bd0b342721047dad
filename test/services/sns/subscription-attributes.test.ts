import { describe, expect, test } from 'vitest';
import type { Suite } from '../../sdk/suite.ts';
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

const set = (aws: Suite, SubscriptionArn: string, AttributeName: string, AttributeValue: string) =>
  aws.call('sns', 'SetSubscriptionAttributes', { SubscriptionArn, AttributeName, AttributeValue });

async function attributesOf(aws: Suite, SubscriptionArn: string) {
  const answer = await aws.call('sns', 'GetSubscriptionAttributes', { SubscriptionArn });
  return answer.Attributes ?? {};
}

const retry = (changes: object = {}) => ({
  minDelayTarget: 1,
  maxDelayTarget: 60,
  numRetries: 50,
  numMaxDelayRetries: 35,
  numNoDelayRetries: 3,
  numMinDelayRetries: 2,
  backoffFunction: 'exponential',
  ...changes,
});

describe('answers', () => {
  test('a subscription shows what it is', async () => {
    await using aws = await startSns();
    const { topic, queue, subscription } = await aTopicAndQueue(aws);
    expect(await attributesOf(aws, subscription)).toEqual({
      SubscriptionArn: subscription,
      TopicArn: topic.arn,
      Protocol: 'sqs',
      Endpoint: queue.arn,
      Owner: aws.account,
      SubscriptionPrincipal: `arn:aws:iam::${aws.account}:root`,
      PendingConfirmation: 'false',
      ConfirmationWasAuthenticated: 'true',
      RawMessageDelivery: 'false',
    });
  });

  test('a filter policy brings its scope, and an empty one takes it away', async () => {
    await using aws = await startSns();
    const { topic, queue, subscription } = await aTopicAndQueue(aws, RAW);
    await set(aws, subscription, 'FilterPolicy', '{"a":["b"]}');
    expect(await attributesOf(aws, subscription)).toMatchObject({
      FilterPolicy: '{"a":["b"]}',
      FilterPolicyScope: 'MessageAttributes',
    });
    await topic.publish('unwanted');
    await set(aws, subscription, 'FilterPolicy', '{}');
    expect(await attributesOf(aws, subscription)).not.toHaveProperty('FilterPolicy');
    await topic.publish('wanted');
    expect(await queue.bodies()).toEqual(['wanted']);
  });

  test('raw delivery is switched on and off for messages to come', async () => {
    await using aws = await startSns();
    const { topic, queue, subscription } = await aTopicAndQueue(aws);
    await set(aws, subscription, 'RawMessageDelivery', 'TRUE');
    await topic.publish('raw');
    expect(await queue.bodies()).toEqual(['raw']);
    await set(aws, subscription, 'RawMessageDelivery', 'false');
    await topic.publish('wrapped');
    expect((await envelopeIn(queue)).Message).toBe('wrapped');
  });

  test('a delivery policy goes before the topic, unless the topic forbids it', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    await using endpoint = await anEndpoint();
    const arn = await confirmed(aws, topic, endpoint);
    const effective = async () =>
      JSON.parse((await attributesOf(aws, arn)).EffectiveDeliveryPolicy ?? '');
    expect(await effective()).toMatchObject({
      healthyRetryPolicy: { numRetries: 3, minDelayTarget: 20 },
      throttlePolicy: null,
      sicklyRetryPolicy: null,
      guaranteed: false,
    });
    const policy = { healthyRetryPolicy: retry(), throttlePolicy: { maxReceivesPerSecond: 10 } };
    await set(aws, arn, 'DeliveryPolicy', JSON.stringify(policy));
    expect(await effective()).toMatchObject(policy);
    const http = {
      defaultHealthyRetryPolicy: retry({ numRetries: 60 }),
      disableSubscriptionOverrides: true,
    };
    await topic.set('DeliveryPolicy', JSON.stringify({ http }));
    expect(await effective()).toMatchObject({ healthyRetryPolicy: { numRetries: 60 } });
  });

  test('a redrive policy is kept and taken away', async () => {
    await using aws = await startSns();
    const { subscription } = await aTopicAndQueue(aws);
    const dead = await aQueue(aws, 'dead');
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn });
    await set(aws, subscription, 'RedrivePolicy', RedrivePolicy);
    expect(await attributesOf(aws, subscription)).toMatchObject({ RedrivePolicy });
    await set(aws, subscription, 'RedrivePolicy', '');
    expect(await attributesOf(aws, subscription)).not.toHaveProperty('RedrivePolicy');
  });

  test('a password in a URL is shown to nobody', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    const arn = await topic.subscribe('https', 'https://me:secret@nobody.invalid/');
    expect((await attributesOf(aws, arn)).Endpoint).toBe('https://me:****@nobody.invalid/');
  });
});

describe('refusals', () => {
  const choice = 'Please use either MessageBody or MessageAttributes';
  test.each([
    ['Colour', 'red', 'AttributeName'],
    [
      'RawMessageDelivery',
      'yes',
      'RawMessageDelivery: Invalid value [yes]. Must be true or false.',
    ],
    ['FilterPolicyScope', 'Body', `FilterPolicyScope: Invalid value [Body]. ${choice}`],
    [
      'FilterPolicy',
      '{"a":{"b":["c"]}}',
      'Filter policy scope MessageAttributes does not support nested filter policy',
    ],
    [
      'FilterPolicy',
      '{"a":["1"],"b":["1"],"c":["1"],"d":["1"],"e":["1"],"f":["1"]}',
      'FilterPolicy: Filter policy can not have more than 5 keys',
    ],
    ['ReplayPolicy', '{}x', 'AttributeName'],
    ['DeliveryPolicy', '{"x":1}', 'Delivery protocol [sqs] does not support delivery policies.'],
    ['RedrivePolicy', '{', 'RedrivePolicy: failed to parse JSON.'],
    [
      'RedrivePolicy',
      '{"deadLetterTargetArn":"x"}',
      'RedrivePolicy: deadLetterTargetArn is an invalid arn',
    ],
    [
      'RedrivePolicy',
      '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":5}',
      'RedrivePolicy: invalid JSON. Attribute maxReceiveCount is unknown.',
    ],
    [
      'RedrivePolicy',
      '{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:000000000000:dead"}',
      'RedrivePolicy: deadLetterTargetArn must be in the account and region of the topic',
    ],
  ])('%s set to %s', async (AttributeName, AttributeValue, reason) => {
    await using aws = await startSns();
    const { topic, subscription: SubscriptionArn } = await aTopicAndQueue(aws);
    const change = { SubscriptionArn, AttributeName, AttributeValue };
    const refused = await aws.fails('sns', 'SetSubscriptionAttributes', change);
    expect(refused.message).toBe(`Invalid parameter: ${reason}`);
    const { arn: Endpoint } = await aQueue(aws, 'other');
    const made = await aws.fails('sns', 'Subscribe', {
      TopicArn: topic.arn,
      Protocol: 'sqs',
      Endpoint,
      Attributes: { [AttributeName]: AttributeValue },
    });
    const unknown = `Unknown attribute ${AttributeName}`;
    const why = AttributeName === 'Colour' ? unknown : reason;
    expect(made.message).toBe(`Invalid parameter: Attributes Reason: ${why}`);
  });

  test('a filter policy that is not in the language says where it goes wrong', async () => {
    await using aws = await startSns();
    const { subscription: SubscriptionArn } = await aTopicAndQueue(aws);
    const fail = async (AttributeValue: string) => {
      const change = { SubscriptionArn, AttributeName: 'FilterPolicy', AttributeValue };
      return (await aws.fails('sns', 'SetSubscriptionAttributes', change)).message;
    };
    const start = 'Invalid parameter: FilterPolicy: ';
    expect(await fail('{"a":[]}')).toMatch(`${start}Empty arrays are not allowed\n at [Source:`);
    expect(await fail('{"a":"b"}')).toMatch(`${start}"a" must be an object or an array`);
    expect(await fail('{"a":[{"anything-but":{"suffix":"x"}}]}')).toMatch(
      `${start}Unsupported anything-but pattern: suffix`,
    );
    expect(await fail('{"a":[{"numeric":["<",3,">",1]}]}')).toMatch(
      `${start}Too many elements in numeric expression`,
    );
    expect(await fail('{"a":[{"numeric":[">",3,"<",1]}]}')).toMatch(
      `${start}Bottom must be less than top`,
    );
  });

  test('a scope that the policy does not fit', async () => {
    await using aws = await startSns();
    const nested = { FilterPolicyScope: 'MessageBody', FilterPolicy: '{"a":{"b":["c"]}}' };
    const { subscription: SubscriptionArn } = await aTopicAndQueue(aws, nested);
    const refused = await aws.fails('sns', 'SetSubscriptionAttributes', {
      SubscriptionArn,
      AttributeName: 'FilterPolicyScope',
      AttributeValue: 'MessageAttributes',
    });
    expect(refused.message).toBe(
      'Invalid parameter: Filter policy scope MessageAttributes does not support nested filter ' +
        'policy',
    );
  });

  test.each([
    [{ minDelayTarget: undefined }, 'minDelayTarget must be specified'],
    [{ numRetries: undefined }, 'numRetries must be specified'],
    [{ minDelayTarget: 0 }, 'minDelayTarget must be greater than or equal to 1'],
    [{ maxDelayTarget: 3601 }, 'maxDelayTarget must be less than or equal to 3600'],
    [{ minDelayTarget: 61 }, 'maxDelayTarget must be greater than or equal to minDelayTarget'],
    [{ numRetries: 101 }, 'numRetries must be less than or equal to 100'],
    [
      { numRetries: 39 },
      'numRetries must be greater than or equal to total of numMinDelayRetries, ' +
        'numNoDelayRetries and numMaxDelayRetries',
    ],
    [{ numNoDelayRetries: 1.5 }, 'numNoDelayRetries must be an integer'],
    [
      { backoffFunction: 'quadratic' },
      'backoffFunction must be one of: linear, arithmetic, geometric, exponential',
    ],
  ])('a retry policy with %j', async (changes, reason) => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    const SubscriptionArn = await topic.subscribe('http', 'http://nobody.invalid/');
    const refused = await aws.fails('sns', 'SetSubscriptionAttributes', {
      SubscriptionArn,
      AttributeName: 'DeliveryPolicy',
      AttributeValue: JSON.stringify({ healthyRetryPolicy: retry(changes) }),
    });
    expect(refused.message).toBe(`Invalid parameter: DeliveryPolicy: healthyRetryPolicy.${reason}`);
  });

  test('raw delivery where there is nothing to unwrap, even if it is off', async () => {
    await using aws = await startSns();
    const { arn: TopicArn } = await aTopic(aws);
    const refused = await aws.fails('sns', 'Subscribe', {
      TopicArn,
      Protocol: 'sms',
      Endpoint: '+15550100',
      Attributes: { RawMessageDelivery: 'false' },
    });
    expect(refused.message).toBe(
      'Invalid parameter: Attributes Reason: Delivery protocol [sms] does not support raw ' +
        'message delivery.',
    );
  });

  test('a dead-letter queue of the other kind', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws, 'news.fifo');
    const queue = await aQueue(aws, 'inbox.fifo');
    const SubscriptionArn = await topic.subscribe('sqs', queue.arn);
    const set = { SubscriptionArn, AttributeName: 'RedrivePolicy' };
    const deadLetterTargetArn = `arn:aws:sqs:us-east-1:${aws.account}:dead`;
    const AttributeValue = JSON.stringify({ deadLetterTargetArn });
    const refused = await aws.fails('sns', 'SetSubscriptionAttributes', { ...set, AttributeValue });
    expect(refused.message).toBe(
      'Invalid parameter: RedrivePolicy: must use a FIFO queue as DLQ for a FIFO topic',
    );
    const fifo = await aTopicAndQueue(aws);
    const other = await aws.fails('sns', 'SetSubscriptionAttributes', {
      SubscriptionArn: fifo.subscription,
      AttributeName: 'RedrivePolicy',
      AttributeValue: JSON.stringify({ deadLetterTargetArn: `${deadLetterTargetArn}.fifo` }),
    });
    expect(other.message).toMatch('must use a standard queue');
  });

  test('a subscription that does not exist', async () => {
    await using aws = await startSns();
    const { arn } = await aTopic(aws);
    const SubscriptionArn = `${arn}:01234567-89ab-4def-8123-456789abcdef`;
    const refused = await aws.fails('sns', 'GetSubscriptionAttributes', { SubscriptionArn });
    expect(refused).toMatchObject({
      code: 'NotFoundException',
      message: 'Subscription does not exist',
      status: 404,
    });
  });
});

describe('limits', () => {
  test('a filter policy stands for 150 combinations', async () => {
    await using aws = await startSns();
    const { subscription } = await aTopicAndQueue(aws);
    const values = (count: number) => Array.from({ length: count }, (_, index) => `v${index}`);
    const policy = (b: number) => JSON.stringify({ a: values(10), b: values(b), c: ['x'] });
    await set(aws, subscription, 'FilterPolicy', policy(15));
    const refused = await aws.fails('sns', 'SetSubscriptionAttributes', {
      SubscriptionArn: subscription,
      AttributeName: 'FilterPolicy',
      AttributeValue: policy(16),
    });
    expect(refused.message).toBe('Invalid parameter: FilterPolicy: Filter policy is too complex');
  });
});
