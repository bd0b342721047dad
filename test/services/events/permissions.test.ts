import { describe, expect, test } from 'vitest';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { EVERYTHING, openQueue, sendsTo } from './receivers.ts';

const HUB = '000000000000';
const DOMAIN = '111111111111';
const BUS = `arn:aws:events:us-east-1:${HUB}:event-bus/default`;

async function policyOf(aws: Suite): Promise<unknown> {
  const { Policy } = await aws.call('events', 'DescribeEventBus', {});
  return Policy === undefined ? undefined : JSON.parse(Policy);
}

/** Puts one event from another account and answers with its result. */
async function putFrom(aws: Suite, Source: string, DetailType = 'T') {
  const { Entries } = await aws.as({ account: DOMAIN }).call('events', 'PutEvents', {
    Entries: [{ Source, DetailType, Detail: '{}', EventBusName: BUS }],
  });
  return Entries?.[0];
}

function allow(Condition: object): string {
  const Principal = { AWS: `arn:aws:iam::${DOMAIN}:root` };
  const statement = { Sid: 'a', Effect: 'Allow', Principal, Action: 'events:PutEvents' };
  const Statement = [{ ...statement, Resource: BUS, Condition }];
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

describe('answers', () => {
  test('statements are added, replaced and removed by their ids', async () => {
    await using aws = await startSuite();
    const Action = 'events:PutEvents';
    await aws.call('events', 'PutPermission', { StatementId: 'a', Action, Principal: DOMAIN });
    await aws.call('events', 'PutPermission', {
      StatementId: 'b',
      Action,
      Principal: '*',
      Condition: { Type: 'StringEquals', Key: 'aws:PrincipalOrgID', Value: 'o-1' },
    });
    const b = {
      Sid: 'b',
      Effect: 'Allow',
      Principal: '*',
      Action,
      Resource: BUS,
      Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } },
    };
    const principal = { AWS: `arn:aws:iam::${DOMAIN}:root` };
    expect(await policyOf(aws)).toEqual({
      Version: '2012-10-17',
      Statement: [{ Sid: 'a', Effect: 'Allow', Principal: principal, Action, Resource: BUS }, b],
    });
    await aws.call('events', 'RemovePermission', { StatementId: 'a' });
    expect(await policyOf(aws)).toEqual({ Version: '2012-10-17', Statement: [b] });
    await aws.call('events', 'RemovePermission', { StatementId: 'b' });
    expect(await policyOf(aws)).toBeUndefined();
  });

  test('a whole policy replaces what was there, and all of it can be removed', async () => {
    await using aws = await startSuite();
    const Policy = allow({});
    await aws.call('events', 'PutPermission', { Policy });
    expect(await policyOf(aws)).toEqual(JSON.parse(Policy));
    await aws.call('events', 'RemovePermission', { RemoveAllPermissions: true });
    expect(await policyOf(aws)).toBeUndefined();
  });

  test('an account that the policy does not name may not put events', async () => {
    await using aws = await startSuite();
    expect(await putFrom(aws, 'com.ces.price')).toEqual({
      ErrorCode: 'AccessDeniedException',
      ErrorMessage:
        `User: arn:aws:iam::${DOMAIN}:root is not authorized to perform: events:PutEvents on ` +
        `resource: ${BUS} because no resource-based policy allows the events:PutEvents action`,
    });
  });

  test('an event from another account carries that account', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'q');
    await sendsTo(aws, 'r', EVERYTHING, { Arn: queue.arn });
    const permission = { StatementId: 'a', Action: 'events:PutEvents', Principal: DOMAIN };
    await aws.call('events', 'PutPermission', permission);
    expect((await putFrom(aws, 'com.ces.price'))?.EventId).toBeTypeOf('string');
    expect(await queue.events()).toMatchObject([{ account: DOMAIN }]);
  });

  test('a condition on the source is told apart from no permission at all', async () => {
    await using aws = await startSuite();
    const Policy = allow({ StringEquals: { 'events:source': 'com.ces.warehouse' } });
    await aws.call('events', 'PutPermission', { Policy });
    expect((await putFrom(aws, 'com.ces.warehouse'))?.EventId).toBeTypeOf('string');
    expect(await putFrom(aws, 'com.ces.product')).toEqual({
      ErrorCode: 'NotAuthorizedForSourceException',
      ErrorMessage: 'Not authorized for the source.',
    });
  });

  test('a condition on the detail-type too', async () => {
    await using aws = await startSuite();
    const Policy = allow({ StringLike: { 'events:detail-type': 'Price*' } });
    await aws.call('events', 'PutPermission', { Policy });
    expect((await putFrom(aws, 'x', 'PriceUpdated'))?.EventId).toBeTypeOf('string');
    expect((await putFrom(aws, 'x', 'StockLow'))?.ErrorCode).toBe(
      'NotAuthorizedForDetailTypeException',
    );
  });

  test('what the policy denies is denied to its own account too', async () => {
    await using aws = await startSuite();
    const condition = { StringEquals: { 'events:source': 'com.shop.legacy' } };
    const statement = { Effect: 'Deny', Principal: '*', Action: 'events:PutEvents' };
    const Statement = [{ Sid: 'a', ...statement, Resource: BUS, Condition: condition }];
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    await aws.call('events', 'PutPermission', { Policy });
    const put = async (Source: string) => {
      const entry = { Source, DetailType: 'T', Detail: '{}' };
      return (await aws.call('events', 'PutEvents', { Entries: [entry] })).Entries?.[0];
    };
    expect((await put('com.shop.orders'))?.EventId).toBeTypeOf('string');
    expect(await put('com.shop.legacy')).toEqual({
      ErrorCode: 'AccessDeniedException',
      ErrorMessage: expect.stringContaining('with an explicit deny in a resource-based policy'),
    });
  });

  test('where policies are not enforced everybody may put events', async () => {
    await using aws = await startSuite({ settings: { enforcePolicies: false } });
    expect((await putFrom(aws, 'x'))?.EventId).toBeTypeOf('string');
  });
});

