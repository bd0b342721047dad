/**
 * Message move tasks: dead letters on their way back, or to a queue of one's choice.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
 */
import { schedule, WORK } from '../../delivery/schedule.ts';
import type { Stored } from '../../storage/collection.ts';
import type { Write } from '../../storage/storage.ts';
import type * as Sqs from '../../wire/types/sqs.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { change } from './change.ts';
import { checkRange, fault, invalidParameter } from './errors.ts';
import {
  forgetOldest,
  isActive,
  isAws,
  MOST_PER_SECOND,
  MOST_REMEMBERED,
  MOVE_MESSAGES,
  type MoveTask,
  movedSoFar,
  putTask,
  taskKey,
  tasksOf,
  tasksOfSource,
} from './move-tasks.ts';
import { addressOfArn, type Queue, queueAt, queuesOf } from './queue.ts';
import { countsOf } from './retention.ts';

export const MOST_ACTIVE = 100;
const MOST_LISTED = MOST_REMEMBERED;

export const StartMessageMoveTask: Operation<Sqs.Operations['StartMessageMoveTask']> = (
  call,
  input,
) =>
  change(call.stack.storage, async () => {
    const { stack } = call;
    const source = await queueOfArn(call, 'SourceArn', input.SourceArn);
    await checkTask(call, source, input);
    const id = stack.ids.uuid();
    const startedAtMs = stack.clock.nowMs();
    const task: MoveTask = {
      id,
      sourceArn: source.arn,
      destinationArn: input.DestinationArn,
      perSecond: input.MaxNumberOfMessagesPerSecond,
      startedAtMs,
      toMove: (await countsOf(stack, source)).visible,
      status: 'RUNNING',
    };
    const key = taskKey(source, startedAtMs, id);
    const note = JSON.stringify([source.partition, key]);
    const writes: Write[] = [
      putTask(stack, source.partition, key, task, 0),
      schedule(stack, WORK, MOVE_MESSAGES, note, startedAtMs),
      ...forgetOldest(stack, source, await tasksOfSource(stack, source), task),
    ];
    return { writes, answer: { TaskHandle: handleOf(task) } };
  });

async function checkTask(
  call: Call,
  source: Queue,
  { DestinationArn: destinationArn, MaxNumberOfMessagesPerSecond: rate }: TaskRequest,
): Promise<void> {
  const range = `You must enter a number between 1 and ${MOST_PER_SECOND}.`;
  checkRange('MaxNumberOfMessagesPerSecond', rate, 1, MOST_PER_SECOND, range);
  const all = await queuesOf(call.stack, source);
  if (!all.some(({ redrive }) => redrive?.arn === source.arn)) {
    const sentence = 'Source queue must be configured as a Dead Letter Queue.';
    throw fault('InvalidParameterValue', sentence);
  }
  if (destinationArn !== undefined) {
    const destination = await queueOfArn(call, 'DestinationArn', destinationArn);
    if (destination.fifo !== source.fifo) {
      const reason = 'Destination queue must be same type of queue as the source.';
      throw invalidParameter('DestinationArn', destinationArn, reason);
    }
  }
  const active = (await tasksOf(call.stack, source.partition)).filter(
    ({ value }) => isActive(value) && isAws(value),
  );
  if (active.some(({ value }) => value.sourceArn === source.arn)) {
    const one = 'Only one active task is allowed for a source queue arn at a given time.';
    throw fault('UnsupportedOperation', `There is already a task running. ${one}`);
  }
  if (active.length >= MOST_ACTIVE) {
    const most = `The maximum number of active tasks per account is ${MOST_ACTIVE}.`;
    throw fault('UnsupportedOperation', most);
  }
}

type TaskRequest = Sqs.StartMessageMoveTaskRequest;

export const ListMessageMoveTasks: Operation<Sqs.Operations['ListMessageMoveTasks']> = async (
  call,
  input,
) => {
  const { MaxResults: max = 1 } = input;
  checkRange('MaxResults', max, 1, MOST_LISTED, `Must be between 1 and ${MOST_LISTED}.`);
  const source = await queueOfArn(call, 'SourceArn', input.SourceArn);
  const all = await tasksOfSource(call.stack, source);
  const newest = all.filter(({ value }) => isAws(value)).slice(0, max);
  return {
    Results: await Promise.all(newest.map((stored) => describe(call, source, stored))),
  };
};

async function describe(
  call: Call,
  source: Queue,
  { key, value: task }: Stored<MoveTask>,
): Promise<Sqs.ListMessageMoveTasksResultEntry> {
  return {
    TaskHandle: task.status === 'RUNNING' ? handleOf(task) : undefined,
    Status: task.status,
    SourceArn: task.sourceArn,
    DestinationArn: task.destinationArn,
    MaxNumberOfMessagesPerSecond: task.perSecond,
    ApproximateNumberOfMessagesMoved: await movedSoFar(call.stack, source.partition, key),
    ApproximateNumberOfMessagesToMove: task.toMove,
    FailureReason: task.failureReason,
    StartedTimestamp: task.startedAtMs,
  };
}

/** What has been moved stays where it is; the task's next step finds out and stops. */
export const CancelMessageMoveTask: Operation<Sqs.Operations['CancelMessageMoveTask']> = (
  call,
  input,
) =>
  change(call.stack.storage, async () => {
    const { taskId, sourceArn } = readHandle(input.TaskHandle);
    const source = await queueOfArn(call, 'SourceArn', sourceArn);
    const all = await tasksOfSource(call.stack, source);
    const stored = all.find(({ value }) => value.id === taskId);
    if (!stored) throw fault('ResourceNotFoundException', 'Task does not exist.');
    if (stored.value.status !== 'RUNNING') {
      throw fault('UnsupportedOperation', 'Only active tasks can be cancelled.');
    }
    const { key, version } = stored;
    const task: MoveTask = { ...stored.value, status: 'CANCELLING' };
    const moved = await movedSoFar(call.stack, source.partition, key);
    return {
      writes: [putTask(call.stack, source.partition, key, task, version)],
      answer: { ApproximateNumberOfMessagesMoved: moved },
    };
  });

/** All queues of a task belong to the caller and are in one region. */
async function queueOfArn(call: Call, parameter: string, arn: string): Promise<Queue> {
  const address = addressOfArn(arn);
  const isOwn = address?.account === call.account && address.region === call.region;
  const queue = isOwn ? await queueAt(call.stack, address) : undefined;
  if (queue) return queue;
  const sentence = `The resource that you specified for the ${parameter} parameter doesn't exist.`;
  throw fault('ResourceNotFoundException', sentence);
}

/** The form that AWS's handles have (observed). */
export function handleOf({ id, sourceArn }: MoveTask): string {
  return Buffer.from(JSON.stringify({ taskId: id, sourceArn })).toString('base64');
}

export function readHandle(handle: string): {
  readonly taskId: string;
  readonly sourceArn: string;
} {
  try {
    const { taskId, sourceArn } = JSON.parse(Buffer.from(handle, 'base64').toString());
    if (typeof taskId === 'string' && typeof sourceArn === 'string') return { taskId, sourceArn };
  } catch {
    // Answered below like any other handle that is none.
  }
  throw fault('InvalidParameterValue', 'Value for parameter TaskHandle is invalid.');
}
