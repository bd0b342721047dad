/**
 * Redriving all of a dead-letter queue, or a group of what is in it: tasks beside those of
 * StartMessageMoveTask. One without a group is such a task: `ListMessageMoveTasks` shows it, and it
 * keeps another one from starting. Tasks of groups are seen here alone, one for each group.
 *
 * Unlike AWS's, they receive nothing, they know the way back of letters of rules, subscriptions
 * and functions, and what cannot go anywhere stays and keeps no other message from going.
 */
import type { RedriveTask, RedriveTasks } from '../../admin-api/index.ts';
import { schedule, WORK } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Stored } from '../../storage/collection.ts';
import { get, objectBody, post, Refused, wanted } from '../admin-http.ts';
import { change } from './change.ts';
import { readLetter } from './letters.ts';
import { messagesAfter, queueOfArn } from './look.ts';
import { handleOf, MOST_ACTIVE, readHandle } from './message-move-tasks.ts';
import {
  forgetOldest,
  isActive,
  MOVE_MESSAGES,
  type MoveTask,
  movedSoFar,
  putTask,
  taskKey,
  tasksOf,
  tasksOfSource,
} from './move-tasks.ts';
import type { Queue } from './queue.ts';
import { countsOf } from './retention.ts';

export const REDRIVE_TASKS_PATH = '/_millrace/v1/dead-letters/tasks';
export const CANCEL_REDRIVE_PATH = '/_millrace/v1/dead-letters/tasks/cancel';

interface Wish {
  readonly to?: string | undefined;
  readonly group?: string | undefined;
  readonly perSecond?: number | undefined;
}

export async function startRedriveTask(
  stack: Stack,
  queue: Queue,
  { to, group, perSecond }: Wish,
): Promise<RedriveTask> {
  const upTo = await lastPosition(stack, queue);
  const toMove =
    group === undefined ? await visible(stack, queue) : await count(stack, queue, group);
  return change(stack.storage, async () => {
    await checkActive(stack, queue, group);
    const id = stack.ids.uuid();
    const startedAtMs = stack.clock.nowMs();
    const task: MoveTask = {
      ...{ id, sourceArn: queue.arn, destinationArn: to, perSecond, startedAtMs, toMove, upTo },
      ...(group !== undefined && { group }),
      status: 'RUNNING',
    };
    const key = taskKey(queue, startedAtMs, id);
    const writes = [
      putTask(stack, queue.partition, key, task, 0),
      schedule(stack, WORK, MOVE_MESSAGES, JSON.stringify([queue.partition, key]), startedAtMs),
      ...forgetOldest(stack, queue, await tasksOfSource(stack, queue), task),
    ];
    return { writes, answer: shown(task, 0) };
  });
}

async function checkActive(stack: Stack, queue: Queue, group: string | undefined): Promise<void> {
  const all = await tasksOf(stack, queue.partition);
  const active = all.filter(({ value }) => isActive(value));
  if (active.some(({ value }) => value.sourceArn === queue.arn && value.group === group)) {
    const what = group === undefined ? 'this queue' : 'this group';
    throw new Refused(409, `There is already a task running for ${what}.`);
  }
  if (active.length < MOST_ACTIVE) return;
  throw new Refused(409, `No more than ${MOST_ACTIVE} tasks run in an account and Region.`);
}

async function visible(stack: Stack, queue: Queue): Promise<number> {
  return (await countsOf(stack, queue)).visible;
}

/** Messages looked at to tell how large a group is; a larger queue has perhaps more of it. */
const MOST_COUNTED = 10_000;

async function count(stack: Stack, queue: Queue, group: string): Promise<number> {
  const known = await stack.traces.known();
  let [looked, found] = [0, 0];
  for await (const { message } of messagesAfter(stack, queue, 0)) {
    if (looked === MOST_COUNTED) break;
    looked += 1;
    const isOfGroup = readLetter(stack, queue, message, known).group === group;
    if (isOfGroup && message.state === 'visible') found += 1;
  }
  return found;
}

/**
 * The position of the last message there is; 0 when there is none. Looks forward in steps that
 * double, and then halves the last one: a few dozen looks at one message each.
 */
async function lastPosition({ storage, clock }: Stack, queue: Queue): Promise<number> {
  const nowMs = clock.nowMs();
  const next = async (after: number) =>
    (await storage.peek(queue.storage, { nowMs, max: 1, after }))[0]?.position;
  let last = (await next(0)) ?? 0;
  let step = 1;
  for (; ; step *= 2) {
    const found = await next(last + step);
    if (found === undefined) break;
    last = found;
  }
  let none = last + step;
  while (none - last > 1) {
    const middle = Math.floor((last + none) / 2);
    const found = await next(middle);
    if (found === undefined) none = middle;
    else last = found;
  }
  return (await next(last)) ?? last;
}

export const showRedriveTasks = get(async (stack, request): Promise<RedriveTasks | undefined> => {
  if (request.path !== REDRIVE_TASKS_PATH) return undefined;
  const queue = await queueOfArn(stack, wanted(request, 'queue'));
  const all = await tasksOfSource(stack, queue);
  const tasks = all.map(async ({ key, value }) =>
    shown(value, await movedSoFar(stack, queue.partition, key)),
  );
  return { tasks: await Promise.all(tasks) };
});

/** What has been moved stays where it is; the task's next step finds out and stops. */
export const cancelRedriveTask = post((stack, request): Promise<RedriveTask> => {
  const { id } = objectBody(request);
  if (typeof id !== 'string') throw new Refused(400, `${CANCEL_REDRIVE_PATH} needs "id".`);
  return change(stack.storage, async () => {
    const { queue, stored } = await taskOf(stack, id);
    const { key, value, version } = stored;
    if (value.status !== 'RUNNING') {
      throw new Refused(409, `The task is ${value.status} and cannot be cancelled.`);
    }
    const task: MoveTask = { ...value, status: 'CANCELLING' };
    const moved = await movedSoFar(stack, queue.partition, key);
    return {
      writes: [putTask(stack, queue.partition, key, task, version)],
      answer: shown(task, moved),
    };
  });
});

async function taskOf(
  stack: Stack,
  handle: string,
): Promise<{ readonly queue: Queue; readonly stored: Stored<MoveTask> }> {
  const { taskId, sourceArn } = readHandle(handle);
  const queue = await queueOfArn(stack, sourceArn);
  const stored = (await tasksOfSource(stack, queue)).find(({ value }) => value.id === taskId);
  if (!stored) throw new Refused(404, 'There is no such task.');
  return { queue, stored };
}

function shown(task: MoveTask, moved: number): RedriveTask {
  const { sourceArn: queue, destinationArn: to, group, failureReason: failure } = task;
  const { status, toMove, startedAtMs } = task;
  return {
    ...{ id: handleOf(task), queue },
    ...(to !== undefined && { to }),
    ...(group !== undefined && { group }),
    ...{ status, moved, toMove, startedAtMs },
    ...(failure !== undefined && { failure }),
  };
}
