/**
 * C-13: a ticket system is a partner of EventBridge. Its tickets come to the customer's partner
 * event bus, and a rule takes those of the departments that have work to do.
 */
import { expect, test } from 'vitest';
import { type Suite, startSuite } from '../sdk/suite.ts';
import { openQueue, sendsTo } from '../services/events/receivers.ts';

const SOURCE = 'aws.partner/example.com/orders';

async function ticketSystem(aws: Suite) {
  const partner = aws.as({ account: '111111111111' });
  const customer = aws.as({ account: '222222222222' });
  const offer = { Name: SOURCE, Account: customer.account };
  await partner.call('events', 'CreatePartnerEventSource', offer);
  await customer.call('events', 'CreateEventBus', { Name: SOURCE, EventSourceName: SOURCE });
  const queue = await openQueue(customer, 'tickets');
  const departments = { detail: { department: ['billing', 'fulfillment'] } };
  await sendsTo(customer, 'work', departments, { Arn: queue.arn }, SOURCE);
  const tell = (detail: object) =>
    partner.call('events', 'PutPartnerEvents', {
      Entries: [{ Source: SOURCE, DetailType: 'Ticket Created', Detail: JSON.stringify(detail) }],
    });
  return { queue, tell };
}

const ticket = (department: string) => ({
  ticketId: '987654321',
  department,
  creator: 'user12345',
});

test('a ticket for billing comes to the queue as the partner wrote it', async () => {
  await using aws = await startSuite();
  const { queue, tell } = await ticketSystem(aws);
  const { FailedEntryCount } = await tell(ticket('billing'));
  expect(FailedEntryCount).toBe(0);
  expect(await queue.events()).toMatchObject([
    { 'detail-type': 'Ticket Created', source: SOURCE, detail: ticket('billing') },
  ]);
});

test('fulfillment has its tickets too, and those of others stay away', async () => {
  await using aws = await startSuite();
  const { queue, tell } = await ticketSystem(aws);
  for (const department of ['hr', 'fulfillment', 'Billing']) await tell(ticket(department));
  expect((await queue.events()).map(({ detail }) => detail.department)).toEqual(['fulfillment']);
});
