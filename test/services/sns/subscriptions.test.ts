import { describe, expect, test } from 'vitest';
import type { Suite } from '../../sdk/suite.ts';
import {
  anEndpoint,
  aQueue,
  aTopic,
  aTopicAndQueue,
  confirmed,
  get,
  RAW,
  startSns,
} from './a-topic.ts';

async function subscribe(aws: Suite, TopicArn: string, input: object) {
  return aws.call('sns', 'Subscribe', { TopicArn, Protocol: 'http', ...input });
}

async function list(aws: Suite) {
  return (await aws.call('sns', 'ListSubscriptions', {})).Subscriptions ?? [];
}

describe('answers', () => {
  test('a queue of the same account is subscribed at once', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    const queue = await aQueue(aws);
    const input = { Protocol: 'sqs', Endpoint: queue.arn };
    const { SubscriptionArn = '' } = await subscribe(aws, topic.arn, input);
    expect(SubscriptionArn).toMatch(new RegExp(`^${topic.arn}:[0-9a-f-]{36}$`));
    expect(await list(aws)).toEqual([
      {
        SubscriptionArn,
        Owner: aws.account,
        Protocol: 'sqs',
        Endpoint: queue.arn,
        TopicArn: topic.arn,
      },
    ]);
  });

  test('subscribing the same endpoint again is the same subscription', async () => {
    await using aws = await startSns();
    const { topic, queue, subscription } = await aTopicAndQueue(aws, RAW);
    expect(await topic.subscribe('sqs', queue.arn)).toBe(subscription);
    expect(await topic.subscribe('sqs', queue.arn, RAW)).toBe(subscription);
    await topic.publish('hello');
    expect(await queue.bodies()).toEqual(['hello']);
  });

  test('an HTTP endpoint is pending until it is confirmed, and gets nothing before', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    await using endpoint = await anEndpoint();
    const input = { Endpoint: endpoint.url };
    const answer = await subscribe(aws, topic.arn, input);
    expect(answer).toEqual({ SubscriptionArn: 'pending confirmation' });
    const told = await subscribe(aws, topic.arn, { ...input, ReturnSubscriptionArn: true });
    expect(told.SubscriptionArn).toMatch(/:[0-9a-f-]{36}$/);
    expect((await list(aws))[0]?.SubscriptionArn).toBe('PendingConfirmation');
    await topic.publish('too early');
    await aws.settled();
    expect(endpoint.letters('Notification')).toEqual([]);
  });

  test('the confirmation says what is asked, in the words of AWS', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    await using endpoint = await anEndpoint();
    await topic.subscribe('http', `${endpoint.url}path?a=b`);
    await aws.settled();
    const [post] = endpoint.posts;
    const [letter] = endpoint.letters('SubscriptionConfirmation');
    const Token = letter?.Token;
    const action = 'Action=ConfirmSubscription';
    expect(post?.path).toBe('/path?a=b');
    expect(post?.headers).toMatchObject({
      'content-type': 'text/plain; charset=UTF-8',
      'user-agent': 'Amazon Simple Notification Service Agent',
      'x-amz-sns-message-type': 'SubscriptionConfirmation',
      'x-amz-sns-message-id': letter?.MessageId,
      'x-amz-sns-topic-arn': topic.arn,
    });
    expect(letter).toEqual({
      Type: 'SubscriptionConfirmation',
      MessageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      Token: expect.stringMatching(/^[0-9a-f]{208}$/),
      TopicArn: topic.arn,
      Message:
        `You have chosen to subscribe to the topic ${topic.arn}.\n` +
        'To confirm the subscription, visit the SubscribeURL included in this message.',
      SubscribeURL: `${aws.endpoint}/?${action}&TopicArn=${topic.arn}&Token=${Token}`,
      Timestamp: '2026-01-15T10:00:00.000Z',
      SignatureVersion: '1',
      Signature: expect.any(String),
      SigningCertURL: expect.any(String),
    });
  });

  test('visiting SubscribeURL confirms, and UnsubscribeURL ends it', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    await using endpoint = await anEndpoint();
    const arn = await topic.subscribe('http', endpoint.url);
    await aws.settled();
    const visited = await fetch(
      endpoint.letters('SubscriptionConfirmation')[0]?.SubscribeURL ?? '',
    );
    expect(visited.status).toBe(200);
    expect(await visited.text()).toContain(`<SubscriptionArn>${arn}</SubscriptionArn>`);
    await topic.publish('hello');
    await aws.settled();
    const [letter] = endpoint.letters('Notification');
    expect(letter?.Message).toBe('hello');
    expect((await fetch(letter?.UnsubscribeURL ?? '')).status).toBe(200);
    expect(await list(aws)).toEqual([]);
  });

  test('who is unsubscribed is told so, and may come back within two days', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    await using endpoint = await anEndpoint();
    const SubscriptionArn = await confirmed(aws, topic, endpoint, RAW);
    await aws.call('sns', 'Unsubscribe', { SubscriptionArn });
    await aws.settled();
    const [post] = endpoint.posts;
    const [letter] = endpoint.letters('UnsubscribeConfirmation');
    expect(post?.headers['x-amz-sns-subscription-arn']).toBe(SubscriptionArn);
    expect(letter?.Message).toBe(
      `You have chosen to deactivate subscription ${SubscriptionArn}.\n` +
        'To cancel this operation and restore the subscription, visit the SubscribeURL ' +
        'included in this message.',
    );
    await aws.call('sns', 'ConfirmSubscription', {
      TopicArn: topic.arn,
      Token: letter?.Token ?? '',
    });
    const { Attributes } = await aws.call('sns', 'GetSubscriptionAttributes', { SubscriptionArn });
    expect(Attributes).toMatchObject({ RawMessageDelivery: 'true', PendingConfirmation: 'false' });
  });

  test('ending what is not there is no error', async () => {
    await using aws = await startSns();
    const { subscription: SubscriptionArn } = await aTopicAndQueue(aws);
    await aws.call('sns', 'Unsubscribe', { SubscriptionArn });
    await aws.call('sns', 'Unsubscribe', { SubscriptionArn });
    const elsewhere = SubscriptionArn.replace(':news:', ':other:');
    await aws.call('sns', 'Unsubscribe', { SubscriptionArn: elsewhere });
  });

  test('confirming twice is confirming once', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    await using endpoint = await anEndpoint();
    const SubscriptionArn = await topic.subscribe('http', endpoint.url);
    await aws.settled();
    const Token = endpoint.letters('SubscriptionConfirmation')[0]?.Token ?? '';
    const input = { TopicArn: topic.arn, Token };
    const confirm = (more: object = {}) =>
      aws.call('sns', 'ConfirmSubscription', { ...input, ...more });
    expect(await confirm()).toEqual({ SubscriptionArn });
    expect(await confirm({ AuthenticateOnUnsubscribe: 'true' })).toEqual({ SubscriptionArn });
    await aws.clock.advance('2d');
    expect((await list(aws))[0]).toMatchObject({ SubscriptionArn });
    expect((await aws.fails('sns', 'ConfirmSubscription', input)).message).toBe(
      'Invalid parameter: Token',
    );
  });

  test('phones and apps need no confirmation, e-mail does', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    const sms = await subscribe(aws, topic.arn, { Protocol: 'sms', Endpoint: '+15550100' });
    expect(sms.SubscriptionArn).toMatch(/:[0-9a-f-]{36}$/);
    for (const Protocol of ['email', 'email-json']) {
      const mail = await subscribe(aws, topic.arn, { Protocol, Endpoint: 'a@example.com' });
      expect(mail.SubscriptionArn).toBe('pending confirmation');
    }
  });

  test('a queue of another account is asked by a message in it', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    const other = aws.as({ account: '222222222222' });
    const queue = await aQueue(other);
    const input = { Protocol: 'sqs', Endpoint: queue.arn };
    const { SubscriptionArn } = await subscribe(aws, topic.arn, input);
    expect(SubscriptionArn).toBe('pending confirmation');
    const [body = ''] = await queue.bodies();
    const { Token, Type } = JSON.parse(body);
    expect(Type).toBe('SubscriptionConfirmation');
    await aws.call('sns', 'ConfirmSubscription', { TopicArn: topic.arn, Token });
    await topic.publish('hello');
    expect(await queue.bodies()).toHaveLength(1);
  });

  test('the owner of a queue subscribes it to a topic of another account', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    const statement = { Effect: 'Allow', Principal: { AWS: '222222222222' } };
    const Statement = { ...statement, Action: 'sns:Subscribe', Resource: topic.arn };
    await topic.set('Policy', JSON.stringify({ Version: '2012-10-17', Statement }));
    const other = aws.as({ account: '222222222222' });
    const queue = await aQueue(other);
    const input = { Protocol: 'sqs', Endpoint: queue.arn };
    const { SubscriptionArn } = await subscribe(other, topic.arn, input);
    expect(SubscriptionArn).toContain(topic.arn);
    expect(await list(aws)).toEqual([]);
    expect(await list(other)).toMatchObject([{ SubscriptionArn, Owner: '222222222222' }]);
    await other.call('sns', 'Unsubscribe', { SubscriptionArn: SubscriptionArn ?? '' });
    expect(await list(other)).toEqual([]);
  });

  test('subscriptions of one topic are listed in pages of 100', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    for (let number = 100; number < 203; number += 1) {
      await topic.subscribe('sms', `+15550${number}`);
    }
    await (await aTopic(aws, 'other')).subscribe('sms', '+15550100');
    const seen = new Set<string>();
    let NextToken: string | undefined;
    const sizes: number[] = [];
    do {
      const input = { TopicArn: topic.arn, ...(NextToken && { NextToken }) };
      const page = await aws.call('sns', 'ListSubscriptionsByTopic', input);
      for (const { Endpoint } of page.Subscriptions ?? []) seen.add(Endpoint ?? '');
      sizes.push(page.Subscriptions?.length ?? 0);
      NextToken = page.NextToken;
    } while (NextToken);
    expect(sizes).toEqual([100, 3]);
    expect(seen.size).toBe(103);
    const all = await aws.call('sns', 'ListSubscriptions', {});
    expect(all.Subscriptions).toHaveLength(100);
    const rest = await aws.call('sns', 'ListSubscriptions', { NextToken: all.NextToken ?? '' });
    expect(rest.Subscriptions).toHaveLength(4);
  });

  test('the token of a pending subscription can be looked up', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    const arn = await topic.subscribe('email', 'a@example.com');
    const path = `/_aws/sns/subscription-tokens/${arn}`;
    const found = (await get(aws, path)).json();
    expect(found).toEqual({
      subscription_token: expect.stringMatching(/^[0-9a-f]{208}$/),
      subscription_arn: arn,
    });
    const Token = found.subscription_token;
    await aws.call('sns', 'ConfirmSubscription', { TopicArn: topic.arn, Token });
    expect((await get(aws, path)).status).toBe(404);
    expect((await get(aws, path.replaceAll(':', '%3A'))).status).toBe(404);
    expect((await get(aws, '/_aws/sns/subscription-tokens/%ff')).status).toBe(400);
  });
});

