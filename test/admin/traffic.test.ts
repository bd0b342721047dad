/** What moves on the map, as it moves. */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, test } from 'vitest';
import { LiveMap } from '../../src/admin/traffic.ts';
import type { Traffic } from '../../src/admin-api/index.ts';
import { VirtualClock } from '../../src/core/clock.ts';
import { encodeFact, type Fact } from '../../src/journal/journal.ts';
import { journalsOf } from '../../src/journal/logs.ts';
import type { EventClient } from '../../src/services/server-sent-events.ts';
import { startAws } from '../../src/testing/index.ts';
import { sharedView } from '../delivery/nodes.ts';
import { type Suite, startSuite } from '../sdk/suite.ts';
import { openQueue, sendsTo } from '../services/events/receivers.ts';
import { live } from './live.ts';

const PLACE = { account: '000000000000', region: 'us-east-1' };
const arn = (service: string, resource: string) =>
  `arn:aws:${service}:us-east-1:000000000000:${resource}`;
const BUS = arn('events', 'event-bus/default');

async function put(aws: Suite, count = 1) {
  const entry = { Source: 'shop', DetailType: 'OrderPlaced', Detail: '{}' };
  await aws.call('events', 'PutEvents', { Entries: Array.from({ length: count }, () => entry) });
  await aws.settled();
}

const traffic = (aws: { readonly endpoint: string }, query = '') =>
  live<Traffic>(aws, `map/live${query}`);

/** Adds up what frames say. */
function sumOf(frames: readonly Traffic[]) {
  const nodes: Record<string, Record<string, number>> = {};
  const edges: Record<string, Record<string, number>> = {};
  const add = (all: typeof nodes, more: Readonly<Record<string, object>>) => {
    for (const [key, counts] of Object.entries(more)) {
      for (const [name, count] of Object.entries<number>({ ...counts })) {
        const sum = all[key] ?? {};
        all[key] = sum;
        sum[name] = (sum[name] ?? 0) + count;
      }
    }
  };
  for (const frame of frames) {
    add(nodes, frame.nodes);
    add(edges, frame.edges);
  }
  return { nodes, edges, fresh: frames.flatMap(({ fresh = [] }) => fresh) };
}

