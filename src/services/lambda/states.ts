/**
 * Functions are ready a moment after they were made or changed, as on AWS: the answer says that
 * it is under way, and what follows it in the same breath, or a durable job, says that it is done.
 * https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
 */
import { type Job, schedule, WORK } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Write } from '../../storage/storage.ts';
import { type FunctionAddress, functionArn, parseFunctionArn } from './arns.ts';
import { change } from './change.ts';
import { conflict } from './errors.ts';
import { type FunctionVersion, ofFunction, storeOf } from './store.ts';

const READY = 'lambda/ready';

/** The write that makes all versions of a function ready, once it is committed. */
export function readySoon(stack: Stack, address: FunctionAddress): Write {
  return schedule(stack, WORK, READY, functionArn(address), stack.clock.nowMs());
}

/**
 * Does it at once. Who has asked for a change and goes on with its answer then finds the function
 * ready, instead of racing with the job by a millisecond.
 */
export function becomeReady(stack: Stack, address: FunctionAddress): Promise<void> {
  return change(stack, async () => ({
    writes: await readying(stack, address),
    answer: undefined,
  }));
}

const makeReady: Job = (stack, { note }) => {
  const address = parseFunctionArn(note);
  return address ? readying(stack, address) : [];
};

async function readying(stack: Stack, address: FunctionAddress): Promise<readonly Write[]> {
  const { versions } = storeOf(stack);
  const partition = ofFunction(address);
  return (await versions.list(partition)).flatMap(({ key, value, version }) => {
    if (value.state === 'Active' && value.update === 'Successful') return [];
    const revisionId = stack.ids.uuid();
    const ready = { ...value, state: 'Active', update: 'Successful', revisionId } as const;
    return [versions.put(partition, key, ready, version)];
  });
}

export const stateJobs: Readonly<Record<string, Job>> = { [READY]: makeReady };

/** Refuses to change what is still being made or changed. */
export function checkIdle(address: FunctionAddress, { state, update }: FunctionVersion): void {
  const sentence = 'The operation cannot be performed at this time.';
  if (state === 'Pending') {
    throw conflict(`${sentence} The function is currently in the following state: ${state}`);
  }
  if (update === 'InProgress') {
    throw conflict(`${sentence} An update is in progress for resource: ${functionArn(address)}`);
  }
}
