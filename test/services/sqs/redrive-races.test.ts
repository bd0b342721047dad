/**
 * Redrives that race with consumers, with tasks and with each other: whatever the order, each
 * message ends with one consumer or in one queue. Consumers hold what they receive, so one that
 * was moved from under its consumer is seen twice.
 */
import {
  array,
  assert,
  asyncProperty,
  constant,
  constantFrom,
  nat,
  oneof,
  record,
} from 'fast-check';
import { expect, test } from 'vitest';
import type { DeadLetters, QueueMessages } from '../../../src/admin-api/index.ts';
import type { Suite } from '../../sdk/suite.ts';
import { type AQueue, startSqs, withDeadLetters } from './a-queue.ts';
import { ask, order } from './admin.ts';

const MESSAGES = 12;

type Act =
  | { readonly kind: 'receive'; readonly from: 'dead' | 'queue'; readonly max: number }
  | { readonly kind: 'chosen'; readonly first: number; readonly count: number }
  | { readonly kind: 'all' | 'group'; readonly perSecond: number };

const act = oneof(
  record({
    kind: constant('receive' as const),
    from: constantFrom('dead' as const, 'queue' as const),
    max: constantFrom(1, 2, 3),
  }),
  record({
    kind: constant('chosen' as const),
    first: nat(MESSAGES - 1),
    count: constantFrom(1, 2, 6),
  }),
  record({ kind: constantFrom('all' as const, 'group' as const), perSecond: constantFrom(2, 500) }),
);

interface World {
  readonly aws: Suite;
  readonly queue: AQueue;
  readonly dead: AQueue;
  /** Bodies that consumers have received and hold for good. */
  readonly held: string[];
}

async function play({ aws, queue, dead, held }: World, one: Act): Promise<void> {
  if (one.kind === 'receive') {
    const from = one.from === 'dead' ? dead : queue;
    const long = { VisibilityTimeout: 43_200, MaxNumberOfMessages: one.max };
    const got = await from.receive(long);
    held.push(...got.map(({ Body }) => Body));
    return;
  }
  if (one.kind === 'chosen') {
    const { messages } = await look(aws, dead);
    const some = messages.slice(one.first, one.first + one.count);
    const chosen = some.map(({ id, position, token }) => ({ id, position, token }));
    if (chosen.length === 0) return;
    const asked = { queue: dead.arn, messages: chosen };
    const { status } = await order(aws, 'dead-letters/redrive', asked);
    expect([200, 409]).toContain(status);
    return;
  }
  const { body } = await ask<DeadLetters>(aws, 'dead-letters');
  const group = one.kind === 'group' ? body.queues[0]?.groups[0]?.key : undefined;
  if (one.kind === 'group' && group === undefined) return;
  const asked = { queue: dead.arn, group, perSecond: one.perSecond };
  const { status } = await order(aws, 'dead-letters/redrive', asked);
  expect([200, 409]).toContain(status);
}

async function look(aws: Suite, { arn: queue }: AQueue): Promise<QueueMessages> {
  return (await ask<QueueMessages>(aws, 'queues/messages', { queue, limit: 1_000 })).body;
}

const waves = array(array(act, { minLength: 2, maxLength: 6 }), { minLength: 1, maxLength: 4 });

test.each(['orders', 'orders.fifo'])('no message of %s is lost or doubled', async (name) => {
  const bodies = Array.from({ length: MESSAGES }, (_, index) => `m${index}`);
  const property = asyncProperty(waves, async (all) => {
    await using aws = await startSqs();
    const fifo = name.endsWith('.fifo');
    const more = fifo ? { ContentBasedDeduplication: 'true' } : {};
    const { queue, dead } = await withDeadLetters(aws, 1, { name, ...more });
    for (const [index, body] of bodies.entries()) {
      await queue.send(body, fifo ? { MessageGroupId: `g${index % 4}` } : {});
    }
    for (let round = 0; round < 4; round += 1) await queue.bodies({ VisibilityTimeout: 0 });
    expect(await dead.counts()).toEqual([MESSAGES, 0, 0]);
    const world = { aws, queue, dead, held: [] as string[] };
    for (const wave of all) {
      await Promise.all(wave.map((one) => play(world, one)));
      await aws.clock.advance('1s');
    }
    await aws.settled();
    const left = [await look(aws, queue), await look(aws, dead)].flatMap(({ messages }) =>
      messages.filter(({ state }) => state !== 'in-flight').map(({ body }) => body),
    );
    expect([...world.held, ...left].sort()).toEqual([...bodies].sort());
  });
  await assert(property, { numRuns: 15, seed: 7 });
});
