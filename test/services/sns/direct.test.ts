import { describe, expect, test } from 'vitest';
import type { Suite } from '../../sdk/suite.ts';
import { aTopic, get, startSns } from './a-topic.ts';

const text = (StringValue: string) => ({ DataType: 'String', StringValue });

async function aDevice(aws: Suite, Platform = 'GCM') {
  const { PlatformApplicationArn = '' } = await aws.call('sns', 'CreatePlatformApplication', {
    Name: 'app',
    Platform,
    Attributes: { PlatformCredential: 'secret' },
  });
  const device = { PlatformApplicationArn, Token: 'token' };
  const { EndpointArn = '' } = await aws.call('sns', 'CreatePlatformEndpoint', device);
  return { PlatformApplicationArn, EndpointArn };
}

const outbox = async (aws: Suite, query = '') =>
  (await get(aws, `/_millrace/v1/sns/outbox${query}`)).json().messages;

describe('answers', () => {
  test('an SMS ends in the outbox, where LocalStack has it too', async () => {
    await using aws = await startSns();
    const PhoneNumber = '+15550100';
    const { MessageId } = await aws.call('sns', 'Publish', { PhoneNumber, Message: 'hello' });
    expect(await outbox(aws)).toEqual([
      {
        protocol: 'sms',
        endpoint: PhoneNumber,
        messageId: MessageId,
        message: 'hello',
        atMs: aws.clock.now(),
        position: 1,
      },
    ]);
    expect((await get(aws, '/_aws/sns/sms-messages')).json()).toEqual({
      sms_messages: {
        [PhoneNumber]: [
          {
            PhoneNumber,
            TopicArn: null,
            SubscriptionArn: null,
            MessageId,
            Message: 'hello',
            MessageAttributes: null,
            MessageStructure: null,
            Subject: null,
          },
        ],
      },
      region: aws.region,
    });
  });

  test('push to a device takes the text for its platform', async () => {
    await using aws = await startSns();
    const { EndpointArn } = await aDevice(aws);
    const Message = JSON.stringify({ default: 'plain', GCM: '{"data":1}', APNS: '{}' });
    await aws.call('sns', 'Publish', { TargetArn: EndpointArn, Message, MessageStructure: 'json' });
    await aws.call('sns', 'Publish', { TargetArn: EndpointArn, Message: 'hello' });
    const path = `/_aws/sns/platform-endpoint-messages?endpointArn=${EndpointArn}`;
    const found = (await get(aws, path)).json().platform_endpoint_messages[EndpointArn];
    expect(found).toMatchObject([
      { TargetArn: EndpointArn, Message: '{"data":1}', MessageStructure: 'json' },
      { TargetArn: EndpointArn, Message: 'hello', MessageStructure: null },
    ]);
  });

  test('mail, phones and apps get what their topic gets', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    const { EndpointArn } = await aDevice(aws, 'APNS');
    const sms = await topic.subscribe('sms', '+15550100');
    await topic.subscribe('application', EndpointArn);
    for (const protocol of ['email', 'email-json']) {
      const arn = await topic.subscribe(protocol, 'a@example.com');
      const path = `/_aws/sns/subscription-tokens/${encodeURIComponent(arn)}`;
      const { subscription_token: Token } = (await get(aws, path)).json();
      await aws.call('sns', 'ConfirmSubscription', { TopicArn: topic.arn, Token });
    }
    await get(aws, '/_millrace/v1/sns/outbox', 'DELETE');
    const Message = JSON.stringify({ default: 'plain', APNS: 'pushed', email: 'mailed' });
    const MessageAttributes = { x: text('y') };
    const more = { MessageStructure: 'json', Subject: 'News', MessageAttributes };
    const { MessageId } = await topic.publish(Message, more);
    const byProtocol = Object.fromEntries(
      (await outbox(aws)).map((message: { protocol: string }) => [message.protocol, message]),
    );
    expect(byProtocol.sms).toMatchObject({
      endpoint: '+15550100',
      message: 'plain',
      messageId: MessageId,
      topicArn: topic.arn,
      subscriptionArn: sms,
      attributes: MessageAttributes,
    });
    expect(byProtocol.application).toMatchObject({ endpoint: EndpointArn, message: 'pushed' });
    expect(byProtocol.email).toMatchObject({ message: 'mailed', subject: 'News' });
    const mailed = JSON.parse(byProtocol['email-json'].message);
    expect(mailed).toMatchObject({ Type: 'Notification', Message: 'plain', MessageId });
  });

  test('the outbox is asked by protocol and endpoint, and emptied', async () => {
    await using aws = await startSns();
    for (const PhoneNumber of ['+15550100', '+15550101']) {
      await aws.call('sns', 'Publish', { PhoneNumber, Message: 'hello' });
    }
    expect(await outbox(aws, '?protocol=email')).toEqual([]);
    expect(await outbox(aws, '?protocol=sms&endpoint=%2B15550101')).toHaveLength(1);
    expect(await outbox(aws, '?region=eu-west-1')).toEqual([]);
    const one = '/_aws/sns/sms-messages?phoneNumber=%2B15550100';
    expect(Object.keys((await get(aws, one)).json().sms_messages)).toEqual(['+15550100']);
    expect((await get(aws, '/_aws/sns/sms-messages', 'DELETE')).status).toBe(204);
    expect(await outbox(aws)).toEqual([]);
    expect((await get(aws, '/_millrace/v1/sns/outbox', 'PUT')).status).toBe(405);
  });

  test('a number whose owner wants none gets none', async () => {
    await using aws = await startSns();
    const phoneNumber = '+15550100';
    await get(aws, '/_millrace/v1/sns/opted-out-numbers', 'POST', { phoneNumber });
    const { MessageId } = await aws.call('sns', 'Publish', {
      PhoneNumber: phoneNumber,
      Message: 'hello',
    });
    expect(MessageId).toMatch(/^[0-9a-f-]{36}$/);
    expect(await outbox(aws)).toEqual([]);
  });
});

