import { describe, expect, test } from 'vitest';
import { MOST_QUEUES } from '../../src/delivery/figures.ts';
import { startSuite } from '../sdk/suite.ts';

const QUEUES = 'millrace_queue_messages';

describe('queues', () => {
  test('what is in a queue is told by state, with the age of the oldest', async () => {
    await using aws = await startSuite();
    const { QueueUrl = '' } = await aws.call('sqs', 'CreateQueue', { QueueName: 'orders' });
    for (const MessageBody of ['a', 'b', 'c']) {
      await aws.call('sqs', 'SendMessage', { QueueUrl, MessageBody });
    }
    await aws.call('sqs', 'SendMessage', { QueueUrl, MessageBody: 'd', DelaySeconds: 60 });
    await aws.call('sqs', 'ReceiveMessage', { QueueUrl });
    await aws.clock.advance('7s');
    const { metrics } = aws.stack;
    const queue = 'sqs/000000000000/us-east-1/orders';
    const state = (name: string) => metrics.read(QUEUES, { queue, state: name });
    expect([await state('visible'), await state('in-flight'), await state('delayed')]).toEqual([
      2, 1, 1,
    ]);
    expect(await metrics.read('millrace_queue_oldest_age_seconds', { queue })).toBe(7);
    expect(await metrics.read('millrace_message_oldest_age_seconds')).toBe(7);
    expect(await metrics.read('millrace_messages', { state: 'in-flight' })).toBe(1);
    await aws.call('sqs', 'PurgeQueue', { QueueUrl });
    expect(await metrics.read(QUEUES, { queue })).toBeUndefined();
  });

  test('of many queues the fullest are told, and all are in the totals', async () => {
    await using aws = await startSuite();
    const { storage, metrics, clock } = aws.stack;
    const atMs = clock.nowMs();
    const message = { body: '', sentAtMs: atMs, visibleAtMs: atMs };
    for (let at = 0; at < MOST_QUEUES + 5; at += 1) {
      const messages = at < 5 ? 1 : 2;
      for (let id = 0; id < messages; id += 1) {
        const queue = `test/${at}`;
        await storage.commit([{ kind: 'enqueue', queue, message: { ...message, id: `${id}` } }]);
      }
    }
    expect(await metrics.read('millrace_queues')).toBe(MOST_QUEUES + 5);
    expect(await metrics.read('millrace_messages')).toBe(MOST_QUEUES * 2 + 5);
    expect(await metrics.read(QUEUES)).toBe(MOST_QUEUES * 2);
    expect(await metrics.read(QUEUES, { queue: 'test/0' })).toBeUndefined();
  });
});

describe('deliveries', () => {
  test('each attempt is told by what became of the delivery', async () => {
    await using aws = await startSuite({ settings: { enforcePolicies: false } });
    for (const QueueName of ['orders', 'dead']) await aws.call('sqs', 'CreateQueue', { QueueName });
    const arn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
    const { TopicArn = '' } = await aws.call('sns', 'CreateTopic', { Name: 'news' });
    const subscribe = (name: string, more: Readonly<Record<string, string>> = {}) => {
      const endpoint = { Protocol: 'sqs', Endpoint: arn(name), Attributes: more };
      return aws.call('sns', 'Subscribe', { TopicArn, ...endpoint });
    };
    await subscribe('orders');
    await subscribe('missing');
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn('dead') });
    await subscribe('missing-too', { RedrivePolicy });
    await aws.call('sns', 'Publish', { TopicArn, Message: 'm' });
    await aws.settled();
    const told = (outcome: string) =>
      aws.stack.metrics.read('millrace_deliveries_total', { target: 'sqs', outcome });
    expect([await told('done'), await told('lost'), await told('dead-lettered')]).toEqual([
      1, 1, 1,
    ]);
  });

  test('a retry is told each time, until the delivery is given up', async () => {
    await using aws = await startSuite();
    const { ConnectionArn } = await aws.call('events', 'CreateConnection', {
      Name: 'c',
      AuthorizationType: 'API_KEY',
      AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'k', ApiKeyValue: 'v' } },
    });
    const { ApiDestinationArn = '' } = await aws.call('events', 'CreateApiDestination', {
      Name: 'd',
      ConnectionArn: ConnectionArn ?? '',
      // Nobody listens there.
      InvocationEndpoint: 'http://127.0.0.1:9/',
      HttpMethod: 'POST',
    });
    await aws.call('events', 'PutRule', { Name: 'r', EventPattern: '{"source":["s"]}' });
    const target = {
      Id: 't',
      Arn: ApiDestinationArn,
      RoleArn: 'arn:aws:iam::000000000000:role/r',
      RetryPolicy: { MaximumRetryAttempts: 2 },
    };
    await aws.call('events', 'PutTargets', { Rule: 'r', Targets: [target] });
    const Entries = [{ Source: 's', DetailType: 't', Detail: '{}' }];
    await aws.call('events', 'PutEvents', { Entries });
    await aws.settled();
    const told = (outcome: string) =>
      aws.stack.metrics.read('millrace_deliveries_total', { outcome });
    expect([await told('retried'), await told('lost')]).toEqual([2, 1]);
  });
});

describe('workers and storage', () => {
  test('who works unasked is told, busy or idle', async () => {
    await using aws = await startSuite();
    await aws.settled();
    const { metrics } = aws.stack;
    expect(await metrics.read('millrace_workers', { state: 'busy' })).toBe(0);
    expect(await metrics.read('millrace_workers', { state: 'idle' })).toBeGreaterThan(4);
  });

  test('a commit is told with its time and with how many shared it', async () => {
    await using aws = await startSuite();
    const { metrics } = aws.stack;
    const before = (await metrics.read('millrace_commit_group_size')) ?? 0;
    const queues = ['a', 'b', 'c'].map((QueueName) =>
      aws.call('sqs', 'CreateQueue', { QueueName }),
    );
    await Promise.all(queues);
    expect(await metrics.read('millrace_commit_group_size')).toBeGreaterThanOrEqual(before + 3);
    expect(await metrics.read('millrace_commit_duration_seconds')).toBeGreaterThan(0);
  });
});
