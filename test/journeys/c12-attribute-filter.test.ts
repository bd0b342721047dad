/**
 * C-12: orders carry where they come from, and each region's queue or function asks for its own.
 * The publisher routes nothing, the subscribers filter nothing.
 */
import type { SNSEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import { journalOfSuite } from '../sdk/facts.ts';
import { type Suite, startSuite } from '../sdk/suite.ts';
import { aQueue, aTopic, RAW } from '../services/sns/a-topic.ts';

const US = { location: ['us-west', 'us-east'] };
const EU = { location: ['eu-west', 'eu-east'] };

async function orders(aws: Suite, FilterPolicyScope: string) {
  const topic = await aTopic(aws, 'Orders');
  const subscribe = async (name: string, policy: object) => {
    const queue = await aQueue(aws, name);
    const FilterPolicy = JSON.stringify(policy);
    await topic.subscribe('sqs', queue.arn, { ...RAW, FilterPolicyScope, FilterPolicy });
    return queue;
  };
  return { topic, us: await subscribe('US-Orders', US), eu: await subscribe('EU-Orders', EU) };
}

/** What the journal says became of a message that a subscription left out. */
async function droppedFor(aws: Suite, id: string | undefined) {
  const facts = await journalOfSuite(aws);
  const dropped = facts.filter((fact) => fact.kind === 'drop' && fact.id === id);
  return dropped.map(({ outcome, note }) => `${outcome} ${note}`);
}

const at = (location: string) => ({
  MessageAttributes: { location: { DataType: 'String', StringValue: location } },
});

test('an order reaches the queue of its region and no other', async () => {
  await using aws = await startSuite();
  const { topic, us, eu } = await orders(aws, 'MessageAttributes');
  await topic.publish('from the west of Europe', at('eu-west'));
  expect(await eu.bodies()).toEqual(['from the west of Europe']);
  expect(await us.bodies()).toEqual([]);
  await topic.publish('from the east of America', at('us-east'));
  expect(await us.bodies()).toEqual(['from the east of America']);
  expect(await eu.bodies()).toEqual([]);
});

test('an order from elsewhere reaches nobody, and both subscriptions say so', async () => {
  await using aws = await startSuite();
  const { topic, us, eu } = await orders(aws, 'MessageAttributes');
  const { MessageId } = await topic.publish('from Asia', at('ap-1'));
  expect([...(await us.bodies()), ...(await eu.bodies())]).toEqual([]);
  const left = 'FILTERED MessageAttributes';
  expect(await droppedFor(aws, MessageId)).toEqual([left, left]);
});

test('an order that does not say where it is from reaches nobody', async () => {
  await using aws = await startSuite();
  const { topic, us, eu } = await orders(aws, 'MessageAttributes');
  const { MessageId } = await topic.publish('from nowhere');
  expect([...(await us.bodies()), ...(await eu.bodies())]).toEqual([]);
  const left = 'FILTERED NoMessageAttributes';
  expect(await droppedFor(aws, MessageId)).toEqual([left, left]);
});

test('the same holds for what the body says, with scope MessageBody', async () => {
  await using aws = await startSuite();
  const { topic, us, eu } = await orders(aws, 'MessageBody');
  const order = (location: string) => JSON.stringify({ orderId: 'o-1', location });
  await topic.publish(order('eu-west'));
  expect(await eu.bodies()).toEqual([order('eu-west')]);
  expect(await us.bodies()).toEqual([]);
  await topic.publish(order('ap-1'), at('eu-west'));
  const { MessageId } = await topic.publish('no JSON');
  expect([...(await us.bodies()), ...(await eu.bodies())]).toEqual([]);
  const left = 'FILTERED InvalidMessageBody';
  expect(await droppedFor(aws, MessageId)).toEqual([left, left]);
});

/** A function for each region; what they got is told in order. */
async function functions(aws: Suite, FilterPolicyScope: string) {
  const topic = await aTopic(aws, 'Orders');
  const got: string[] = [];
  const subscribe = async (name: string, policy: object) => {
    const { arn } = await aws.lambda(name, async ({ Records }: SNSEvent) => {
      for (const { Sns } of Records) got.push(`${name}: ${Sns.Message}`);
    });
    await aws.call('lambda', 'AddPermission', {
      FunctionName: name,
      StatementId: 'topic',
      Action: 'lambda:InvokeFunction',
      Principal: 'sns.amazonaws.com',
      SourceArn: topic.arn,
    });
    const FilterPolicy = JSON.stringify(policy);
    await topic.subscribe('lambda', arn, { FilterPolicyScope, FilterPolicy });
  };
  await subscribe('US', US);
  await subscribe('EU', EU);
  return { topic, got };
}

test('a function that subscribes gets the orders of its region and no other', async () => {
  await using aws = await startSuite();
  const { topic, got } = await functions(aws, 'MessageAttributes');
  for (const location of ['eu-west', 'us-east', 'ap-1']) {
    await topic.publish(`from ${location}`, at(location));
    await aws.settled();
  }
  await topic.publish('from nowhere');
  await aws.settled();
  expect(got).toEqual(['EU: from eu-west', 'US: from us-east']);
});

test('functions filter by what the body says, too', async () => {
  await using aws = await startSuite();
  const { topic, got } = await functions(aws, 'MessageBody');
  const order = (location: string) => JSON.stringify({ location });
  for (const location of ['us-west', 'eu-east', 'ap-1']) {
    await topic.publish(order(location), at('eu-west'));
    await aws.settled();
  }
  expect(got).toEqual([`US: ${order('us-west')}`, `EU: ${order('eu-east')}`]);
});
