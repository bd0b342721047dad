import { describe, expect, test } from 'vitest';
import type { Suite } from '../../sdk/suite.ts';
import { anEndpoint, aQueue, aTopic, aTopicAndQueue, RAW, startSns } from './a-topic.ts';

const create = (aws: Suite, input: object) =>
  aws.fails('sns', 'CreateTopic', { Name: 'news', ...input });

const HTTP_DEFAULT = {
  minDelayTarget: 20,
  maxDelayTarget: 20,
  numRetries: 3,
  numMaxDelayRetries: 0,
  numNoDelayRetries: 0,
  numMinDelayRetries: 0,
  backoffFunction: 'linear',
};

describe('answers', () => {
  test('a new topic has an ARN, an owner and the defaults', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    expect(topic.arn).toBe(`arn:aws:sns:${aws.region}:${aws.account}:news`);
    const { Policy = '', EffectiveDeliveryPolicy = '', ...others } = await topic.attributes();
    expect(others).toEqual({
      TopicArn: topic.arn,
      Owner: aws.account,
      DisplayName: '',
      SubscriptionsConfirmed: '0',
      SubscriptionsPending: '0',
      SubscriptionsDeleted: '0',
    });
    expect(JSON.parse(Policy)).toMatchObject({
      Id: '__default_policy_ID',
      Statement: [
        {
          Sid: '__default_statement_ID',
          Resource: topic.arn,
          Condition: { StringEquals: { 'AWS:SourceOwner': aws.account } },
        },
      ],
    });
    expect(JSON.parse(EffectiveDeliveryPolicy)).toEqual({
      http: {
        defaultHealthyRetryPolicy: HTTP_DEFAULT,
        disableSubscriptionOverrides: false,
        defaultRequestPolicy: { headerContentType: 'text/plain; charset=UTF-8' },
      },
    });
  });

  test('a FIFO topic says that it is one', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws, 'news.fifo');
    expect(await topic.attributes()).toMatchObject({
      FifoTopic: 'true',
      ContentBasedDeduplication: 'false',
      FifoThroughputScope: 'Topic',
    });
  });

  test('attributes that are set are shown', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws, 'news', { DisplayName: 'News', SignatureVersion: '2' });
    const attributes = {
      TracingConfig: 'Active',
      KmsMasterKeyId: 'alias/mine',
      MaximumMessageSize: '1048576',
      LambdaSuccessFeedbackRoleArn: 'arn:aws:iam::1:role/feedback',
      LambdaSuccessFeedbackSampleRate: '10',
      SQSFailureFeedbackRoleArn: 'arn:aws:iam::1:role/feedback',
    };
    for (const [name, value] of Object.entries(attributes)) await topic.set(name, value);
    expect(await topic.attributes()).toMatchObject({
      ...attributes,
      DisplayName: 'News',
      SignatureVersion: '2',
    });
  });

  test('a delivery policy shows in the effective one', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    const retry = { ...HTTP_DEFAULT, numRetries: 9, backoffFunction: 'exponential' };
    const policy = {
      http: {
        defaultHealthyRetryPolicy: retry,
        disableSubscriptionOverrides: true,
        defaultThrottlePolicy: { maxReceivesPerSecond: 5 },
        defaultRequestPolicy: { headerContentType: 'application/json' },
      },
    };
    await topic.set('DeliveryPolicy', JSON.stringify(policy));
    const { DeliveryPolicy = '', EffectiveDeliveryPolicy = '' } = await topic.attributes();
    expect(JSON.parse(DeliveryPolicy)).toEqual(policy);
    expect(JSON.parse(EffectiveDeliveryPolicy)).toEqual(policy);
    await topic.set('DeliveryPolicy', '');
    expect(await topic.attributes()).not.toHaveProperty('DeliveryPolicy');
  });

  test('creating a topic again gives the same one', async () => {
    await using aws = await startSns();
    const attributes = { DisplayName: 'News', SignatureVersion: '1' };
    const topic = await aTopic(aws, 'news', attributes);
    expect((await aTopic(aws, 'news', attributes)).arn).toBe(topic.arn);
    expect((await aTopic(aws)).arn).toBe(topic.arn);
    const Tags = [{ Key: 'a', Value: 'b' }];
    const { arn } = await aTopic(aws, 'tagged');
    await aws.call('sns', 'TagResource', { ResourceArn: arn, Tags });
    expect(await aws.call('sns', 'CreateTopic', { Name: 'tagged', Tags })).toEqual({
      TopicArn: arn,
    });
  });

  test('a deleted topic is gone with its subscriptions; deleting again is no error', async () => {
    await using aws = await startSns();
    const { topic, queue, subscription } = await aTopicAndQueue(aws);
    await aws.call('sns', 'DeleteTopic', { TopicArn: topic.arn });
    await aws.call('sns', 'DeleteTopic', { TopicArn: topic.arn });
    expect(await aws.call('sns', 'ListTopics', {})).toEqual({ Topics: [] });
    expect((await aws.call('sns', 'ListSubscriptions', {})).Subscriptions).toEqual([]);
    const SubscriptionArn = subscription;
    const gone = await aws.fails('sns', 'GetSubscriptionAttributes', { SubscriptionArn });
    expect(gone.code).toBe('NotFoundException');
    await (await aTopic(aws)).publish('hello');
    expect(await queue.bodies()).toEqual([]);
  });

  test('counts of subscriptions follow what happens to them', async () => {
    await using aws = await startSns();
    const { topic, subscription } = await aTopicAndQueue(aws);
    await using endpoint = await anEndpoint();
    await topic.subscribe('http', endpoint.url);
    const counts = async () => {
      const { SubscriptionsConfirmed, SubscriptionsPending, SubscriptionsDeleted } =
        await topic.attributes();
      return [SubscriptionsConfirmed, SubscriptionsPending, SubscriptionsDeleted].join(' ');
    };
    expect(await counts()).toBe('1 1 0');
    await aws.call('sns', 'Unsubscribe', { SubscriptionArn: subscription });
    expect(await counts()).toBe('0 1 1');
    await aws.settled();
    await aws.clock.advance('3d');
    expect(await counts()).toBe('0 0 0');
  });

  test('topics are listed in pages of 100', async () => {
    await using aws = await startSns();
    const names = Array.from({ length: 103 }, (_, index) => `t-${String(index).padStart(3, '0')}`);
    for (const Name of names) await aws.call('sns', 'CreateTopic', { Name });
    const first = await aws.call('sns', 'ListTopics', {});
    const { NextToken } = first;
    expect(first.Topics).toHaveLength(100);
    const second = await aws.call('sns', 'ListTopics', { NextToken });
    expect(second.NextToken).toBeUndefined();
    const listed = [...(first.Topics ?? []), ...(second.Topics ?? [])];
    expect(listed.map(({ TopicArn }) => TopicArn?.split(':').at(-1))).toEqual(names);
    const wrong = await aws.fails('sns', 'ListTopics', { NextToken: 'nonsense' });
    expect(wrong.message).toBe('Invalid parameter: NextToken');
  });

  test('accounts and Regions do not see each other', async () => {
    await using aws = await startSns();
    await aTopic(aws);
    const other = aws.as({ account: '222222222222' });
    expect(await other.call('sns', 'ListTopics', {})).toEqual({ Topics: [] });
    const abroad = aws.as({ region: 'eu-west-1' });
    expect(await abroad.call('sns', 'ListTopics', {})).toEqual({ Topics: [] });
    expect((await aTopic(abroad)).arn).toContain(':eu-west-1:');
  });
});

