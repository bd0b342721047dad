import { describe, expect, test } from 'vitest';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { EVERYTHING, openQueue, put, type Queue, sendsTo } from './receivers.ts';

const BUS = 'arn:aws:events:us-east-1:000000000000:event-bus/default';
const ARCHIVE = 'arn:aws:events:us-east-1:000000000000:archive/a';
const MINUTE_MS = 60_000;

/** An archive with one event per minute, the first one now, and a queue for everything. */
async function withArchive(minutes: number): Promise<{ aws: Suite; queue: Queue; start: number }> {
  const aws = await startSuite();
  await aws.call('events', 'CreateArchive', { ArchiveName: 'a', EventSourceArn: BUS });
  const start = aws.clock.now();
  for (let minute = 0; minute < minutes; minute += 1) {
    await put(aws, { minute });
    await aws.clock.advance('1m');
  }
  const queue = await openQueue(aws, 'q');
  await sendsTo(aws, 'all', EVERYTHING, { Arn: queue.arn });
  return { aws, queue, start };
}

function replay(start: number, end: number, more: object = {}) {
  return {
    ReplayName: 'r',
    EventSourceArn: ARCHIVE,
    EventStartTime: start,
    EventEndTime: end,
    Destination: { Arn: BUS },
    ...more,
  };
}

describe('answers', () => {
  test('events of the window come again, minute by minute, as they were', async () => {
    const { aws, queue, start } = await withArchive(5);
    await using _ = aws;
    const answer = await aws.call(
      'events',
      'StartReplay',
      replay(start + MINUTE_MS, start + 4 * MINUTE_MS),
    );
    expect(answer).toEqual({
      ReplayArn: 'arn:aws:events:us-east-1:000000000000:replay/r',
      State: 'STARTING',
      ReplayStartTime: aws.clock.now(),
    });
    await aws.settled();
    const events = await queue.events();
    expect(events.map(({ detail }) => detail.minute)).toEqual([1, 2, 3]);
    expect(events.map((event) => event['replay-name'])).toEqual(['r', 'r', 'r']);
    expect(events[0]?.time).toBe('2026-01-15T10:01:00Z');
  });

  test('an event goes by its own time, not by when it came', async () => {
    const { aws, queue, start } = await withArchive(0);
    await using _ = aws;
    const at = (minute: number) => ({ Time: start + minute * MINUTE_MS });
    for (const minute of [2, 0, 1]) await put(aws, { minute }, at(minute));
    await queue.events();
    await aws.call('events', 'StartReplay', replay(start, start + 3 * MINUTE_MS));
    await aws.settled();
    expect((await queue.events()).map(({ detail }) => detail.minute)).toEqual([0, 1, 2]);
  });

  test('progress can be seen, and the end', async () => {
    const { aws, start } = await withArchive(3);
    await using _ = aws;
    const input = replay(start, start + 3 * MINUTE_MS, { Description: 'd' });
    await aws.call('events', 'StartReplay', input);
    const began = aws.clock.now();
    const described = () => aws.call('events', 'DescribeReplay', { ReplayName: 'r' });
    expect(await described()).toEqual({
      ...input,
      ReplayArn: 'arn:aws:events:us-east-1:000000000000:replay/r',
      State: 'STARTING',
      ReplayStartTime: began,
    });
    await aws.clock.advance('1s');
    expect(await described()).toMatchObject({ State: 'RUNNING', EventLastReplayedTime: start });
    await aws.settled();
    const ended = await described();
    expect(ended).toMatchObject({
      State: 'COMPLETED',
      EventLastReplayedTime: start + 2 * MINUTE_MS,
    });
    expect(ended.ReplayEndTime).toBeGreaterThan(began);
  });

  test('only the rules that the destination names get the events', async () => {
    const { aws, queue, start } = await withArchive(2);
    await using _ = aws;
    const other = await openQueue(aws, 'other');
    const rule = await sendsTo(aws, 'other', EVERYTHING, { Arn: other.arn });
    const Destination = { Arn: BUS, FilterArns: [rule] };
    await aws.call('events', 'StartReplay', replay(start, aws.clock.now(), { Destination }));
    await aws.settled();
    expect(await other.events()).toHaveLength(2);
    expect(await queue.events()).toEqual([]);
  });

  test('what is replayed is not archived again, and a rule may leave it out', async () => {
    const { aws, start } = await withArchive(2);
    await using _ = aws;
    const live = await openQueue(aws, 'live');
    await sendsTo(aws, 'live', { 'replay-name': [{ exists: false }] }, { Arn: live.arn });
    await aws.call('events', 'StartReplay', replay(start, aws.clock.now()));
    await aws.settled();
    const { EventCount } = await aws.call('events', 'DescribeArchive', { ArchiveName: 'a' });
    expect(EventCount).toBe(2);
    expect(await live.events()).toEqual([]);
  });

  test('a replay without events completes', async () => {
    const { aws, start } = await withArchive(0);
    await using _ = aws;
    await aws.call('events', 'StartReplay', replay(start, start + 1000));
    await aws.settled();
    const described = await aws.call('events', 'DescribeReplay', { ReplayName: 'r' });
    expect(described.State).toBe('COMPLETED');
    expect(described.EventLastReplayedTime).toBeUndefined();
  });

  test('a replay is cancelled before its next minute', async () => {
    const { aws, queue, start } = await withArchive(3);
    await using _ = aws;
    await aws.call('events', 'StartReplay', replay(start, aws.clock.now()));
    await aws.clock.advance('1s');
    expect(await aws.call('events', 'CancelReplay', { ReplayName: 'r' })).toEqual({
      ReplayArn: 'arn:aws:events:us-east-1:000000000000:replay/r',
      State: 'CANCELLING',
    });
    await aws.settled();
    const described = await aws.call('events', 'DescribeReplay', { ReplayName: 'r' });
    expect(described.State).toBe('CANCELLED');
    expect(described.ReplayEndTime).toBeTypeOf('number');
    expect(await queue.events()).toHaveLength(1);
  });

  test('many events of one minute are replayed in several steps', async () => {
    const { aws, queue, start } = await withArchive(0);
    await using _ = aws;
    const entry = { Source: 'x', DetailType: 't', Detail: '{}' };
    for (let call = 0; call < 25; call += 1) {
      await aws.call('events', 'PutEvents', { Entries: Array(10).fill(entry) });
    }
    await queue.events();
    await aws.call('events', 'StartReplay', replay(start, start + MINUTE_MS));
    await aws.settled();
    const ids = (await queue.events()).map(({ id }) => id);
    expect(ids).toHaveLength(250);
    expect(new Set(ids).size).toBe(250);
  });

  test('replays are listed by prefix, archive or state', async () => {
    const { aws, start } = await withArchive(0);
    await using _ = aws;
    for (const ReplayName of ['r1', 'r2', 'x']) {
      await aws.call('events', 'StartReplay', replay(start, start + 1000, { ReplayName }));
    }
    await aws.settled();
    const names = async (input: object) =>
      (await aws.call('events', 'ListReplays', input)).Replays?.map((one) => one.ReplayName);
    expect(await names({ NamePrefix: 'r' })).toEqual(['r1', 'r2']);
    expect(await names({ EventSourceArn: ARCHIVE })).toEqual(['r1', 'r2', 'x']);
    expect(await names({ State: 'COMPLETED' })).toEqual(['r1', 'r2', 'x']);
    expect(await names({ State: 'RUNNING' })).toEqual([]);
    const { NextToken } = await aws.call('events', 'ListReplays', { Limit: 2 });
    expect(await names({ Limit: 2, NextToken })).toEqual(['x']);
  });
});

