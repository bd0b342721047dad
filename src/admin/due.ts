/**
 * `GET /_millrace/v1/clock/due`: what falls due next: retries and deliveries that wait, jobs,
 * messages on lease or delayed, and what feeds of functions wait for. A look is bounded, so of
 * very many queues, or of very many messages in one, not all are told.
 */
import type { Due } from '../admin-api/index.ts';
import { inTurns } from '../core/in-turns.ts';
import { DELIVERIES } from '../delivery/deliver.ts';
import { dueOf, TIMETABLE, WORK } from '../delivery/schedule.ts';
import type { Stack } from '../delivery/stack.ts';
import { get } from '../services/admin-http.ts';
import type { Route } from '../services/service.ts';
import type { Peeked, QueueName } from '../storage/storage.ts';

export const dueRoutes: Readonly<Record<string, Route>> = {
  '/_millrace/v1/clock/due': get(dueNext),
};

/** Queues that are asked when they have something; those that are looked into. */
const MOST_ASKED = 2_000;
const MOST_LOOKED_INTO = 50;
/** Messages of a queue that are looked at. */
const MOST_MESSAGES = 1_000;
const MOST_TOLD = 100;

async function dueNext(stack: Stack): Promise<Due> {
  const nowMs = stack.clock.nowMs();
  const queues = (await nextOfQueues(stack, nowMs)).slice(0, MOST_LOOKED_INTO);
  const found = await inTurns(queues, ({ queue, atMs }) => within(stack, queue, atMs, nowMs));
  const ofQueues = found.flat();
  const told = new Set(ofQueues.map(({ atMs }) => atMs));
  const others = (await ofWorkers(stack, nowMs)).filter(({ atMs }) => !told.has(atMs));
  const all = [...ofQueues, ...others];
  const due = all.sort((a, b) => a.atMs - b.atMs || (a.what < b.what ? -1 : 1));
  return { nowMs, due: due.slice(0, MOST_TOLD) };
}

/** Windows and pauses of mappings. Where they wait for a queue, the queue tells of it. */
async function ofWorkers({ workers }: Stack, nowMs: number): Promise<Due['due']> {
  const others = workers.list().filter(({ name }) => !isOfQueue(name));
  const due = await inTurns(others, async (worker) => ({
    atMs: await worker.nextDueMs(),
    what: worker.name,
    count: 1,
  }));
  return due.filter(({ atMs }) => atMs > nowMs && atMs !== Number.POSITIVE_INFINITY);
}

function isOfQueue(name: string): boolean {
  return name === TIMETABLE || name === WORK || name.startsWith(DELIVERIES);
}

interface Next {
  readonly queue: QueueName;
  readonly atMs: number;
}

/** The earliest first. */
async function nextOfQueues({ storage }: Stack, nowMs: number): Promise<readonly Next[]> {
  const names = (await storage.queues('')).slice(0, MOST_ASKED);
  const asked = await inTurns(names, async (queue) => ({
    queue,
    atMs: await storage.nextVisibleAtMs(queue, nowMs),
  }));
  return asked
    .filter(({ atMs }) => atMs !== Number.POSITIVE_INFINITY)
    .sort((a, b) => a.atMs - b.atMs);
}

/** Hidden messages of a queue, by what they are and when they show up. */
async function within(
  { storage }: Stack,
  queue: QueueName,
  nextMs: number,
  nowMs: number,
): Promise<readonly Due['due'][number][]> {
  const messages = await storage.peek(queue, { nowMs, max: MOST_MESSAGES });
  const counts = new Map<string, number>();
  for (const message of messages) {
    if (message.state === 'visible') continue;
    const key = `${message.visibleAtMs} ${whatOf(queue, message)}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  // The next one may be past those that were looked at.
  const isSeen = [...counts.keys()].some((key) => key.startsWith(`${nextMs} `));
  if (!isSeen) counts.set(`${nextMs} ${queue}`, 1);
  return [...counts].map(([key, count]) => {
    const space = key.indexOf(' ');
    return { atMs: Number(key.slice(0, space)), what: key.slice(space + 1), count };
  });
}

function whatOf(queue: QueueName, message: Peeked): string {
  if (queue === TIMETABLE || queue === WORK) return `job ${dueOf(message).kind}`;
  if (message.state === 'in-flight' && message.claims > 0 && queue.startsWith(DELIVERIES)) {
    return `retry of a delivery to ${kindOf(queue)}`;
  }
  if (queue.startsWith(DELIVERIES)) return `delivery to ${kindOf(queue)}`;
  return `${message.state === 'delayed' ? 'delayed' : 'on lease'} in ${queue}`;
}

function kindOf(queue: QueueName): string {
  return queue.slice(DELIVERIES.length).replace(/\/ordered$/, '');
}