describe('refusals', () => {
  test('a permission names action, principal and statement', async () => {
    await using aws = await startSuite();
    const whole = { StatementId: 'a', Action: 'events:PutEvents', Principal: DOMAIN };
    for (const name of ['StatementId', 'Action', 'Principal']) {
      const { [name as 'Action']: _, ...rest } = whole;
      expect(await aws.fails('events', 'PutPermission', rest)).toMatchObject({
        code: 'ValidationException',
        message: `Parameter ${name} is required.`,
      });
    }
  });

  test('only PutEvents can be permitted that way', async () => {
    await using aws = await startSuite();
    const input = { StatementId: 'a', Action: 'events:PutRule', Principal: DOMAIN };
    expect(await aws.fails('events', 'PutPermission', input)).toMatchObject({
      code: 'ValidationException',
      message: "Provided value in parameter 'action' is not supported.",
    });
  });

  test('what is not there cannot be removed', async () => {
    await using aws = await startSuite();
    const remove = { StatementId: 'a' };
    expect(await aws.fails('events', 'RemovePermission', remove)).toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'EventBus does not have a policy.',
    });
    const permission = { StatementId: 'b', Action: 'events:PutEvents', Principal: DOMAIN };
    await aws.call('events', 'PutPermission', permission);
    expect(await aws.fails('events', 'RemovePermission', remove)).toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'Statement with the provided id does not exist.',
    });
    expect(await aws.fails('events', 'RemovePermission', {})).toMatchObject({
      code: 'ValidationException',
      message: 'Parameter StatementId is required.',
    });
  });

  test('a text that is no policy is refused, and a bus must be there', async () => {
    await using aws = await startSuite();
    const broken = await aws.fails('events', 'PutPermission', { Policy: '{}' });
    expect(broken.code).toBe('ValidationException');
    const input = { EventBusName: 'nowhere', Policy: allow({}) };
    expect(await aws.fails('events', 'PutPermission', input)).toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'Event bus nowhere does not exist.',
    });
  });
});

describe('limits', () => {
  test('a policy has at most 10,240 characters', async () => {
    await using aws = await startSuite();
    const Policy = allow({ StringEquals: { 'events:source': 'x'.repeat(10_240) } });
    expect(await aws.fails('events', 'PutPermission', { Policy })).toMatchObject({
      code: 'PolicyLengthExceededException',
    });
  });
});
