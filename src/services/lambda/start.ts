/** What Lambda does of its own accord, from the start of a stack to its end. */
import type { Stack } from '../../delivery/stack.ts';
import { asyncWorker } from './async-worker.ts';
import { watchConcurrency } from './figures.ts';
import { pollersOf } from './mapping-pollers.ts';
import { endRunning } from './running.ts';

export async function start(stack: Stack): Promise<() => Promise<void>> {
  const workers = [asyncWorker(stack)];
  for (const worker of workers) stack.workers.add(worker);
  watchConcurrency(stack);
  const pollers = pollersOf(stack);
  await pollers.start();
  return async () => {
    // Nothing more is begun; what runs is broken off, and what it was for comes again.
    const stopped = [...workers, pollers].map((one) => one.stop());
    await endRunning(stack);
    await Promise.all(stopped);
  };
}
