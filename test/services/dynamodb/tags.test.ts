import { describe, expect, test } from 'vitest';
import { withTable } from './a-table.ts';

const ResourceArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/orders';

describe('answers', () => {
  test('tags are given with the table, added, replaced and taken away', async () => {
    await using aws = await withTable({ Tags: [{ Key: 'team', Value: 'orders' }] });
    const Tags = [
      { Key: 'stage', Value: 'live' },
      { Key: 'cost', Value: '1' },
    ];
    await aws.call('dynamodb', 'TagResource', { ResourceArn, Tags });
    await aws.call('dynamodb', 'UntagResource', { ResourceArn, TagKeys: ['cost', 'none'] });
    expect(await aws.call('dynamodb', 'ListTagsOfResource', { ResourceArn })).toEqual({
      Tags: [
        { Key: 'team', Value: 'orders' },
        { Key: 'stage', Value: 'live' },
      ],
    });
  });
});

describe('refusals', () => {
  test('the table must be there', async () => {
    await using aws = await withTable();
    const none = { ResourceArn: `${ResourceArn}s` };
    expect(await aws.fails('dynamodb', 'ListTagsOfResource', none)).toMatchObject({
      code: 'ResourceNotFoundException',
      message: `Requested resource not found: ResourcArn: ${ResourceArn}s not found`,
    });
    const { code } = await aws.fails('dynamodb', 'ListTagsOfResource', { ResourceArn: 'orders' });
    expect(code).toBe('ValidationException');
  });

  test('tags of AWS are reserved', async () => {
    await using aws = await withTable();
    const input = { ResourceArn, Tags: [{ Key: 'aws:mine', Value: 'x' }] };
    expect((await aws.fails('dynamodb', 'TagResource', input)).code).toBe('ValidationException');
  });
});

describe('limits', () => {
  test('a table has at most 50 tags', async () => {
    await using aws = await withTable();
    const Tags = Array.from({ length: 51 }, (_, at) => ({ Key: `tag${at}`, Value: 'x' }));
    const { message } = await aws.fails('dynamodb', 'TagResource', { ResourceArn, Tags });
    expect(message).toContain('at most 50');
  });
});
