import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { aFunction } from './a-function.ts';

const Resource = 'arn:aws:lambda:us-east-1:000000000000:function:f';

describe('answers', () => {
  test('tags are added, replaced and taken away', async () => {
    await using aws = await startSuite();
    await aFunction(aws, { Tags: { team: 'orders', stage: 'test' } });
    const list = async () => (await aws.call('lambda', 'ListTags', { Resource })).Tags;
    expect(await list()).toEqual({ team: 'orders', stage: 'test' });
    await aws.call('lambda', 'TagResource', { Resource, Tags: { stage: 'live', cost: '1' } });
    expect(await list()).toEqual({ team: 'orders', stage: 'live', cost: '1' });
    await aws.call('lambda', 'UntagResource', { Resource, TagKeys: ['team', 'none'] });
    expect(await list()).toEqual({ stage: 'live', cost: '1' });
  });

  test('event source mappings have tags too', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    await aws.call('sqs', 'CreateQueue', { QueueName: 'q' });
    const { EventSourceMappingArn: mapping = '' } = await aws.call(
      'lambda',
      'CreateEventSourceMapping',
      {
        FunctionName: 'f',
        EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:q',
        Tags: { team: 'orders' },
      },
    );
    await aws.call('lambda', 'TagResource', { Resource: mapping, Tags: { stage: 'test' } });
    await aws.call('lambda', 'UntagResource', { Resource: mapping, TagKeys: ['team'] });
    const { Tags } = await aws.call('lambda', 'ListTags', { Resource: mapping });
    expect(Tags).toEqual({ stage: 'test' });
  });
});

describe('refusals', () => {
  test('what cannot be tagged yet says so, and what is not there too', async () => {
    await using aws = await startSuite();
    const at = 'arn:aws:lambda:us-east-1:000000000000';
    const provider = { Resource: `${at}:capacity-provider:p` };
    expect((await aws.fails('lambda', 'ListTags', provider)).message).toContain('tags of a capac');
    const mapping = { Resource: `${at}:event-source-mapping:${aws.stack.ids.uuid()}` };
    expect((await aws.fails('lambda', 'ListTags', mapping)).message).toBe(
      'The resource you requested does not exist.',
    );
  });

  test('versions and aliases have no tags', async () => {
    await using aws = await startSuite();
    await aFunction(aws, { Publish: true });
    const input = { Resource: `${Resource}:1` };
    expect(await aws.fails('lambda', 'ListTags', input)).toMatchObject({
      code: 'InvalidParameterValueException',
      message:
        'Tags on function aliases and versions are not supported. Please specify a function ARN.',
    });
  });

  test('the function must be there', async () => {
    await using aws = await startSuite();
    expect((await aws.fails('lambda', 'ListTags', { Resource })).message).toBe(
      `Function not found: ${Resource}`,
    );
  });

  test('tags of AWS are reserved', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const input = { Resource, Tags: { 'aws:mine': 'x' } };
    expect((await aws.fails('lambda', 'TagResource', input)).code).toBe(
      'InvalidParameterValueException',
    );
  });
});

describe('limits', () => {
  test('a function has at most 50 tags', async () => {
    await using aws = await startSuite();
    await aFunction(aws, { Tags: { first: 'x' } });
    const names = Array.from({ length: 50 }, (_, at) => `tag${at}`);
    const Tags = Object.fromEntries(names.map((name) => [name, 'x']));
    expect((await aws.fails('lambda', 'TagResource', { Resource, Tags })).message).toBe(
      'Number of tags exceeds resource tag limit.',
    );
  });
});