describe('on the wire', () => {
  test('a stream begins with how much is in the queues, and nobody keeps it', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'orders');
    await aws.call('sqs', 'SendMessage', { QueueUrl: queue.url, MessageBody: 'x' });
    await aws.clock.advance('1m');
    await using stream = await traffic(aws);
    expect(stream.status).toBe(200);
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    expect(stream.headers.get('cache-control')).toBe('no-store');
    const depth = { visible: 1, inFlight: 0, delayed: 0, oldestAgeMs: 60_000 };
    expect(await stream.next()).toEqual({
      ...{ atMs: aws.clock.now(), seconds: expect.any(Number), sampled: 1 },
      ...{ nodes: {}, edges: {}, queues: { [queue.arn]: depth } },
    });
  });

  test('an event moves along its edges, and what it leaves in a queue is told', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'orders');
    const rule = await sendsTo(aws, 'r', { source: ['shop'] }, { Arn: queue.arn });
    await using stream = await traffic(aws);
    await stream.next();
    await put(aws, 3);
    const frames = await stream.until(({ queues }) => queues?.[queue.arn]?.visible === 3);
    const { nodes, edges, fresh } = sumOf(frames);
    expect(nodes).toEqual({ [BUS]: { published: 3 } });
    const still = { failed: 0, retried: 0, dead: 0 };
    expect(edges).toEqual({
      [`${BUS} ${rule} rule`]: { ok: 3, ...still },
      [`${rule} ${queue.arn} target`]: { ok: 3, ...still },
    });
    expect(fresh).toEqual([]);
    expect(frames.every(({ sampled }) => sampled === 1)).toBe(true);
  });

  test('edges that are made while somebody looks are told with their first traffic', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'orders');
    await using stream = await traffic(aws);
    await stream.next();
    const rule = await sendsTo(aws, 'late', { source: ['shop'] }, { Arn: queue.arn });
    await put(aws);
    const id = `${rule} ${queue.arn} target`;
    const { fresh } = sumOf(await stream.until(({ edges }) => id in edges));
    expect(fresh.map((edge) => edge.id)).toContain(id);
    expect(fresh.every(({ declared, seen }) => declared && seen)).toBe(true);
    await put(aws);
    const more = await stream.until(({ edges }) => id in edges);
    expect(sumOf(more).fresh).toEqual([]);
  });

  test('a function is seen to publish when its run has ended', async () => {
    await using aws = await startAws();
    const events = aws.client(EventBridgeClient);
    const entry = { Source: 'shop', DetailType: 'Placed', Detail: '{}' };
    const { arn: publisher } = await aws.lambda('publisher', async () => {
      await events.send(new PutEventsCommand({ Entries: [entry, entry] }));
    });
    await using stream = await traffic(aws);
    await stream.next();
    await aws.client(LambdaClient).send(new InvokeCommand({ FunctionName: 'publisher' }));
    const id = `${publisher} ${BUS} publish`;
    const { nodes, edges, fresh } = sumOf(await stream.until((frame) => id in frame.edges));
    expect(edges[id]).toMatchObject({ ok: 2 });
    expect(nodes).toEqual({ [BUS]: { published: 2, dropped: 2 }, [publisher]: { invoked: 1 } });
    expect(fresh).toMatchObject([{ id, kind: 'publish', declared: false, seen: true }]);
  });

  test('what fails is told where it failed, and where it came to rest', async () => {
    await using aws = await startSuite();
    const dead = await openQueue(aws, 'dead');
    const gone = arn('sqs', 'gone');
    const target = { Arn: gone, DeadLetterConfig: { Arn: dead.arn } };
    const rule = await sendsTo(aws, 'r', { source: ['shop'] }, target);
    await using stream = await traffic(aws);
    await stream.next();
    await put(aws);
    const id = `${rule} ${dead.arn} dead-letter`;
    const { edges } = sumOf(await stream.until((frame) => id in frame.edges));
    expect(edges[`${rule} ${gone} target`]).toMatchObject({ ok: 0, failed: 1, dead: 0 });
    expect(edges[id]).toMatchObject({ ok: 0, failed: 0, dead: 1 });
  });

  test('a server that ends, ends the stream at once and in good order', async () => {
    const aws = await startSuite();
    const stream = await traffic(aws);
    await stream.next();
    const end = stream.next();
    await aws[Symbol.asyncDispose]();
    // A stream that had to be cut off would hold the server for five seconds, and throw here.
    expect(await end).toBeUndefined();
  });

  test('other methods are refused', async () => {
    await using aws = await startSuite();
    const answer = await fetch(`${aws.endpoint}/_millrace/v1/map/live`, { method: 'POST' });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET');
  });
});

/** Wall time that the test moves. */
class WallClock extends VirtualClock {
  override afterWallMs(delayMs: number, fire: () => void) {
    return this.at(this.nowMs() + delayMs, fire);
  }
}

/** A map that is followed on a clock of its own. */
async function followed(aws: Suite, { shared = false } = {}) {
  const clock = new WallClock(aws.clock.now());
  const storage = shared ? sharedView(aws.stack.storage) : aws.stack.storage;
  const map = new LiveMap({ ...aws.stack, clock, storage });
  const viewer = () => {
    const frames: Traffic[] = [];
    const state = { isSlow: false };
    const client: EventClient = {
      send: (json) => {
        if (!state.isSlow) frames.push(JSON.parse(json));
        return !state.isSlow;
      },
      end: () => {},
    };
    return { frames, state, leave: map.join(client, PLACE) };
  };
  /** Lets what is under way end, then the wall clock go on by so many frames' time. */
  const frames = async (count = 1) => {
    for (let left = count; left > 0; left -= 1) {
      await idle(clock);
      await clock.advanceTo(clock.nextAtMs(), () => idle(clock));
    }
  };
  const tell = (facts: readonly Fact[], log = 'journal') => {
    const appends = facts.map(
      (fact) => ({ kind: 'append', log, record: encodeFact(fact) }) as const,
    );
    return storage.commit(appends);
  };
  return { clock, storage, viewer, frames, tell };
}

/** Turns of the event loop until the follower rests, or has stopped. */
async function idle(clock: VirtualClock): Promise<void> {
  for (let turns = 0; turns < 50; turns += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    if (turns > 10 && clock.nextAtMs() !== Number.POSITIVE_INFINITY) return;
  }
}

const received = (queue: string): Fact => ({ kind: 'receive', id: 'm', arn: queue, atMs: 1 });
const deleted = (queue: string): Fact => ({ kind: 'delete', id: 'm', arn: queue, atMs: 1 });

