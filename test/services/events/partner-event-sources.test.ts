import { describe, expect, test } from 'vitest';
import { type Suite, startSuite } from '../../sdk/suite.ts';

const NAME = 'aws.partner/example.com/orders';
const CUSTOMER = '222222222222';
const ARN = `arn:aws:events:us-east-1::event-source/${NAME}`;

interface Parties {
  readonly partner: Suite;
  readonly customer: Suite;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A partner that has offered a source to a customer. */
async function offered(): Promise<Parties> {
  const aws = await startSuite();
  const partner = aws.as({ account: '111111111111' });
  await partner.call('events', 'CreatePartnerEventSource', { Name: NAME, Account: CUSTOMER });
  const customer = aws.as({ account: CUSTOMER });
  return { partner, customer, [Symbol.asyncDispose]: () => aws[Symbol.asyncDispose]() };
}

const bus = { Name: NAME, EventSourceName: NAME };

async function stateOf(customer: Suite): Promise<string | undefined> {
  return (await customer.call('events', 'DescribeEventSource', { Name: NAME })).State;
}

describe('answers', () => {
  test('an offered source is pending for two weeks', async () => {
    await using parties = await offered();
    const { partner, customer } = parties;
    const now = customer.clock.now();
    const seen = {
      Arn: ARN,
      CreatedBy: 'example.com',
      CreationTime: now,
      ExpirationTime: now + 14 * 24 * 3_600_000,
      Name: NAME,
      State: 'PENDING',
    };
    expect(await customer.call('events', 'DescribeEventSource', { Name: NAME })).toEqual(seen);
    expect((await customer.call('events', 'ListEventSources', {})).EventSources).toEqual([seen]);
    expect(await partner.call('events', 'DescribePartnerEventSource', { Name: NAME })).toEqual({
      Arn: ARN,
      Name: NAME,
    });
    await customer.clock.advance('14d');
    expect((await customer.call('events', 'ListEventSources', {})).EventSources).toEqual([]);
    expect(await customer.fails('events', 'CreateEventBus', bus)).toMatchObject({
      code: 'ResourceNotFoundException',
      message: `Event source ${NAME} does not exist.`,
    });
  });

  test('a bus of the same name makes it active, and its deletion pending again', async () => {
    await using parties = await offered();
    const { customer } = parties;
    const { EventBusArn } = await customer.call('events', 'CreateEventBus', bus);
    expect(EventBusArn).toBe(`arn:aws:events:us-east-1:${CUSTOMER}:event-bus/${NAME}`);
    expect(await stateOf(customer)).toBe('ACTIVE');
    await customer.clock.advance('30d');
    expect(await stateOf(customer)).toBe('ACTIVE');
    await customer.call('events', 'DeleteEventBus', { Name: NAME });
    expect(await stateOf(customer)).toBe('PENDING');
  });

  test('a customer switches a source off and on', async () => {
    await using parties = await offered();
    const { customer } = parties;
    await customer.call('events', 'CreateEventBus', bus);
    await customer.call('events', 'DeactivateEventSource', { Name: NAME });
    expect(await stateOf(customer)).toBe('PENDING');
    await customer.call('events', 'ActivateEventSource', { Name: NAME });
    expect(await stateOf(customer)).toBe('ACTIVE');
  });

  test('a partner lists its sources and whom it offered them to', async () => {
    await using parties = await offered();
    const { partner, customer } = parties;
    const other = 'aws.partner/example.com/refunds';
    await partner.call('events', 'CreatePartnerEventSource', { Name: other, Account: CUSTOMER });
    const list = async (NamePrefix: string, by = partner) =>
      (await by.call('events', 'ListPartnerEventSources', { NamePrefix })).PartnerEventSources;
    expect(await list('aws.partner/example.com/o')).toEqual([{ Arn: ARN, Name: NAME }]);
    expect(await list('aws.partner/example.com/')).toHaveLength(2);
    expect(await list('aws.partner/example.com/', customer)).toEqual([]);
    const accounts = await partner.call('events', 'ListPartnerEventSourceAccounts', {
      EventSourceName: NAME,
    });
    expect(accounts.PartnerEventSourceAccounts).toMatchObject([
      { Account: CUSTOMER, State: 'PENDING' },
    ]);
  });

  test('a deleted source is gone, or stays with the customer as deleted', async () => {
    await using parties = await offered();
    const { partner, customer } = parties;
    const source = { Name: NAME, Account: CUSTOMER };
    await partner.call('events', 'DeletePartnerEventSource', source);
    await partner.call('events', 'DeletePartnerEventSource', source);
    expect((await customer.call('events', 'ListEventSources', {})).EventSources).toEqual([]);

    await partner.call('events', 'CreatePartnerEventSource', source);
    await customer.call('events', 'CreateEventBus', bus);
    await partner.call('events', 'DeletePartnerEventSource', source);
    expect(await stateOf(customer)).toBe('DELETED');
    await customer.call('events', 'DeleteEventBus', { Name: NAME });
    expect((await customer.call('events', 'ListEventSources', {})).EventSources).toEqual([]);
  });
});

describe('refusals', () => {
  test('a name is offered once', async () => {
    await using parties = await offered();
    const again = { Name: NAME, Account: '333333333333' };
    expect(await parties.partner.fails('events', 'CreatePartnerEventSource', again)).toMatchObject({
      code: 'ResourceAlreadyExistsException',
    });
  });

  test('only the customer it was offered to takes it up, under its own name', async () => {
    await using parties = await offered();
    const { partner, customer } = parties;
    expect(await partner.fails('events', 'CreateEventBus', bus)).toMatchObject({
      code: 'ResourceNotFoundException',
    });
    const renamed = { Name: 'mine', EventSourceName: NAME };
    expect(await customer.fails('events', 'CreateEventBus', renamed)).toMatchObject({
      code: 'ValidationException',
    });
  });

  test('states do not change out of turn', async () => {
    await using parties = await offered();
    const { customer } = parties;
    const Name = NAME;
    const refusal = {
      code: 'InvalidStateException',
      message: `Event source ${NAME} is in state PENDING.`,
    };
    expect(await customer.fails('events', 'DeactivateEventSource', { Name })).toMatchObject(
      refusal,
    );
    expect(await customer.fails('events', 'ActivateEventSource', { Name })).toMatchObject(refusal);
  });

  test('a stranger sees nothing of it', async () => {
    await using parties = await offered();
    const stranger = parties.partner.as({ account: '999999999999' });
    const missing = { code: 'ResourceNotFoundException' };
    const Name = NAME;
    for (const operation of ['DescribeEventSource', 'DescribePartnerEventSource'] as const) {
      expect(await stranger.fails('events', operation, { Name })).toMatchObject(missing);
    }
    const accounts = { EventSourceName: NAME };
    expect(
      await stranger.fails('events', 'ListPartnerEventSourceAccounts', accounts),
    ).toMatchObject(missing);
  });

  test('a name has the form that AWS wants', async () => {
    await using aws = await startSuite();
    const source = { Name: 'example.com/orders', Account: CUSTOMER };
    expect((await aws.fails('events', 'CreatePartnerEventSource', source)).message).toContain(
      "at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern",
    );
  });
});
