import { describe, expect, test } from 'vitest';
import { quotas } from '../../../src/core/quotas.ts';
import { aTopic, startSns } from './a-topic.ts';

describe('limits', () => {
  test('a FIFO topic has as many subscriptions as the quotas say', async () => {
    const few = quotas('current', { 'sns.subscriptionsPerFifoTopic': 2 });
    await using aws = await startSns({ settings: { quotas: few } });
    const { arn: TopicArn, subscribe: add } = await aTopic(aws, 'news.fifo');
    await add('sqs', 'arn:aws:sqs:us-east-1:000000000000:a');
    await add('sqs', 'arn:aws:sqs:us-east-1:000000000000:b');
    const Endpoint = 'arn:aws:sqs:us-east-1:000000000000:c';
    const refused = await aws.fails('sns', 'Subscribe', { TopicArn, Protocol: 'sqs', Endpoint });
    expect(refused).toMatchObject({ code: 'SubscriptionLimitExceededException', status: 403 });
  });

  test('a topic and an account have as many filter policies as the quotas say', async () => {
    const few = quotas('current', {
      'sns.filterPoliciesPerTopic': 2,
      'sns.filterPoliciesPerAccount': 3,
    });
    await using aws = await startSns({ settings: { quotas: few } });
    const filtered = { FilterPolicy: '{"a":["b"]}' };
    const fill = async (name: string, count: number) => {
      const topic = await aTopic(aws, name);
      for (let number = 0; number < count; number += 1) {
        await topic.subscribe('sms', `+1555010${number}`, filtered);
      }
      return topic;
    };
    const refuse = (TopicArn: string, Endpoint: string) =>
      aws.fails('sns', 'Subscribe', { TopicArn, Protocol: 'sms', Endpoint, Attributes: filtered });
    const full = await fill('full', 2);
    expect(await refuse(full.arn, '+15550109')).toMatchObject({
      code: 'FilterPolicyLimitExceededException',
      status: 403,
    });
    const half = await fill('half', 1);
    expect((await refuse(half.arn, '+15550109')).code).toBe('FilterPolicyLimitExceededException');
    await half.subscribe('sms', '+15550109');
  });

  test('a host that has not agreed is asked every ten seconds at most', async () => {
    await using aws = await startSns({ settings: { privateTargets: false } });
    const topic = await aTopic(aws);
    for (const path of ['a', 'b', 'c']) {
      await topic.subscribe('http', `http://nobody.invalid/${path}`);
    }
    const due = () => aws.stack.storage.counts('schedule/work', aws.clock.now());
    expect((await due()).delayed).toBe(2);
    await aws.clock.advance('10s');
    expect((await due()).delayed).toBe(1);
  });
});
