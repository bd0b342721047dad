import { describe, expect, test } from 'vitest';
import { type Suite, startSuite } from '../../sdk/suite.ts';

const EVENT = {
  id: '1',
  'detail-type': 't',
  source: 'com.shop',
  account: '000000000000',
  time: '2026-01-15T10:00:00Z',
  region: 'us-east-1',
  resources: [],
  detail: { n: 5, tags: ['a', 'b'] },
};

async function matches(aws: Suite, pattern: object, event: object = EVENT) {
  const input = { EventPattern: JSON.stringify(pattern), Event: JSON.stringify(event) };
  return (await aws.call('events', 'TestEventPattern', input)).Result;
}

describe('answers', () => {
  test('a pattern matches an event, or does not', async () => {
    await using aws = await startSuite();
    expect(await matches(aws, { source: ['com.shop'] })).toBe(true);
    expect(await matches(aws, { source: ['com.other'] })).toBe(false);
    expect(await matches(aws, { detail: { n: [{ numeric: ['>', 4] }], tags: ['b'] } })).toBe(true);
    expect(await matches(aws, { $or: [{ source: ['x'] }, { detail: { n: [5] } }] })).toBe(true);
  });

  test('an integer of 64 bits is compared exactly', async () => {
    await using aws = await startSuite();
    const Event = JSON.stringify(EVENT).replace('"n":5', '"n":9007199254740993');
    const result = async (number: string) => {
      const EventPattern = `{"detail":{"n":[${number}]}}`;
      return (await aws.call('events', 'TestEventPattern', { EventPattern, Event })).Result;
    };
    expect(await result('9007199254740993')).toBe(true);
    expect(await result('9007199254740992')).toBe(false);
  });

  test('an event may go without resources', async () => {
    await using aws = await startSuite();
    const { resources: _, ...event } = EVENT;
    expect(await matches(aws, { source: ['com.shop'] }, event)).toBe(true);
  });
});

describe('refusals', () => {
  test.each(['id', 'detail-type', 'source', 'account', 'time', 'region'])(
    'an event needs its %s',
    async (name) => {
      await using aws = await startSuite();
      const { [name as 'id']: _, ...event } = EVENT;
      const input = { EventPattern: '{"source":["x"]}', Event: JSON.stringify(event) };
      expect(await aws.fails('events', 'TestEventPattern', input)).toMatchObject({
        code: 'ValidationException',
        message: 'Parameter Event is not valid.',
      });
    },
  );

  test.each(['{', '[]', 'null', '"x"'])('%s is no event', async (Event) => {
    await using aws = await startSuite();
    const input = { EventPattern: '{"source":["x"]}', Event };
    expect((await aws.fails('events', 'TestEventPattern', input)).code).toBe('ValidationException');
  });

  test('a pattern must be one', async () => {
    await using aws = await startSuite();
    const input = { EventPattern: '{"source":"x"}', Event: JSON.stringify(EVENT) };
    const { code, message } = await aws.fails('events', 'TestEventPattern', input);
    expect(code).toBe('InvalidEventPatternException');
    expect(message).toContain('"source" must be an object or an array');
  });
});
