import { describe, expect, test } from 'vitest';
import { aTopic, startSns } from './a-topic.ts';

const tags = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: 'v' }));

describe('answers', () => {
  test('tags are added, replaced and removed', async () => {
    await using aws = await startSns();
    const { arn: ResourceArn } = await aTopic(aws);
    const listed = async () => (await aws.call('sns', 'ListTagsForResource', { ResourceArn })).Tags;
    expect(await listed()).toEqual([]);
    await aws.call('sns', 'TagResource', { ResourceArn, Tags: tags(2) });
    const Tags = [{ Key: 'k0', Value: 'new' }];
    await aws.call('sns', 'TagResource', { ResourceArn, Tags });
    expect(await listed()).toEqual([{ Key: 'k1', Value: 'v' }, ...Tags]);
    await aws.call('sns', 'UntagResource', { ResourceArn, TagKeys: ['k1', 'none'] });
    expect(await listed()).toEqual(Tags);
  });

  test('a topic is created with tags', async () => {
    await using aws = await startSns();
    const made = await aws.call('sns', 'CreateTopic', { Name: 'news', Tags: tags(1) });
    const ResourceArn = made.TopicArn ?? '';
    expect(await aws.call('sns', 'ListTagsForResource', { ResourceArn })).toEqual({
      Tags: tags(1),
    });
  });
});

describe('refusals', () => {
  test('another account neither sees nor changes tags', async () => {
    await using aws = await startSns();
    const { arn: ResourceArn } = await aTopic(aws);
    const stranger = aws.as({ account: '999999999999' });
    const Tags = tags(1);
    const attempts = [
      await stranger.fails('sns', 'TagResource', { ResourceArn, Tags }),
      await stranger.fails('sns', 'UntagResource', { ResourceArn, TagKeys: ['k0'] }),
      await stranger.fails('sns', 'ListTagsForResource', { ResourceArn }),
    ];
    expect(attempts.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect(await aws.call('sns', 'ListTagsForResource', { ResourceArn })).toEqual({ Tags: [] });
  });

  test('a topic that does not exist', async () => {
    await using aws = await startSns();
    const { arn } = await aTopic(aws);
    const refused = await aws.fails('sns', 'ListTagsForResource', { ResourceArn: `${arn}x` });
    expect(refused).toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'Resource does not exist',
      status: 404,
    });
  });

  test('a key twice, and keys that are reserved', async () => {
    await using aws = await startSns();
    const { arn: ResourceArn } = await aTopic(aws);
    const tag = (...Tags: object[]) => aws.fails('sns', 'TagResource', { ResourceArn, Tags });
    const twice = await tag({ Key: 'a', Value: '1' }, { Key: 'a', Value: '2' });
    expect(twice.message).toBe('Invalid parameter: Duplicated keys are not allowed.');
    expect((await tag({ Key: 'aws:x', Value: '1' })).code).toBe('InvalidParameterException');
  });
});

describe('limits', () => {
  test('a topic has up to 50 tags', async () => {
    await using aws = await startSns();
    const { arn: ResourceArn } = await aTopic(aws);
    await aws.call('sns', 'TagResource', { ResourceArn, Tags: tags(50) });
    await aws.call('sns', 'TagResource', { ResourceArn, Tags: tags(50) });
    const Tags = [{ Key: 'one more', Value: '' }];
    expect(await aws.fails('sns', 'TagResource', { ResourceArn, Tags })).toMatchObject({
      code: 'TagLimitExceededException',
      message: 'Could not complete request: tag quota of per resource exceeded',
    });
  });
});
