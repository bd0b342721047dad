import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { openQueue, put } from './receivers.ts';

const BUS = 'arn:aws:events:us-east-1:000000000000:event-bus/default';
const archive = { ArchiveName: 'a', EventSourceArn: BUS };

describe('answers', () => {
  test('an archive is described as it was made, with what it holds', async () => {
    await using aws = await startSuite();
    const settings = { Description: 'd', EventPattern: '{"source":["com.shop"]}' };
    const created = await aws.call('events', 'CreateArchive', {
      ...archive,
      ...settings,
      RetentionDays: 7,
    });
    expect(created).toEqual({
      ArchiveArn: 'arn:aws:events:us-east-1:000000000000:archive/a',
      State: 'ENABLED',
      CreationTime: aws.clock.now(),
    });
    await put(aws, { n: 1 });
    await put(aws, { n: 2 }, { Source: 'other' });
    const described = await aws.call('events', 'DescribeArchive', { ArchiveName: 'a' });
    expect(described).toMatchObject({
      ...archive,
      ...settings,
      RetentionDays: 7,
      EventCount: 1,
      State: 'ENABLED',
    });
    expect(described.SizeBytes).toBeGreaterThan(100);
  });

  test('without a pattern everything that comes to the bus is archived', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'CreateArchive', archive);
    await aws.call('events', 'CreateEventBus', { Name: 'other' });
    await put(aws, {});
    await put(aws, {}, { Source: 'other' });
    await put(aws, {}, { EventBusName: 'other' });
    const { EventCount, RetentionDays } = await aws.call('events', 'DescribeArchive', {
      ArchiveName: 'a',
    });
    expect([EventCount, RetentionDays]).toEqual([2, 0]);
  });

  test('each archive has a managed rule that everybody can see', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'CreateArchive', { ...archive, EventPattern: '{"source":["x"]}' });
    const { Rules } = await aws.call('events', 'ListRules', {});
    expect(Rules).toEqual([
      {
        Name: 'Events-Archive-a',
        Arn: 'arn:aws:events:us-east-1:000000000000:rule/Events-Archive-a',
        EventPattern: '{"source":["x"],"replay-name":[{"exists":false}]}',
        State: 'ENABLED',
        ManagedBy: 'prod.vhs.events.aws.internal',
        EventBusName: 'default',
      },
    ]);
    const targets = await aws.call('events', 'ListTargetsByRule', { Rule: 'Events-Archive-a' });
    expect(targets.Targets).toMatchObject([
      { Id: 'Events-Archive-a', Arn: 'arn:aws:events:us-east-1:::' },
    ]);
  });

  test('an update changes what it names, from the next event on', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'CreateArchive', { ...archive, Description: 'd' });
    await put(aws, {});
    await aws.call('events', 'UpdateArchive', {
      ArchiveName: 'a',
      EventPattern: '{"source":["other"]}',
    });
    await put(aws, {});
    await put(aws, {}, { Source: 'other' });
    const described = await aws.call('events', 'DescribeArchive', { ArchiveName: 'a' });
    expect(described).toMatchObject({ Description: 'd', EventCount: 2 });
  });

  test('events older than the retention are let go', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'CreateArchive', { ...archive, RetentionDays: 2 });
    const count = async () =>
      (await aws.call('events', 'DescribeArchive', { ArchiveName: 'a' })).EventCount;
    await put(aws, {});
    await aws.clock.advance('1d');
    await put(aws, {});
    expect(await count()).toBe(2);
    await aws.clock.advance('25h');
    expect(await count()).toBe(1);
    await aws.clock.advance('1d');
    expect(await count()).toBe(0);
  });

  test('a retention of zero keeps events for ever', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'CreateArchive', { ...archive, RetentionDays: 1 });
    await aws.call('events', 'UpdateArchive', { ArchiveName: 'a', RetentionDays: 0 });
    await put(aws, {});
    await aws.clock.advance('400d');
    const described = await aws.call('events', 'DescribeArchive', { ArchiveName: 'a' });
    expect(described.EventCount).toBe(1);
  });

  test('an archive that is made again begins empty', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'CreateArchive', archive);
    await put(aws, {});
    await aws.call('events', 'DeleteArchive', { ArchiveName: 'a' });
    expect((await aws.call('events', 'ListRules', {})).Rules).toEqual([]);
    await aws.call('events', 'CreateArchive', archive);
    const described = await aws.call('events', 'DescribeArchive', { ArchiveName: 'a' });
    expect(described.EventCount).toBe(0);
  });

  test('archives are listed by prefix, source or state', async () => {
    await using aws = await startSuite();
    const { EventBusArn = '' } = await aws.call('events', 'CreateEventBus', { Name: 'shop' });
    const create = (ArchiveName: string, EventSourceArn: string) =>
      aws.call('events', 'CreateArchive', { ArchiveName, EventSourceArn });
    await create('a1', BUS);
    await create('a2', EventBusArn);
    await create('b', BUS);
    const names = async (input: object) =>
      (await aws.call('events', 'ListArchives', input)).Archives?.map((one) => one.ArchiveName);
    expect(await names({ NamePrefix: 'a' })).toEqual(['a1', 'a2']);
    expect(await names({ EventSourceArn: BUS })).toEqual(['a1', 'b']);
    expect(await names({ State: 'ENABLED' })).toEqual(['a1', 'a2', 'b']);
    expect(await names({ State: 'DISABLED' })).toEqual([]);
    const { NextToken } = await aws.call('events', 'ListArchives', { Limit: 2 });
    expect(await names({ Limit: 2, NextToken })).toEqual(['b']);
  });
});

