import { describe, expect, test } from 'vitest';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { EVERYTHING, openQueue, sendsTo } from './receivers.ts';

const NAME = 'aws.partner/example.com/orders';
const entry = { Source: NAME, DetailType: 'Ticket Created', Detail: '{"ticketId":"1"}' };

interface Parties {
  readonly partner: Suite;
  readonly customer: Suite;
  [Symbol.asyncDispose](): Promise<void>;
}

async function active(): Promise<Parties> {
  const aws = await startSuite();
  const partner = aws.as({ account: '111111111111' });
  const customer = aws.as({ account: '222222222222' });
  const source = { Name: NAME, Account: customer.account };
  await partner.call('events', 'CreatePartnerEventSource', source);
  await customer.call('events', 'CreateEventBus', { Name: NAME, EventSourceName: NAME });
  return { partner, customer, [Symbol.asyncDispose]: () => aws[Symbol.asyncDispose]() };
}

describe('answers', () => {
  test('an event comes to the customer’s bus as an event of that account', async () => {
    await using parties = await active();
    const { partner, customer } = parties;
    const queue = await openQueue(customer, 'q');
    await sendsTo(customer, 'r', EVERYTHING, { Arn: queue.arn }, NAME);
    const answer = await partner.call('events', 'PutPartnerEvents', { Entries: [entry] });
    expect(answer).toMatchObject({ FailedEntryCount: 0 });
    expect(await queue.events()).toMatchObject([
      {
        id: answer.Entries?.[0]?.EventId,
        source: NAME,
        account: customer.account,
        detail: { ticketId: '1' },
      },
    ]);
  });

  test('while the source is off its events are accepted and dropped', async () => {
    await using parties = await active();
    const { partner, customer } = parties;
    const queue = await openQueue(customer, 'q');
    await sendsTo(customer, 'r', EVERYTHING, { Arn: queue.arn }, NAME);
    await customer.call('events', 'DeactivateEventSource', { Name: NAME });
    const off = await partner.call('events', 'PutPartnerEvents', { Entries: [entry] });
    expect(off.FailedEntryCount).toBe(0);
    await customer.call('events', 'ActivateEventSource', { Name: NAME });
    await partner.call('events', 'PutPartnerEvents', { Entries: [entry] });
    expect(await queue.events()).toHaveLength(1);
  });

  test('entries fail on their own', async () => {
    await using parties = await active();
    const { partner, customer } = parties;
    const Entries = [
      { ...entry, Detail: '[]' },
      { Source: NAME, Detail: '{}' },
      { ...entry, Source: 'aws.partner/example.com/unknown' },
      entry,
    ];
    const answer = await partner.call('events', 'PutPartnerEvents', { Entries });
    expect(answer.FailedEntryCount).toBe(3);
    expect(answer.Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      'MalformedDetail',
      'InvalidArgument',
      'NotAuthorizedForSourceException',
      undefined,
    ]);
    const stolen = await customer.call('events', 'PutPartnerEvents', { Entries: [entry] });
    expect(stolen.Entries?.[0]?.ErrorCode).toBe('NotAuthorizedForSourceException');
  });
});

describe('refusals', () => {
  test('nobody puts partner events with PutEvents', async () => {
    await using parties = await active();
    const answer = await parties.customer.call('events', 'PutEvents', { Entries: [entry] });
    expect(answer.Entries?.[0]?.ErrorCode).toBe('NotAuthorizedForSourceException');
  });
});

describe('limits', () => {
  test('a request has at most twenty entries', async () => {
    await using parties = await active();
    const Entries = Array(21).fill(entry);
    const { message } = await parties.partner.fails('events', 'PutPartnerEvents', { Entries });
    expect(message).toContain('Member must have length less than or equal to 20');
  });
});
