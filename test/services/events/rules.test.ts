import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { openQueue } from './receivers.ts';

const EventPattern = '{"source":["com.shop"]}';
const ARN = 'arn:aws:events:us-east-1:000000000000:rule';

describe('answers', () => {
  test('a rule is described as it was put', async () => {
    await using aws = await startSuite();
    const rule = { Name: 'r', EventPattern, Description: 'd', RoleArn: 'arn:aws:iam::1:role/x' };
    expect(await aws.call('events', 'PutRule', rule)).toEqual({ RuleArn: `${ARN}/r` });
    expect(await aws.call('events', 'DescribeRule', { Name: 'r' })).toEqual({
      ...rule,
      Arn: `${ARN}/r`,
      State: 'ENABLED',
      EventBusName: 'default',
      CreatedBy: '000000000000',
    });
  });

  test('the ARN of a rule names its bus, unless that is the default one', async () => {
    await using aws = await startSuite();
    const { EventBusArn } = await aws.call('events', 'CreateEventBus', { Name: 'shop' });
    const rule = { Name: 'r', EventPattern, EventBusName: EventBusArn };
    expect(await aws.call('events', 'PutRule', rule)).toEqual({ RuleArn: `${ARN}/shop/r` });
    const described = await aws.call('events', 'DescribeRule', {
      Name: 'r',
      EventBusName: 'shop',
    });
    expect(described.EventBusName).toBe('shop');
  });

  test('putting a rule again replaces all but its targets', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'q');
    const first = { EventPattern, Description: 'd', State: 'DISABLED' } as const;
    await aws.call('events', 'PutRule', { Name: 'r', ...first });
    const Targets = [{ Id: '1', Arn: queue.arn }];
    await aws.call('events', 'PutTargets', { Rule: 'r', Targets });
    await aws.call('events', 'PutRule', { Name: 'r', ScheduleExpression: 'rate(5 minutes)' });
    expect(await aws.call('events', 'DescribeRule', { Name: 'r' })).toEqual({
      Name: 'r',
      Arn: `${ARN}/r`,
      ScheduleExpression: 'rate(5 minutes)',
      State: 'ENABLED',
      EventBusName: 'default',
      CreatedBy: '000000000000',
    });
    const targets = await aws.call('events', 'ListTargetsByRule', { Rule: 'r' });
    expect(targets.Targets).toEqual(Targets);
  });

  test('one name may stand for a rule on each bus', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'CreateEventBus', { Name: 'shop' });
    await aws.call('events', 'PutRule', { Name: 'r', EventPattern });
    const other = { Name: 'r', EventBusName: 'shop' };
    await aws.call('events', 'PutRule', { ...other, EventPattern: '{"source":["x"]}' });
    await aws.call('events', 'DeleteRule', { Name: 'r' });
    const described = await aws.call('events', 'DescribeRule', other);
    expect(described.EventPattern).toBe('{"source":["x"]}');
  });

  test('rules are enabled and disabled', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'PutRule', { Name: 'r', EventPattern });
    const state = async () => (await aws.call('events', 'DescribeRule', { Name: 'r' })).State;
    await aws.call('events', 'DisableRule', { Name: 'r' });
    expect(await state()).toBe('DISABLED');
    await aws.call('events', 'EnableRule', { Name: 'r' });
    expect(await state()).toBe('ENABLED');
  });

  test('rules are listed by prefix, page by page', async () => {
    await using aws = await startSuite();
    for (const Name of ['b', 'a1', 'a2'])
      await aws.call('events', 'PutRule', { Name, EventPattern });
    const list = async (input: object) => {
      const { Rules = [], NextToken } = await aws.call('events', 'ListRules', input);
      return { names: Rules.map(({ Name }) => Name), NextToken };
    };
    expect((await list({ NamePrefix: 'a' })).names).toEqual(['a1', 'a2']);
    const first = await list({ Limit: 2 });
    expect(first.names).toEqual(['a1', 'a2']);
    expect(await list({ Limit: 2, NextToken: first.NextToken })).toEqual({ names: ['b'] });
  });

  test('rules are found by the exact ARN of a target', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'q');
    for (const Name of ['r1', 'r2', 'r3']) {
      await aws.call('events', 'PutRule', { Name, EventPattern });
    }
    for (const Rule of ['r1', 'r3']) {
      const Targets = [{ Id: '1', Arn: queue.arn }];
      await aws.call('events', 'PutTargets', { Rule, Targets });
    }
    const named = async (TargetArn: string) =>
      (await aws.call('events', 'ListRuleNamesByTarget', { TargetArn })).RuleNames;
    expect(await named(queue.arn)).toEqual(['r1', 'r3']);
    expect(await named(queue.arn.slice(0, -1))).toEqual([]);
  });

  test('deleting a rule that is not there succeeds', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'DeleteRule', { Name: 'r' });
  });
});

