/** Archives and replays as the admin API shows them. */
import { describe, expect, test } from 'vitest';
import type { ArchivedEvents, Archives } from '../../../src/admin-api/index.ts';
import { asked, looked } from '../../admin/asked.ts';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { put } from './receivers.ts';

const BUS = 'arn:aws:events:us-east-1:000000000000:event-bus/default';
const ARCHIVE = 'arn:aws:events:us-east-1:000000000000:archive/a';

async function withEvents(count: number): Promise<{ aws: Suite; startMs: number }> {
  const aws = await startSuite();
  await aws.call('events', 'CreateArchive', { ArchiveName: 'a', EventSourceArn: BUS });
  const startMs = aws.clock.now();
  for (let minute = 0; minute < count; minute += 1) {
    await put(aws, { minute, odd: minute % 2 === 1 });
    await aws.clock.advance('1m');
  }
  return { aws, startMs };
}

type Query = Readonly<Record<string, string | number | undefined>>;

const eventsOf = (aws: Suite, query: Query = {}) =>
  looked<ArchivedEvents>(aws, 'archives/events', { archive: ARCHIVE, ...query });

async function minutes(aws: Suite, query: Query = {}): Promise<readonly unknown[]> {
  const { events } = await eventsOf(aws, query);
  return events.map(({ content }) => (content as { detail: { minute: number } }).detail.minute);
}

describe('answers', () => {
  test('archives with how much they hold', async () => {
    const { aws } = await withEvents(2);
    await using _ = aws;
    await aws.call('events', 'CreateArchive', {
      ArchiveName: 'b',
      EventSourceArn: BUS,
      EventPattern: '{"source":["x"]}',
      RetentionDays: 3,
    });
    const { SizeBytes } = await aws.call('events', 'DescribeArchive', { ArchiveName: 'a' });
    const about = { bus: BUS, state: 'ENABLED' };
    expect(await looked<Archives>(aws, 'archives')).toEqual({
      archives: [
        { ...about, arn: ARCHIVE, name: 'a', events: 2, bytes: SizeBytes, retentionDays: 0 },
        {
          ...about,
          arn: ARCHIVE.replace(/a$/, 'b'),
          name: 'b',
          events: 0,
          bytes: 0,
          retentionDays: 3,
          pattern: '{"source":["x"]}',
        },
      ],
      replays: [],
    });
    const elsewhere = await looked<Archives>(aws, 'archives', { region: 'eu-west-1' });
    expect(elsewhere).toEqual({ archives: [], replays: [] });
  });

  test('a replay with how far it has come, and its end', async () => {
    const { aws, startMs } = await withEvents(3);
    await using _ = aws;
    const toMs = startMs + 180_000;
    await aws.call('events', 'StartReplay', {
      ReplayName: 'r',
      EventSourceArn: ARCHIVE,
      EventStartTime: startMs,
      EventEndTime: toMs,
      Destination: { Arn: BUS },
    });
    const startedAtMs = aws.clock.now();
    const replay = async () => (await looked<Archives>(aws, 'archives')).replays[0];
    const about = { name: 'r', archive: ARCHIVE, bus: BUS, fromMs: startMs, toMs, startedAtMs };
    expect(await replay()).toEqual({ ...about, state: 'STARTING', replayed: 0 });
    await aws.clock.advance('1s');
    const begun = { state: 'RUNNING', replayed: 1, lastEventAtMs: startMs };
    expect(await replay()).toEqual({ ...about, ...begun });
    await aws.settled();
    expect(await replay()).toMatchObject({
      ...{ state: 'COMPLETED', replayed: 3, lastEventAtMs: startMs + 120_000 },
      endedAtMs: aws.clock.now(),
    });
  });

  test('events of an archive, the oldest first, as they were put', async () => {
    const { aws, startMs } = await withEvents(1);
    await using _ = aws;
    const id = await put(aws, '{"big":9223372036854775807}');
    const answer = await eventsOf(aws);
    expect(answer).toMatchObject({ archive: ARCHIVE, searched: 2 });
    expect(answer.next).toBeUndefined();
    expect(answer.events).toEqual([
      expect.objectContaining({ atMs: startMs, preview: '{"minute":0,"odd":false}' }),
      {
        id,
        form: 'event',
        arn: BUS,
        atMs: startMs + 60_000,
        note: 'OrderPlaced',
        preview: '{"big":9223372036854775807}',
        content: expect.objectContaining({
          id,
          source: 'com.shop',
          detail: { big: 9223372036854775807n },
        }),
      },
    ]);
  });

  test('those that match a pattern, and those of a span of their own time', async () => {
    const { aws, startMs } = await withEvents(6);
    await using _ = aws;
    expect(await minutes(aws, { pattern: '{"detail":{"odd":[true]}}' })).toEqual([1, 3, 5]);
    const span = { fromMs: startMs + 60_000, toMs: startMs + 180_000 };
    expect(await minutes(aws, span)).toEqual([1, 2]);
  });

  test('page by page', async () => {
    const { aws } = await withEvents(5);
    await using _ = aws;
    const first = await eventsOf(aws, { limit: 2 });
    expect(first).toMatchObject({ searched: 2, next: '2' });
    expect(await minutes(aws, { limit: 3, after: first.next })).toEqual([2, 3, 4]);
    expect((await eventsOf(aws, { limit: 3, after: first.next })).next).toBeUndefined();
    // A pattern that finds little says how much it has looked at.
    const odd = await eventsOf(aws, { limit: 1, after: 2, pattern: '{"detail":{"odd":[true]}}' });
    expect(odd).toMatchObject({ events: [{ note: 'OrderPlaced' }], searched: 2, next: '4' });
  });
});

describe('limits', () => {
  test('large events come in pages of some megabytes', async () => {
    const { aws } = await withEvents(0);
    await using _ = aws;
    const padding = 'x'.repeat(900_000);
    for (let minute = 0; minute < 7; minute += 1) await put(aws, { minute, padding });
    const first = await eventsOf(aws);
    expect(first.events).toHaveLength(5);
    expect(await minutes(aws, { after: first.next })).toEqual([5, 6]);
  });
});

describe('refusals', () => {
  test.each([
    [400, {}],
    [404, { archive: `${ARCHIVE}bc` }],
    [404, { archive: BUS }],
    [404, { archive: ARCHIVE.replace('000000000000', '111111111111') }],
    [400, { archive: ARCHIVE, pattern: 'no JSON' }],
    [400, { archive: ARCHIVE, pattern: '{"source":[{"suffixx":"a"}]}' }],
    [400, { archive: ARCHIVE, after: 'x' }],
    [400, { archive: ARCHIVE, limit: 1_001 }],
    [400, { archive: ARCHIVE, fromMs: 'yesterday' }],
  ])('%i for %j', async (status, query) => {
    const { aws } = await withEvents(0);
    await using _ = aws;
    expect((await asked(aws, 'archives/events', query)).status).toBe(status);
  });

  test('what is not there', async () => {
    const { aws } = await withEvents(0);
    await using _ = aws;
    expect((await asked(aws, 'archives/a')).status).toBe(404);
    expect((await asked(aws, 'archives/events/a')).status).toBe(404);
  });
});
