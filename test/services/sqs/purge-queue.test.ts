import { describe, expect, test } from 'vitest';
import { aQueue, startSqs } from './a-queue.ts';

describe('answers', () => {
  test('every message goes, hidden or not, and later ones stay', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws);
    await queue.send('in flight');
    const held = await queue.one();
    await queue.send('visible');
    await queue.send('delayed', { DelaySeconds: 60 });
    expect(await queue.counts()).toEqual([1, 1, 1]);
    expect(await aws.call('sqs', 'PurgeQueue', { QueueUrl: queue.url })).toEqual({});
    await queue.send('later');
    expect(await queue.counts()).toEqual([1, 0, 0]);
    await queue.remove(held);
    await aws.clock.advance('1h');
    expect(await queue.bodies()).toEqual(['later']);
  });

  test('a FIFO queue remembers what it has taken', async () => {
    await using aws = await startSqs();
    const queue = await aQueue(aws, 'orders.fifo', { ContentBasedDeduplication: 'true' });
    await queue.send('a', { MessageGroupId: 'g' });
    await aws.call('sqs', 'PurgeQueue', { QueueUrl: queue.url });
    await queue.send('a', { MessageGroupId: 'g' });
    expect(await queue.bodies()).toEqual([]);
  });

  test('purging again is fine, unless the cool-down of AWS is wanted', async () => {
    await using aws = await startSqs();
    const { url: QueueUrl } = await aQueue(aws);
    for (let times = 0; times < 3; times += 1) await aws.call('sqs', 'PurgeQueue', { QueueUrl });
  });
});

describe('refusals', () => {
  test('a queue that is not there cannot be purged', async () => {
    await using aws = await startSqs();
    const { code } = await aws.fails('sqs', 'PurgeQueue', { QueueUrl: 'nowhere' });
    expect(code).toBe('QueueDoesNotExist');
  });
});

describe('limits', () => {
  test('a queue is purged once in sixty seconds', async () => {
    await using aws = await startSqs({ settings: { queueCooldowns: true } });
    const { url: QueueUrl } = await aQueue(aws);
    await aws.call('sqs', 'PurgeQueue', { QueueUrl });
    await aws.clock.advance('59s');
    expect(await aws.fails('sqs', 'PurgeQueue', { QueueUrl })).toMatchObject({
      code: 'PurgeQueueInProgress',
      message: 'Only one PurgeQueue operation on orders is allowed every 60 seconds.',
    });
    await aws.clock.advance('1s');
    await aws.call('sqs', 'PurgeQueue', { QueueUrl });
  });
});
