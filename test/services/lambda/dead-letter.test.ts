/** Dead-letter queues of functions: the event as it came, and in attributes what went wrong. */
import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { openQueue } from '../events/receivers.ts';
import { aTopic, RAW } from '../sns/a-topic.ts';
import { configure, failing, onFailure, sendEvent, watched } from './async-world.ts';

const NO_RETRY = { maximumRetryAttempts: 0 };

describe('an event that is given up', () => {
  test('rests in the queue as it came, with what the function said', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'dead', { Policy: '' });
    const deadLetterArn = queue.arn;
    const f = await watched(aws, 'f', failing('out of stock'), { deadLetterArn });
    await sendEvent(aws, 'f', { orderId: 7 });
    await aws.settled();
    const messages = await queue.messages();
    expect(messages).toMatchObject([
      {
        Body: '{"orderId":7}',
        MessageAttributes: {
          RequestID: { DataType: 'String', StringValue: f.runs[0]?.requestId },
          ErrorCode: { DataType: 'Number', StringValue: '200' },
          ErrorMessage: { DataType: 'String', StringValue: 'out of stock' },
        },
      },
    ]);
  });

  test('may rest with the subscribers of a topic', async () => {
    await using aws = await startSuite();
    const topic = await aTopic(aws, 'dead');
    const queue = await openQueue(aws, 'inbox');
    await topic.subscribe('sqs', queue.arn, RAW);
    await watched(aws, 'f', failing(), { deadLetterArn: topic.arn });
    await configure(aws, 'f', NO_RETRY);
    await sendEvent(aws, 'f', { orderId: 7 });
    await aws.settled();
    expect(await queue.messages()).toMatchObject([
      { Body: '{"orderId":7}', MessageAttributes: { ErrorCode: { StringValue: '200' } } },
    ]);
  });

  test('goes to the destination for failures too', async () => {
    await using aws = await startSuite();
    const dead = await openQueue(aws, 'dead');
    const records = await openQueue(aws, 'records');
    await watched(aws, 'f', failing(), { deadLetterArn: dead.arn });
    await configure(aws, 'f', { ...onFailure(records.arn), ...NO_RETRY });
    await sendEvent(aws, 'f');
    await aws.settled();
    expect(await dead.messages()).toHaveLength(1);
    expect(await records.messages()).toHaveLength(1);
  });

  test('without having been run tells of the throttle', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'dead');
    const registration = { deadLetterArn: queue.arn, reservedConcurrency: 0 };
    await watched(aws, 'f', () => 'done', registration);
    await sendEvent(aws, 'f');
    await aws.settled();
    const [message] = await queue.messages();
    expect(message?.MessageAttributes).toMatchObject({ ErrorCode: { StringValue: '429' } });
  });
});

describe('the error message', () => {
  test('ends after the first kilobyte, between two characters', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'dead');
    await watched(aws, 'f', failing(`x${'é'.repeat(800)}`), { deadLetterArn: queue.arn });
    await configure(aws, 'f', NO_RETRY);
    await sendEvent(aws, 'f');
    await aws.settled();
    const [message] = await queue.messages();
    const told = message?.MessageAttributes?.ErrorMessage?.StringValue;
    expect(told).toBe(`x${'é'.repeat(511)}`);
  });

  test('is left out when there is none', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'dead');
    await watched(aws, 'f', failing(''), { deadLetterArn: queue.arn });
    await configure(aws, 'f', NO_RETRY);
    await sendEvent(aws, 'f');
    await aws.settled();
    const [message] = await queue.messages();
    expect(Object.keys(message?.MessageAttributes ?? {}).sort()).toEqual([
      'ErrorCode',
      'RequestID',
    ]);
  });

  test('may hold what no attribute can', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'dead');
    await watched(aws, 'f', failing('bell \u0007!'), { deadLetterArn: queue.arn });
    await configure(aws, 'f', NO_RETRY);
    await sendEvent(aws, 'f');
    await aws.settled();
    const [message] = await queue.messages();
    expect(message?.MessageAttributes?.ErrorMessage?.StringValue).toBe('bell \uFFFD!');
  });
});
