/** `GET /_millrace/v1/queues`: the queues of an account and Region, and how much is in them. */
import type { QueueDepth, QueueSummary, Queues } from '../../admin-api/index.ts';
import { inTurns } from '../../core/in-turns.ts';
import type { Stack } from '../../delivery/stack.ts';
import { get, placeOf } from '../admin-http.ts';
import { deadLetterSources } from './dead-letter-queues.ts';
import { type Queue, queuesOf } from './queue.ts';
import { countsOf } from './retention.ts';

export const QUEUES_PATH = '/_millrace/v1/queues';

const PAGE = 100;

export const showQueues = get(async (stack, request): Promise<Queues | undefined> => {
  if (request.path !== QUEUES_PATH) return undefined;
  const place = placeOf(stack, request);
  const prefix = request.query.get('prefix') ?? '';
  const after = request.query.get('after') ?? '';
  const all = (await queuesOf(stack, place)).filter(
    ({ name }) => name.startsWith(prefix) && name > after,
  );
  const page = all.slice(0, PAGE);
  const sources = await deadLetterSources(stack, place);
  const depths = await depthsOf(stack, page);
  const queues = page.map((queue, index): QueueSummary => {
    const { arn, name, fifo, redrive } = queue;
    return {
      arn,
      name,
      fifo,
      isDeadLetterQueue: sources.has(arn),
      ...(redrive && { deadLetterTarget: redrive.arn, maxReceiveCount: redrive.maxReceives }),
      ...(depths[index] ?? EMPTY),
    };
  });
  const last = all.length > PAGE ? page.at(-1) : undefined;
  return { queues, ...(last && { next: last.name }) };
});

const EMPTY: QueueDepth = { visible: 0, inFlight: 0, delayed: 0, oldestAgeMs: 0 };

/** How much is in each of `queues`, counted a few at a time. */
export async function depthsOf(
  stack: Stack,
  queues: readonly Queue[],
): Promise<readonly QueueDepth[]> {
  return inTurns(queues, (queue) => depthOf(stack, queue));
}

export async function depthOf(stack: Stack, queue: Queue): Promise<QueueDepth> {
  const { visible, inFlight, delayed, oldestSentAtMs } = await countsOf(stack, queue);
  const nowMs = stack.clock.nowMs();
  const oldestAgeMs = Math.max(0, nowMs - (oldestSentAtMs ?? nowMs));
  return { visible, inFlight, delayed, oldestAgeMs };
}