describe('following', () => {
  test('of much a sample is read, and the counts are what all of it comes to', async () => {
    await using aws = await startSuite();
    const { arn: queue } = await openQueue(aws, 'orders');
    const at = await followed(aws);
    const { frames, leave } = at.viewer();
    await at.frames();
    const facts = Array.from({ length: 20_000 }, (_, index) =>
      index % 4 === 0 ? deleted(queue) : received(queue),
    );
    await at.tell(facts);
    await at.frames(2);
    leave();
    const [, frame] = frames;
    expect(frame?.sampled).toBe(0.05);
    const { received: taken = 0, deleted: gone = 0 } = frame?.nodes[queue] ?? {};
    expect(taken + gone).toBe(20_000);
    expect(Math.abs(gone - 5_000)).toBeLessThan(500);
  });

  test('all parts of a journal that nodes share are read', async () => {
    await using aws = await startSuite();
    const at = await followed(aws, { shared: true });
    const { frames, leave } = at.viewer();
    await at.frames();
    for (const [index, log] of journalsOf(at.storage).entries()) {
      await at.tell([received(arn('sqs', `q-${index}`))], log);
    }
    await at.frames(2);
    leave();
    expect(Object.keys(frames[1]?.nodes ?? {})).toHaveLength(17);
  });

  test('nothing is sent while nothing moves, and no more than four times a second', async () => {
    await using aws = await startSuite();
    const { arn: queue } = await openQueue(aws, 'orders');
    const at = await followed(aws);
    const { frames, leave } = at.viewer();
    await at.frames(20);
    expect(frames).toHaveLength(1);
    const beganAtMs = at.clock.nowMs();
    for (let count = 0; count < 8; count += 1) {
      await at.tell([received(queue)]);
      await at.frames();
    }
    leave();
    expect(sumOf(frames).nodes[queue]?.received).toBeGreaterThanOrEqual(7);
    const seconds = (at.clock.nowMs() - beganAtMs) / 1_000;
    expect((frames.length - 1) / seconds).toBeLessThanOrEqual(4.01);
  });

  test('one follower serves all, and stops when the last one leaves', async () => {
    await using aws = await startSuite();
    const { arn: queue } = await openQueue(aws, 'orders');
    const at = await followed(aws);
    const one = at.viewer();
    await at.frames();
    const two = at.viewer();
    await at.frames();
    await at.tell([received(queue)]);
    await at.frames(2);
    expect(sumOf(one.frames).nodes).toEqual({ [queue]: { received: 1 } });
    expect(sumOf(two.frames).nodes).toEqual({ [queue]: { received: 1 } });
    expect(two.frames[0]?.queues).toHaveProperty([queue]);
    one.leave();
    await idle(at.clock);
    expect(at.clock.nextAtMs()).not.toBe(Number.POSITIVE_INFINITY);
    two.leave();
    await idle(at.clock);
    expect(at.clock.nextAtMs()).toBe(Number.POSITIVE_INFINITY);
    const three = at.viewer();
    await at.frames();
    expect(three.frames).toHaveLength(1);
    three.leave();
  });

  test('a slow client misses counts, but neither edges nor depths', async () => {
    await using aws = await startSuite();
    const queue = await openQueue(aws, 'orders');
    const at = await followed(aws);
    const { frames, state, leave } = at.viewer();
    await at.frames();
    state.isSlow = true;
    await sendsTo(aws, 'late', { source: ['shop'] }, { Arn: queue.arn });
    await put(aws, 5);
    await at.frames(10);
    expect(frames).toHaveLength(1);
    state.isSlow = false;
    await at.frames(2);
    expect(frames[1]).toMatchObject({ edges: {}, queues: { [queue.arn]: { visible: 5 } } });
    await put(aws);
    await at.frames(2);
    leave();
    expect(
      sumOf(frames)
        .fresh.map(({ kind }) => kind)
        .sort(),
    ).toEqual(['rule', 'target']);
  });

  test('without a journal there are depths all the same', async () => {
    await using aws = await startSuite({ journal: false });
    const queue = await openQueue(aws, 'orders');
    const at = await followed(aws);
    const { frames, leave } = at.viewer();
    await at.frames();
    await put(aws);
    await aws.call('sqs', 'SendMessage', { QueueUrl: queue.url, MessageBody: 'x' });
    await at.frames(10);
    leave();
    expect(frames).toHaveLength(2);
    expect(frames[1]).toMatchObject({ nodes: {}, queues: { [queue.arn]: { visible: 1 } } });
  });
});
