/**
 * The steps of a move task. Each moves one slice in the commit that claims it and then plans the
 * next, so a task goes on after a crash, and no message is lost or moved twice. Moved messages are
 * new ones, with an id, an age and a count of their own.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
 */
import { type Job, schedule, WORK } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Claimed, Write } from '../../storage/storage.ts';
import { decodeMeta, type Extras } from './message.ts';
import {
  isActive,
  LONGEST_TASK_MS,
  MOVE_MESSAGES,
  type MoveTask,
  movedSoFar,
  putProgress,
  putTask,
  taskAt,
} from './move-tasks.ts';
import { type Queue, queueByArn, queuesOf } from './queue.ts';
import { redriveStep } from './redrive-steps.ts';
import { movedMessage } from './redriven-messages.ts';

/** Messages of one step: 100 MiB when each is as large as can be. */
const SLICE = 100;
const STEP_MS = 1000;

/** Reasons as AWS gives them: …/SQSDeveloperGuide/troubleshooting-dlq-redrive.html */
const NO_QUEUE = 'AWS.SimpleQueueService.NonExistentQueue';
const NO_SOURCE = 'CouldNotDetermineMessageSource';

export const moveMessages: Job = async (stack, { note }) => {
  const [partition, key]: readonly [string, string] = JSON.parse(note);
  const stored = await taskAt(stack, partition, key);
  if (!stored || !isActive(stored.value)) return [];
  const task = stored.value;
  const end = (status: MoveTask['status'], failureReason?: string) => {
    const ended = { ...task, status, ...(failureReason !== undefined && { failureReason }) };
    return [putTask(stack, partition, key, ended, stored.version)];
  };
  if (task.status === 'CANCELLING') return end('CANCELLED');
  if (task.upTo !== undefined) return redriveStep(stack, partition, key, note);
  const nowMs = stack.clock.nowMs();
  // AWS does not say which reason it gives then.
  if (nowMs - task.startedAtMs > LONGEST_TASK_MS) return end('FAILED', 'TaskTimedOut');

  const source = await queueByArn(stack, task.sourceArn);
  const route = source && (await routeOf(stack, source, task));
  if (!route) return end('FAILED', NO_QUEUE);
  const before = await movedSoFar(stack, partition, key);
  const most = Math.min(task.perSecond ?? SLICE, SLICE);
  const { moved, failure } = await moveSlice(stack, source, route, most, (count) =>
    putProgress(stack, partition, key, { moved: before + count }),
  );
  if (failure !== undefined) return end('FAILED', failure);
  if (moved < most) return end('COMPLETED');
  const pauseMs = task.perSecond === undefined ? 0 : (STEP_MS * most) / task.perSecond;
  const nextAtMs = nowMs + Math.ceil(pauseMs);
  return [schedule(stack, WORK, MOVE_MESSAGES, note, nextAtMs)];
};

/** Where a message goes: to a queue, or nowhere for a reason. */
type Route = (extras: Extras) => Queue | typeof NO_QUEUE | typeof NO_SOURCE;

async function routeOf(
  stack: Stack,
  source: Queue,
  { destinationArn }: MoveTask,
): Promise<Route | undefined> {
  if (destinationArn !== undefined) {
    const to = await queueByArn(stack, destinationArn);
    return to && (() => to);
  }
  const queues = new Map((await queuesOf(stack, source)).map((queue) => [queue.arn, queue]));
  return ({ deadLetterSourceArn: arn }) =>
    arn === undefined ? NO_SOURCE : (queues.get(arn) ?? NO_QUEUE);
}

/** Moves up to `most` messages; one that cannot go anywhere stays, and is the failure. */
async function moveSlice(
  stack: Stack,
  source: Queue,
  route: Route,
  most: number,
  progress: (moved: number) => Write,
): Promise<{ readonly moved: number; readonly failure: string | undefined }> {
  const nowMs = stack.clock.nowMs();
  let moved = 0;
  let failure: string | undefined;
  const follow = (claimed: readonly Claimed[]): readonly Write[] => {
    const writes: Write[] = [];
    for (const message of claimed) {
      const to = route(decodeMeta(message.meta ?? ''));
      if (typeof to === 'string') {
        failure = to;
        writes.push(stay(message, nowMs));
      } else {
        moved += 1;
        writes.push(...moveWrites(stack, source, to, message, nowMs));
      }
    }
    return [...writes, progress(moved)];
  };
  await stack.storage.claim(source.storage, {
    max: most,
    nowMs,
    leaseUntilMs: nowMs + STEP_MS,
    bornAfterMs: nowMs - source.retentionMs,
    follow,
  });
  return { moved, failure };
}

function stay({ lease }: Claimed, visibleAtMs: number): Write {
  return { kind: 'release', lease, visibleAtMs, fence: 'latest', lost: 'skip' };
}

function moveWrites(
  stack: Stack,
  source: Queue,
  to: Queue,
  moved: Claimed,
  nowMs: number,
): readonly Write[] {
  const message = movedMessage(stack, to, moved);
  return [
    { kind: 'settle', lease: moved.lease, fence: 'latest', lost: 'skip' },
    { kind: 'enqueue', queue: to.storage, message },
    ...stack.journal.record({
      ...{ kind: 'deliver', id: moved.id, arn: source.arn, atMs: nowMs },
      ...{ outcome: 'ok', target: to.arn, produced: message.id, note: 'moved by a task' },
    }),
  ];
}
