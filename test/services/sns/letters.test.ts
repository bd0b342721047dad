/** Dead letters of subscriptions, read and sent again; the inbox of all is test/services/sqs. */
import { createVerify } from 'node:crypto';
import { expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { openQueue } from '../events/receivers.ts';
import { letters, named, redrive } from '../sqs/admin.ts';
import { anEndpoint, aTopic, confirmed, RAW } from './a-topic.ts';

const LATE = 'arn:aws:sqs:us-east-1:000000000000:late';

test('an edited message is signed anew', async () => {
  await using aws = await startSuite();
  const dead = await openQueue(aws, 'dead');
  const topic = await aTopic(aws, 'news', { SignatureVersion: '2' });
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn });
  await topic.subscribe('sqs', LATE, { RedrivePolicy });
  await topic.publish('helo');
  await aws.settled();
  const [letter] = await letters(aws, dead.arn);
  if (!letter) throw new Error('It is not there.');
  const late = await openQueue(aws, 'late');
  const body = letter.body.replace('"helo"', '"hello"');
  expect((await redrive(aws, dead.arn, [{ ...named(letter), body }])).status).toBe(200);
  const [message] = await late.messages();
  const sent = JSON.parse(message?.Body ?? '');
  expect(sent).toMatchObject({ Message: 'hello', MessageId: JSON.parse(letter.body).MessageId });
  const certificate = await (await fetch(sent.SigningCertURL)).text();
  const text = ['Message', 'MessageId', 'Timestamp', 'TopicArn', 'Type']
    .map((name) => `${name}\n${sent[name]}\n`)
    .join('');
  const isSigned = createVerify('RSA-SHA256').update(text);
  expect(isSigned.verify(certificate, sent.Signature, 'base64')).toBe(true);
});

test('without a journal the envelope still names the subscription', async () => {
  await using aws = await startSuite({ journal: false });
  const dead = await openQueue(aws, 'dead');
  const topic = await aTopic(aws);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn });
  const subscription = await topic.subscribe('sqs', LATE, { RedrivePolicy });
  await topic.publish('hello');
  await aws.settled();
  const [letter] = await letters(aws, dead.arn);
  if (!letter) throw new Error('It is not there.');
  expect(letter).toMatchObject({ code: 'Unknown', history: [] });
  const late = await openQueue(aws, 'late');
  expect((await redrive(aws, dead.arn, [named(letter)])).status).toBe(200);
  expect(await late.messages()).toHaveLength(1);

  await topic.publish('again');
  await aws.call('sqs', 'DeleteQueue', { QueueUrl: late.url });
  await topic.publish('and again');
  await aws.settled();
  await aws.call('sns', 'Unsubscribe', { SubscriptionArn: subscription });
  const [orphan] = await letters(aws, dead.arn);
  if (!orphan) throw new Error('It is not there.');
  const refused = await redrive(aws, dead.arn, [named(orphan)]);
  expect(refused.body.message).toContain(`The subscription ${subscription} is gone. Choose where`);
});

test('a raw message without a journal tells nothing of its origin', async () => {
  await using aws = await startSuite({ journal: false });
  const dead = await openQueue(aws, 'dead');
  const topic = await aTopic(aws);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn });
  await topic.subscribe('sqs', LATE, { ...RAW, RedrivePolicy });
  await topic.publish('hello');
  await aws.settled();
  const [letter] = await letters(aws, dead.arn);
  if (!letter) throw new Error('It is not there.');
  const refused = await redrive(aws, dead.arn, [named(letter)]);
  expect([refused.status, letter.code]).toEqual([400, 'Unknown']);
});

test('an endpoint outside is asked again', async () => {
  await using aws = await startSuite();
  const dead = await openQueue(aws, 'dead');
  const topic = await aTopic(aws);
  await using endpoint = await anEndpoint();
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn });
  const subscription = await confirmed(aws, topic, endpoint, { RedrivePolicy });
  endpoint.answers.push(404);
  await topic.publish('hello');
  await aws.settled();
  const [letter] = await letters(aws, dead.arn);
  if (!letter) throw new Error('It is not there.');
  expect(letter.origin).toBe(endpoint.url);
  await redrive(aws, dead.arn, [named(letter)]);
  await aws.settled();
  expect(await letters(aws, dead.arn)).toEqual([]);
  expect(endpoint.posts.at(-1)?.headers).toMatchObject({
    ...{ 'x-amz-sns-message-type': 'Notification' },
    'x-amz-sns-subscription-arn': subscription,
  });
  expect(JSON.parse(endpoint.posts.at(-1)?.body ?? '{}').Message).toBe('hello');
});

test('messages of a FIFO topic keep their group', async () => {
  await using aws = await startSuite();
  const dead = await openQueue(aws, 'dead.fifo', { FifoQueue: 'true' });
  const topic = await aTopic(aws, 'news.fifo', { ContentBasedDeduplication: 'true' });
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn });
  await topic.subscribe('sqs', `${LATE}.fifo`, { ...RAW, RedrivePolicy });
  for (const message of ['a', 'b']) await topic.publish(message, { MessageGroupId: 'g' });
  await aws.settled();
  const late = await openQueue(aws, 'late.fifo', { FifoQueue: 'true' });
  const chosen = await letters(aws, dead.arn);
  expect(chosen.map(({ body }) => body)).toEqual(['a', 'b']);
  expect((await redrive(aws, dead.arn, chosen.map(named))).status).toBe(200);
  await aws.settled();
  const received = await late.messages();
  expect(received.map(({ Body, Attributes }) => [Body, Attributes?.MessageGroupId])).toEqual([
    ['a', 'g'],
    ['b', 'g'],
  ]);
});
