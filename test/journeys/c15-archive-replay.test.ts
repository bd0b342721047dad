/**
 * C-15: a consumer had a bug while 120 orders came in. With the bug fixed, the minutes that
 * matter are replayed from the archive, to that consumer alone.
 */
import { expect, test } from 'vitest';
import { type Suite, startSuite } from '../sdk/suite.ts';
import {
  EVERYTHING,
  openQueue,
  type Queue,
  type Received,
  sendsTo,
} from '../services/events/receivers.ts';

const BUS = 'arn:aws:events:us-east-1:000000000000:event-bus/default';
const ARCHIVE = 'arn:aws:events:us-east-1:000000000000:archive/c15';
const FILE = '/_millrace/v1/events/archives/c15';
const MINUTE_MS = 60_000;
const ORDERS = 120;
const ORDERS_PER_MINUTE = 6;

interface Bus {
  readonly analytics: Queue;
  readonly analyticsRule: string;
  readonly billing: Queue;
}

async function open(aws: Suite): Promise<Bus> {
  await aws.call('events', 'CreateArchive', {
    ArchiveName: 'c15',
    EventSourceArn: BUS,
    EventPattern: JSON.stringify({ source: ['com.shop.orders'] }),
    RetentionDays: 7,
  });
  const analytics = await openQueue(aws, 'analytics');
  const billing = await openQueue(aws, 'billing');
  const analyticsRule = await sendsTo(aws, 'analytics', EVERYTHING, { Arn: analytics.arn });
  await sendsTo(aws, 'billing', EVERYTHING, { Arn: billing.arn });
  return { analytics, analyticsRule, billing };
}

/** 120 orders over 20 minutes, each minute with something that the archive does not want. */
async function twentyMinutes(aws: Suite): Promise<void> {
  for (let order = 0; order < ORDERS; order += 1) {
    const Detail = JSON.stringify({ orderId: `o-${order}`, total: 20 });
    const entry = { DetailType: 'OrderPlaced', Detail };
    const others = order % ORDERS_PER_MINUTE === 0 ? [{ ...entry, Source: 'com.shop.web' }] : [];
    await aws.call('events', 'PutEvents', {
      Entries: [{ ...entry, Source: 'com.shop.orders' }, ...others],
    });
    await aws.clock.advance(`${60 / ORDERS_PER_MINUTE}s`);
  }
}

/** Totals by order; the bug leaves out every third one. */
class Analytics {
  readonly totals = new Map<unknown, unknown>();
  effects = 0;

  take(events: readonly Received[], buggy: boolean): void {
    for (const [index, { source, detail }] of events.entries()) {
      if (source !== 'com.shop.orders' || (buggy && index % 3 === 0)) continue;
      if (this.totals.has(detail.orderId)) continue;
      this.totals.set(detail.orderId, detail.total);
      this.effects += 1;
    }
  }
}

const minuteOf = ({ time }: Received) => Math.floor(Date.parse(time) / MINUTE_MS);

async function replay(aws: Suite, FilterArns: readonly string[], startMs: number, endMs: number) {
  await aws.call('events', 'StartReplay', {
    ReplayName: 'c15-fixed',
    EventSourceArn: ARCHIVE,
    EventStartTime: startMs,
    EventEndTime: endMs,
    Destination: { Arn: BUS, FilterArns },
  });
  await aws.settled();
}

test('minutes 5 to 15 come again, to the rule that asked and as they were', async () => {
  await using aws = await startSuite();
  const { analytics, analyticsRule, billing } = await open(aws);
  const startMs = aws.clock.now();
  await twentyMinutes(aws);
  const live = await analytics.events();
  expect(live).toHaveLength(ORDERS + ORDERS / ORDERS_PER_MINUTE);
  const consumer = new Analytics();
  consumer.take(live, true);
  await billing.events();

  await replay(aws, [analyticsRule], startMs + 5 * MINUTE_MS, startMs + 15 * MINUTE_MS);

  const again = await analytics.events();
  const wanted = live
    .filter(({ source }) => source === 'com.shop.orders')
    .slice(5 * ORDERS_PER_MINUTE, 15 * ORDERS_PER_MINUTE)
    .map((event) => ({ ...event, 'replay-name': 'c15-fixed' }));
  expect(again).toHaveLength(wanted.length);
  expect(new Set(again.map(({ id }) => id)).size).toBe(wanted.length);
  expect(again).toEqual(expect.arrayContaining(wanted));
  const minutes = again.map(minuteOf);
  expect(minutes).toEqual([...minutes].sort((a, b) => a - b));
  expect(await billing.events()).toEqual([]);

  const { EventCount } = await aws.call('events', 'DescribeArchive', { ArchiveName: 'c15' });
  expect(EventCount).toBe(ORDERS);

  consumer.take(again, false);
  const missed = new Set(wanted.map(({ detail }) => detail.orderId));
  expect([...missed].filter((orderId) => !consumer.totals.has(orderId))).toEqual([]);
  expect(consumer.effects).toBe(consumer.totals.size);
});

test('an archive goes to another stack as a file, and is replayed there', async () => {
  await using production = await startSuite();
  await using staging = await startSuite();
  await open(production);
  const startMs = production.clock.now();
  await twentyMinutes(production);
  const exported = await fetch(production.endpoint + FILE);
  const lines = await exported.text();
  expect(exported.headers.get('millrace-next')).toBe(null);
  expect(lines.trimEnd().split('\n')).toHaveLength(ORDERS);

  const { analytics, analyticsRule } = await open(staging);
  const imported = await fetch(staging.endpoint + FILE, { method: 'POST', body: lines });
  expect(imported.status).toBe(204);
  await replay(staging, [analyticsRule], startMs, startMs + 20 * MINUTE_MS);
  const events = await analytics.events();
  expect(events.map(({ id }) => id)).toEqual(
    lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).id),
  );
  expect(await (await fetch(staging.endpoint + FILE)).text()).toBe(lines);
});
