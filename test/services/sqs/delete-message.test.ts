import { describe, expect, test } from 'vitest';
import { aQueue, startSqs } from './a-queue.ts';

const contentBased = { ContentBasedDeduplication: 'true' };
const group = { MessageGroupId: 'g' };

describe('answers', () => {
  test('a deleted message never comes again', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    await queue.send('a');
    const message = await queue.one();
    expect(await queue.remove(message)).toEqual({});
    await aws.clock.advance('1h');
    expect(await queue.counts()).toEqual([0, 0, 0]);
  });

  test('deleting again succeeds', async () => {
    await using aws = await startSqs();
    for (const queue of [await aQueue(aws), await aQueue(aws, 'orders.fifo', contentBased)]) {
      await queue.send('a', queue.name === 'orders' ? {} : group);
      const message = await queue.one();
      await queue.remove(message);
      await queue.remove(message);
    }
  });

  test('a standard queue deletes after the lease, and with an older handle', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    for (const body of ['a', 'b']) await queue.send(body);
    const late = await queue.one();
    await aws.clock.advance('30s');
    await queue.remove(late);
    const older = await queue.one({ VisibilityTimeout: 0 });
    await queue.receive();
    await queue.remove(older);
    await aws.clock.advance('30s');
    expect(await queue.bodies()).toEqual([]);
  });

  test('a batch succeeds and fails entry by entry', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    for (const body of ['a', 'b']) await queue.send(body);
    const [a, b] = await queue.receive({ MaxNumberOfMessages: 10 });
    const answer = await aws.call('sqs', 'DeleteMessageBatch', {
      QueueUrl: queue.url,
      Entries: [
        { Id: 'one', ReceiptHandle: a?.ReceiptHandle ?? '' },
        { Id: 'mangled', ReceiptHandle: `${b?.ReceiptHandle}x` },
        { Id: 'two', ReceiptHandle: b?.ReceiptHandle ?? '' },
      ],
    });
    expect(answer).toEqual({
      Successful: [{ Id: 'one' }, { Id: 'two' }],
      Failed: [
        {
          Id: 'mangled',
          Code: 'ReceiptHandleIsInvalid',
          Message: 'The input receipt handle is invalid.',
          SenderFault: true,
        },
      ],
    });
    expect(await queue.counts()).toEqual([0, 0, 0]);
  });
});

describe('refusals', () => {
  test.each(['', 'x', 'AQEBx', 'AQEB'.repeat(30)])('%j is no handle', async (ReceiptHandle) => {
    await using aws = await startSqs();
    const { url: QueueUrl } = await aQueue(aws);
    const failure = await aws.fails('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle });
    expect(['ReceiptHandleIsInvalid', 'MissingParameter']).toContain(failure.code);
  });

  test('the handle of a message in another queue is none here', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    const other = await aQueue(aws, 'other');
    await queue.send('a');
    const { ReceiptHandle } = await queue.one();
    const QueueUrl = other.url;
    expect(await aws.fails('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle })).toMatchObject({
      code: 'ReceiptHandleIsInvalid',
      message: 'The input receipt handle is invalid.',
    });
  });

  test('a FIFO queue wants the handle before it has run out', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws, 'orders.fifo', contentBased);
    await queue.send('a', group);
    const { ReceiptHandle } = await queue.one();
    await aws.clock.advance('30s');
    const QueueUrl = queue.url;
    const expired = {
      code: 'InvalidParameterValue',
      message:
        `Value ${ReceiptHandle} for parameter ReceiptHandle is invalid. ` +
        'Reason: The receipt handle has expired.',
    };
    const alone = { QueueUrl, ReceiptHandle };
    expect(await aws.fails('sqs', 'DeleteMessage', alone)).toMatchObject(expired);
    const Entries = [{ Id: 'late', ReceiptHandle }];
    const { Failed } = await aws.call('sqs', 'DeleteMessageBatch', { QueueUrl, Entries });
    expect(Failed).toMatchObject([{ Id: 'late', Code: expired.code, Message: expired.message }]);
    expect(await queue.bodies()).toEqual(['a']);
    expect(await aws.fails('sqs', 'DeleteMessage', alone)).toMatchObject(expired);
  });
});

describe('limits', () => {
  test.each([
    [0, 'EmptyBatchRequest'],
    [11, 'TooManyEntriesInBatchRequest'],
  ])('a batch of %d is refused', async (length, code) => {
    await using aws = await startSqs();
    const { url: QueueUrl } = await aQueue(aws);
    const Entries = Array.from({ length }, (_, index) => ({
      Id: `e${index}`,
      ReceiptHandle: 'x',
    }));
    const failure = await aws.fails('sqs', 'DeleteMessageBatch', { QueueUrl, Entries });
    expect(failure.code).toBe(code);
  });
});
