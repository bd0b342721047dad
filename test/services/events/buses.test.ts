import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { EVERYTHING, openQueue, put, sendsTo } from './receivers.ts';

const ARN = 'arn:aws:events:us-east-1:000000000000:event-bus';

describe('answers', () => {
  test('the default bus is there without having been made', async () => {
    await using aws = await startSuite();
    const bus = { Name: 'default', Arn: `${ARN}/default` };
    expect(await aws.call('events', 'DescribeEventBus', {})).toEqual(bus);
    expect((await aws.call('events', 'ListEventBuses', {})).EventBuses).toEqual([bus]);
  });

  test('a bus is described as it was made', async () => {
    await using aws = await startSuite();
    const settings = {
      Description: 'orders',
      KmsKeyIdentifier: 'alias/k',
      DeadLetterConfig: { Arn: 'arn:aws:sqs:us-east-1:000000000000:dlq' },
      LogConfig: { IncludeDetail: 'FULL', Level: 'TRACE' },
    } as const;
    const created = await aws.call('events', 'CreateEventBus', { Name: 'shop', ...settings });
    expect(created).toEqual({ EventBusArn: `${ARN}/shop`, ...settings });
    const at = aws.clock.now();
    const described = { Name: 'shop', Arn: `${ARN}/shop`, CreationTime: at, LastModifiedTime: at };
    const Name = `${ARN}/shop`;
    expect(await aws.call('events', 'DescribeEventBus', { Name })).toEqual({
      ...described,
      ...settings,
    });
  });

  test('an update changes what it names', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'CreateEventBus', { Name: 'shop', Description: 'old' });
    await aws.clock.advance('1m');
    const LogConfig = { Level: 'ERROR' } as const;
    const updated = await aws.call('events', 'UpdateEventBus', { Name: 'shop', LogConfig });
    expect(updated).toEqual({ Arn: `${ARN}/shop`, Name: 'shop', Description: 'old', LogConfig });
    const bus = await aws.call('events', 'DescribeEventBus', { Name: 'shop' });
    expect(Number(bus.LastModifiedTime) - Number(bus.CreationTime)).toBe(60_000);
  });

  test('the default bus can be updated too', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'UpdateEventBus', { Name: 'default', Description: 'mine' });
    const { Description } = await aws.call('events', 'DescribeEventBus', {});
    expect(Description).toBe('mine');
    expect((await aws.call('events', 'ListEventBuses', {})).EventBuses).toHaveLength(1);
  });

  test('buses are listed by name and prefix, page by page', async () => {
    await using aws = await startSuite();
    for (const Name of ['b2', 'b1', 'z']) await aws.call('events', 'CreateEventBus', { Name });
    const list = async (input: object) => {
      const { EventBuses = [], NextToken } = await aws.call('events', 'ListEventBuses', input);
      return { names: EventBuses.map(({ Name }) => Name), NextToken };
    };
    expect((await list({ NamePrefix: 'b' })).names).toEqual(['b1', 'b2']);
    const first = await list({ Limit: 3 });
    expect(first.names).toEqual(['b1', 'b2', 'default']);
    expect(await list({ Limit: 3, NextToken: first.NextToken })).toEqual({ names: ['z'] });
  });

  test('accounts and Regions have buses of their own', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'CreateEventBus', { Name: 'shop' });
    for (const other of [aws.as({ account: '111111111111' }), aws.as({ region: 'eu-west-1' })]) {
      expect((await other.call('events', 'ListEventBuses', {})).EventBuses).toHaveLength(1);
      await other.call('events', 'CreateEventBus', { Name: 'shop' });
    }
  });

  test('deleting a bus that is not there succeeds', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'CreateEventBus', { Name: 'shop' });
    await aws.call('events', 'DeleteEventBus', { Name: 'shop' });
    await aws.call('events', 'DeleteEventBus', { Name: 'shop' });
    expect((await aws.call('events', 'ListEventBuses', {})).EventBuses).toHaveLength(1);
  });

  test('a bus that is made again gets events again', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'q');
    await aws.call('events', 'CreateEventBus', { Name: 'shop' });
    await aws.call('events', 'DeleteEventBus', { Name: 'shop' });
    await put(aws, { n: 1 }, { EventBusName: 'shop' });
    await aws.call('events', 'CreateEventBus', { Name: 'shop' });
    await sendsTo(aws, 'r', EVERYTHING, { Arn: queue.arn }, 'shop');
    await put(aws, { n: 2 }, { EventBusName: 'shop' });
    expect((await queue.events()).map(({ detail }) => detail)).toEqual([{ n: 2 }]);
  });
});

