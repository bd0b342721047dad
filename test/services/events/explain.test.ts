import { describe, expect, test } from 'vitest';
import { parseExact } from '../../../src/core/json-text.ts';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { EVERYTHING } from './receivers.ts';

const EVENT = {
  source: 'com.shop.orders',
  'detail-type': 'OrderPlaced',
  detail: { total: 20, country: 'DE' },
};

async function rule(aws: Suite, Name: string, pattern: object, more: object = {}): Promise<void> {
  await aws.call('events', 'PutRule', { Name, EventPattern: JSON.stringify(pattern), ...more });
}

async function explained(aws: Suite, body: unknown, query = '') {
  const url = `${aws.endpoint}/_millrace/v1/events/explain?${query}`;
  const answer = await fetch(url, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return {
    status: answer.status,
    ...(parseExact(await answer.text()) as { rules: readonly object[] }),
  };
}

describe('answers', () => {
  test('rules that match come first, then those that nearly do', async () => {
    await using aws = await startSuite();
    await rule(aws, 'far', { source: ['com.shop.stock'], detail: { total: [1] } });
    await rule(aws, 'near', { source: ['com.shop.orders'], detail: { country: ['FR'] } });
    await rule(aws, 'right', EVERYTHING, { State: 'DISABLED' });
    const { rules } = await explained(aws, EVENT);
    expect(rules).toEqual([
      {
        name: 'right',
        arn: 'arn:aws:events:us-east-1:000000000000:rule/right',
        state: 'DISABLED',
        matches: true,
      },
      {
        name: 'near',
        arn: 'arn:aws:events:us-east-1:000000000000:rule/near',
        state: 'ENABLED',
        matches: false,
        because: 'detail.country is "DE"; wanted is ["FR"].',
        path: 'detail.country',
        wanted: '["FR"]',
        found: ['DE'],
        acrossElements: false,
        nearness: 0.5,
      },
      expect.objectContaining({ name: 'far', nearness: 0 }),
    ]);
  });

  test('an entry of PutEvents will do, and one rule of another bus', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'CreateEventBus', { Name: 'orders' });
    const on = { EventBusName: 'orders' };
    await rule(aws, 'a', { detail: { total: [{ numeric: ['>', 50] }] } }, on);
    await rule(aws, 'b', EVERYTHING, on);
    const entry = { Source: 'com.shop.orders', DetailType: 'OrderPlaced', Detail: '{"total":20}' };
    const { rules } = await explained(aws, entry, 'bus=orders&rule=a');
    expect(rules).toMatchObject([
      { name: 'a', because: 'detail.total is 20; wanted is [{"numeric":[">",50]}].' },
    ]);
    const own = await explained(aws, { ...entry, ...on }, 'rule=a');
    expect(own.rules).toEqual(rules);
  });

  test('a number beyond 2^53 is told with every digit', async () => {
    await using aws = await startSuite();
    await rule(aws, 'r', { detail: { n: [1] } });
    const { rules } = await explained(aws, '{"detail":{"n":9223372036854775807}}');
    expect(rules).toMatchObject([{ found: [9223372036854775807n] }]);
  });

  test('a rule that follows a timetable alone has nothing to match', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'PutRule', { Name: 'r', ScheduleExpression: 'rate(1 day)' });
    expect((await explained(aws, EVENT)).rules).toEqual([]);
  });
});

describe('refusals', () => {
  test('what is no event, an unknown bus, another method', async () => {
    await using aws = await startSuite();
    for (const body of ['[]', 'no JSON', '{"Source":"a","Detail":"[]"}']) {
      expect((await explained(aws, body)).status).toBe(400);
    }
    expect((await explained(aws, EVENT, 'bus=unknown')).status).toBe(404);
    expect((await explained(aws, { Detail: '{}', EventBusName: 'unknown' })).status).toBe(404);
    expect((await fetch(`${aws.endpoint}/_millrace/v1/events/explain`)).status).toBe(405);
  });
});
