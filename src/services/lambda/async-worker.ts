/**
 * The worker that runs functions for asynchronous events.
 *
 * An event's end, the facts of its last run and what its destinations get are one commit; a crash
 * before that runs the function once more. The lease is short and kept while the function runs, so
 * that a crash hides no event for as long as a function may take.
 */
import { whileLeased } from '../../delivery/lease.ts';
import { Pump } from '../../delivery/pump.ts';
import type { Stack } from '../../delivery/stack.ts';
import { BrokenOff } from '../../delivery/targets.ts';
import type { Worker } from '../../delivery/workers.ts';
import { type Claimed, Conflict, type Lease, type Write } from '../../storage/storage.ts';
import { attempted } from './async-attempts.ts';
import { ASYNC_EVENTS, notesOf, readAsyncEvent } from './async-events.ts';
import { Turns } from './turns.ts';

/** Functions may take minutes each, so there are many places, and bounds for each function. */
const PLACES = { width: 256, mostOfGroup: 32 };

export function asyncWorker(stack: Stack): Worker {
  const turns = new Turns();
  const handle = (_stack: Stack, claimed: Claimed) => handled(stack, turns, claimed);
  return new Pump(stack, { ...PLACES, queue: ASYNC_EVENTS, handle });
}

async function handled(stack: Stack, turns: Turns, claimed: Claimed): Promise<void> {
  const { lease } = claimed;
  const writes = await whileLeased(stack, lease, () => planned(stack, turns, claimed));
  try {
    await stack.storage.commit(writes);
  } catch (cause) {
    // Whoever has the event now brings it to its end.
    if (!(cause instanceof Conflict)) throw cause;
  }
}

async function planned(stack: Stack, turns: Turns, claimed: Claimed): Promise<readonly Write[]> {
  const { lease } = claimed;
  const event = readAsyncEvent(claimed);
  try {
    const { writes, again } = await attempted(stack, turns, event);
    if (!again) return [...writes, settle(lease)];
    return [...writes, release(lease, again.atMs, notesOf(event, again.tries))];
  } catch (cause) {
    if (!(cause instanceof BrokenOff)) throw cause;
    return [release(lease, stack.clock.nowMs())];
  }
}

function settle(lease: Lease): Write {
  return { kind: 'settle', lease, fence: 'latest', lost: 'conflict' };
}

/** Without notes the attempt counts for nothing: the server closes. */
function release(lease: Lease, visibleAtMs: number, meta?: string): Write {
  const notes = meta === undefined ? { uncounted: true as const } : { meta };
  return { kind: 'release', lease, visibleAtMs, ...notes, fence: 'latest', lost: 'conflict' };
}