describe('refusals', () => {
  const unsupported = 'Amazon SNS does not support this protocol string: fax';
  test.each([
    ['fax', 'x', `Invalid parameter: ${unsupported}`],
    [
      'http',
      'https://example.com/',
      'Invalid parameter: Endpoint must match the specified protocol',
    ],
    ['https', 'nonsense', 'Invalid parameter: Endpoint must match the specified protocol'],
    ['email', 'nobody', 'Invalid parameter: Email address'],
    ['sms', '12', 'Invalid SMS endpoint: 12'],
    ['sqs', 'http://localhost/queue', 'Invalid parameter: SQS endpoint ARN'],
    [
      'sqs',
      'arn:aws:sqs:us-east-1:000000000000:inbox.fifo',
      'Invalid parameter: Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be ' +
        'subscribed to standard SNS topics',
    ],
    [
      'application',
      'arn:aws:sns:us-east-1:000000000000:endpoint/GCM/a/b',
      'Invalid parameter: Endpoint Reason: Endpoint does not exist for endpoint ' +
        'arn:aws:sns:us-east-1:000000000000:endpoint/GCM/a/b',
    ],
    [
      'lambda',
      'arn:aws:lambda:us-east-1:000000000000:layer:l',
      'Invalid parameter: Lambda endpoint ARN',
    ],
    [
      'firehose',
      'arn:aws:firehose:us-east-1:000000000000:deliverystream/s',
      'Invalid parameter: Protocol Reason: millrace has not built delivery to firehose yet',
    ],
  ])('the protocol %s with the endpoint %s', async (Protocol, Endpoint, message) => {
    await using aws = await startSns();
    const { arn: TopicArn } = await aTopic(aws);
    const refused = await aws.fails('sns', 'Subscribe', { TopicArn, Protocol, Endpoint });
    expect(refused).toMatchObject({ code: 'InvalidParameterException', message });
  });

  test('anything but a queue on a FIFO topic', async () => {
    await using aws = await startSns();
    const { arn: TopicArn } = await aTopic(aws, 'news.fifo');
    const input = { TopicArn, Protocol: 'sms', Endpoint: '+15550100' };
    const refused = await aws.fails('sns', 'Subscribe', input);
    expect(refused.message).toBe('Invalid parameter: Invalid protocol type: sms');
  });

  test('the same endpoint with other attributes', async () => {
    await using aws = await startSns();
    const { topic, queue } = await aTopicAndQueue(aws);
    const input = { TopicArn: topic.arn, Protocol: 'sqs', Endpoint: queue.arn, Attributes: RAW };
    const refused = await aws.fails('sns', 'Subscribe', input);
    expect(refused.message).toBe(
      'Invalid parameter: Attributes Reason: Subscription already exists with different attributes',
    );
  });

  test('a token that is wrong or two days old', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    await using endpoint = await anEndpoint();
    const { arn: TopicArn } = topic;
    const confirm = (Token: string) => aws.fails('sns', 'ConfirmSubscription', { TopicArn, Token });
    const refusal = { code: 'InvalidParameterException', message: 'Invalid parameter: Token' };

    await topic.subscribe('http', endpoint.url);
    await aws.settled();
    const Token = endpoint.letters('SubscriptionConfirmation')[0]?.Token ?? '';
    const last = Token.endsWith('0') ? '1' : '0';
    expect(await confirm('nonsense')).toMatchObject(refusal);
    expect(await confirm(Token.slice(0, -1) + last)).toMatchObject(refusal);
    await aws.call('sns', 'ConfirmSubscription', { TopicArn, Token });

    await topic.subscribe('http', `${endpoint.url}late`);
    await aws.settled();
    const late = endpoint.letters('SubscriptionConfirmation')[1]?.Token ?? '';
    await aws.clock.advance('2d');
    expect(await confirm(late)).toMatchObject(refusal);
    expect(await list(aws)).toHaveLength(1);
  });

  test('subscribing once more makes the earlier token worthless', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    await using endpoint = await anEndpoint();
    await topic.subscribe('http', endpoint.url);
    await aws.clock.advance('1d');
    await topic.subscribe('http', endpoint.url);
    await aws.settled();
    const [first = '', second = ''] = endpoint
      .letters('SubscriptionConfirmation')
      .map(({ Token = '' }) => Token);
    const { arn: TopicArn } = topic;
    await aws.fails('sns', 'ConfirmSubscription', { TopicArn, Token: first });
    await aws.clock.advance('36h');
    await aws.call('sns', 'ConfirmSubscription', { TopicArn, Token: second });
  });

  test('what is no subscription', async () => {
    await using aws = await startSns();
    const { arn } = await aTopic(aws);
    const end = (SubscriptionArn: string) => aws.fails('sns', 'Unsubscribe', { SubscriptionArn });
    expect((await end('pending confirmation')).message).toBe(
      'Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not 1',
    );
    expect((await end(arn)).message).toBe('Invalid parameter: SubscriptionArn');
  });

  test('another account has no say, unless the policy lets it', async () => {
    await using aws = await startSns();
    const { topic, subscription: SubscriptionArn } = await aTopicAndQueue(aws);
    const other = aws.as({ account: '222222222222' });
    const TopicArn = topic.arn;
    const refused = await other.fails('sns', 'ListSubscriptionsByTopic', { TopicArn });
    expect(refused).toMatchObject({
      code: 'AuthorizationErrorException',
      status: 403,
      message:
        'User: arn:aws:iam::222222222222:root is not authorized to perform: ' +
        `SNS:ListSubscriptionsByTopic on resource: ${topic.arn} because no resource-based ` +
        'policy allows the SNS:ListSubscriptionsByTopic action',
    });
    const input = { TopicArn, Protocol: 'sms', Endpoint: '+15550100' };
    expect((await other.fails('sns', 'Subscribe', input)).status).toBe(403);
    for (const operation of ['Unsubscribe', 'GetSubscriptionAttributes'] as const) {
      expect((await other.fails('sns', operation, { SubscriptionArn })).status).toBe(403);
    }
  });
});