describe('refusals', () => {
  test.each(['default', 'shop'])('the bus %s is not made twice', async (Name) => {
    await using aws = await startSuite();
    if (Name !== 'default') await aws.call('events', 'CreateEventBus', { Name });
    expect(await aws.fails('events', 'CreateEventBus', { Name })).toMatchObject({
      code: 'ResourceAlreadyExistsException',
      message: `Event bus ${Name} already exists.`,
      status: 400,
    });
  });

  test('only partner buses have a slash in their names', async () => {
    await using aws = await startSuite();
    expect(await aws.fails('events', 'CreateEventBus', { Name: 'a/b' })).toMatchObject({
      code: 'ValidationException',
      message: "Event bus name must not contain '/'.",
    });
  });

  test('the default bus cannot be deleted', async () => {
    await using aws = await startSuite();
    expect(await aws.fails('events', 'DeleteEventBus', { Name: 'default' })).toMatchObject({
      code: 'ValidationException',
      message: 'Cannot delete event bus default.',
    });
  });

  test('a bus with rules cannot be deleted', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'CreateEventBus', { Name: 'shop' });
    const rule = { Name: 'r', EventBusName: 'shop' };
    await aws.call('events', 'PutRule', { ...rule, EventPattern: '{"source":["x"]}' });
    expect(await aws.fails('events', 'DeleteEventBus', { Name: 'shop' })).toMatchObject({
      code: 'ValidationException',
      message: "Event bus can't be deleted since it has rules.",
    });
    await aws.call('events', 'DeleteRule', rule);
    await aws.call('events', 'DeleteEventBus', { Name: 'shop' });
  });

  test('a bus that is not there is not described or updated', async () => {
    await using aws = await startSuite();
    const refusal = {
      code: 'ResourceNotFoundException',
      message: 'Event bus shop does not exist.',
    };
    const Name = 'shop';
    expect(await aws.fails('events', 'DescribeEventBus', { Name })).toMatchObject(refusal);
    expect(await aws.fails('events', 'UpdateEventBus', { Name })).toMatchObject(refusal);
    await aws.as({ account: '111111111111' }).call('events', 'CreateEventBus', { Name });
    const foreign = 'arn:aws:events:us-east-1:111111111111:event-bus/shop';
    expect(await aws.fails('events', 'DescribeEventBus', { Name: foreign })).toMatchObject(refusal);
  });

  test('a token is good for its own question only', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'CreateEventBus', { Name: 'shop' });
    const { NextToken } = await aws.call('events', 'ListEventBuses', { Limit: 1 });
    const wrong = { Limit: 1, NextToken, NamePrefix: 's' };
    expect(await aws.fails('events', 'ListEventBuses', wrong)).toMatchObject({
      code: 'ValidationException',
      message: 'Parameter NextToken is not valid.',
    });
  });
});

describe('limits', () => {
  test('an account has a hundred buses in a Region, the default bus counted', async () => {
    await using aws = await startSuite();
    const names = Array.from({ length: 99 }, (_, index) => `bus-${index}`);
    for (const Name of names) await aws.call('events', 'CreateEventBus', { Name });
    await aws.call('events', 'UpdateEventBus', { Description: 'counted once' });
    expect(await aws.fails('events', 'CreateEventBus', { Name: 'one-more' })).toMatchObject({
      code: 'LimitExceededException',
      message: 'The requested resource exceeds the maximum number allowed.',
    });
  });
});
