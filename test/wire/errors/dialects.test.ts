import { describe, expect, test } from 'vitest';
import { formRequest, headerOf, jsonRequest, refusalOf } from '../requests.ts';

interface Told {
  readonly __type: string;
  readonly message: string;
}

function told(target: string, body: unknown): Told {
  return JSON.parse(String(refusalOf(jsonRequest(target, body)).body));
}

describe('SQS', () => {
  const framework = 'com.amazon.coral.service#';
  const missing = (name: string) => ({
    __type: `${framework}MissingRequiredParameterException`,
    message: `The request must contain the parameter ${name}.`,
  });

  test('names one missing parameter', () => {
    expect(told('AmazonSQS.SendMessage', {})).toEqual(missing('QueueUrl'));
    expect(told('AmazonSQS.SendMessage', { QueueUrl: 'u' })).toEqual(missing('MessageBody'));
  });

  test('names a parameter of a batch by the name it has in Query', () => {
    const batch = { QueueUrl: 'u', Entries: [{ Id: '1', MessageBody: 'b' }, { Id: '2' }] };
    expect(told('AmazonSQS.SendMessageBatch', batch)).toEqual(
      missing('SendMessageBatchRequestEntry.2.MessageBody'),
    );
  });

  test('tells Query clients the old code in a header', () => {
    const refused = refusalOf(jsonRequest('AmazonSQS.SendMessage', {}));
    expect(headerOf(refused, 'x-amzn-query-error')).toBe('MissingParameter;Sender');
  });

  test('calls a batch without entries empty', () => {
    const refused = refusalOf(jsonRequest('AmazonSQS.DeleteMessageBatch', { QueueUrl: 'u' }));
    expect(JSON.parse(String(refused.body))).toEqual({
      __type: 'com.amazonaws.sqs#EmptyBatchRequest',
      message: 'There should be at least one DeleteMessageBatchRequestEntry in the request.',
    });
    const code = 'AWS.SimpleQueueService.EmptyBatchRequest;Sender';
    expect(headerOf(refused, 'x-amzn-query-error')).toBe(code);
  });

  test('asks for the name of a queue in its own way', () => {
    expect(told('AmazonSQS.CreateQueue', {})).toEqual({
      __type: `${framework}InvalidParameterValueException`,
      message: 'Value for parameter QueueName is invalid. Reason: Must specify a queue name.',
    });
  });

  test('names the message attribute that lacks its type', () => {
    const MessageAttributes = { color: { StringValue: 'red' } };
    const body = { QueueUrl: 'u', MessageBody: 'b', MessageAttributes };
    expect(told('AmazonSQS.SendMessage', body).message).toBe(
      "The message attribute 'color' must contain non-empty message attribute type.",
    );
  });

  test('checks the names of attributes itself', () => {
    const body = { QueueUrl: 'u', AttributeNames: ['NoSuchAttribute'] };
    expect(() => refusalOf(jsonRequest('AmazonSQS.GetQueueAttributes', body))).toThrow('refused');
  });

  test('says the same in Query', () => {
    const sent = formRequest({ Action: 'SendMessage', Version: '2012-11-05', QueueUrl: 'u' });
    const { status, body } = refusalOf(sent);
    expect(status).toBe(400);
    expect(body).toContain('<Code>MissingParameter</Code>');
    expect(body).toContain('The request must contain the parameter MessageBody.');
  });
});

describe('SNS', () => {
  const refused = (parameters: Record<string, string>) =>
    String(refusalOf(formRequest({ Version: '2010-03-31', ...parameters })).body);

  test('calls a broken demand ValidationError', () => {
    const body = refused({ Action: 'Publish', TopicArn: 't' });
    expect(body).toContain('<Code>ValidationError</Code>');
    expect(body).toContain(
      "1 validation error detected: Value null at 'message' failed to satisfy constraint: " +
        'Member must not be null',
    );
  });

  test('names the message attribute that lacks its type', () => {
    const body = refused({
      Action: 'Publish',
      Message: 'm',
      'MessageAttributes.entry.1.Name': 'color',
      'MessageAttributes.entry.1.Value.StringValue': 'red',
    });
    expect(body).toContain('<Code>ParameterValueInvalid</Code>');
    expect(body).toContain("The message attribute 'color' must contain non-empty");
  });
});

describe('the others call a broken demand', () => {
  const cases: [string, string, string][] = [
    ['AWSEvents.PutEvents', 'ValidationException', 'EventBridge'],
    ['Kinesis_20131202.PutRecord', 'ValidationException', 'Kinesis'],
    ['Logs_20140328.PutLogEvents', 'InvalidParameterException', 'CloudWatch Logs'],
    [
      'DynamoDB_20120810.PutItem',
      'com.amazonaws.dynamodb.v20120810#ValidationException',
      'DynamoDB',
    ],
  ];

  test.each(cases)('of %s %s', (target, type) => {
    const { __type, message } = told(target, {});
    expect(__type).toBe(type);
    expect(message).toMatch(/^\d validation errors? detected: Value null at '/);
  });
});
