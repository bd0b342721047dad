/**
 * What a stack has running for Lambda: its execution environments, the count of invocations, and
 * the lines on their way to the logs. Made when a function is first invoked.
 */
import type { Stack } from '../../delivery/stack.ts';
import type { Execution } from '../../execution/execution.ts';
import { localExecution } from '../../execution/local.ts';
import type { Storage } from '../../storage/storage.ts';
import { ConcurrencyLedger } from './concurrency-ledger.ts';
import { FunctionLogs } from './function-logs.ts';

export interface Running {
  readonly execution: Execution;
  readonly ledger: ConcurrencyLedger;
}

const running = new WeakMap<Storage, Running>();

export function runningOf(stack: Stack): Running {
  let found = running.get(stack.storage);
  if (!found) {
    const logs = new FunctionLogs(stack);
    stack.workers.add(logs);
    const execution = localExecution({
      clock: stack.clock,
      ids: stack.ids,
      log: (line) => logs.write(line),
      warn: (message, fields) => stack.log.warn(message, fields),
      ...stack.settings.functions,
    });
    found = { execution, ledger: new ConcurrencyLedger() };
    running.set(stack.storage, found);
  }
  return found;
}

/** Ends the environments of a function that was changed or deleted. */
export function retire({ storage }: Stack, functionArn: string): void {
  running.get(storage)?.execution.retire(functionArn);
}

/** Kills whatever runs; what it was to end comes again after the next start. */
export async function endRunning({ storage }: Stack): Promise<void> {
  await running.get(storage)?.execution.close();
}