describe('refusals', () => {
  test('an archive is not made twice', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'CreateArchive', archive);
    expect(await aws.fails('events', 'CreateArchive', archive)).toMatchObject({
      code: 'ResourceAlreadyExistsException',
      message: 'Archive a already exists.',
    });
  });

  test('the bus must be there, and be one of this account and Region', async () => {
    await using aws = await startSuite();
    const on = (EventSourceArn: string) =>
      aws.fails('events', 'CreateArchive', { ArchiveName: 'a', EventSourceArn });
    expect(await on(`${BUS}x`)).toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'Event bus defaultx does not exist.',
    });
    expect(await on(BUS.replace('us-east-1', 'eu-west-1'))).toMatchObject({
      code: 'ValidationException',
    });
  });

  test('a pattern must be one', async () => {
    await using aws = await startSuite();
    const input = { ...archive, EventPattern: '{"source":[]}' };
    const { code, message } = await aws.fails('events', 'CreateArchive', input);
    expect(code).toBe('InvalidEventPatternException');
    expect(message).toContain('Event pattern is not valid. Reason: Empty arrays are not allowed');
  });

  test('an archive that is not there is told by its name', async () => {
    await using aws = await startSuite();
    const refusal = {
      code: 'ResourceNotFoundException',
      message: 'Archive a does not exist.',
    };
    const ArchiveName = 'a';
    expect(await aws.fails('events', 'DescribeArchive', { ArchiveName })).toMatchObject(refusal);
    expect(await aws.fails('events', 'DeleteArchive', { ArchiveName })).toMatchObject(refusal);
    const update = { ArchiveName, Description: 'd' };
    expect(await aws.fails('events', 'UpdateArchive', update)).toMatchObject(refusal);
  });

  test('an update has to change something', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'CreateArchive', archive);
    expect(await aws.fails('events', 'UpdateArchive', { ArchiveName: 'a' })).toMatchObject({
      code: 'ValidationException',
      message: 'At least one of EventPattern, RetentionDays or Description must be provided.',
    });
  });

  test('a list takes one filter', async () => {
    await using aws = await startSuite();
    const both = { NamePrefix: 'a', State: 'ENABLED' };
    expect(await aws.fails('events', 'ListArchives', both)).toMatchObject({
      code: 'ValidationException',
      message:
        'At most one filter is allowed for ListArchives. ' +
        'Use either : State, EventSourceArn, or NamePrefix.',
    });
  });

  test('the managed rule is changed by force only', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'q');
    await aws.call('events', 'CreateArchive', archive);
    const Name = 'Events-Archive-a';
    const refusal = {
      code: 'ManagedRuleException',
      message: `${Name} is a managed rule. Set 'force' parameter to true to override.`,
    };
    const EventPattern = '{"source":["x"]}';
    const rule = { Name, EventPattern };
    expect(await aws.fails('events', 'PutRule', rule)).toMatchObject(refusal);
    expect(await aws.fails('events', 'DisableRule', { Name })).toMatchObject(refusal);
    expect(await aws.fails('events', 'DeleteRule', { Name })).toMatchObject(refusal);
    const targets = { Rule: Name, Targets: [{ Id: '1', Arn: queue.arn }] };
    expect(await aws.fails('events', 'PutTargets', targets)).toMatchObject(refusal);
    const remove = { Rule: Name, Ids: [Name] };
    expect(await aws.fails('events', 'RemoveTargets', remove)).toMatchObject(refusal);

    await aws.call('events', 'RemoveTargets', { ...remove, Force: true });
    await put(aws, {});
    await aws.call('events', 'DeleteRule', { Name, Force: true });
    await put(aws, {});
    const { EventCount } = await aws.call('events', 'DescribeArchive', { ArchiveName: 'a' });
    expect(EventCount).toBe(0);
  });
});
