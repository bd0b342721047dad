/** Functions that go in circles are stopped after sixteen visits, whatever lies on the way. */
import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  AddPermissionCommand,
  InvokeCommand,
  LambdaClient,
  PutFunctionEventInvokeConfigCommand,
  PutFunctionRecursionConfigCommand,
} from '@aws-sdk/client-lambda';
import {
  CreateTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { type Aws, startAws } from '../../../src/testing/index.ts';

const MOST = 16;

/** Lets every service do everything. */
const OPEN = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
});

async function aQueue(aws: Aws, name: string, Attributes: Record<string, string> = {}) {
  const sqs = aws.client(SQSClient);
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
  return {
    arn: `arn:aws:sqs:${aws.region}:000000000000:${name}`,
    send: (MessageBody: string) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody })),
    receive: async () => {
      const receive = new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'] });
      return (await sqs.send(receive)).Messages ?? [];
    },
  };
}

/** Invokes a function with an event, from wherever it is called. */
function inviting(aws: Aws) {
  const lambda = aws.client(LambdaClient);
  return (FunctionName: string) =>
    lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event' }));
}

describe('a loop is stopped', () => {
  test('of a function that invokes itself, whose last event rests in its queue', async () => {
    await using aws = await startAws();
    const invite = inviting(aws);
    const dead = await aQueue(aws, 'dead');
    const f = await aws.lambda('f', () => invite('f'), { deadLetterArn: dead.arn });
    await invite('f');
    await aws.settled();
    expect(f.received).toHaveLength(MOST);
    const [letter] = await dead.receive();
    expect(letter?.MessageAttributes).toMatchObject({
      ErrorCode: { StringValue: '400' },
      ErrorMessage: { StringValue: expect.stringContaining('recursive loop') },
    });
  });

  test('of two functions that invoke each other', async () => {
    await using aws = await startAws();
    const invite = inviting(aws);
    const ping = await aws.lambda('ping', () => invite('pong'));
    const pong = await aws.lambda('pong', () => invite('ping'));
    await invite('ping');
    await aws.settled();
    expect(ping.received).toHaveLength(MOST);
    expect(pong.received).toHaveLength(MOST);
  });

  test('of a function and a topic', async () => {
    await using aws = await startAws();
    const sns = aws.client(SNSClient);
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'news' }));
    const publish = () => sns.send(new PublishCommand({ TopicArn, Message: 'again' }));
    const f = await aws.lambda('f', publish);
    await mayInvoke(aws, 'f', 'sns');
    const subscription = { TopicArn, Protocol: 'lambda', Endpoint: f.arn };
    await sns.send(new SubscribeCommand(subscription));
    await publish();
    await aws.settled();
    expect(f.received).toHaveLength(MOST);
  });

  test('of a function, a topic and a queue', async () => {
    await using aws = await startAws();
    const sns = aws.client(SNSClient);
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'news' }));
    const queue = await aQueue(aws, 'inbox', { Policy: OPEN });
    const subscription = { TopicArn, Protocol: 'sqs', Endpoint: queue.arn };
    await sns.send(new SubscribeCommand(subscription));
    const f = await aws.lambda('f', () =>
      sns.send(new PublishCommand({ TopicArn, Message: 'again' })),
    );
    await f.feedFrom(queue.arn);
    await inviting(aws)('f');
    await aws.settled();
    expect(f.received).toHaveLength(MOST);
  });

  test('of a function and a queue, whose last message goes to its dead-letter queue', async () => {
    await using aws = await startAws();
    const dead = await aQueue(aws, 'dead');
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 5 });
    const queue = await aQueue(aws, 'work', { RedrivePolicy });
    const f = await aws.lambda('f', () => queue.send('again'));
    await f.feedFrom(queue.arn);
    await queue.send('first');
    await aws.settled();
    expect(f.received).toHaveLength(MOST);
    expect(await dead.receive()).toHaveLength(1);
  });

  test('of two functions that are each other’s destination', async () => {
    await using aws = await startAws();
    const lambda = aws.client(LambdaClient);
    const ping = await aws.lambda('ping', () => 'done');
    const pong = await aws.lambda('pong', () => 'done');
    for (const [FunctionName, Destination] of [
      ['ping', pong.arn],
      ['pong', ping.arn],
    ]) {
      const DestinationConfig = { OnSuccess: { Destination } };
      const input = { FunctionName, DestinationConfig };
      await lambda.send(new PutFunctionEventInvokeConfigCommand(input));
    }
    await inviting(aws)('ping');
    await aws.settled();
    expect(ping.received).toHaveLength(MOST);
    expect(pong.received).toHaveLength(MOST);
  });
});

async function mayInvoke(aws: Aws, FunctionName: string, service: string): Promise<void> {
  const permission = { StatementId: service, Principal: `${service}.amazonaws.com` };
  const Action = 'lambda:InvokeFunction';
  const lambda = aws.client(LambdaClient);
  await lambda.send(new AddPermissionCommand({ FunctionName, Action, ...permission }));
}

describe('a loop goes on', () => {
  test('where the function allows it', async () => {
    await using aws = await startAws();
    const invite = inviting(aws);
    let left = 40;
    const again = () => {
      left -= 1;
      return left > 0 ? invite('f') : undefined;
    };
    const f = await aws.lambda('f', again);
    const allow = { FunctionName: 'f', RecursiveLoop: 'Allow' } as const;
    await aws.client(LambdaClient).send(new PutFunctionRecursionConfigCommand(allow));
    await invite('f');
    await aws.settled();
    expect(f.received).toHaveLength(40);
  });

  test('through a bus, where Lambda does not follow it', async () => {
    await using aws = await startAws();
    const events = aws.client(EventBridgeClient);
    let left = 40;
    const put = async () => {
      left -= 1;
      if (left <= 0) return;
      const entry = { Source: 'shop', DetailType: 'Again', Detail: '{}' };
      await events.send(new PutEventsCommand({ Entries: [entry] }));
    };
    const f = await aws.lambda('f', put);
    await mayInvoke(aws, 'f', 'events');
    await events.send(new PutRuleCommand({ Name: 'r', EventPattern: '{"source":["shop"]}' }));
    await events.send(new PutTargetsCommand({ Rule: 'r', Targets: [{ Id: 'f', Arn: f.arn }] }));
    await inviting(aws)('f');
    await aws.settled();
    expect(f.received).toHaveLength(40);
  });

  test('no further than its attempts: those of one event are one visit', async () => {
    await using aws = await startAws();
    const invite = inviting(aws);
    let fails = 0;
    const f = await aws.lambda('f', () => {
      fails += 1;
      if (fails % 2 === 1) throw new Error('every other time');
      return invite('f');
    });
    await invite('f');
    await aws.settled();
    expect(f.received).toHaveLength(MOST * 2);
  });
});

test('an event that a function puts is traced to its invocation', async () => {
  await using aws = await startAws();
  const events = aws.client(EventBridgeClient);
  const entry = { Source: 'shop', DetailType: 'Paid', Detail: '{}' };
  const ids: (string | undefined)[] = [];
  await aws.lambda('f', async () => {
    const { Entries } = await events.send(new PutEventsCommand({ Entries: [entry] }));
    ids.push(Entries?.[0]?.EventId);
  });
  await inviting(aws)('f');
  await aws.settled();
  const trace = await aws.trace(ids[0] ?? '');
  expect(trace?.ancestors.map(({ arn }) => arn)).toEqual([
    `arn:aws:lambda:${aws.region}:000000000000:function:f:$LATEST`,
  ]);
});
