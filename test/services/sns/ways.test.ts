/** Subscriptions that got a message or did not: why. */
import { expect, test } from 'vitest';
import type { Way, Why } from '../../../src/admin-api/index.ts';
import { looked } from '../../admin/asked.ts';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { anEndpoint, aQueue, aTopic, confirmed } from './a-topic.ts';

async function waysOf(aws: Suite, id: string | undefined): Promise<readonly Way[]> {
  return (await looked<Why>(aws, 'why', { id })).ways;
}

const at = (location: string) => ({
  MessageAttributes: { location: { DataType: 'String', StringValue: location } },
});

test('delivered, and filtered out by an attribute', async () => {
  await using aws = await startSuite();
  const topic = await aTopic(aws);
  const [all, some] = [await aQueue(aws, 'all'), await aQueue(aws, 'some')];
  const it = await topic.subscribe('sqs', all.arn);
  const FilterPolicy = JSON.stringify({ location: ['eu-west'] });
  const notIt = await topic.subscribe('sqs', some.arn, { FilterPolicy });
  const { MessageId } = await topic.publish('m', at('ap-1'));
  expect(await waysOf(aws, MessageId)).toEqual([
    {
      arn: it,
      name: 'sqs all',
      kind: 'subscription',
      targets: [all.arn],
      verdict: 'delivered',
      because: 'Handed over to sqs:all.',
      attempts: [{ atMs: aws.clock.now(), target: all.arn, outcome: 'ok' }],
    },
    {
      arn: notIt,
      name: 'sqs some',
      kind: 'subscription',
      targets: [some.arn],
      verdict: 'not-matched',
      because: 'location is "ap-1"; wanted is ["eu-west"].',
      mismatch: { path: 'location', wanted: '["eu-west"]', found: ['ap-1'], nearness: 0 },
      attempts: [],
    },
  ]);
});

test('a body that a filter cannot look into, and attributes that are not there', async () => {
  await using aws = await startSuite();
  const topic = await aTopic(aws);
  const queue = await aQueue(aws);
  const FilterPolicy = JSON.stringify({ a: [1] });
  await topic.subscribe('sqs', queue.arn, { FilterPolicy, FilterPolicyScope: 'MessageBody' });
  const text = await topic.publish('text');
  expect(await waysOf(aws, text.MessageId)).toMatchObject([
    {
      verdict: 'not-matched',
      because: 'The filter looks into the body, and the body is no JSON object.',
    },
  ]);
  expect((await waysOf(aws, text.MessageId))[0]).not.toHaveProperty('mismatch');
  const json = await topic.publish('{"a":2}');
  expect(await waysOf(aws, json.MessageId)).toMatchObject([{ because: 'a is 2; wanted is [1].' }]);
  const by = await aTopic(aws, 'by-attributes');
  await by.subscribe('sqs', queue.arn, { FilterPolicy });
  const bare = await by.publish('m');
  expect(await waysOf(aws, bare.MessageId)).toMatchObject([
    { because: 'The filter looks at attributes, and the message has none.' },
  ]);
});

test('nobody has confirmed yet', async () => {
  await using aws = await startSuite();
  const topic = await aTopic(aws);
  const arn = await topic.subscribe('email', 'somebody@example.com');
  const { MessageId } = await topic.publish('m');
  expect(await waysOf(aws, MessageId)).toMatchObject([
    {
      arn,
      name: 'email somebody@example.com',
      verdict: 'pending-confirmation',
      because: 'The subscription waits to be confirmed by its endpoint.',
    },
  ]);
});

test('subscribed later, and a filter that was another one then', async () => {
  await using aws = await startSuite();
  const topic = await aTopic(aws);
  const queue = await aQueue(aws);
  const { MessageId } = await topic.publish('m', at('ap-1'));
  const FilterPolicy = JSON.stringify({ location: ['eu-west'] });
  const SubscriptionArn = await topic.subscribe('sqs', queue.arn, { FilterPolicy });
  const { MessageId: other } = await topic.publish('m', at('ap-1'));
  await aws.call('sns', 'SetSubscriptionAttributes', {
    SubscriptionArn,
    AttributeName: 'FilterPolicy',
    AttributeValue: '{}',
  });
  expect(await waysOf(aws, MessageId)).toMatchObject([{ verdict: 'not-then' }]);
  expect(await waysOf(aws, other)).toMatchObject([
    {
      verdict: 'not-matched',
      because: 'Its filter dropped it then; it has been changed since.',
    },
  ]);
});

test('a queue that lets no topic in, and what to change', async () => {
  await using aws = await startSuite();
  const topic = await aTopic(aws);
  await aws.call('sqs', 'CreateQueue', { QueueName: 'closed' });
  await topic.subscribe('sqs', 'arn:aws:sqs:us-east-1:000000000000:closed');
  const { MessageId } = await topic.publish('m');
  const [way] = await waysOf(aws, MessageId);
  expect(way).toMatchObject({ verdict: 'lost', attempts: [{ outcome: 'NO_PERMISSIONS' }] });
  expect(way?.because).toContain(
    `The policy of sqs:closed must let sns.amazonaws.com (aws:SourceArn ${topic.arn}) ` +
      'do sqs:SendMessage.',
  );
});

test('an endpoint that is down is tried again', async () => {
  await using aws = await startSuite();
  await using endpoint = await anEndpoint();
  const topic = await aTopic(aws);
  await confirmed(aws, topic, endpoint);
  endpoint.answers.push(500);
  const { MessageId } = await topic.publish('m');
  await aws.clock.advance('0ms');
  expect(await waysOf(aws, MessageId)).toMatchObject([
    { verdict: 'retrying', attempts: [{ target: endpoint.url }] },
  ]);
  await aws.settled();
  const [way] = await waysOf(aws, MessageId);
  expect(way).toMatchObject({ verdict: 'delivered', attempts: [{}, { outcome: 'ok' }] });
});
