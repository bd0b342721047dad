import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';

const ROOT = 'arn:aws:events:us-east-1:000000000000';
const EventPattern = '{"source":["x"]}';

describe('answers', () => {
  test.each([
    ['bus', `${ROOT}:event-bus/shop`],
    ['rule of the default bus', `${ROOT}:rule/r`],
    ['rule', `${ROOT}:rule/shop/r`],
  ])('a %s is tagged and untagged', async (_, ResourceARN) => {
    await using aws = await startSuite();
    await aws.call('events', 'CreateEventBus', { Name: 'shop' });
    await aws.call('events', 'PutRule', { Name: 'r', EventPattern });
    await aws.call('events', 'PutRule', { Name: 'r', EventPattern, EventBusName: 'shop' });
    const tags = async () =>
      (await aws.call('events', 'ListTagsForResource', { ResourceARN })).Tags;
    const [a, b, a2] = [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '' },
      { Key: 'a', Value: '2' },
    ];
    expect(await tags()).toEqual([]);
    await aws.call('events', 'TagResource', { ResourceARN, Tags: [a, b] });
    await aws.call('events', 'TagResource', { ResourceARN, Tags: [a2] });
    expect(await tags()).toEqual([b, a2]);
    await aws.call('events', 'UntagResource', { ResourceARN, TagKeys: ['a', 'none'] });
    expect(await tags()).toEqual([b]);
  });

  test('tags are given when something is made, and kept when a rule is put again', async () => {
    await using aws = await startSuite();
    const Tags = [{ Key: 'a', Value: '1' }];
    const { EventBusArn = '' } = await aws.call('events', 'CreateEventBus', {
      Name: 'shop',
      Tags,
    });
    const { RuleArn = '' } = await aws.call('events', 'PutRule', { Name: 'r', EventPattern, Tags });
    const other = [{ Key: 'b', Value: '2' }];
    await aws.call('events', 'PutRule', { Name: 'r', EventPattern, Tags: other });
    for (const ResourceARN of [EventBusArn, RuleArn]) {
      const listed = await aws.call('events', 'ListTagsForResource', { ResourceARN });
      expect(listed.Tags).toEqual(Tags);
    }
  });
});

describe('refusals', () => {
  test('what is not there has no tags', async () => {
    await using aws = await startSuite();
    const of = (resource: string) =>
      aws.fails('events', 'ListTagsForResource', { ResourceARN: `${ROOT}:${resource}` });
    expect(await of('event-bus/x')).toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'Event bus x does not exist.',
    });
    expect(await of('rule/x')).toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'Rule x does not exist on EventBus default.',
    });
    expect(await of('archive/x')).toMatchObject({ code: 'ValidationException' });
  });

  test('a managed rule is not tagged', async () => {
    await using aws = await startSuite();
    const EventSourceArn = `${ROOT}:event-bus/default`;
    await aws.call('events', 'CreateArchive', { ArchiveName: 'a', EventSourceArn });
    const ResourceARN = `${ROOT}:rule/Events-Archive-a`;
    const Tags = [{ Key: 'a', Value: '1' }];
    expect(await aws.fails('events', 'TagResource', { ResourceARN, Tags })).toMatchObject({
      code: 'ManagedRuleException',
    });
  });
});

describe('limits', () => {
  test('a resource has at most fifty tags, each key once', async () => {
    await using aws = await startSuite();
    const ResourceARN = `${ROOT}:event-bus/default`;
    const Tags = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: '' }));
    await aws.call('events', 'TagResource', { ResourceARN, Tags });
    const more = { ResourceARN, Tags: [{ Key: 'more', Value: '' }] };
    expect((await aws.fails('events', 'TagResource', more)).code).toBe('ValidationException');
    const twice = { ResourceARN, Tags: [...more.Tags, ...more.Tags] };
    expect((await aws.fails('events', 'TagResource', twice)).code).toBe('ValidationException');
  });
});
