/**
 * Pushing: waiting deliveries are claimed, handed over, and settled in the commit that holds the
 * target's writes. A crash between any two lines leaves the delivery where it was; one whose
 * target is inside the server arrives exactly once, one whose target is outside at least once.
 */
import type { Claimed, Lease, Release, Settle, Write } from '../storage/storage.ts';
import { Conflict } from '../storage/storage.ts';
import { attempt } from './deliver.ts';
import { dueOf } from './schedule.ts';
import type { Stack } from './stack.ts';
import type { Delivery } from './targets.ts';

/** Pump handler for queues of waiting deliveries. */
export async function push(stack: Stack, claimed: Claimed): Promise<void> {
  const delivery = JSON.parse(claimed.meta ?? '{}') as Delivery;
  await commit(stack, async () => {
    const outcome = await attempt(stack, delivery, claimed.body, claimed.claims);
    const { writes, retryAtMs } = outcome;
    const end = retryAtMs === undefined ? settle(claimed.lease) : release(claimed.lease, retryAtMs);
    return [...writes, end];
  });
}

/** Pump handler for queues of scheduled jobs. */
export async function runJob(stack: Stack, claimed: Claimed): Promise<void> {
  const due = dueOf(claimed);
  const job = stack.jobs.get(due.kind);
  if (!job) throw new Error(`No job is called ${due.kind}.`);
  await commit(stack, async () => [...(await job(stack, due)), settle(claimed.lease)]);
}

/** Plans made anew after a lost race, before the message is left to its lease. */
const MOST_PLANS = 4;

/**
 * The lease is the fence: whoever lost it loses every race, gives up, and somebody else goes on.
 * A race lost to other writes of the plan is won by planning again.
 */
async function commit(stack: Stack, plan: () => Promise<readonly Write[]>): Promise<void> {
  for (let plans = 1; plans <= MOST_PLANS; plans += 1) {
    try {
      await stack.storage.commit(await plan());
      return;
    } catch (cause) {
      if (!(cause instanceof Conflict)) throw cause;
    }
  }
}

function settle(lease: Lease): Settle {
  return { kind: 'settle', lease, fence: 'latest', lost: 'conflict' };
}

function release(lease: Lease, visibleAtMs: number): Release {
  return { kind: 'release', lease, visibleAtMs, fence: 'latest', lost: 'conflict' };
}
