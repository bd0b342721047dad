import { describe, expect, test } from 'vitest';
import { AwsError } from '../../../src/core/errors.ts';
import { detect, encodeAnswer, encodeError } from '../../../src/wire/wire.ts';
import { formRequest, inputOf, refusalOf, request } from '../requests.ts';

const sqs = (parameters: Record<string, string>, path = '/') =>
  formRequest({ Version: '2012-11-05', ...parameters }, path);
const sns = (parameters: Record<string, string>) =>
  formRequest({ Version: '2010-03-31', ...parameters });

describe('lists and maps are read', () => {
  test('with their wrappers, in the order of their numbers', () => {
    const input = inputOf(
      sns({
        Action: 'UntagResource',
        ResourceArn: 'arn:aws:sns:eu-west-1:123456789012:t',
        'TagKeys.member.10': 'c',
        'TagKeys.member.2': 'b',
        'TagKeys.member.1': 'a',
        'TagKeys.member.x': 'no number',
      }),
    );
    expect(input).toMatchObject({ TagKeys: ['a', 'b', 'c'] });
  });

  test('with the names of entries that SNS gives them', () => {
    const input = inputOf(
      sns({
        Action: 'Publish',
        Message: 'm',
        'MessageAttributes.entry.1.Name': 'a',
        'MessageAttributes.entry.1.Value.DataType': 'String',
        'MessageAttributes.entry.1.Value.StringValue': 'x',
      }),
    );
    expect(input).toEqual({
      Message: 'm',
      MessageAttributes: { a: { DataType: 'String', StringValue: 'x' } },
    });
  });

  test('flat, as SQS names them', () => {
    const input = inputOf(
      sqs({
        Action: 'SendMessage',
        QueueUrl: 'u',
        MessageBody: 'b c',
        'MessageAttribute.1.Name': 'a',
        'MessageAttribute.1.Value.DataType': 'Binary',
        'MessageAttribute.1.Value.BinaryValue': 'AQI=',
      }),
    );
    expect(input).toEqual({
      QueueUrl: 'u',
      MessageBody: 'b c',
      MessageAttributes: { a: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2]) } },
    });
  });

  test('flat and without a number, when there is one of them', () => {
    const attributes = { 'Attribute.Name': 'VisibilityTimeout', 'Attribute.Value': '35' };
    const input = inputOf(sqs({ Action: 'SetQueueAttributes', QueueUrl: 'u', ...attributes }));
    expect(input).toEqual({ QueueUrl: 'u', Attributes: { VisibilityTimeout: '35' } });
    const names = inputOf(
      sqs({ Action: 'GetQueueAttributes', QueueUrl: 'u', AttributeName: 'All' }),
    );
    expect(names).toEqual({ QueueUrl: 'u', AttributeNames: ['All'] });
  });

  test('with keys that every object has', () => {
    const keys = { 'Tag.1.Key': '__proto__', 'Tag.1.Value': 'p', 'Tag.2.Key': 'constructor' };
    const { Tags } = inputOf(sqs({ Action: 'TagQueue', QueueUrl: 'u', ...keys })) as {
      Tags: Record<string, string>;
    };
    expect(Object.entries(Tags)).toEqual([
      ['__proto__', 'p'],
      ['constructor', ''],
    ]);
  });
});

test('the path of a queue stands for its address', () => {
  const sent = sqs({ Action: 'SendMessage', MessageBody: 'b' }, '/123456789012/orders');
  const header = (name: string) => (name === 'host' ? 'localhost:4566' : sent.header(name));
  expect(inputOf({ ...sent, header })).toMatchObject({
    QueueUrl: 'http://localhost:4566/123456789012/orders',
  });
});

test('a request may be an address alone', () => {
  const query = 'Action=ReceiveMessage&Version=2012-11-05&WaitTimeSeconds=5';
  expect(inputOf(request({ method: 'GET', path: '/1/q', query }))).toEqual({
    QueueUrl: 'http://localhost/1/q',
    WaitTimeSeconds: 5,
  });
});

test('what is no number is refused as malformed', () => {
  const sent = sqs({ Action: 'ReceiveMessage', QueueUrl: 'u', WaitTimeSeconds: 'soon' });
  const { status, body } = refusalOf(sent);
  expect(status).toBe(400);
  expect(body).toContain('<Code>MalformedInput</Code>');
});

describe('an answer', () => {
  const answerTo = (sent: ReturnType<typeof sqs>, output: object) => {
    const routed = detect(sent);
    if (!routed) throw new Error('Not routed.');
    return encodeAnswer(routed, output, 'a-request-id');
  };

  test('is wrapped twice, with the id of its request', () => {
    const answer = answerTo(sns({ Action: 'Publish' }), { MessageId: 'm & <n>' });
    expect(answer.headers).toContain('text/xml');
    expect(answer.body).toBe(
      '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">' +
        '<PublishResult><MessageId>m &amp; &lt;n&gt;</MessageId></PublishResult>' +
        '<ResponseMetadata><RequestId>a-request-id</RequestId></ResponseMetadata>' +
        '</PublishResponse>',
    );
  });

  test('of an operation that answers nothing has no result', () => {
    const { body } = answerTo(sqs({ Action: 'DeleteMessage' }), {});
    expect(body).not.toContain('DeleteMessageResult');
  });

  test('of SQS is flat', () => {
    const Messages = [{ MessageId: 'm', Attributes: { SenderId: 's' } }];
    const { body } = answerTo(sqs({ Action: 'ReceiveMessage' }), { Messages });
    expect(body).toContain(
      '<ReceiveMessageResult><Message><MessageId>m</MessageId>' +
        '<Attribute><Name>SenderId</Name><Value>s</Value></Attribute></Message>',
    );
  });

  test('says nothing that XML cannot', () => {
    const { body } = answerTo(sns({ Action: 'Publish' }), { MessageId: 'a\u0000\u0008\r\ufffe' });
    expect(body).toContain('<MessageId>a\ufffd\ufffd&#xD;\ufffd</MessageId>');
  });
});

describe('an error', () => {
  const refusal = (sent: ReturnType<typeof sqs>, error: AwsError) =>
    encodeError(detect(sent), error, 'a-request-id', sent);

  test('of SNS has the code and status of its model', () => {
    const error = new AwsError('NotFound', 'Topic <t> does not exist');
    const { status, body } = refusal(sns({ Action: 'Publish', Message: 'm' }), error);
    expect(status).toBe(404);
    expect(body).toBe(
      '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error>' +
        '<Type>Sender</Type><Code>NotFound</Code>' +
        '<Message>Topic &lt;t&gt; does not exist</Message></Error>' +
        '<RequestId>a-request-id</RequestId></ErrorResponse>',
    );
  });

  test('of the server says that it is its own', () => {
    const error = new AwsError('InternalError', 'broken');
    const { status, body } = refusal(sns({ Action: 'Publish', Message: 'm' }), error);
    expect(status).toBe(500);
    expect(body).toContain('<Type>Receiver</Type>');
  });

  test('of SQS has the code that Query clients know', () => {
    const error = new AwsError('QueueDoesNotExist', 'gone');
    const { status, body } = refusal(sqs({ Action: 'GetQueueUrl', QueueName: 'q' }), error);
    expect(status).toBe(400);
    expect(body).toContain('<Code>AWS.SimpleQueueService.NonExistentQueue</Code>');
  });
});
