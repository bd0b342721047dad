/** Move tasks as they are stored: what was asked for and how it stands, and apart the progress. */
import type { Stack } from '../../delivery/stack.ts';
import { Collection, type Stored } from '../../storage/collection.ts';
import type { Storage, Write } from '../../storage/storage.ts';
import type { Queue } from './queue.ts';
import type { QueueAddress } from './queue-urls.ts';

/** Kind of the job that does one step of a task; its note is `[partition, key of the task]`. */
export const MOVE_MESSAGES = 'sqs/move-messages';

export const MOST_PER_SECOND = 500;

/** As long as AWS lets a task take. */
export const LONGEST_TASK_MS = 36 * 3_600_000;

export interface MoveTask {
  readonly id: string;
  readonly sourceArn: string;
  /** Absent: each message goes back to the queue that it came from. */
  readonly destinationArn?: string | undefined;
  /** Absent: as fast as it goes. */
  readonly perSecond?: number | undefined;
  readonly startedAtMs: number;
  /** What there was to move at the start. */
  readonly toMove: number;
  readonly status: 'RUNNING' | 'COMPLETED' | 'CANCELLING' | 'CANCELLED' | 'FAILED';
  readonly failureReason?: string;
  /**
   * Moves messages as they lie instead of receiving them, up to this position: what comes back
   * meanwhile is not moved again.
   */
  readonly upTo?: number;
  /** Moves those whose errors are alike; see `letters.ts`. AWS knows no such tasks. */
  readonly group?: string;
}

export interface Progress {
  readonly moved: number;
  /** The position of the last message that was looked at. */
  readonly after?: number;
  /** How many could not go anywhere, and why the first of them. */
  readonly stayed?: number;
  readonly reason?: string;
}

interface Tables {
  readonly tasks: Collection<MoveTask>;
  readonly progress: Collection<Progress>;
}

const TASKS = 'sqs/move-tasks';

const tables = new WeakMap<Storage, Tables>();

function tablesOf({ storage }: Stack): Tables {
  let both = tables.get(storage);
  if (!both) {
    both = {
      tasks: new Collection(storage, TASKS),
      progress: new Collection(storage, 'sqs/move-progress'),
    };
    tables.set(storage, both);
  }
  return both;
}

export function isActive({ status }: MoveTask): boolean {
  return status === 'RUNNING' || status === 'CANCELLING';
}

/** Keys of one source stand in the order of the tasks' beginning. */
export function taskKey({ name }: QueueAddress, startedAtMs: number, id: string): string {
  return `${name}/${String(startedAtMs).padStart(16, '0')}/${id}`;
}

export async function taskAt(
  stack: Stack,
  partition: string,
  key: string,
): Promise<Stored<MoveTask> | undefined> {
  return tablesOf(stack).tasks.get(partition, key);
}

/** All tasks of an account and region. */
export async function tasksOf(
  stack: Stack,
  partition: string,
): Promise<readonly Stored<MoveTask>[]> {
  return tablesOf(stack).tasks.list(partition);
}

/** All tasks of one source, newest first. */
export async function tasksOfSource(
  stack: Stack,
  source: QueueAddress,
): Promise<readonly Stored<MoveTask>[]> {
  const all = await tasksOf(stack, source.partition);
  return all.filter(({ key }) => key.startsWith(`${source.name}/`)).reverse();
}

export async function movedSoFar(stack: Stack, partition: string, key: string): Promise<number> {
  return (await tablesOf(stack).progress.get(partition, key))?.value.moved ?? 0;
}

/** How many tasks of a source are remembered, of AWS's and of those by group each. */
export const MOST_REMEMBERED = 10;

/** The writes that make room for `task` among `all` of its source, the newest first. */
export function forgetOldest(
  stack: Stack,
  { partition }: QueueAddress,
  all: readonly Stored<MoveTask>[],
  task: MoveTask,
): readonly Write[] {
  const alike = all.filter(({ value }) => isAws(value) === isAws(task));
  const old = alike.slice(MOST_REMEMBERED - 1).filter(({ value }) => !isActive(value));
  return old.flatMap(({ key }) => removeTask(stack, partition, key));
}

/** Whether it is a task that AWS could have; its API shows no others. */
export function isAws({ group }: MoveTask): boolean {
  return group === undefined;
}

export async function progressOf(
  stack: Stack,
  partition: string,
  key: string,
): Promise<{ readonly value: Progress; readonly version: number }> {
  const stored = await tablesOf(stack).progress.get(partition, key);
  return stored ?? { value: { moved: 0 }, version: 0 };
}

/** The write that keeps a task; `version` 0 for a new one. */
export function putTask(
  stack: Stack,
  partition: string,
  key: string,
  task: MoveTask,
  version: number,
): Write {
  return tablesOf(stack).tasks.put(partition, key, task, version);
}

export function putProgress(
  stack: Stack,
  partition: string,
  key: string,
  progress: Progress,
  version?: number,
): Write {
  return tablesOf(stack).progress.put(partition, key, progress, version);
}

/** The write that refuses its list when the task was changed since `version`. */
export function checkTask(partition: string, key: string, version: number): Write {
  return { kind: 'check', table: TASKS, partition, key, ifVersion: version };
}

export function removeTask(stack: Stack, partition: string, key: string): readonly Write[] {
  const { tasks, progress } = tablesOf(stack);
  return [tasks.remove(partition, key), progress.remove(partition, key)];
}

/** The writes that forget all tasks of a queue which is deleted. */
export async function forgetTasks(stack: Stack, queue: Queue): Promise<readonly Write[]> {
  const all = await tasksOfSource(stack, queue);
  return all.flatMap(({ key }) => removeTask(stack, queue.partition, key));
}
