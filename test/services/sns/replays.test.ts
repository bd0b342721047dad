import { describe, expect, test } from 'vitest';
import type { Suite } from '../../sdk/suite.ts';
import { type AQueue, type ATopic, aQueue, aTopic, RAW, startSns } from './a-topic.ts';

const ARCHIVE = { ArchivePolicy: '{"MessageRetentionPeriod":"30"}' };

async function publish(topic: ATopic, ...ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await topic.publish(`m${id}`, { MessageGroupId: 'g', MessageDeduplicationId: id });
  }
}

function replayPolicy(from: string, until?: string): string {
  const EndingPoint = until === undefined ? {} : { EndingPoint: until };
  return JSON.stringify({ PointType: 'Timestamp', StartingPoint: from, ...EndingPoint });
}

async function startReplay(aws: Suite, SubscriptionArn: string, AttributeValue: string) {
  const change = { SubscriptionArn, AttributeName: 'ReplayPolicy', AttributeValue };
  await aws.call('sns', 'SetSubscriptionAttributes', change);
}

async function statusOf(aws: Suite, SubscriptionArn: string) {
  const answer = await aws.call('sns', 'GetSubscriptionAttributes', { SubscriptionArn });
  return answer.Attributes?.ReplayStatus;
}

/** A topic with an archive: messages 1 to 3 at 10:00, 4 and 5 at 10:10, 6 at 10:20. */
async function anArchive(aws: Suite): Promise<ATopic> {
  const topic = await aTopic(aws, 'news.fifo', ARCHIVE);
  await publish(topic, '1', '2', '3');
  await aws.clock.advance('10m');
  await publish(topic, '4', '5');
  await aws.clock.advance('10m');
  await publish(topic, '6');
  return topic;
}

async function subscribed(aws: Suite, topic: ATopic, attributes = {}) {
  const queue = await aQueue(aws, 'inbox.fifo');
  const arn = await topic.subscribe('sqs', queue.arn, { ...RAW, ...attributes });
  return { queue, arn };
}

const all = async (queue: AQueue) => {
  const bodies: string[] = [];
  for (;;) {
    const some = await queue.bodies();
    if (some.length === 0) return bodies;
    bodies.push(...some);
  }
};

describe('answers', () => {
  test('a new subscription replays what was there before it', async () => {
    await using aws = await startSns();
    const topic = await anArchive(aws);
    const ReplayPolicy = replayPolicy('2026-01-15T10:00:00Z');
    const { queue, arn } = await subscribed(aws, topic, { ReplayPolicy });
    await aws.settled();
    expect(await all(queue)).toEqual(['m1', 'm2', 'm3', 'm4', 'm5', 'm6']);
    expect(await statusOf(aws, arn)).toBe('Completed');
    await publish(topic, '7');
    expect(await all(queue)).toEqual(['m7']);
  });

  test('a span of time is replayed, and nothing new comes after it', async () => {
    await using aws = await startSns();
    const topic = await anArchive(aws);
    const { queue, arn } = await subscribed(aws, topic);
    await startReplay(aws, arn, replayPolicy('2026-01-15T10:05:00Z', '2026-01-15T10:15:00Z'));
    await aws.settled();
    expect(await all(queue)).toEqual(['m4', 'm5']);
    await publish(topic, '7');
    expect(await all(queue)).toEqual([]);
    await startReplay(aws, arn, '');
    expect(await statusOf(aws, arn)).toBeUndefined();
    await publish(topic, '8');
    expect(await all(queue)).toEqual(['m8']);
  });

  test('replayed messages keep id and time, and envelopes say that they are replayed', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws, 'news.fifo', ARCHIVE);
    const before = await aQueue(aws, 'before.fifo');
    await topic.subscribe('sqs', before.arn);
    await publish(topic, '1');
    const [original = ''] = await before.bodies();
    await aws.clock.advance('1h');
    const queue = await aQueue(aws, 'inbox.fifo');
    const ReplayPolicy = replayPolicy('2026-01-15T00:00:00Z');
    const arn = await topic.subscribe('sqs', queue.arn, { ReplayPolicy });
    await aws.settled();
    const [body = ''] = await queue.bodies();
    const { UnsubscribeURL: _, ...first } = JSON.parse(original);
    const { UnsubscribeURL, Replayed, ...again } = JSON.parse(body);
    expect(again).toEqual(first);
    expect(Replayed).toBe(true);
    expect(UnsubscribeURL).toContain(arn);
  });

  test('the filter policy of the subscription counts', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws, 'news.fifo', ARCHIVE);
    for (const [id, colour] of [
      ['1', 'red'],
      ['2', 'blue'],
      ['3', 'red'],
    ] as const) {
      await topic.publish(`m${id}`, {
        MessageGroupId: 'g',
        MessageDeduplicationId: id,
        MessageAttributes: { colour: { DataType: 'String', StringValue: colour } },
      });
    }
    const { queue } = await subscribed(aws, topic, {
      FilterPolicy: '{"colour":["red"]}',
      ReplayPolicy: replayPolicy('2026-01-15T00:00:00Z'),
    });
    await aws.settled();
    expect(await all(queue)).toEqual(['m1', 'm3']);
  });

  test('messages that are published during a replay come after it, in order', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws, 'news.fifo', ARCHIVE);
    const ids = Array.from({ length: 120 }, (_, index) => String(index));
    await publish(topic, ...ids);
    const { queue, arn } = await subscribed(aws, topic);
    const begun = startReplay(aws, arn, replayPolicy('2026-01-15T00:00:00Z'));
    const more = Array.from({ length: 30 }, (_, index) => String(1000 + index));
    await Promise.all([begun, publish(topic, ...more)]);
    await aws.settled();
    expect(await statusOf(aws, arn)).toBe('Completed');
    const bodies = await all(queue);
    const replayed = bodies.slice(bodies.indexOf('m0'));
    expect(replayed.slice(0, 120)).toEqual(ids.map((id) => `m${id}`));
    const seen = new Set(bodies);
    for (const id of more) expect(seen.has(`m${id}`)).toBe(true);
    const late = replayed.slice(120).map((body) => Number(body.slice(1)));
    expect([...late].sort((a, b) => a - b)).toEqual(late);
  });

  test('a later replay takes the place of the one before', async () => {
    await using aws = await startSns();
    const topic = await anArchive(aws);
    const { queue, arn } = await subscribed(aws, topic);
    await startReplay(aws, arn, replayPolicy('2026-01-15T10:15:00Z'));
    await startReplay(aws, arn, replayPolicy('2026-01-15T10:05:00Z'));
    await aws.settled();
    expect(new Set(await all(queue))).toEqual(new Set(['m4', 'm5', 'm6']));
  });

  test('a replay up to a moment to come goes on with new messages until then', async () => {
    await using aws = await startSns();
    const topic = await anArchive(aws);
    const { queue, arn } = await subscribed(aws, topic);
    await startReplay(aws, arn, replayPolicy('2026-01-15T10:15:00Z', '2026-01-15T11:00:00Z'));
    await aws.settled();
    await publish(topic, '7');
    await aws.clock.advance('1h');
    await publish(topic, '8');
    expect(await all(queue)).toEqual(['m6', 'm7']);
  });

  test('what is older than the retention is gone', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws, 'news.fifo', { ArchivePolicy: '{"MessageRetentionPeriod":2}' });
    await publish(topic, '1');
    await aws.clock.advance('36h');
    await publish(topic, '2');
    expect((await topic.attributes()).BeginningArchiveTime).toBe('2026-01-15T10:00:00.000Z');
    await aws.clock.advance('24h');
    expect((await topic.attributes()).BeginningArchiveTime).toBe('2026-01-15T22:00:00.000Z');
    const ReplayPolicy = replayPolicy('2026-01-01T00:00:00Z');
    const { queue } = await subscribed(aws, topic, { ReplayPolicy });
    await aws.settled();
    expect(await all(queue)).toEqual(['m2']);
  });

  test('ending the archive lets go of it', async () => {
    await using aws = await startSns();
    const topic = await anArchive(aws);
    await topic.set('ArchivePolicy', '{}');
    await topic.set('ArchivePolicy', '{"MessageRetentionPeriod":"7"}');
    await publish(topic, '7');
    const ReplayPolicy = replayPolicy('2026-01-01T00:00:00Z');
    const { queue } = await subscribed(aws, topic, { ReplayPolicy });
    await aws.settled();
    expect(await all(queue)).toEqual(['m7']);
  });
});

