/** The list of functions that the admin API gives. */
import { describe, expect, test } from 'vitest';
import type { Functions } from '../../../src/admin-api/index.ts';
import { asked, looked } from '../../admin/asked.ts';
import { startSuite } from '../../sdk/suite.ts';
import { aFunction } from './a-function.ts';

describe('answers', () => {
  test('each function with its settings and what feeds it', async () => {
    await using aws = await startSuite();
    const { arn } = await aFunction(aws, { Timeout: 7, MemorySize: 256 });
    const { QueueUrl = '' } = await aws.call('sqs', 'CreateQueue', { QueueName: 'orders' });
    const asking = { QueueUrl, AttributeNames: ['QueueArn' as const] };
    const { Attributes } = await aws.call('sqs', 'GetQueueAttributes', asking);
    const EventSourceArn = Attributes?.QueueArn;
    const mapping = await aws.call('lambda', 'CreateEventSourceMapping', {
      FunctionName: 'f',
      EventSourceArn,
      Enabled: false,
    });
    await aws.call('lambda', 'PutFunctionConcurrency', {
      FunctionName: 'f',
      ReservedConcurrentExecutions: 3,
    });
    await aws.settled();
    expect(await looked<Functions>(aws, 'functions')).toEqual({
      functions: [
        {
          arn,
          name: 'f',
          runtime: 'nodejs22.x',
          handler: 'index.handler',
          state: 'Active',
          timeoutSeconds: 7,
          memoryMb: 256,
          running: 0,
          reservedConcurrency: 3,
          mappings: [
            { arn: mapping.EventSourceMappingArn, source: EventSourceArn, state: 'Disabled' },
          ],
        },
      ],
    });
  });

  test('those of the account and Region that are asked for', async () => {
    await using aws = await startSuite();
    await aws.lambda('f', () => 1);
    const names = async (query: Readonly<Record<string, string>>) =>
      (await looked<Functions>(aws, 'functions', query)).functions.map(({ name }) => name);
    expect(await names({})).toEqual(['f']);
    expect(await names({ region: 'eu-west-1' })).toEqual([]);
    expect(await names({ account: '111111111111' })).toEqual([]);
  });

  test('how many invocations run now', async () => {
    await using aws = await startSuite();
    const begun = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    await aws.lambda('f', () => {
      begun.resolve();
      return gate.promise;
    });
    const call = aws.call('lambda', 'Invoke', { FunctionName: 'f' });
    await begun.promise;
    expect((await looked<Functions>(aws, 'functions')).functions[0]?.running).toBe(1);
    gate.resolve();
    await call;
    expect((await looked<Functions>(aws, 'functions')).functions[0]?.running).toBe(0);
  });

  test('page by page, by name', async () => {
    await using aws = await startSuite();
    for (const name of ['c', 'a', 'b']) await aws.lambda(name, () => 1);
    const first = await looked<Functions>(aws, 'functions', { limit: 2 });
    expect(first).toMatchObject({ functions: [{ name: 'a' }, { name: 'b' }], next: 'b' });
    const second = await looked<Functions>(aws, 'functions', { limit: 2, after: first.next });
    expect(second.functions.map(({ name }) => name)).toEqual(['c']);
    expect(second.next).toBeUndefined();
  });
});

test('refusals: a limit that is none, and what is not there', async () => {
  await using aws = await startSuite();
  expect(await asked(aws, 'functions', { limit: 0 })).toMatchObject({ status: 400 });
  expect(await asked(aws, 'functions/f')).toMatchObject({ status: 404 });
});
