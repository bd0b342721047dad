import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';

const logGroupName = 'g';
const resourceArn = 'arn:aws:logs:us-east-1:000000000000:log-group:g';

describe('answers', () => {
  test('tags are set and removed by ARN and by name alike', async () => {
    await using aws = await startSuite();
    await aws.call('logs', 'CreateLogGroup', { logGroupName, tags: { a: '1' } });
    await aws.call('logs', 'TagResource', { resourceArn, tags: { b: '2' } });
    await aws.call('logs', 'TagLogGroup', { logGroupName, tags: { a: '3', c: '4' } });
    const byArn = await aws.call('logs', 'ListTagsForResource', { resourceArn });
    expect(byArn.tags).toEqual({ a: '3', b: '2', c: '4' });
    await aws.call('logs', 'UntagResource', { resourceArn, tagKeys: ['a'] });
    await aws.call('logs', 'UntagLogGroup', { logGroupName, tags: ['b'] });
    const byName = await aws.call('logs', 'ListTagsLogGroup', { logGroupName });
    expect(byName.tags).toEqual({ c: '4' });
  });
});

describe('refusals', () => {
  test('only a group that is there has tags', async () => {
    await using aws = await startSuite();
    expect(await aws.fails('logs', 'ListTagsForResource', { resourceArn })).toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });
});

describe('limits', () => {
  test('a group has at most fifty tags', async () => {
    await using aws = await startSuite();
    await aws.call('logs', 'CreateLogGroup', { logGroupName });
    const tags = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, 'v']));
    await aws.call('logs', 'TagResource', { resourceArn, tags });
    const more = { resourceArn, tags: { onemore: 'v' } };
    expect(await aws.fails('logs', 'TagResource', more)).toMatchObject({
      code: 'TooManyTagsException',
    });
  });
});