describe('refusals', () => {
  test.each([
    ['{', 'ReplayPolicy: failed to parse JSON'],
    ['{"PointType":"Position"}', 'ReplayPolicy: PointType must be Timestamp'],
    ['{"PointType":"Timestamp"}', 'ReplayPolicy: StartingPoint must be a timestamp'],
    [replayPolicy('2026-01-15T10:00:00Z', 'soon'), 'ReplayPolicy: EndingPoint must be a timestamp'],
    [
      replayPolicy('2026-01-15T10:00:00Z', '2026-01-14T10:00:00Z'),
      'ReplayPolicy: EndingPoint must be after StartingPoint',
    ],
    [
      '{"PointType":"Timestamp","StartingPoint":"2026-01-15T10:00:00Z","Speed":2}',
      'ReplayPolicy: Attribute Speed is unknown',
    ],
  ])('the ReplayPolicy %s', async (AttributeValue, reason) => {
    await using aws = await startSns();
    const { arn: SubscriptionArn } = await subscribed(aws, await anArchive(aws));
    const change = { SubscriptionArn, AttributeName: 'ReplayPolicy', AttributeValue };
    const refused = await aws.fails('sns', 'SetSubscriptionAttributes', change);
    expect(refused.message).toBe(`Invalid parameter: ${reason}`);
  });

  test('a replay of a topic that keeps nothing', async () => {
    await using aws = await startSns();
    const { arn: SubscriptionArn } = await subscribed(aws, await aTopic(aws, 'news.fifo'));
    const refused = await aws.fails('sns', 'SetSubscriptionAttributes', {
      SubscriptionArn,
      AttributeName: 'ReplayPolicy',
      AttributeValue: replayPolicy('2026-01-15T10:00:00Z'),
    });
    expect(refused.message).toBe('Invalid parameter: ReplayPolicy: the topic has no ArchivePolicy');
  });
});

describe('limits', () => {
  test('a replay of more than one page comes in order and whole', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws, 'news.fifo', ARCHIVE);
    const ids = Array.from({ length: 230 }, (_, index) => String(index));
    await publish(topic, ...ids);
    const ReplayPolicy = replayPolicy('2026-01-15T10:00:00Z');
    const { queue } = await subscribed(aws, topic, { ReplayPolicy });
    await aws.settled();
    expect(await all(queue)).toEqual(ids.map((id) => `m${id}`));
  });
});