describe('refusals', () => {
  test.each([
    [{ Name: 'a b' }, 'Topic Name'],
    [{ Name: '' }, 'Topic Name'],
    [{ Name: 'news.fifo' }, 'Topic Name'],
    [{ Attributes: { Colour: 'red' } }, 'Attributes Reason: Unknown attribute Colour'],
    [{ Attributes: { SignatureVersion: '3' } }, 'Attributes Reason: SignatureVersion'],
    [{ Attributes: { TracingConfig: 'Off' } }, 'Attributes Reason: TracingConfig'],
    [{ Attributes: { DisplayName: 'x'.repeat(101) } }, 'Attributes Reason: DisplayName'],
    [{ Attributes: { MaximumMessageSize: '1023' } }, 'Attributes Reason: MaximumMessageSize'],
    [{ Attributes: { MaximumMessageSize: '1048577' } }, 'Attributes Reason: MaximumMessageSize'],
    [{ Attributes: { Policy: '{' } }, 'Attributes Reason: Policy Error: null'],
    [
      {
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'a', Value: '2' },
        ],
      },
      'Duplicated keys are not allowed.',
    ],
    [{ DataProtectionPolicy: 'x' }, 'DataProtectionPolicy'],
  ])('CreateTopic with %j', async (input, reason) => {
    await using aws = await startSns();
    expect(await create(aws, input)).toMatchObject({
      code: 'InvalidParameterException',
      message: `Invalid parameter: ${reason}`,
      status: 400,
    });
  });

  test('a FIFO topic whose name does not end in .fifo', async () => {
    await using aws = await startSns();
    const refused = await create(aws, { Attributes: { FifoTopic: 'true' } });
    expect(refused.message).toBe(
      'Invalid parameter: Fifo Topic names must end with .fifo and must be made up of only ' +
        'uppercase and lowercase ASCII letters, numbers, underscores, and hyphens, and must be ' +
        'between 1 and 256 characters long.',
    );
  });

  test('the same name with other attributes or tags', async () => {
    await using aws = await startSns();
    await aTopic(aws, 'news', { DisplayName: 'News' });
    expect((await create(aws, { Attributes: { DisplayName: 'Other' } })).message).toBe(
      'Invalid parameter: Attributes Reason: Topic already exists with different attributes',
    );
    expect((await create(aws, { Tags: [{ Key: 'a', Value: 'b' }] })).message).toBe(
      'Invalid parameter: Tags Reason: Topic already exists with different tags',
    );
  });

  test.each([
    ['Colour', 'red', 'AttributeName'],
    ['FifoTopic', 'true', 'AttributeName'],
    ['ContentBasedDeduplication', 'true', 'AttributeName'],
    ['ArchivePolicy', '{"MessageRetentionPeriod":"1"}', 'AttributeName'],
    [
      'DeliveryPolicy',
      '{"http":{"defaultHealthyRetryPolicy":{"numRetries":5}}}',
      'DeliveryPolicy: defaultHealthyRetryPolicy.minDelayTarget must be specified',
    ],
  ])('SetTopicAttributes %s of a standard topic to %s', async (name, value, reason) => {
    await using aws = await startSns();
    const { arn: TopicArn } = await aTopic(aws);
    const input = { TopicArn, AttributeName: name, AttributeValue: value };
    const refused = await aws.fails('sns', 'SetTopicAttributes', input);
    expect(refused.message).toBe(`Invalid parameter: ${reason}`);
  });

  test.each(['{', '[]', '{"MessageRetentionPeriod":"0"}', '{"MessageRetentionPeriod":"366"}'])(
    'the ArchivePolicy %s',
    async (policy) => {
      await using aws = await startSns();
      const { arn: TopicArn } = await aTopic(aws, 'news.fifo');
      const input = { TopicArn, AttributeName: 'ArchivePolicy', AttributeValue: policy };
      const refused = await aws.fails('sns', 'SetTopicAttributes', input);
      expect(refused.message).toMatch(/^Invalid parameter: ArchivePolicy/);
    },
  );

  test('a policy that speaks of what is no matter of a topic', async () => {
    await using aws = await startSns();
    const { arn: TopicArn } = await aTopic(aws);
    const statement = { Effect: 'Allow', Principal: '*', Action: 'sns:CreateTopic' };
    const refused = await aws.fails('sns', 'SetTopicAttributes', {
      TopicArn,
      AttributeName: 'Policy',
      AttributeValue: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
    });
    expect(refused.message).toBe(
      'Invalid parameter: Policy statement action out of service scope!',
    );
  });

  test('deleting a topic that has an archive', async () => {
    await using aws = await startSns();
    const policy = { ArchivePolicy: '{"MessageRetentionPeriod":"30"}' };
    const topic = await aTopic(aws, 'news.fifo', policy);
    const refused = await aws.fails('sns', 'DeleteTopic', { TopicArn: topic.arn });
    expect(refused).toMatchObject({
      code: 'InvalidStateException',
      message: 'Invalid state: Cannot delete a topic with an ArchivePolicy',
    });
    await topic.set('ArchivePolicy', '{}');
    expect(await topic.attributes()).not.toHaveProperty('ArchivePolicy');
    await aws.call('sns', 'DeleteTopic', { TopicArn: topic.arn });
  });

  test('MaximumMessageSize above 256 KiB where a subscription cannot take it', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    await topic.subscribe('sms', '+15550100');
    const set = { TopicArn: topic.arn, AttributeName: 'MaximumMessageSize' };
    const AttributeValue = '1048576';
    const refused = await aws.fails('sns', 'SetTopicAttributes', { ...set, AttributeValue });
    expect(refused.message).toBe(
      'Invalid parameter: MaximumMessageSize Reason: the topic has a subscription of sms',
    );
    const large = await aTopic(aws, 'large', { MaximumMessageSize: '1048576' });
    const subscribe = { TopicArn: large.arn, Protocol: 'sms', Endpoint: '+15550100' };
    const other = await aws.fails('sns', 'Subscribe', subscribe);
    expect(other.code).toBe('InvalidParameterException');
    await large.subscribe('sqs', (await aQueue(aws)).arn, RAW);
  });
});

describe('limits', () => {
  test('a name has up to 256 characters', async () => {
    await using aws = await startSns();
    await aTopic(aws, 'x'.repeat(256));
    expect((await create(aws, { Name: 'x'.repeat(257) })).message).toMatch('Topic Name');
    await aTopic(aws, `${'x'.repeat(251)}.fifo`);
  });

  test('there are as many topics as the quotas say', async () => {
    const { quotas } = await import('../../../src/core/quotas.ts');
    const few = quotas('current', { 'sns.topicsPerAccount': 2, 'sns.fifoTopicsPerAccount': 1 });
    await using aws = await startSns({ settings: { quotas: few } });
    await aTopic(aws, 'a');
    await aTopic(aws, 'b');
    expect(await create(aws, { Name: 'c' })).toMatchObject({
      code: 'TopicLimitExceededException',
      status: 403,
    });
    await aTopic(aws, 'a.fifo');
    const fifo = { Name: 'b.fifo', Attributes: { FifoTopic: 'true' } };
    expect((await create(aws, fifo)).code).toBe('TopicLimitExceededException');
    const { arn: TopicArn } = await aTopic(aws, 'b');
    await aws.call('sns', 'DeleteTopic', { TopicArn });
    await aTopic(aws, 'c');
  });
});