describe('refusals', () => {
  test('what is no phone number', async () => {
    await using aws = await startSns();
    const refused = await aws.fails('sns', 'Publish', { PhoneNumber: '555', Message: 'hello' });
    expect(refused.message).toBe(
      'Invalid parameter: PhoneNumber Reason: 555 is not valid to publish to',
    );
  });

  test('a device that is unknown or switched off, and an application that is', async () => {
    await using aws = await startSns();
    const { EndpointArn, PlatformApplicationArn } = await aDevice(aws);
    const publish = (TargetArn: string) =>
      aws.fails('sns', 'Publish', { TargetArn, Message: 'hello' });
    expect((await publish(`${EndpointArn}x`)).message).toBe(
      'Invalid parameter: TargetArn Reason: No endpoint found for the target arn specified',
    );
    const Attributes = { Enabled: 'False' };
    await aws.call('sns', 'SetEndpointAttributes', { EndpointArn, Attributes });
    expect(await publish(EndpointArn)).toMatchObject({
      code: 'EndpointDisabledException',
      message: 'Endpoint is disabled',
    });
    const on = { Enabled: 'true' };
    await aws.call('sns', 'SetEndpointAttributes', { EndpointArn, Attributes: on });
    const off = { PlatformApplicationArn, Attributes: { Enabled: 'false' } };
    await aws.call('sns', 'SetPlatformApplicationAttributes', off);
    expect((await publish(EndpointArn)).code).toBe('PlatformApplicationDisabledException');
  });
});

describe('limits', () => {
  test('an SMS has up to 1,600 characters', async () => {
    await using aws = await startSns();
    const PhoneNumber = '+15550100';
    await aws.call('sns', 'Publish', { PhoneNumber, Message: 'x'.repeat(1600) });
    const input = { PhoneNumber, Message: 'x'.repeat(1601) };
    const refused = await aws.fails('sns', 'Publish', input);
    expect(refused.message).toBe('Invalid parameter: Message too long');
  });
});
