/** Dead letters of functions, read and sent again; the inbox of all is test/services/sqs. */
import { expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { openQueue } from '../events/receivers.ts';
import { letters, named, redrive } from '../sqs/admin.ts';
import { bytesOf, configure, failing, onFailure, sendEvent, watched } from './async-world.ts';

const NO_RETRY = { maximumRetryAttempts: 0 };

test('the event of a record is sent as it was written', async () => {
  await using aws = await startSuite();
  const records = await openQueue(aws, 'records');
  let fails = true;
  const f = await watched(aws, 'f', () => (fails ? failing('no')() : 'done'));
  await configure(aws, 'f', { ...onFailure(records.arn), ...NO_RETRY });
  await aws.call('lambda', 'Invoke', {
    ...{ FunctionName: 'f', InvocationType: 'Event' },
    Payload: bytesOf('{"n":12345678901234567890.10}'),
  });
  await aws.settled();
  const [letter] = await letters(aws, records.arn);
  if (!letter) throw new Error('It is not there.');
  expect(letter).toMatchObject({ code: 'RetriesExhausted', error: 'Error: no' });
  fails = false;
  const { body } = await redrive(aws, records.arn, [named(letter)]);
  const id = body.moved[0]?.newId;
  await aws.settled();
  expect(f.runs.at(-1)?.requestId).toBe(id);
  const { body: kept } = await contentsOf(aws.endpoint, id);
  expect(kept).toContain('12345678901234567890.10');
});

async function contentsOf(endpoint: string, id = '') {
  const answer = await fetch(`${endpoint}/_millrace/v1/contents/${id}`);
  return { status: answer.status, body: await answer.text() };
}

test('a function that is gone, or that nothing names, gets nothing', async () => {
  await using aws = await startSuite();
  const dead = await openQueue(aws, 'dead');
  await watched(aws, 'f', failing(), { deadLetterArn: dead.arn });
  await configure(aws, 'f', NO_RETRY);
  await sendEvent(aws, 'f');
  await aws.settled();
  await aws.call('lambda', 'DeleteFunction', { FunctionName: 'f' });
  await aws.call('sqs', 'SendMessage', {
    ...{ QueueUrl: dead.url, MessageBody: '{}' },
    MessageAttributes: {
      RequestID: { DataType: 'String', StringValue: 'x' },
      ErrorMessage: { DataType: 'String', StringValue: 'no' },
    },
  });
  const [gone, unnamed] = await letters(aws, dead.arn);
  if (!gone || !unnamed) throw new Error('Not all are there.');
  const first = await redrive(aws, dead.arn, [named(gone)]);
  expect(first.body.message).toMatch(/The function .*:f:\$LATEST is gone\. Choose where/);
  const second = await redrive(aws, dead.arn, [named(unnamed)]);
  expect(second.body.message).toContain('Nothing tells which function it was for. Choose where');
  expect(await letters(aws, dead.arn)).toHaveLength(2);
});

test('a record that does not hold its event stays', async () => {
  await using aws = await startSuite();
  const dead = await openQueue(aws, 'dead');
  const { arn: functionArn } = await watched(aws, 'f');
  const record = {
    requestContext: { requestId: 'x', functionArn, condition: 'RetryAttemptsExhausted' },
    version: '1.0',
    KinesisBatchInfo: { shardId: 'shardId-000000000000', batchSize: 1 },
  };
  const MessageBody = JSON.stringify(record);
  await aws.call('sqs', 'SendMessage', { QueueUrl: dead.url, MessageBody });
  const [letter] = await letters(aws, dead.arn);
  if (!letter) throw new Error('It is not there.');
  expect(letter).toMatchObject({ code: 'RetryAttemptsExhausted', origin: functionArn });
  const refused = await redrive(aws, dead.arn, [named(letter)]);
  expect(refused.body.message).toContain('The record does not hold the event');
});

test('who holds a message is told of functions', async () => {
  await using aws = await startSuite();
  const queue = await openQueue(aws, 'work');
  let release = () => {};
  const running = new Promise<void>((resolve) => {
    release = resolve;
  });
  const started = Promise.withResolvers<void>();
  const { arn } = await watched(aws, 'worker', () => {
    started.resolve();
    return running;
  });
  await aws.call('lambda', 'CreateEventSourceMapping', {
    ...{ EventSourceArn: queue.arn, FunctionName: 'worker' },
  });
  await aws.call('sqs', 'SendMessage', { QueueUrl: queue.url, MessageBody: 'a' });
  await aws.clock.advance('1s');
  await started.promise;
  expect(await letters(aws, queue.arn)).toMatchObject([{ state: 'in-flight', heldBy: arn }]);
  release();
  await aws.settled();
});
