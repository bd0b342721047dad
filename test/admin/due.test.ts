/** What falls due next, as the time panel shows it. */
import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import type { Due } from '../../src/admin-api/index.ts';
import { type Aws, startAws } from '../../src/testing/index.ts';

const START = Date.parse('2026-01-15T10:00:00Z');

async function due(aws: Aws): Promise<Due> {
  const answer = await fetch(`${aws.endpoint}/_millrace/v1/clock/due`);
  expect(answer.status).toBe(200);
  return answer.json() as Promise<Due>;
}

test('nothing is due where nothing waits', async () => {
  await using aws = await startAws();
  expect(await due(aws)).toEqual({ nowMs: START, due: [] });
});

test('jobs, retries, leases and delays are told, the earliest first', async () => {
  await using aws = await startAws({ settings: { enforcePolicies: false } });
  const sqs = aws.client(SQSClient);
  const QueueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'q' }))).QueueUrl;
  for (const MessageBody of ['a', 'b', 'c']) {
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  }
  const late = { QueueUrl, MessageBody: 'd', DelaySeconds: 600 };
  await sqs.send(new SendMessageCommand(late));
  const receive = { QueueUrl, MaxNumberOfMessages: 2, VisibilityTimeout: 30 };
  await sqs.send(new ReceiveMessageCommand(receive));
  const events = aws.client(EventBridgeClient);
  const nightly = { Name: 'nightly', ScheduleExpression: 'rate(2 hours)' };
  await events.send(new PutRuleCommand(nightly));
  await events.send(new PutRuleCommand({ Name: 'r', EventPattern: '{"source":["shop"]}' }));
  const target = { Id: 'q', Arn: 'arn:aws:sqs:us-east-1:000000000000:q' };
  await events.send(new PutTargetsCommand({ Rule: 'r', Targets: [target] }));
  aws.faults.delivery(target.Arn, { delay: '1m' });
  const entry = { Source: 'shop', DetailType: 'x', Detail: '{}' };
  await events.send(new PutEventsCommand({ Entries: [entry, entry] }));
  const { due: found } = await due(aws);
  const told = found.map(({ atMs, what, count }) => [atMs - START, what, count]);
  expect(told).toEqual([
    [30_000, expect.stringMatching(/^on lease in sqs\/.*q/), 2],
    [60_000, 'delivery to sqs', 2],
    [600_000, expect.stringMatching(/^delayed in sqs\/.*q/), 1],
    [7_200_000, 'job events/scheduled-rule', 1],
  ]);
  await aws.clock.advance('1m');
  const left = (await due(aws)).due.map(({ atMs }) => atMs - START);
  expect(left).toEqual([600_000, 7_200_000]);
});

test('a function that waits for its batch to fill is told with the end of its window', async () => {
  await using aws = await startAws();
  const sqs = aws.client(SQSClient);
  await sqs.send(new CreateQueueCommand({ QueueName: 'q' }));
  const batches = await aws.lambda('batches', async () => 'done');
  const window = { BatchSize: 100, MaximumBatchingWindowInSeconds: 20 };
  await batches.feedFrom('arn:aws:sqs:us-east-1:000000000000:q', window);
  await aws.clock.advance('1m');
  const before = aws.clock.now();
  await sqs.send(new SendMessageCommand({ QueueUrl: 'q', MessageBody: 'a' }));
  await aws.clock.advance(1);
  const { due: found } = await due(aws);
  const mapping = expect.stringMatching(/^lambda\/mapping\/[0-9a-f-]{36}$/);
  expect(found).toContainEqual({ atMs: before + 20_000, what: mapping, count: 1 });
});

test('a queue of very many messages is looked into a little, and the next is found', async () => {
  await using aws = await startAws();
  const queue = 'sqs/test';
  const message = (at: number) => ({
    ...{ id: String(at), body: '', sentAtMs: START },
    visibleAtMs: START + (at === 1_500 ? 1_000 : 0),
  });
  const writes = Array.from({ length: 1_600 }, (_, at) => message(at));
  await aws.stack.storage.commit(
    writes.map((one) => ({ kind: 'enqueue', queue, message: one }) as const),
  );
  expect((await due(aws)).due).toEqual([{ atMs: START + 1_000, what: queue, count: 1 }]);
});
