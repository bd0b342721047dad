import { describe, expect, test } from 'vitest';
import { type Suite, startSuite } from '../../sdk/suite.ts';

const group = { logGroupName: 'g' };

/** A group with one stream per list of messages; the n-th of all is n milliseconds old. */
async function withStreams(streams: Readonly<Record<string, readonly string[]>>): Promise<Suite> {
  const aws = await startSuite();
  await aws.call('logs', 'CreateLogGroup', group);
  let timestamp = aws.clock.now();
  for (const [logStreamName, messages] of Object.entries(streams)) {
    await aws.call('logs', 'CreateLogStream', { ...group, logStreamName });
    for (const message of messages) {
      const logEvents = [{ timestamp, message }];
      await aws.call('logs', 'PutLogEvents', { ...group, logStreamName, logEvents });
      timestamp += 1;
    }
  }
  return aws;
}

async function found(aws: Suite, input: object): Promise<readonly (string | undefined)[]> {
  const { events = [] } = await aws.call('logs', 'FilterLogEvents', { ...group, ...input });
  return events.map(({ message }) => message);
}

describe('answers', () => {
  test('streams are merged in the order of timestamps', async () => {
    await using aws = await withStreams({ b: ['1', '2'], a: ['3'] });
    const { events, searchedLogStreams } = await aws.call('logs', 'FilterLogEvents', group);
    expect(events?.map(({ logStreamName, message }) => [logStreamName, message])).toEqual([
      ['b', '1'],
      ['b', '2'],
      ['a', '3'],
    ]);
    expect(new Set(events?.map(({ eventId }) => eventId)).size).toBe(3);
    expect(searchedLogStreams).toEqual([]);
  });

  test('streams are chosen by name or by prefix, events by time', async () => {
    await using aws = await withStreams({ a1: ['1'], a2: ['2'], b: ['3'] });
    expect(await found(aws, { logStreamNames: ['b', 'a1'] })).toEqual(['1', '3']);
    expect(await found(aws, { logStreamNamePrefix: 'a' })).toEqual(['1', '2']);
    const startTime = aws.clock.now() + 1;
    expect(await found(aws, { startTime, endTime: startTime + 1 })).toEqual(['2']);
  });

  test('pages follow one another', async () => {
    await using aws = await withStreams({ a: ['1', '2'], b: ['3'] });
    const first = await aws.call('logs', 'FilterLogEvents', { ...group, limit: 2 });
    expect(first.events).toHaveLength(2);
    expect(await found(aws, { limit: 2, nextToken: first.nextToken })).toEqual(['3']);
  });

  test.each([
    ['ERROR', ['an ERROR here', 'ERROR and WARN']],
    ['ERROR WARN', ['ERROR and WARN']],
    ['"an ERROR"', ['an ERROR here']],
    ['?here ?WARN', ['an ERROR here', 'ERROR and WARN']],
    ['ERROR -WARN', ['an ERROR here']],
    ['error', []],
    ['', ['an ERROR here', 'ERROR and WARN', 'fine']],
  ])('the terms %s find %j', async (filterPattern, expected) => {
    await using aws = await withStreams({ a: ['an ERROR here', 'ERROR and WARN', 'fine'] });
    expect(await found(aws, { filterPattern })).toEqual(expected);
  });

  const A = '{"type":"order","n":3,"deep":{"list":[{"id":"x-1"}]},"gone":null,"ok":true}';
  const B = '{"type":"refund","n":10.5,"ok":false}';

  test.each([
    ['{ $.type = "order" }', [A]],
    ['{ $.type = ord* }', [A]],
    ['{ $.type != "order" }', [B]],
    ['{ $.n > 3 }', [B]],
    ['{ $.n >= 3 && $.n < 10 }', [A]],
    ['{ $.n = 10.5 || ($.n = 3 && $.type = "order") }', [A, B]],
    ['{ $.deep.list[0].id = "x-*" }', [A]],
    ["{ $.deep['list'][0].id EXISTS }", [A]],
    ['{ $.gone IS NULL }', [A]],
    ['{ $.gone NOT EXISTS }', [B]],
    ['{ $.ok IS TRUE }', [A]],
    ['{ $.missing != "x" }', []],
  ])('the selector %s finds what it says', async (filterPattern, expected) => {
    await using aws = await withStreams({ a: [A, B, 'no JSON'] });
    expect(await found(aws, { filterPattern })).toEqual(expected);
  });
});

describe('refusals', () => {
  test('a stream that is named must be there', async () => {
    await using aws = await withStreams({ a: [] });
    const input = { ...group, logStreamNames: ['x'] };
    expect(await aws.fails('logs', 'FilterLogEvents', input)).toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });

  test('names and prefix exclude each other', async () => {
    await using aws = await withStreams({ a: [] });
    const input = { ...group, logStreamNames: ['a'], logStreamNamePrefix: 'a' };
    expect(await aws.fails('logs', 'FilterLogEvents', input)).toMatchObject({
      code: 'InvalidParameterException',
    });
  });

  test.each(['{ $.a = }', '{ $.a = 1', '{ a = 1 }', '{ $.a ~ 1 }', '{ $.a < "x" }', '{}'])(
    'the pattern %s is refused',
    async (filterPattern) => {
      await using aws = await withStreams({ a: [] });
      const failure = await aws.fails('logs', 'FilterLogEvents', { ...group, filterPattern });
      expect(failure).toMatchObject({
        code: 'InvalidParameterException',
        message: `Invalid filter pattern: ${filterPattern}`,
      });
    },
  );

  test.each(['[ip, user]', '%ERR.*%'])('the pattern %s is refused by name', async (pattern) => {
    await using aws = await withStreams({ a: [] });
    const input = { ...group, filterPattern: pattern };
    const { message } = await aws.fails('logs', 'FilterLogEvents', input);
    expect(message).toMatch(/^millrace has not built .* yet\.$/);
  });
});
