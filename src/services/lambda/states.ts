/**
 * Functions are ready a moment after they were made or changed, as on AWS: the answer says that
 * it is under way, and a durable job, due at once, says that it is done.
 * https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
 */
import { type Job, schedule, WORK } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Write } from '../../storage/storage.ts';
import { type FunctionAddress, functionArn, parseFunctionArn } from './arns.ts';
import { conflict } from './errors.ts';
import { type FunctionVersion, ofFunction, storeOf } from './store.ts';

const READY = 'lambda/ready';

/** The write that makes all versions of a function ready, once it is committed. */
export function readySoon(stack: Stack, address: FunctionAddress): Write {
  return schedule(stack, WORK, READY, functionArn(address), stack.clock.nowMs());
}

const makeReady: Job = async (stack, { note }) => {
  const address = parseFunctionArn(note);
  if (!address) return [];
  const { versions } = storeOf(stack);
  const partition = ofFunction(address);
  return (await versions.list(partition)).flatMap(({ key, value, version }) => {
    if (value.state === 'Active' && value.update === 'Successful') return [];
    const revisionId = stack.ids.uuid();
    const ready = { ...value, state: 'Active', update: 'Successful', revisionId } as const;
    return [versions.put(partition, key, ready, version)];
  });
};

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
