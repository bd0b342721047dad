/**
 * The steps of a redrive task. Each looks on from where the last one ended and moves a slice in one
 * commit, with the progress and fenced by the task as it was read: so a task goes on after a crash,
 * moves nothing once it is cancelled, and moves no message twice, whoever else runs it.
 */
import { schedule, WORK } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import { Refused } from '../../delivery/targets.ts';
import { Conflict, type Write } from '../../storage/storage.ts';
import { Refused as NoGoal } from '../admin-http.ts';
import { readLetter } from './letters.ts';
import { messagesAfter } from './look.ts';
import {
  checkTask,
  isActive,
  LONGEST_TASK_MS,
  MOVE_MESSAGES,
  type MoveTask,
  type Progress,
  progressOf,
  putProgress,
  putTask,
  taskAt,
} from './move-tasks.ts';
import { type Queue, queueByArn } from './queue.ts';
import { type Goal, goalOf, redriven } from './redriven-messages.ts';

/** Messages of one commit. */
const SLICE = 100;
/** Messages looked at for one commit, so that others get their turn. */
const MOST_LOOKED = 1_000;
const STEP_MS = 1_000;
/** Commits tried in one step; each that loses a race is followed by one of half the size. */
const MOST_PLANS = 8;

/** One step, and what ends it: the task's end or the plan for the next one. */
export async function redriveStep(
  stack: Stack,
  partition: string,
  key: string,
  note: string,
): Promise<readonly Write[]> {
  let most = SLICE;
  for (let plans = 0; plans < MOST_PLANS; plans += 1) {
    const stored = await taskAt(stack, partition, key);
    if (!stored || !isActive(stored.value)) return [];
    const { value: task, version } = stored;
    const end = (status: MoveTask['status'], failureReason?: string) => {
      const ended = { ...task, status, ...(failureReason !== undefined && { failureReason }) };
      return [putTask(stack, partition, key, ended, version)];
    };
    if (task.status === 'CANCELLING') return end('CANCELLED');
    const nowMs = stack.clock.nowMs();
    if (nowMs - task.startedAtMs > LONGEST_TASK_MS) return end('FAILED', 'It took too long.');
    const route = await routeOf(stack, task);
    if (typeof route === 'string') return end('FAILED', route);
    const progress = await progressOf(stack, partition, key);
    const slice = Math.min(most, task.perSecond ?? SLICE);
    const { writes, moved, next, done } = await planSlice(
      stack,
      route,
      task,
      progress.value,
      slice,
    );
    const kept = putProgress(stack, partition, key, next, progress.version);
    try {
      await stack.storage.commit([checkTask(partition, key, version), ...writes, kept]);
    } catch (cause) {
      if (!(cause instanceof Conflict)) throw cause;
      most = Math.ceil(slice / 2);
      continue;
    }
    if (done) return next.stayed ? end('FAILED', why(next)) : end('COMPLETED');
    const pauseMs = task.perSecond === undefined ? 0 : (STEP_MS * moved) / task.perSecond;
    return [schedule(stack, WORK, MOVE_MESSAGES, note, nowMs + Math.ceil(pauseMs))];
  }
  return [schedule(stack, WORK, MOVE_MESSAGES, note, stack.clock.nowMs() + STEP_MS)];
}

function why({ stayed = 0, reason = '' }: Progress): string {
  return `${stayed} ${stayed === 1 ? 'message stays' : 'messages stay'}: ${reason}`;
}

interface Route {
  readonly source: Queue;
  readonly goal: Goal | undefined;
}

/** From where to where, or why there is no way any more. */
async function routeOf(stack: Stack, task: MoveTask): Promise<Route | string> {
  const source = await queueByArn(stack, task.sourceArn);
  if (!source) return `There is no queue ${task.sourceArn}.`;
  const { destinationArn: to } = task;
  try {
    return { source, goal: to === undefined ? undefined : await goalOf(stack, source, to) };
  } catch (cause) {
    if (cause instanceof NoGoal) return cause.message;
    throw cause;
  }
}

interface Slice {
  readonly writes: readonly Write[];
  readonly moved: number;
  readonly next: Progress;
  readonly done: boolean;
}

/** Takes what may be received now: not what is held, nor what waits behind it in its group. */
async function planSlice(
  stack: Stack,
  { source, goal }: Route,
  { group, upTo = 0 }: MoveTask,
  before: Progress,
  most: number,
): Promise<Slice> {
  const known = await stack.traces.known();
  const writes: Write[] = [];
  let { after = 0, stayed = 0, reason } = before;
  let [moved, looked] = [0, 0];
  const slice = (done: boolean): Slice => {
    const next = { moved: before.moved + moved, after, stayed, ...(reason && { reason }) };
    return { writes, moved, next, done };
  };
  for await (const { message, blockedBy } of messagesAfter(stack, source, after)) {
    if (message.position > upTo) break;
    if (moved === most || looked === MOST_LOOKED) return slice(false);
    looked += 1;
    after = message.position;
    if (message.state !== 'visible' || blockedBy !== undefined) continue;
    const read = readLetter(stack, source, message, known);
    if (group !== undefined && read.group !== group) continue;
    try {
      writes.push(...(await redriven(stack, source, message, read, goal)).writes);
      moved += 1;
    } catch (cause) {
      if (!(cause instanceof Refused)) throw cause;
      stayed += 1;
      reason ??= cause.message;
    }
  }
  return slice(true);
}
