import { describe, expect, test } from 'vitest';
import { type Suite, startSuite } from '../../sdk/suite.ts';

const stream = { logGroupName: 'g', logStreamName: 's' };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

async function withStream(): Promise<Suite> {
  const aws = await startSuite();
  await aws.call('logs', 'CreateLogGroup', { logGroupName: 'g' });
  await aws.call('logs', 'CreateLogStream', stream);
  return aws;
}

async function messages(aws: Suite): Promise<readonly (string | undefined)[] | undefined> {
  const { events } = await aws.call('logs', 'GetLogEvents', { ...stream, startFromHead: true });
  return events?.map(({ message }) => message);
}

describe('answers', () => {
  test('events stand in the order of their timestamps, also across batches', async () => {
    await using aws = await withStream();
    const now = aws.clock.now();
    const later = [{ timestamp: now, message: 'third' }];
    await aws.call('logs', 'PutLogEvents', { ...stream, logEvents: later });
    const earlier = [
      { timestamp: now - 2000, message: 'first' },
      { timestamp: now - 1000, message: 'second' },
    ];
    const answer = await aws.call('logs', 'PutLogEvents', { ...stream, logEvents: earlier });
    expect(answer.rejectedLogEventsInfo).toBeUndefined();
    expect(await messages(aws)).toEqual(['first', 'second', 'third']);
  });

  test('what is too old is left out and told', async () => {
    await using aws = await withStream();
    const now = aws.clock.now();
    const logEvents = [
      { timestamp: now - 14 * DAY_MS - 1, message: 'too old' },
      { timestamp: now - 14 * DAY_MS, message: 'just in time' },
    ];
    const answer = await aws.call('logs', 'PutLogEvents', { ...stream, logEvents });
    expect(answer.rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1 });
    expect(await messages(aws)).toEqual(['just in time']);
  });

  test('what is too new is left out and told', async () => {
    await using aws = await withStream();
    const now = aws.clock.now();
    const logEvents = [
      { timestamp: now + 2 * HOUR_MS, message: 'just in time' },
      { timestamp: now + 2 * HOUR_MS + 1, message: 'too new' },
    ];
    const answer = await aws.call('logs', 'PutLogEvents', { ...stream, logEvents });
    expect(answer.rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 1 });
    expect(await messages(aws)).toEqual(['just in time']);
  });

  test('what the group no longer retains is left out and told', async () => {
    await using aws = await withStream();
    await aws.call('logs', 'PutRetentionPolicy', { logGroupName: 'g', retentionInDays: 1 });
    const logEvents = [{ timestamp: aws.clock.now() - 2 * DAY_MS, message: 'expired' }];
    const answer = await aws.call('logs', 'PutLogEvents', { ...stream, logEvents });
    expect(answer.rejectedLogEventsInfo).toEqual({ expiredLogEventEndIndex: 1 });
    expect(await messages(aws)).toEqual([]);
  });

  test('any sequence token will do', async () => {
    await using aws = await withStream();
    const logEvents = [{ timestamp: aws.clock.now(), message: 'hello' }];
    const input = { ...stream, logEvents, sequenceToken: 'whatever' };
    await aws.call('logs', 'PutLogEvents', input);
    expect(await messages(aws)).toEqual(['hello']);
  });
});

describe('refusals', () => {
  test('a batch out of order is refused as a whole', async () => {
    await using aws = await withStream();
    const now = aws.clock.now();
    const logEvents = [
      { timestamp: now, message: 'a' },
      { timestamp: now - 1, message: 'b' },
    ];
    expect(await aws.fails('logs', 'PutLogEvents', { ...stream, logEvents })).toMatchObject({
      code: 'InvalidParameterException',
      message: 'Log events in a single PutLogEvents request must be in chronological order.',
    });
    expect(await messages(aws)).toEqual([]);
  });

  test('group and stream must be there', async () => {
    await using aws = await withStream();
    const logEvents = [{ timestamp: aws.clock.now(), message: 'a' }];
    const noStream = { ...stream, logStreamName: 'x', logEvents };
    expect(await aws.fails('logs', 'PutLogEvents', noStream)).toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'The specified log stream does not exist.',
    });
    const noGroup = { ...stream, logGroupName: 'x', logEvents };
    expect(await aws.fails('logs', 'PutLogEvents', noGroup)).toMatchObject({
      message: 'The specified log group does not exist.',
    });
  });
});

describe('limits', () => {
  test('a batch spans at most 24 hours', async () => {
    await using aws = await withStream();
    const now = aws.clock.now();
    const logEvents = [
      { timestamp: now - DAY_MS - 1, message: 'a' },
      { timestamp: now, message: 'b' },
    ];
    const { message } = await aws.fails('logs', 'PutLogEvents', { ...stream, logEvents });
    expect(message).toContain('cannot span more than 24 hours');
  });

  test('a batch has at most 1 MiB, 26 bytes counted for each event', async () => {
    await using aws = await withStream();
    const fits = 'x'.repeat(1_048_576 - 26);
    const timestamp = aws.clock.now();
    const logEvents = [{ timestamp, message: fits }];
    await aws.call('logs', 'PutLogEvents', { ...stream, logEvents });
    const over = { ...stream, logEvents: [{ timestamp, message: `${fits}x` }] };
    const { message } = await aws.fails('logs', 'PutLogEvents', over);
    expect(message).toBe('Upload too large: 1048577 bytes exceeds limit of 1048576');
  });
});
