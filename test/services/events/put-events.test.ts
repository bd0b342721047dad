import { describe, expect, test } from 'vitest';
import { journalOfSuite } from '../../sdk/facts.ts';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { EVERYTHING, openQueue, put, sendsTo } from './receivers.ts';

const entry = { Source: 'com.shop', DetailType: 'OrderPlaced', Detail: '{"orderId":"o-1"}' };

async function facts(aws: Suite, id: string) {
  return (await journalOfSuite(aws)).filter((fact) => fact.id === id);
}

describe('answers', () => {
  test('an event reaches the queue of a rule that it matches', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'orders');
    await sendsTo(aws, 'orders', { source: ['com.shop'] }, { Arn: queue.arn });
    const answer = await aws.call('events', 'PutEvents', { Entries: [entry] });
    expect(answer).toEqual({
      FailedEntryCount: 0,
      Entries: [{ EventId: expect.stringMatching(/^[0-9a-f-]{36}$/) }],
    });
    const [message] = await queue.messages();
    expect(message?.Body).toBe(
      `{"version":"0","id":"${answer.Entries?.[0]?.EventId}","detail-type":"OrderPlaced",` +
        '"source":"com.shop","account":"000000000000","time":"2026-01-15T10:00:00Z",' +
        '"region":"us-east-1","resources":[],"detail":{"orderId":"o-1"}}',
    );
  });

  test('it has arrived when the answer leaves', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'orders');
    await sendsTo(aws, 'orders', EVERYTHING, { Arn: queue.arn });
    await aws.call('events', 'PutEvents', { Entries: Array(10).fill(entry) });
    expect(await queue.events()).toHaveLength(10);
  });

  test('time is cut to the second, resources are kept', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'orders');
    await sendsTo(aws, 'orders', EVERYTHING, { Arn: queue.arn });
    const Time = Date.parse('2026-01-02T03:04:05.999Z');
    await put(aws, {}, { Time, Resources: ['arn:aws:s3:::b', 'x"y'] });
    expect(await queue.events()).toMatchObject([
      { time: '2026-01-02T03:04:05Z', resources: ['arn:aws:s3:::b', 'x"y'] },
    ]);
  });

  test('numbers keep their digits and keys their order; white space and repeats go', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'orders');
    await sendsTo(aws, 'orders', EVERYTHING, { Arn: queue.arn });
    await put(aws, '{ "z": 1.0, "big": 9223372036854775807, "a": 3.0e2, "z": 2.50 }');
    const [message] = await queue.messages();
    const detail = /"detail":(.*)\}$/.exec(message?.Body ?? '')?.[1];
    expect(detail).toBe('{"z":2.50,"big":9223372036854775807,"a":3.0e2}');
  });

  test('each entry succeeds or fails on its own, in its place', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'orders');
    await sendsTo(aws, 'orders', EVERYTHING, { Arn: queue.arn });
    const { Source, DetailType, Detail } = entry;
    const { FailedEntryCount, Entries } = await aws.call('events', 'PutEvents', {
      Entries: [
        entry,
        { Source, DetailType },
        { Source, Detail },
        { DetailType, Detail },
        { ...entry, Detail: '{' },
        { ...entry, Source: 'aws.ec2' },
        entry,
      ],
    });
    const missing = (name: string) => ({
      ErrorCode: 'InvalidArgument',
      ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
    });
    expect(FailedEntryCount).toBe(5);
    expect(Entries?.slice(1, 6)).toEqual([
      missing('Detail'),
      missing('DetailType'),
      missing('Source'),
      { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' },
      {
        ErrorCode: 'NotAuthorizedForSourceException',
        ErrorMessage: 'Not authorized for the source.',
      },
    ]);
    expect(Entries?.[0]?.EventId).toBeTypeOf('string');
    expect(Entries?.[6]?.EventId).toBeTypeOf('string');
    expect(await queue.events()).toHaveLength(2);
  });

  test.each(['"text"', '[1]', '7', 'null', '"{\\"a\\":1}"', '{"a":1}x', "{'a':1}"])(
    'the detail %s is malformed',
    async (Detail) => {
      await using aws = await startSuite();
      const { Entries } = await aws.call('events', 'PutEvents', {
        Entries: [{ ...entry, Detail }],
      });
      expect(Entries).toEqual([
        { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' },
      ]);
    },
  );

  test('an event for a bus that is not there is accepted and dropped', async () => {
    await using aws = await startSuite();
    const id = await put(aws, {}, { EventBusName: 'nowhere' });
    expect(await facts(aws, id)).toMatchObject([
      { kind: 'publish' },
      {
        kind: 'drop',
        outcome: 'UNKNOWN_BUS',
        arn: 'arn:aws:events:us-east-1:000000000000:event-bus/nowhere',
      },
    ]);
  });

  test('a bus may be named by its ARN', async () => {
    await using aws = await startSuite();
    const { EventBusArn } = await aws.call('events', 'CreateEventBus', { Name: 'shop' });
    const queue = await openQueue(aws, 'orders');
    await sendsTo(aws, 'orders', EVERYTHING, { Arn: queue.arn }, 'shop');
    await put(aws, {}, { EventBusName: EventBusArn });
    await put(aws, {});
    expect(await queue.events()).toHaveLength(1);
  });

  test('the bus of another Region is not reached', async () => {
    await using aws = await startSuite();
    const west = aws.as({ region: 'us-west-2' });
    const queue = await openQueue(west, 'orders');
    await sendsTo(west, 'orders', EVERYTHING, { Arn: queue.arn });
    const EventBusName = 'arn:aws:events:us-west-2:000000000000:event-bus/default';
    await put(aws, {}, { EventBusName });
    expect(await queue.events()).toEqual([]);
  });

  test('the trace header goes to the queue, not into the event', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'orders');
    await sendsTo(aws, 'orders', EVERYTHING, { Arn: queue.arn });
    const TraceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1';
    await put(aws, {}, { TraceHeader });
    const [message] = await queue.messages();
    expect(message?.Attributes?.AWSTraceHeader).toBe(TraceHeader);
    expect(message?.Body).not.toContain('Root=');
  });

  test('every rule that matches gets the event once, whatever the order', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'orders');
    await sendsTo(aws, 'all', EVERYTHING, { Arn: queue.arn });
    await sendsTo(aws, 'some', { detail: { n: [1] } }, { Arn: queue.arn });
    await sendsTo(aws, 'none', { detail: { n: [2] } }, { Arn: queue.arn });
    await put(aws, { n: 1 });
    expect(await queue.events()).toHaveLength(2);
  });

  test('a rule sees what is put while it is enabled', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'orders');
    await sendsTo(aws, 'r', EVERYTHING, { Arn: queue.arn });
    await aws.call('events', 'DisableRule', { Name: 'r' });
    await put(aws, { n: 1 });
    await aws.call('events', 'EnableRule', { Name: 'r' });
    await put(aws, { n: 2 });
    expect((await queue.events()).map(({ detail }) => detail)).toEqual([{ n: 2 }]);
  });

  test('the journal tells what led to an event and what came of it', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'orders');
    const rule = await sendsTo(aws, 'orders', { source: ['com.shop'] }, { Arn: queue.arn });
    const id = await put(aws, { metadata: { causationId: 'before' } });
    const bus = 'arn:aws:events:us-east-1:000000000000:event-bus/default';
    expect(await facts(aws, id)).toMatchObject([
      { kind: 'publish', arn: bus, note: 'OrderPlaced', causes: ['before'] },
      { kind: 'match', arn: rule, note: 'orders' },
      { kind: 'deliver', arn: rule, target: queue.arn, outcome: 'ok' },
    ]);
    const unmatched = await put(aws, {}, { Source: 'other' });
    expect(await facts(aws, unmatched)).toMatchObject([
      { kind: 'publish' },
      { kind: 'drop', arn: bus, outcome: 'NO_RULES_MATCHED' },
    ]);
  });
});

