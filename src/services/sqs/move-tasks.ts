/** Move tasks as they are stored: what was asked for and how it stands, and apart the progress. */
import type { Stack } from '../../delivery/stack.ts';
import { Collection, type Stored } from '../../storage/collection.ts';
import type { Storage, Write } from '../../storage/storage.ts';
import type { Queue } from './queue.ts';
import type { QueueAddress } from './queue-urls.ts';

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
}

interface Progress {
  readonly moved: number;
}

interface Tables {
  readonly tasks: Collection<MoveTask>;
  readonly progress: Collection<Progress>;
}

const tables = new WeakMap<Storage, Tables>();

function tablesOf({ storage }: Stack): Tables {
  let both = tables.get(storage);
  if (!both) {
    both = {
      tasks: new Collection(storage, 'sqs/move-tasks'),
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

export function putProgress(stack: Stack, partition: string, key: string, moved: number): Write {
  return tablesOf(stack).progress.put(partition, key, { moved });
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
