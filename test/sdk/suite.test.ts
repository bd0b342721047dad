import { describe, expect, test } from 'vitest';
import { AwsError } from '../../src/core/errors.ts';
import { service } from '../server/stack.ts';
import { startSuite } from './suite.ts';

// JavaScript's SDK rejects a message with a wrong checksum.
const MD5_OF_HI = '49f68a5c8493ec2c0bf489821c21fc3b';
const AT = Date.parse('2026-01-15T10:00:00.000Z');

describe('answers', () => {
  test('bytes and moments are the same through every SDK', async () => {
    const asked: unknown[] = [];
    const events = service('events', {
      StartReplay: (_call, input) => {
        asked.push(input);
        return { ReplayArn: 'arn', ReplayStartTime: AT };
      },
    });
    const sqs = service('sqs', {
      SendMessage: (_call, input) => {
        asked.push(input);
        return { MessageId: 'm', MD5OfMessageBody: MD5_OF_HI };
      },
      ReceiveMessage: () => ({
        Messages: [
          {
            Body: 'hi',
            MD5OfBody: MD5_OF_HI,
            MessageAttributes: {
              b: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) },
            },
          },
        ],
      }),
    });
    await using aws = await startSuite({ services: [events, sqs] });
    const replay = await aws.call('events', 'StartReplay', {
      ReplayName: 'r',
      EventSourceArn: 'arn:aws:events:us-east-1:000000000000:archive/a',
      EventStartTime: AT - 1_000,
      EventEndTime: AT,
      Destination: { Arn: 'arn:aws:events:us-east-1:000000000000:event-bus/default' },
    });
    expect(replay).toEqual({ ReplayArn: 'arn', ReplayStartTime: AT });
    expect(asked[0]).toMatchObject({ EventStartTime: AT - 1_000, EventEndTime: AT });

    const QueueUrl = `${aws.endpoint}/000000000000/q`;
    const BinaryValue = new Uint8Array([1, 0, 254]);
    const MessageAttributes = { b: { DataType: 'Binary', BinaryValue } };
    await aws.call('sqs', 'SendMessage', { QueueUrl, MessageBody: 'hi', MessageAttributes });
    expect(asked[1]).toMatchObject({ QueueUrl, MessageBody: 'hi' });
    const { b } = (asked[1] as { MessageAttributes: typeof MessageAttributes }).MessageAttributes;
    expect(new Uint8Array(b.BinaryValue)).toEqual(BinaryValue);

    const { Messages } = await aws.call('sqs', 'ReceiveMessage', { QueueUrl });
    expect(Messages?.[0]?.MessageAttributes?.b?.BinaryValue).toEqual(new Uint8Array([0, 255]));
    expect(Object.keys(Messages?.[0] ?? {}).sort()).toEqual([
      'Body',
      'MD5OfBody',
      'MessageAttributes',
    ]);
  });

  test('another account or region is another caller of the same stack', async () => {
    const seen: string[] = [];
    const sqs = service('sqs', {
      ListQueues: ({ account, region }) => {
        seen.push(`${account} ${region}`);
        return {};
      },
    });
    await using aws = await startSuite({ services: [sqs] });
    await aws.call('sqs', 'ListQueues', {});
    await aws.as({ account: '111122223333' }).call('sqs', 'ListQueues', {});
    await aws.as({ region: 'eu-west-1' }).call('sqs', 'ListQueues', {});
    expect(seen).toEqual([
      '000000000000 us-east-1',
      '111122223333 us-east-1',
      '000000000000 eu-west-1',
    ]);
  });
});

describe('refusals', () => {
  test.each([
    ['QueueDoesNotExist', 'QueueDoesNotExist', 400],
    ['InvalidParameterValue', 'InvalidParameterValue', 400],
    ['UnsupportedOperation', 'UnsupportedOperation', 400],
  ])('the code %s of SQS is %s to a test', async (thrown, code, status) => {
    const sqs = service('sqs', {
      GetQueueUrl: () => {
        throw new AwsError(thrown, 'No.');
      },
    });
    await using aws = await startSuite({ services: [sqs] });
    const failure = await aws.fails('sqs', 'GetQueueUrl', { QueueName: 'q' });
    expect(failure).toMatchObject({ code, message: 'No.', status });
  });

  test.each([
    ['NotFoundException', 'NotFoundException', 404],
    ['NotFound', 'NotFoundException', 404],
    ['InvalidParameterException', 'InvalidParameterException', 400],
    ['ValidationError', 'ValidationError', 400],
  ])('the code %s of SNS is %s to a test', async (thrown, code, status) => {
    const sns = service('sns', {
      GetTopicAttributes: () => {
        throw new AwsError(thrown, 'No.');
      },
    });
    await using aws = await startSuite({ services: [sns] });
    const TopicArn = 'arn:aws:sns:us-east-1:000000000000:t';
    const failure = await aws.fails('sns', 'GetTopicAttributes', { TopicArn });
    expect(failure).toMatchObject({ code, message: 'No.', status });
  });

  test('a call that succeeds fails a test that expects a refusal', async () => {
    const sqs = service('sqs', { ListQueues: () => ({}) });
    await using aws = await startSuite({ services: [sqs] });
    await expect(aws.fails('sqs', 'ListQueues', {})).rejects.toThrow('sqs ListQueues succeeded');
  });

  test('no SDK stands in the way of bad input', async () => {
    const sqs = service('sqs', { SendMessage: () => ({}) });
    await using aws = await startSuite({ services: [sqs] });
    const failure = await aws.fails('sqs', 'SendMessage', { MessageBody: 'x' });
    expect(failure.status).toBe(400);
  });
});
