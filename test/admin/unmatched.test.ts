/** Events that no rule of a bus took. */
import { describe, expect, test } from 'vitest';
import type { Unmatched } from '../../src/admin-api/index.ts';
import { type Suite, startSuite } from '../sdk/suite.ts';
import { EVERYTHING, openQueue, put, sendsTo } from '../services/events/receivers.ts';
import { asked, looked } from './asked.ts';

const BUS = 'arn:aws:events:us-east-1:000000000000:event-bus/default';

const unmatched = (aws: Suite, more: Readonly<Record<string, string | number>> = {}) =>
  looked<Unmatched>(aws, 'unmatched', { bus: BUS, ...more });

async function idsOf(aws: Suite, more: Readonly<Record<string, string | number>> = {}) {
  return (await unmatched(aws, more)).events.map(({ id }) => id);
}

describe('answers', () => {
  test('the newest first, each with the nearest rule', async () => {
    await using aws = await startSuite();
    const { arn: Arn } = await openQueue(aws, 'q');
    const placed = { 'detail-type': ['OrderPlaced'] };
    const near = await sendsTo(aws, 'near', { ...placed, detail: { n: [1] } }, { Arn });
    await sendsTo(aws, 'far', { source: ['x'], detail: { n: [7] } }, { Arn });
    const first = await put(aws, { n: 2 });
    await put(aws, { n: 1 });
    await aws.clock.advance('1s');
    const last = await put(aws, { n: 3 });
    expect(await unmatched(aws)).toEqual({
      bus: BUS,
      searched: expect.any(Number),
      events: [
        expect.objectContaining({ id: last }),
        {
          id: first,
          form: 'event',
          arn: BUS,
          atMs: aws.clock.now() - 1_000,
          note: 'OrderPlaced',
          preview: '{"n":2}',
          nearest: {
            ...{ arn: near, name: 'near', path: 'detail.n', wanted: '[1]', found: [2] },
            nearness: 0.5,
          },
        },
      ],
    });
    expect(await idsOf(aws, { limit: 1 })).toEqual([last]);
  });

  test('a rule that was made later would take it now', async () => {
    await using aws = await startSuite();
    await put(aws, {});
    const { arn: Arn } = await openQueue(aws, 'q');
    const arn = await sendsTo(aws, 'late', EVERYTHING, { Arn });
    expect((await unmatched(aws)).events).toMatchObject([{ now: { arn, name: 'late' } }]);
    expect((await unmatched(aws)).events[0]).not.toHaveProperty('nearest');
  });

  test('a rule that is disabled would take it', async () => {
    await using aws = await startSuite();
    const { arn: Arn } = await openQueue(aws, 'q');
    const arn = await sendsTo(aws, 'off', EVERYTHING, { Arn });
    await aws.call('events', 'DisableRule', { Name: 'off' });
    await put(aws, {});
    expect((await unmatched(aws)).events).toMatchObject([
      { now: { arn, name: 'off', disabled: true } },
    ]);
  });

  test('what an archive alone took is unmatched, and what a replay had taken is not', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'CreateArchive', { ArchiveName: 'a', EventSourceArn: BUS });
    const startMs = aws.clock.now();
    const id = await put(aws, {});
    expect(await idsOf(aws)).toEqual([id]);
    await sendsTo(aws, 'late', EVERYTHING, { Arn: (await openQueue(aws, 'q')).arn });
    await aws.call('events', 'StartReplay', {
      ReplayName: 'r',
      EventSourceArn: 'arn:aws:events:us-east-1:000000000000:archive/a',
      EventStartTime: startMs - 1_000,
      EventEndTime: startMs + 1_000,
      Destination: { Arn: BUS },
    });
    await aws.settled();
    expect(await idsOf(aws)).toEqual([]);
  });

  test('each bus has its own', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'CreateEventBus', { Name: 'orders' });
    const bus = BUS.replace('default', 'orders');
    await sendsTo(aws, 'r', EVERYTHING, { Arn: (await openQueue(aws, 'q')).arn });
    const id = await put(aws, {}, { EventBusName: 'orders' });
    await put(aws, {});
    expect(await idsOf(aws)).toEqual([]);
    expect(await idsOf(aws, { bus })).toEqual([id]);
    await sendsTo(aws, 'r', EVERYTHING, { Arn: (await openQueue(aws, 'p')).arn }, 'orders');
    await put(aws, {}, { EventBusName: 'orders' });
    expect(await idsOf(aws, { bus })).toEqual([id]);
  });

  test('what another bus has handed on counts where nobody took it', async () => {
    await using aws = await startSuite();
    await aws.call('events', 'CreateEventBus', { Name: 'orders' });
    const bus = BUS.replace('default', 'orders');
    await sendsTo(aws, 'pass', EVERYTHING, { Arn: bus });
    const id = await put(aws, { n: 1 });
    expect(await idsOf(aws)).toEqual([]);
    expect((await unmatched(aws, { bus })).events).toMatchObject([
      { id, arn: bus, note: 'OrderPlaced', preview: '{"n":1}' },
    ]);
  });
});

test.each([{}, { bus: 'default' }, { bus: BUS, limit: 201 }, { bus: BUS, limit: 'all' }])(
  'refusals: %j',
  async (query) => {
    await using aws = await startSuite();
    expect((await asked(aws, 'unmatched', query)).status).toBe(400);
  },
);