describe('refusals', () => {
  test('a rule that is not there is told with its bus', async () => {
    await using aws = await startSuite();
    const refusal = {
      code: 'ResourceNotFoundException',
      message: 'Rule r does not exist on EventBus default.',
    };
    for (const operation of ['DescribeRule', 'EnableRule', 'DisableRule'] as const) {
      expect(await aws.fails('events', operation, { Name: 'r' })).toMatchObject(refusal);
    }
    expect(await aws.fails('events', 'ListTargetsByRule', { Rule: 'r' })).toMatchObject(refusal);
  });

  test('a bus that is not there has no rules', async () => {
    await using aws = await startSuite();
    const refusal = {
      code: 'ResourceNotFoundException',
      message: 'Event bus nowhere does not exist.',
    };
    const rule = { Name: 'r', EventBusName: 'nowhere' };
    const put = { ...rule, EventPattern };
    expect(await aws.fails('events', 'PutRule', put)).toMatchObject(refusal);
    expect(await aws.fails('events', 'DeleteRule', rule)).toMatchObject(refusal);
    const list = { EventBusName: 'nowhere' };
    expect(await aws.fails('events', 'ListRules', list)).toMatchObject(refusal);
  });

  test('a rule needs a pattern or a schedule', async () => {
    await using aws = await startSuite();
    expect(await aws.fails('events', 'PutRule', { Name: 'r' })).toMatchObject({
      code: 'ValidationException',
      message: 'Parameter(s) EventPattern or ScheduleExpression must be specified.',
    });
  });

  test.each([
    ['{"source":[]}', 'Empty arrays are not allowed'],
    ['{"source":"x"}', '"source" must be an object or an array'],
    ['[]', 'Filter is not an object'],
    ['{"a":[{"EXISTS":true}]}', 'Unrecognized match type EXISTS'],
  ])('the pattern %s is refused with its reason', async (pattern, reason) => {
    await using aws = await startSuite();
    const input = { Name: 'r', EventPattern: pattern };
    const { code, message } = await aws.fails('events', 'PutRule', input);
    expect(code).toBe('InvalidEventPatternException');
    expect(message.startsWith(`Event pattern is not valid. Reason: ${reason}`)).toBe(true);
  });

  test.each(['rate(1 minutes)', 'rate(5 minute)', 'rate(0 minutes)', 'cron(* * * * *)', 'soon'])(
    'the schedule %s is refused',
    async (ScheduleExpression) => {
      await using aws = await startSuite();
      const input = { Name: 'r', ScheduleExpression };
      expect(await aws.fails('events', 'PutRule', input)).toMatchObject({
        code: 'ValidationException',
        message: 'Parameter ScheduleExpression is not valid.',
      });
    },
  );

  test('only the default bus has schedules', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'CreateEventBus', { Name: 'shop' });
    const input = { Name: 'r', EventBusName: 'shop', ScheduleExpression: 'rate(1 minute)' };
    expect(await aws.fails('events', 'PutRule', input)).toMatchObject({
      code: 'ValidationException',
      message: 'ScheduleExpression is supported only on the default event bus.',
    });
  });

  test('a rule with targets cannot be deleted', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'q');
    await aws.call('events', 'PutRule', { Name: 'r', EventPattern });
    await aws.call('events', 'PutTargets', { Rule: 'r', Targets: [{ Id: '1', Arn: queue.arn }] });
    expect(await aws.fails('events', 'DeleteRule', { Name: 'r' })).toMatchObject({
      code: 'ValidationException',
      message: "Rule can't be deleted since it has targets.",
    });
    await aws.call('events', 'RemoveTargets', { Rule: 'r', Ids: ['1'] });
    await aws.call('events', 'DeleteRule', { Name: 'r' });
    const { Rules } = await aws.call('events', 'ListRules', {});
    expect(Rules).toEqual([]);
  });
});

describe('limits', () => {
  test('a bus has 300 rules; a stack may raise that', async () => {
    await using aws = await startSuite();
    for (let index = 0; index < 300; index += 1) {
      await aws.call('events', 'PutRule', { Name: `r${index}`, EventPattern });
    }
    const refusal = {
      code: 'LimitExceededException',
      message: 'The requested resource exceeds the maximum number allowed.',
    };
    const more = { Name: 'one-more', EventPattern };
    expect(await aws.fails('events', 'PutRule', more)).toMatchObject(refusal);
    await aws.call('events', 'PutRule', { Name: 'r7', EventPattern });
  });

  test('30 rules of a bus have wildcards', async () => {
    await using aws = await startSuite();
    const wild = { EventPattern: JSON.stringify({ source: [{ wildcard: 'com.*.orders' }] }) };
    for (let index = 0; index < 30; index += 1) {
      await aws.call('events', 'PutRule', { Name: `w${index}`, ...wild });
    }
    const more = await aws.fails('events', 'PutRule', { Name: 'one-more', ...wild });
    expect(more.code).toBe('LimitExceededException');
    await aws.call('events', 'PutRule', { Name: 'w7', ...wild });
    await aws.call('events', 'PutRule', { Name: 'w7', EventPattern });
    await aws.call('events', 'PutRule', { Name: 'one-more', ...wild });
    await aws.call('events', 'CreateEventBus', { Name: 'other' });
    await aws.call('events', 'PutRule', { Name: 'w', EventBusName: 'other', ...wild });
  });

  test('names have at most 64 characters, patterns 4,096', async () => {
    await using aws = await startSuite();
    const long = { Name: 'x'.repeat(65), EventPattern };
    expect((await aws.fails('events', 'PutRule', long)).message).toContain(
      "at 'name' failed to satisfy constraint: Member must have length less than or equal to 64",
    );
    const pattern = `{"source":["${'x'.repeat(4096)}"]}`;
    const wide = { Name: 'r', EventPattern: pattern };
    expect((await aws.fails('events', 'PutRule', wide)).code).toBe('ValidationException');
  });
});
