import { describe, expect, test } from 'vitest';
import type { Suite } from '../../sdk/suite.ts';
import { startSuite } from '../../sdk/suite.ts';
import { openQueue, type Queue } from './receivers.ts';

const ARN = 'arn:aws:events:us-east-1:000000000000:rule/tick';

async function withSchedule(
  aws: Suite,
  ScheduleExpression: string,
  more: object = {},
): Promise<Queue> {
  const queue = await openQueue(aws, 'q');
  await aws.call('events', 'PutRule', { Name: 'tick', ScheduleExpression, ...more });
  const Targets = [{ Id: '1', Arn: queue.arn }];
  await aws.call('events', 'PutTargets', { Rule: 'tick', Targets });
  return queue;
}

async function times(queue: Queue): Promise<readonly string[]> {
  return (await queue.events()).map(({ time }) => time.slice(11, 16));
}

describe('answers', () => {
  test('a rate first fires one period after the rule was put', async () => {
    await using aws = await startSuite();
    const queue = await withSchedule(aws, 'rate(5 minutes)');
    await aws.clock.advance('4m');
    expect(await times(queue)).toEqual([]);
    await aws.clock.advance('12m');
    expect(await times(queue)).toEqual(['10:05', '10:10', '10:15']);
  });

  test('the event is a Scheduled Event of the rule', async () => {
    await using aws = await startSuite();
    const queue = await withSchedule(aws, 'rate(1 minute)');
    await aws.clock.advance('1m');
    expect(await queue.events()).toEqual([
      {
        version: '0',
        id: expect.any(String),
        'detail-type': 'Scheduled Event',
        source: 'aws.events',
        account: '000000000000',
        time: '2026-01-15T10:01:00Z',
        region: 'us-east-1',
        resources: [ARN],
        detail: {},
      },
    ]);
  });

  test('a cron expression follows the calendar, in UTC', async () => {
    await using aws = await startSuite();
    // 2026-01-15 is a Thursday.
    const queue = await withSchedule(aws, 'cron(30 8 ? * MON-FRI *)');
    await aws.clock.advance('4d');
    const days = (await queue.events()).map(({ time }) => time);
    expect(days).toEqual(['2026-01-16T08:30:00Z', '2026-01-19T08:30:00Z']);
  });

  test('a disabled rule does not fire; enabled again it counts anew', async () => {
    await using aws = await startSuite();
    const queue = await withSchedule(aws, 'rate(10 minutes)');
    await aws.clock.advance('15m');
    await aws.call('events', 'DisableRule', { Name: 'tick' });
    await aws.clock.advance('1h');
    expect(await times(queue)).toEqual(['10:10']);
    await aws.call('events', 'EnableRule', { Name: 'tick' });
    await aws.clock.advance('10m');
    expect(await times(queue)).toEqual(['11:25']);
  });

  test('a rule that is put as disabled waits to be enabled', async () => {
    await using aws = await startSuite();
    const queue = await withSchedule(aws, 'rate(1 minute)', { State: 'DISABLED' });
    await aws.clock.advance('5m');
    expect(await times(queue)).toEqual([]);
  });

  test('a changed schedule replaces the one before', async () => {
    await using aws = await startSuite();
    const queue = await withSchedule(aws, 'rate(10 minutes)');
    await aws.clock.advance('9m');
    await aws.call('events', 'PutRule', { Name: 'tick', ScheduleExpression: 'rate(1 hour)' });
    await aws.clock.advance('61m');
    expect(await times(queue)).toEqual(['11:09']);
  });

  test('a rule that is gone fires no more, and one that comes again not twice', async () => {
    await using aws = await startSuite();
    const queue = await withSchedule(aws, 'rate(10 minutes)');
    await aws.call('events', 'RemoveTargets', { Rule: 'tick', Ids: ['1'] });
    await aws.call('events', 'DeleteRule', { Name: 'tick' });
    await aws.clock.advance('5m');
    await aws.call('events', 'PutRule', { Name: 'tick', ScheduleExpression: 'rate(10 minutes)' });
    const Targets = [{ Id: '1', Arn: queue.arn }];
    await aws.call('events', 'PutTargets', { Rule: 'tick', Targets });
    await aws.clock.advance('20m');
    expect(await times(queue)).toEqual(['10:15', '10:25']);
  });

  test('a rule may have both a pattern and a schedule', async () => {
    await using aws = await startSuite();
    const EventPattern = '{"source":["com.shop"]}';
    const queue = await withSchedule(aws, 'rate(1 minute)', { EventPattern });
    const Entries = [{ Source: 'com.shop', DetailType: 't', Detail: '{}' }];
    await aws.call('events', 'PutEvents', { Entries });
    await aws.clock.advance('1m');
    expect((await queue.events()).map(({ source }) => source)).toEqual(['com.shop', 'aws.events']);
  });

  test('schedules are not what settled waits for', async () => {
    await using aws = await startSuite();
    const queue = await withSchedule(aws, 'rate(1 minute)');
    await aws.settled();
    expect(await times(queue)).toEqual([]);
  });
});
