import { describe, expect, test } from 'vitest';
import { aQueue, startSqs } from './a-queue.ts';

const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));

describe('answers', () => {
  test('tags are added, replaced and taken away', async () => {
    await using aws = await startSqs();
    const tags = { team: 'blue', stage: 'test' };
    const { QueueUrl = '' } = await aws.call('sqs', 'CreateQueue', { QueueName: 'orders', tags });
    await aws.call('sqs', 'TagQueue', { QueueUrl, Tags: { team: 'red', cost: '' } });
    expect(await aws.call('sqs', 'ListQueueTags', { QueueUrl })).toEqual({
      Tags: { team: 'red', stage: 'test', cost: '' },
    });
    await aws.call('sqs', 'UntagQueue', { QueueUrl, TagKeys: ['team', 'cost', 'unknown'] });
    expect(await aws.call('sqs', 'ListQueueTags', { QueueUrl })).toEqual({
      Tags: { stage: 'test' },
    });
    await aws.call('sqs', 'UntagQueue', { QueueUrl, TagKeys: ['stage'] });
    expect(await aws.call('sqs', 'ListQueueTags', { QueueUrl })).toEqual({});
  });
});

describe('refusals', () => {
  test.each([
    [{ 'aws:team': 'blue' }, 'Tag keys must not begin with the prefix aws:.'],
    [{ ['k'.repeat(129)]: 'v' }, 'Tag keys must be between 1 and 128 characters.'],
    [{ k: 'v'.repeat(257) }, 'Tag values must be at most 256 characters.'],
  ])('%j will not do', async (Tags, reason) => {
    await using aws = await startSqs();
    const { url: QueueUrl } = await aQueue(aws);
    const failure = await aws.fails('sqs', 'TagQueue', { QueueUrl, Tags });
    expect(failure.code).toBe('InvalidParameterValue');
    expect(failure.message).toContain(reason);
  });

  test('a queue that is not there has no tags', async () => {
    await using aws = await startSqs();
    const { code } = await aws.fails('sqs', 'ListQueueTags', { QueueUrl: 'nowhere' });
    expect(code).toBe('QueueDoesNotExist');
  });
});

describe('limits', () => {
  test('a queue has at most 50 tags', async () => {
    await using aws = await startSqs();
    const { url: QueueUrl } = await aQueue(aws);
    await aws.call('sqs', 'TagQueue', { QueueUrl, Tags: many(50) });
    const failure = await aws.fails('sqs', 'TagQueue', { QueueUrl, Tags: { other: 'v' } });
    expect(failure.message).toBe('Too many tags added for queue orders.');
  });
});
