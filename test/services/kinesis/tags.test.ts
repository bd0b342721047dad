import { describe, expect, test } from 'vitest';
import { ARN, StreamName, withStream } from './streams-kit.ts';

const Tags = { team: 'a', cost: '7' };
const LIST = [
  { Key: 'cost', Value: '7' },
  { Key: 'team', Value: 'a' },
];

describe('answers', () => {
  test('tags are added, listed and removed by stream and by ARN', async () => {
    await using aws = await withStream();
    await aws.call('kinesis', 'AddTagsToStream', { StreamName, Tags: { team: 'old' } });
    await aws.call('kinesis', 'TagResource', { ResourceARN: ARN, Tags });
    const byName = await aws.call('kinesis', 'ListTagsForStream', { StreamName });
    expect(byName).toEqual({ Tags: LIST, HasMoreTags: false });
    const byArn = await aws.call('kinesis', 'ListTagsForResource', { ResourceARN: ARN });
    expect(byArn.Tags).toEqual(LIST);
    await aws.call('kinesis', 'RemoveTagsFromStream', { StreamName, TagKeys: ['team', 'none'] });
    await aws.call('kinesis', 'UntagResource', { ResourceARN: ARN, TagKeys: ['cost'] });
    expect((await aws.call('kinesis', 'ListTagsForStream', { StreamName })).Tags).toEqual([]);
  });

  test('they come in pages', async () => {
    await using aws = await withStream();
    await aws.call('kinesis', 'AddTagsToStream', { StreamName, Tags });
    const one = await aws.call('kinesis', 'ListTagsForStream', { StreamName, Limit: 1 });
    expect(one).toEqual({ Tags: LIST.slice(0, 1), HasMoreTags: true });
    const two = await aws.call('kinesis', 'ListTagsForStream', {
      StreamName,
      ExclusiveStartTagKey: 'cost',
    });
    expect(two).toEqual({ Tags: LIST.slice(1), HasMoreTags: false });
  });

  test('consumers have tags of their own', async () => {
    await using aws = await withStream();
    const consumer = { StreamARN: ARN, ConsumerName: 'c', Tags: { team: 'b' } };
    const { Consumer } = await aws.call('kinesis', 'RegisterStreamConsumer', consumer);
    const ResourceARN = Consumer.ConsumerARN;
    await aws.call('kinesis', 'TagResource', { ResourceARN, Tags: { cost: '7' } });
    await aws.call('kinesis', 'UntagResource', { ResourceARN, TagKeys: ['team'] });
    const answer = await aws.call('kinesis', 'ListTagsForResource', { ResourceARN });
    expect(answer.Tags).toEqual([{ Key: 'cost', Value: '7' }]);
  });
});

describe('refusals', () => {
  test('a resource that is not there', async () => {
    await using aws = await withStream();
    for (const ResourceARN of [`${ARN}x`, `${ARN}/consumer/c:1`]) {
      const { code } = await aws.fails('kinesis', 'TagResource', { ResourceARN, Tags });
      expect(code).toBe('ResourceNotFoundException');
    }
    const queue = { ResourceARN: ARN.replace('stream', 'queue') };
    expect((await aws.fails('kinesis', 'ListTagsForResource', queue)).code).toBe(
      'InvalidArgumentException',
    );
  });

  test('keys that are AWS’s own', async () => {
    await using aws = await withStream();
    const input = { StreamName, Tags: { 'aws:x': 'y' } };
    const { code } = await aws.fails('kinesis', 'AddTagsToStream', input);
    expect(code).toBe('InvalidArgumentException');
  });
});

describe('limits', () => {
  test('a stream has fifty tags', async () => {
    await using aws = await withStream();
    const fifty = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, '']));
    await aws.call('kinesis', 'AddTagsToStream', { StreamName, Tags: fifty });
    const more = { StreamName, Tags: { one: 'more' } };
    const { code } = await aws.fails('kinesis', 'AddTagsToStream', more);
    expect(code).toBe('LimitExceededException');
  });
});
