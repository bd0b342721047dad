/** The older protocol of SQS, as PHP, Ruby and older SDKs speak it: forms in, XML out. */
import { expect, test } from 'vitest';
import type { Suite } from '../../sdk/suite.ts';
import { aQueue, startSqs } from './a-queue.ts';

async function ask(aws: Suite, url: string, Action: string, parameters: object = {}) {
  const body = new URLSearchParams({ Action, Version: '2012-11-05', ...parameters });
  const credential = `Credential=${aws.account}/20260115/${aws.region}/sqs/aws4_request`;
  const answer = await fetch(url, {
    method: 'POST',
    body,
    headers: { authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=0` },
  });
  return { status: answer.status, text: await answer.text() };
}

const between = (text: string, element: string) =>
  [...text.matchAll(new RegExp(`<${element}>(.*?)</${element}>`, 'gs'))].map(([, inner]) => inner);

test('a message goes to the URL of its queue and comes back with its attributes', async () => {
  await using aws = await startSqs();
  const made = await ask(aws, aws.endpoint, 'CreateQueue', {
    QueueName: 'orders',
    'Attribute.1.Name': 'VisibilityTimeout',
    'Attribute.1.Value': '60',
  });
  const url = between(made.text, 'QueueUrl')[0] ?? '';
  expect(url).toBe(`${aws.endpoint}/${aws.account}/orders`);
  const sent = await ask(aws, url, 'SendMessage', {
    MessageBody: 'hello',
    'MessageAttribute.1.Name': 'city',
    'MessageAttribute.1.Value.DataType': 'String',
    'MessageAttribute.1.Value.StringValue': 'Bern',
  });
  expect(between(sent.text, 'MD5OfMessageBody')).toEqual(['5d41402abc4b2a76b9719d911017c592']);
  const received = await ask(aws, url, 'ReceiveMessage', {
    'AttributeName.1': 'All',
    'MessageAttributeName.1': 'All',
    MaxNumberOfMessages: '10',
  });
  expect(received.status).toBe(200);
  expect(between(received.text, 'Body')).toEqual(['hello']);
  expect(between(received.text, 'MessageAttribute')).toEqual([
    expect.stringContaining('<Name>city</Name>'),
  ]);
  const [ReceiptHandle = ''] = between(received.text, 'ReceiptHandle');
  expect((await ask(aws, url, 'DeleteMessage', { ReceiptHandle })).status).toBe(200);
  const { text } = await ask(aws, url, 'GetQueueAttributes', { 'AttributeName.1': 'All' });
  expect(text).toContain(
    '<Attribute><Name>ApproximateNumberOfMessages</Name><Value>0</Value></Attribute>',
  );
});

test('a batch says of each entry how it went', async () => {
  await using aws = await startSqs();
  const { url } = await aQueue(aws);
  const { status, text } = await ask(aws, url, 'SendMessageBatch', {
    'SendMessageBatchRequestEntry.1.Id': 'good',
    'SendMessageBatchRequestEntry.1.MessageBody': 'a',
    'SendMessageBatchRequestEntry.2.Id': 'bad',
    'SendMessageBatchRequestEntry.2.MessageBody': 'b',
    'SendMessageBatchRequestEntry.2.DelaySeconds': '901',
  });
  expect(status).toBe(200);
  expect(between(text, 'SendMessageBatchResultEntry')).toEqual([
    expect.stringContaining('<Id>good</Id>'),
  ]);
  expect(between(text, 'BatchResultErrorEntry')).toEqual([expect.stringContaining('<Id>bad</Id>')]);
});

test('errors carry the older codes', async () => {
  await using aws = await startSqs();
  const { url } = await aQueue(aws);
  const missing = await ask(aws, aws.endpoint, 'GetQueueUrl', { QueueName: 'nowhere' });
  expect(missing.status).toBe(400);
  expect(between(missing.text, 'Code')).toEqual(['AWS.SimpleQueueService.NonExistentQueue']);
  const empty = await ask(aws, url, 'ReceiveMessage', { MaxNumberOfMessages: '11' });
  expect(between(empty.text, 'Code')).toEqual(['InvalidParameterValue']);
  const bodiless = await ask(aws, url, 'SendMessage');
  expect(between(bodiless.text, 'Code')).toEqual(['MissingParameter']);
});

test('an empty queue gives an empty result', async () => {
  await using aws = await startSqs();
  const { url } = await aQueue(aws);
  const { text } = await ask(aws, url, 'ReceiveMessage');
  expect(text).toContain('ReceiveMessageResult');
  expect(text).not.toContain('<Message>');
});
