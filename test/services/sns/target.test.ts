/** SNS as the target of a rule: who may publish, and what becomes of the event. */
import { describe, expect, test } from 'vitest';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { type ATopic, anEndpoint, aQueue, aTopic, confirmed, RAW } from './a-topic.ts';

const allow = (topic: ATopic, condition: object = {}) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sns:Publish',
      Resource: topic.arn,
      ...condition,
    },
  });

/** A rule that sends every event of the shop to the topic; answers with its ARN. */
async function aRule(aws: Suite, topic: ATopic, target: object = {}): Promise<string> {
  const EventPattern = '{"source":["shop"]}';
  const { RuleArn = '' } = await aws.call('events', 'PutRule', { Name: 'to-sns', EventPattern });
  const Targets = [{ Id: 'topic', Arn: topic.arn, ...target }];
  await aws.call('events', 'PutTargets', { Rule: 'to-sns', Targets });
  return RuleArn;
}

async function put(aws: Suite, detail: object = { orderId: 7 }): Promise<string> {
  const Entries = [{ Source: 'shop', DetailType: 'OrderPlaced', Detail: JSON.stringify(detail) }];
  const answer = await aws.call('events', 'PutEvents', { Entries });
  await aws.settled();
  return answer.Entries?.[0]?.EventId ?? '';
}

describe('a rule publishes to a topic', () => {
  test('and its subscribers get the event', async () => {
    await using aws = await startSuite();
    const topic = await aTopic(aws);
    const queue = await aQueue(aws);
    await topic.subscribe('sqs', queue.arn, RAW);
    await using endpoint = await anEndpoint();
    await confirmed(aws, topic, endpoint);
    await topic.set('Policy', allow(topic));
    await aRule(aws, topic);
    const id = await put(aws);
    const [body = ''] = await queue.bodies();
    expect(JSON.parse(body)).toMatchObject({ id, source: 'shop', detail: { orderId: 7 } });
    expect(endpoint.letters('Notification')[0]?.Message).toBe(body);
  });

  test('and events put at the same time all reach a FIFO topic', async () => {
    await using aws = await startSuite();
    const topic = await aTopic(aws, 'news.fifo', { ContentBasedDeduplication: 'true' });
    const queue = await aQueue(aws, 'inbox.fifo');
    await topic.subscribe('sqs', queue.arn, RAW);
    await topic.set('Policy', allow(topic));
    await aRule(aws, topic, { SqsParameters: { MessageGroupId: 'shop' } });
    const ids = await Promise.all([1, 2, 3, 4, 5].map((orderId) => put(aws, { orderId })));
    const bodies = await queue.bodies();
    const arrived = bodies.map((body) => JSON.parse(body).id);
    expect(arrived.sort()).toEqual(ids.sort());
  });

  test('and a filter policy may look into the event', async () => {
    await using aws = await startSuite();
    const topic = await aTopic(aws);
    await topic.set('Policy', allow(topic));
    const queue = await aQueue(aws);
    await topic.subscribe('sqs', queue.arn, {
      ...RAW,
      FilterPolicyScope: 'MessageBody',
      FilterPolicy: '{"detail":{"orderId":[8]}}',
    });
    await aRule(aws, topic);
    await put(aws);
    await put(aws, { orderId: 8 });
    expect(await queue.bodies()).toHaveLength(1);
  });

  test('and the trace of the event leads through the topic to the queue', async () => {
    await using aws = await startSuite();
    const topic = await aTopic(aws);
    await topic.set('Policy', allow(topic));
    const queue = await aQueue(aws);
    await topic.subscribe('sqs', queue.arn, RAW);
    await aRule(aws, topic);
    const id = await put(aws);
    const [message] = await queue.messages();
    const trace = await (await fetch(`${aws.endpoint}/_millrace/v1/trace/${id}`)).text();
    expect(trace).toContain(topic.arn);
    expect(trace).toContain(message?.MessageId);
  });

  test('if the topic lets that very rule', async () => {
    await using aws = await startSuite();
    const topic = await aTopic(aws);
    const queue = await aQueue(aws);
    await topic.subscribe('sqs', queue.arn, RAW);
    const rule = await aRule(aws, topic);
    const only = (arn: string) =>
      allow(topic, { Condition: { ArnEquals: { 'aws:SourceArn': arn } } });
    await topic.set('Policy', only(`${rule}-other`));
    await put(aws);
    expect(await queue.bodies()).toEqual([]);
    await topic.set('Policy', only(rule));
    await put(aws);
    expect(await queue.bodies()).toHaveLength(1);
  });
});

describe('what a topic does not take rests in the dead-letter queue of the target', () => {
  async function refused(aws: Suite, topic: ATopic, target: object = {}) {
    const dead = await aQueue(aws, 'dead');
    const Statement = {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: dead.arn,
    };
    const Attributes = { Policy: JSON.stringify({ Version: '2012-10-17', Statement }) };
    await aws.call('sqs', 'SetQueueAttributes', { QueueUrl: dead.url, Attributes });
    await aRule(aws, topic, { DeadLetterConfig: { Arn: dead.arn }, ...target });
    await put(aws);
    const [letter] = await dead.messages();
    return letter?.MessageAttributes?.ERROR_CODE?.StringValue;
  }

  test('where its policy says nothing of EventBridge', async () => {
    await using aws = await startSuite();
    expect(await refused(aws, await aTopic(aws))).toBe('NO_PERMISSIONS');
  });

  test('where it does not exist any more', async () => {
    await using aws = await startSuite();
    const topic = await aTopic(aws);
    await aws.call('sns', 'DeleteTopic', { TopicArn: topic.arn });
    expect(await refused(aws, topic)).toBe('NO_RESOURCE');
  });

  test('where its messages are to be smaller', async () => {
    await using aws = await startSuite();
    const topic = await aTopic(aws, 'news', { MaximumMessageSize: '1024' });
    await topic.set('Policy', allow(topic));
    const Input = JSON.stringify('x'.repeat(1024));
    expect(await refused(aws, topic, { Input })).toBe('INVALID_PARAMETER');
  });
});