describe('refusals', () => {
  test('a replay is not started twice', async () => {
    const { aws, start } = await withArchive(0);
    await using _ = aws;
    const input = replay(start, start + 1000);
    await aws.call('events', 'StartReplay', input);
    expect(await aws.fails('events', 'StartReplay', input)).toMatchObject({
      code: 'ResourceAlreadyExistsException',
      message: 'Replay r already exists.',
    });
  });

  test.each([
    [
      { EventEndTime: 0 },
      'Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.',
    ],
    [
      { EventSourceArn: `${ARCHIVE}x` },
      'Parameter EventSourceArn is not valid. Reason: Archive ax does not exist.',
    ],
    [
      { EventSourceArn: BUS },
      'Parameter EventSourceArn is not valid. Reason: Must contain an archive ARN.',
    ],
    [
      { Destination: { Arn: ARCHIVE } },
      'Parameter Destination.Arn is not valid. Reason: Must contain an event bus ARN.',
    ],
  ])('the parameter %j is refused', async (wrong, message) => {
    const { aws, start } = await withArchive(0);
    await using _ = aws;
    const input = replay(start, start + 1000, wrong);
    const failure = await aws.fails('events', 'StartReplay', input);
    expect(failure).toMatchObject({ code: 'ValidationException', message });
  });

  test('events go back to their own bus only', async () => {
    const { aws, start } = await withArchive(0);
    await using _ = aws;
    const to = (name: string) =>
      aws.fails(
        'events',
        'StartReplay',
        replay(start, start + 1000, { Destination: { Arn: BUS.replace('default', name) } }),
      );
    expect(await to('other')).toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'Event bus other does not exist.',
    });
    await aws.call('events', 'CreateEventBus', { Name: 'other' });
    expect(await to('other')).toMatchObject({
      code: 'ValidationException',
      message:
        'Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.',
    });
  });

  test('what has ended cannot be cancelled, what is not there not described', async () => {
    const { aws, start } = await withArchive(0);
    await using _ = aws;
    const ReplayName = 'r';
    const missing = {
      code: 'ResourceNotFoundException',
      message: 'Replay r does not exist.',
    };
    expect(await aws.fails('events', 'DescribeReplay', { ReplayName })).toMatchObject(missing);
    expect(await aws.fails('events', 'CancelReplay', { ReplayName })).toMatchObject(missing);
    await aws.call('events', 'StartReplay', replay(start, start + 1000));
    await aws.settled();
    expect(await aws.fails('events', 'CancelReplay', { ReplayName })).toMatchObject({
      code: 'IllegalStatusException',
      message: 'Replay r is not in a valid state for this operation.',
    });
  });

  test('a list takes one filter', async () => {
    await using aws = await startSuite();
    const both = { NamePrefix: 'a', State: 'RUNNING' };
    expect(await aws.fails('events', 'ListReplays', both)).toMatchObject({
      code: 'ValidationException',
      message:
        'At most one filter is allowed for ListReplays. ' +
        'Use either : State, EventSourceArn, or NamePrefix.',
    });
  });
});

describe('limits', () => {
  test('ten replays are under way at once', async () => {
    const { aws, start } = await withArchive(0);
    await using _ = aws;
    const input = (index: number) => replay(start, start + 1000, { ReplayName: `r${index}` });
    for (let index = 0; index < 10; index += 1) {
      await aws.call('events', 'StartReplay', input(index));
    }
    expect(await aws.fails('events', 'StartReplay', input(10))).toMatchObject({
      code: 'LimitExceededException',
    });
    await aws.settled();
    await aws.call('events', 'StartReplay', input(10));
  });
});
