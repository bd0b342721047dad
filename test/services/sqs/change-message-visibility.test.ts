import { describe, expect, test } from 'vitest';
import { aQueue, startSqs } from './a-queue.ts';

const contentBased = { ContentBasedDeduplication: 'true' };

describe('answers', () => {
  test('a message is visible again when the new time is over, counted from the call', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    await queue.send('a');
    const message = await queue.one();
    await aws.clock.advance('20s');
    await queue.hide(message, 60);
    await aws.clock.advance('59s');
    expect(await queue.bodies()).toEqual([]);
    await aws.clock.advance('1s');
    expect(await queue.bodies()).toEqual(['a']);
  });

  test('0 makes it visible at once, and the next receive hides it as ever', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    await queue.send('a');
    await queue.hide(await queue.one(), 0);
    expect(await queue.counts()).toEqual([1, 0, 0]);
    expect(await queue.bodies()).toEqual(['a']);
    await aws.clock.advance('30s');
    expect(await queue.bodies()).toEqual(['a']);
  });

  test('a message that became visible by itself stays so, and that is a success', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    await queue.send('a');
    const message = await queue.one();
    await aws.clock.advance('30s');
    await queue.hide(message, 60);
    expect(await queue.bodies()).toEqual(['a']);
  });

  test('a batch succeeds and fails entry by entry', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    for (const body of ['a', 'b']) await queue.send(body);
    const [a, b] = await queue.receive({ MaxNumberOfMessages: 10 });
    if (!a || !b) throw new Error('not all came');
    const answer = await aws.call('sqs', 'ChangeMessageVisibilityBatch', {
      QueueUrl: queue.url,
      Entries: [
        { Id: 'now', ReceiptHandle: a.ReceiptHandle, VisibilityTimeout: 0 },
        { Id: 'never', ReceiptHandle: b.ReceiptHandle, VisibilityTimeout: 43_201 },
        { Id: 'mangled', ReceiptHandle: 'x', VisibilityTimeout: 0 },
        { Id: 'unsaid', ReceiptHandle: b.ReceiptHandle },
      ],
    });
    expect(answer.Successful).toEqual([{ Id: 'now' }]);
    expect(answer.Failed).toMatchObject([
      { Id: 'never', Code: 'InvalidParameterValue', SenderFault: true },
      { Id: 'mangled', Code: 'ReceiptHandleIsInvalid' },
      { Id: 'unsaid', Code: 'MissingParameter' },
    ]);
    expect(await queue.bodies()).toEqual(['a']);
  });
});

describe('refusals', () => {
  const reason = 'Message does not exist or is not available for visibility timeout change.';

  test('a deleted message has no visibility', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    await queue.send('a');
    const message = await queue.one();
    await queue.remove(message);
    const { ReceiptHandle } = message;
    const input = { QueueUrl: queue.url, ReceiptHandle, VisibilityTimeout: 10 };
    expect(await aws.fails('sqs', 'ChangeMessageVisibility', input)).toMatchObject({
      code: 'InvalidParameterValue',
      message: `Value ${ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: ${reason}`,
    });
  });

  test('a receive has no say in the next one', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    await queue.send('a');
    const { ReceiptHandle } = await queue.one({ VisibilityTimeout: 0 });
    await queue.receive();
    const input = { QueueUrl: queue.url, ReceiptHandle, VisibilityTimeout: 0 };
    const failure = await aws.fails('sqs', 'ChangeMessageVisibility', input);
    expect(failure.message).toContain(reason);
    expect(await queue.bodies()).toEqual([]);
  });

  test('a FIFO queue wants the handle before it has run out', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws, 'orders.fifo', contentBased);
    await queue.send('a', { MessageGroupId: 'g' });
    const { ReceiptHandle } = await queue.one();
    await aws.clock.advance('30s');
    const input = { QueueUrl: queue.url, ReceiptHandle, VisibilityTimeout: 10 };
    const failure = await aws.fails('sqs', 'ChangeMessageVisibility', input);
    expect(failure.message).toContain(reason);
    expect(await queue.bodies()).toEqual(['a']);
  });

  test.each([-1, 43_201])('%d seconds are refused', async (VisibilityTimeout) => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    await queue.send('a');
    const { ReceiptHandle } = await queue.one();
    const input = { QueueUrl: queue.url, ReceiptHandle, VisibilityTimeout };
    const failure = await aws.fails('sqs', 'ChangeMessageVisibility', input);
    expect(failure.code).toBe('InvalidParameterValue');
    expect(failure.message).toContain('Must be between 0 and 43200, if provided.');
  });
});

describe('limits', () => {
  test('a message may be hidden for twelve hours from its receive, and no longer', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    await queue.send('a');
    const message = await queue.one({ VisibilityTimeout: 43_200 });
    await aws.clock.advance('1h');
    const { ReceiptHandle } = message;
    const input = { QueueUrl: queue.url, ReceiptHandle, VisibilityTimeout: 39_601 };
    expect(await aws.fails('sqs', 'ChangeMessageVisibility', input)).toMatchObject({
      code: 'InvalidParameterValue',
      message:
        'Value 39601 for parameter VisibilityTimeout is invalid. Reason: Total ' +
        'VisibilityTimeout for the message is beyond the limit [43200 seconds]',
    });
    await queue.hide(message, 39_600);
  });
});
