/**
 * What a stack has running for Lambda: its execution environments, the count of invocations, and
 * what is on its way to logs and journal. Made when a function is first invoked.
 */
import { resolve } from 'node:path';
import type { Stack } from '../../delivery/stack.ts';
import type { Execution } from '../../execution/execution.ts';
import { localExecution } from '../../execution/local.ts';
import type { Storage } from '../../storage/storage.ts';
import { type FunctionAddress, functionArn } from './arns.ts';
import { ConcurrencyLedger } from './concurrency-ledger.ts';
import { FunctionLogs } from './function-logs.ts';
import { specKey } from './function-spec.ts';
import { InvocationFacts } from './invocation-facts.ts';
import { ofFunction, storeOf } from './store.ts';

export interface Running {
  readonly execution: Execution;
  readonly ledger: ConcurrencyLedger;
  readonly facts: InvocationFacts;
}

const running = new WeakMap<Storage, Running>();

export function runningOf(stack: Stack): Running {
  let found = running.get(stack.storage);
  if (!found) {
    const logs = new FunctionLogs(stack);
    const facts = new InvocationFacts(stack);
    for (const { worker } of [logs, facts]) stack.workers.add(worker);
    const execution = localExecution({
      clock: stack.clock,
      ids: stack.ids,
      log: (line) => logs.write(line),
      warn: (message, fields) => stack.log.warn(message, fields),
      // AWS lays its SDK beside Node.js functions; here it is the one of the project served.
      modules: [resolve('node_modules')],
      ...stack.settings.functions,
    });
    found = { execution, ledger: new ConcurrencyLedger(), facts };
    running.set(stack.storage, found);
  }
  return found;
}

/** How many invocations run, where any ever did. */
export function ledgerOf(stack: Stack): ConcurrencyLedger | undefined {
  return running.get(stack.storage)?.ledger;
}

/** Ends the environments of a function that are of none of its versions any more. */
export async function retire(stack: Stack, address: FunctionAddress): Promise<void> {
  const execution = running.get(stack.storage)?.execution;
  if (!execution) return;
  const arn = functionArn(address);
  const rows = await storeOf(stack).versions.list(ofFunction(address));
  execution.retire(arn, new Set(rows.map(({ value }) => specKey(arn, value))));
}

/** Kills whatever runs; what it was to end comes again after the next start. */
export async function endRunning(stack: Stack): Promise<void> {
  // Also where nothing has run yet: what is just about to be must not begin.
  await runningOf(stack).execution.close();
}
