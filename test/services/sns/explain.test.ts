import { describe, expect, test } from 'vitest';
import type { Suite } from '../../sdk/suite.ts';
import { anEndpoint, aQueue, aTopic, startSns } from './a-topic.ts';

async function explained(aws: Suite, topicArn: string, message: unknown) {
  const url = `${aws.endpoint}/_millrace/v1/sns/explain?topicArn=${topicArn}`;
  const body = typeof message === 'string' ? message : JSON.stringify(message);
  const answer = await fetch(url, { method: 'POST', body });
  const read = (await answer.json()) as { subscriptions: readonly object[]; message: string };
  return { status: answer.status, ...read };
}

const at = (location: string) => ({
  Message: 'm',
  MessageAttributes: { location: { DataType: 'String', StringValue: location } },
});

describe('answers', () => {
  test('subscriptions that get the message come first, and the others say why not', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    const policy = JSON.stringify({ location: ['eu-west'] });
    const filtered = await aQueue(aws, 'filtered');
    const FilterPolicy = { FilterPolicy: policy };
    const notIt = await topic.subscribe('sqs', filtered.arn, FilterPolicy);
    const all = await aQueue(aws, 'all');
    const it = await topic.subscribe('sqs', all.arn);
    const { subscriptions } = await explained(aws, topic.arn, at('ap-1'));
    expect(subscriptions).toEqual([
      { arn: it, protocol: 'sqs', endpoint: all.arn, matches: true },
      {
        arn: notIt,
        protocol: 'sqs',
        endpoint: filtered.arn,
        matches: false,
        reason: 'MessageAttributes',
        because: 'location is "ap-1"; wanted is ["eu-west"].',
        path: 'location',
        wanted: '["eu-west"]',
        found: ['ap-1'],
        acrossElements: false,
        nearness: 0,
      },
    ]);
    expect(await all.bodies()).toEqual([]);
  });

  test('a body is looked into, and one that is no JSON is to blame itself', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    const queue = await aQueue(aws);
    const FilterPolicy = JSON.stringify({ a: { b: [1] } });
    await topic.subscribe('sqs', queue.arn, { FilterPolicy, FilterPolicyScope: 'MessageBody' });
    expect((await explained(aws, topic.arn, { Message: '{"a":{}}' })).subscriptions).toMatchObject([
      { reason: 'MessageBody', because: 'a.b is missing; wanted is [1].' },
    ]);
    const [broken] = (await explained(aws, topic.arn, { Message: 'text' })).subscriptions;
    expect(broken).toMatchObject({ matches: false, reason: 'InvalidMessageBody' });
    expect(broken).not.toHaveProperty('because');
  });

  test('who has not confirmed gets nothing', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    await using endpoint = await anEndpoint();
    await topic.subscribe('http', endpoint.url);
    expect((await explained(aws, topic.arn, { Message: 'm' })).subscriptions).toMatchObject([
      { matches: false, reason: 'PendingConfirmation' },
    ]);
  });

  test('binary attributes are given in base64', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    const queue = await aQueue(aws);
    await topic.subscribe('sqs', queue.arn, { FilterPolicy: '{"a":[{"exists":false}]}' });
    const MessageAttributes = { b: { DataType: 'Binary', BinaryValue: 'AQID' } };
    const { subscriptions } = await explained(aws, topic.arn, { Message: 'm', MessageAttributes });
    expect(subscriptions).toMatchObject([{ matches: true }]);
  });
});

describe('refusals', () => {
  test('what Publish would refuse, and a topic that is not there', async () => {
    await using aws = await startSns();
    const { arn } = await aTopic(aws);
    expect(await explained(aws, arn, 'no JSON')).toMatchObject({ status: 400 });
    expect(await explained(aws, arn, {})).toMatchObject({
      status: 400,
      message: 'Invalid parameter: Empty message',
    });
    expect((await explained(aws, `${arn}s`, { Message: 'm' })).status).toBe(404);
    expect((await fetch(`${aws.endpoint}/_millrace/v1/sns/explain`)).status).toBe(405);
  });
});