describe('limits', () => {
  test('a request has at most ten entries and at least one', async () => {
    await using aws = await startSuite();
    const many = { Entries: Array(11).fill(entry) };
    const { code, message } = await aws.fails('events', 'PutEvents', many);
    expect(code).toBe('ValidationException');
    expect(message).toContain("at 'entries' failed to satisfy constraint: Member must have length");
    expect(message).toContain('less than or equal to 10');
    const none = await aws.fails('events', 'PutEvents', { Entries: [] });
    expect(none.message).toContain('Member must have length greater than or equal to 1');
  });

  test('entries have less than 1 MiB together, time and resources counted', async () => {
    await using aws = await startSuite();
    const fixed = 'com.shop'.length + 'OrderPlaced'.length + '{"x":""}'.length;
    const detail = (bytes: number) => JSON.stringify({ x: 'y'.repeat(bytes - fixed) });
    const limit = 1_048_576;
    await put(aws, detail(limit - 1));
    const over = [
      { ...entry, Detail: detail(limit) },
      { ...entry, Detail: detail(limit - 14), Time: aws.clock.now() },
      { ...entry, Detail: detail(limit - 3), Resources: ['aé'] },
    ];
    for (const one of over) {
      expect(await aws.fails('events', 'PutEvents', { Entries: [one] })).toMatchObject({
        code: 'ValidationException',
        message: 'Total size of the entries in the request is over the limit.',
      });
    }
  });

  test('a detail is at most 1,000 levels deep and its integers have 64 bits', async () => {
    await using aws = await startSuite();
    const deep = (levels: number) => `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`;
    await put(aws, deep(1000));
    await put(aws, '{"n":-9223372036854775808}');
    for (const Detail of [deep(1001), '{"n":9223372036854775808}']) {
      const { Entries } = await aws.call('events', 'PutEvents', {
        Entries: [{ ...entry, Detail }],
      });
      expect(Entries?.[0]?.ErrorCode).toBe('MalformedDetail');
    }
  });

  test('a detail-type has at most 128 characters', async () => {
    await using aws = await startSuite();
    await put(aws, {}, { DetailType: 'x'.repeat(128) });
    const { Entries } = await aws.call('events', 'PutEvents', {
      Entries: [{ ...entry, DetailType: 'x'.repeat(129) }],
    });
    expect(Entries?.[0]?.ErrorCode).toBe('InvalidArgument');
  });
});
