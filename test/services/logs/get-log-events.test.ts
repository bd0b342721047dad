import { describe, expect, test } from 'vitest';
import { type Suite, startSuite } from '../../sdk/suite.ts';

const stream = { logGroupName: 'g', logStreamName: 's' };

async function withEvents(count: number): Promise<Suite> {
  const aws = await startSuite();
  await aws.call('logs', 'CreateLogGroup', { logGroupName: 'g' });
  await aws.call('logs', 'CreateLogStream', stream);
  const logEvents = Array.from({ length: count }, (_, index) => ({
    timestamp: aws.clock.now() + index,
    message: `m${index}`,
  }));
  if (count > 0) await aws.call('logs', 'PutLogEvents', { ...stream, logEvents });
  return aws;
}

async function read(aws: Suite, input: object) {
  const answer = await aws.call('logs', 'GetLogEvents', { ...stream, ...input });
  return { ...answer, messages: answer.events?.map(({ message }) => message) };
}

describe('answers', () => {
  test('without a token the newest events come, from the head the oldest', async () => {
    await using aws = await withEvents(5);
    expect((await read(aws, { limit: 2 })).messages).toEqual(['m3', 'm4']);
    expect((await read(aws, { limit: 2, startFromHead: true })).messages).toEqual(['m0', 'm1']);
  });

  test('the tokens lead on in both directions', async () => {
    await using aws = await withEvents(5);
    const first = await read(aws, { limit: 2, startFromHead: true });
    const second = await read(aws, { limit: 2, nextToken: first.nextForwardToken });
    expect(second.messages).toEqual(['m2', 'm3']);
    const back = await read(aws, { limit: 2, nextToken: second.nextBackwardToken });
    expect(back.messages).toEqual(['m0', 'm1']);
  });

  test('at the end the same token comes back, and later shows what is new', async () => {
    await using aws = await withEvents(1);
    const first = await read(aws, { startFromHead: true });
    const end = await read(aws, { nextToken: first.nextForwardToken });
    expect(end.messages).toEqual([]);
    expect(end.nextForwardToken).toBe(first.nextForwardToken);
    const logEvents = [{ timestamp: aws.clock.now() + 9, message: 'new' }];
    await aws.call('logs', 'PutLogEvents', { ...stream, logEvents });
    expect((await read(aws, { nextToken: end.nextForwardToken })).messages).toEqual(['new']);
  });

  test('a stream without events has tokens too', async () => {
    await using aws = await withEvents(0);
    const empty = await read(aws, {});
    expect(empty.messages).toEqual([]);
    expect(empty.nextForwardToken).toMatch(/^f\/\d{56}$/);
    expect(empty.nextBackwardToken).toMatch(/^b\/\d{56}$/);
  });

  test('a window takes in its start and leaves out its end', async () => {
    await using aws = await withEvents(4);
    const now = aws.clock.now();
    const window = { startTime: now + 1, endTime: now + 3 };
    expect((await read(aws, window)).messages).toEqual(['m1', 'm2']);
  });

  test('a group may be named by its ARN', async () => {
    await using aws = await withEvents(1);
    const answer = await aws.call('logs', 'GetLogEvents', {
      logGroupIdentifier: 'arn:aws:logs:us-east-1:000000000000:log-group:g',
      logStreamName: 's',
    });
    expect(answer.events).toEqual([
      { timestamp: aws.clock.now(), ingestionTime: aws.clock.now(), message: 'm0' },
    ]);
  });
});

describe('refusals', () => {
  test('a token that was made up is refused', async () => {
    await using aws = await withEvents(1);
    const input = { ...stream, nextToken: 'f/123' };
    expect(await aws.fails('logs', 'GetLogEvents', input)).toMatchObject({
      code: 'InvalidParameterException',
      message: 'The specified nextToken is invalid.',
    });
  });
});

describe('limits', () => {
  test('one answer has at most 1 MB of messages', async () => {
    await using aws = await withEvents(0);
    for (const letter of ['a', 'b', 'c']) {
      const logEvents = [{ timestamp: aws.clock.now(), message: letter.repeat(500_000) }];
      await aws.call('logs', 'PutLogEvents', { ...stream, logEvents });
    }
    expect((await read(aws, { startFromHead: true })).messages).toHaveLength(2);
  });
});
