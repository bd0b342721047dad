/**
 * C-08: messages that cannot be worked on harm no others, rest where they can be looked at, and
 * end where they belong. The jobs and what can be wrong with them are those of the example.
 */
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { expect, test } from 'vitest';
import { examine, readJob } from '../../examples/c08-poison/jobs.ts';
import { type Suite, startSuite } from '../sdk/suite.ts';
import { openQueue, type Queue } from '../services/events/receivers.ts';

const BAD = 13;
const COMMA = 42;
const REFUNDS = [50, 51, 52, 53, 54];

function bodyOf(job: number): string {
  if (job === BAD) return JSON.stringify({ bad: true });
  const kind = REFUNDS.includes(job) ? 'refund' : 'sale';
  return JSON.stringify({ job, amount: job === COMMA ? '12,50' : '12.50', kind });
}

async function workshop(aws: Suite) {
  const dead = await openQueue(aws, 'work-dlq', { MessageRetentionPeriod: String(14 * 86_400) });
  const work = await openQueue(aws, 'work', {
    VisibilityTimeout: '30',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 5 }),
  });
  const bank = { isUp: false };
  const done: number[] = [];
  const attempt = ({ body, messageId }: SQSRecord) => {
    try {
      const { job, kind } = readJob(body);
      if (kind === 'refund' && !bank.isUp) throw new Error('The bank is down.');
      done.push(job);
      return [];
    } catch {
      return [{ itemIdentifier: messageId }];
    }
  };
  const worker = await aws.lambda('work', async ({ Records }: SQSEvent) => ({
    batchItemFailures: Records.flatMap(attempt),
  }));
  await worker.feedFrom(work.arn, { FunctionResponseTypes: ['ReportBatchItemFailures'] });
  return { work, dead, bank, done, worker };
}

async function send(aws: Suite, { url: QueueUrl }: Queue, bodies: readonly string[]) {
  for (let first = 0; first < bodies.length; first += 10) {
    const Entries = bodies
      .slice(first, first + 10)
      .map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    await aws.call('sqs', 'SendMessageBatch', { QueueUrl, Entries });
  }
}

const HUNDRED = Array.from({ length: 100 }, (_, index) => index + 1);
const INCURABLE = [BAD, COMMA, ...REFUNDS];

test('seven bad jobs in a hundred keep none of the others from being done once', async () => {
  await using aws = await startSuite();
  const { work, dead, done, worker } = await workshop(aws);
  await send(aws, work, HUNDRED.map(bodyOf));
  await aws.settled();
  const healthy = HUNDRED.filter((job) => !INCURABLE.includes(job));
  expect([...done].sort((a, b) => a - b)).toEqual(healthy);
  const received = worker.received.flatMap(({ Records }) => Records);
  const attempts = received.filter(({ body }) => body === bodyOf(BAD));
  const counts = attempts.map(({ attributes }) => attributes.ApproximateReceiveCount);
  expect(counts).toEqual(['1', '2', '3', '4', '5']);

  const letters = await dead.messages();
  expect(letters.map(({ Body }) => Body).sort()).toEqual(INCURABLE.map(bodyOf).sort());
  for (const { Attributes } of letters) {
    expect(Attributes?.DeadLetterQueueSourceArn).toBe(work.arn);
  }
});

test('what the dead letters died of decides where they end', async () => {
  await using aws = await startSuite();
  const { work, dead, bank, done } = await workshop(aws);
  await send(aws, work, INCURABLE.map(bodyOf));
  await aws.settled();
  bank.isUp = true;

  const archive: string[] = [];
  const { Messages = [] } = await aws.call('sqs', 'ReceiveMessage', {
    QueueUrl: dead.url,
    MaxNumberOfMessages: 10,
  });
  for (const { Body = '', ReceiptHandle = '' } of Messages) {
    const handle = { QueueUrl: dead.url, ReceiptHandle };
    const finding = examine(Body);
    if (finding.kind === 'transient') {
      await aws.call('sqs', 'ChangeMessageVisibility', { ...handle, VisibilityTimeout: 0 });
      continue;
    }
    if (finding.kind === 'data-error') await send(aws, work, [finding.body]);
    else archive.push(Body);
    await aws.call('sqs', 'DeleteMessage', handle);
  }
  const source = { SourceArn: dead.arn, MaxNumberOfMessagesPerSecond: 10 };
  await aws.call('sqs', 'StartMessageMoveTask', source);
  await aws.settled();

  expect([...done].sort()).toEqual([COMMA, ...REFUNDS]);
  expect(archive).toEqual([bodyOf(BAD)]);
  expect(await dead.messages()).toEqual([]);
  expect(await work.messages()).toEqual([]);
  const { Results = [] } = await aws.call('sqs', 'ListMessageMoveTasks', { SourceArn: dead.arn });
  expect(Results[0]).toMatchObject({
    Status: 'COMPLETED',
    ApproximateNumberOfMessagesMoved: REFUNDS.length,
  });
});
