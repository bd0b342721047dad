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
import { BrokenOff, type Delivery } from './targets.ts';

/** Pump handler for queues of waiting deliveries. */
export async function push(stack: Stack, claimed: Claimed): Promise<void> {
  const { lease } = claimed;
  const delivery = JSON.parse(claimed.meta ?? '{}') as Delivery;
  const plan = async () => {
    const outcome = await attempt(stack, delivery, claimed.body, claimed.claims);
    const { writes, retryAtMs, spared } = outcome;
    if (retryAtMs === undefined) return [...writes, settle(lease)];
    const again = release(lease, retryAtMs);
    if (!spared) return [...writes, again];
    return [...writes, { ...again, meta: JSON.stringify(spared), uncounted: true } as const];
  };
  // A plan that has gone outside is not made twice; its commit fails only where its lease is lost.
  const goesOutside = stack.targets.get(delivery.to.kind)?.inside === false;
  await commit(stack, lease, plan, goesOutside ? 1 : MOST_PLANS);
}

/** Pump handler for queues of scheduled jobs. */
export async function runJob(stack: Stack, claimed: Claimed): Promise<void> {
  const due = dueOf(claimed);
  const job = stack.jobs.get(due.kind);
  if (!job) throw new Error(`No job is called ${due.kind}.`);
  const plan = async () => [...(await job(stack, due)), settle(claimed.lease)];
  await commit(stack, claimed.lease, plan, MOST_PLANS);
}

/** Plans made before a message that lost all races is left to its lease. */
const MOST_PLANS = 4;

/**
 * The lease is the fence: whoever lost it loses every race, gives up, and somebody else goes on.
 * A race lost to other writes of the plan is won by planning again.
 */
async function commit(
  stack: Stack,
  lease: Lease,
  plan: () => Promise<readonly Write[]>,
  mostPlans: number,
): Promise<void> {
  for (let plans = 1; plans <= mostPlans; plans += 1) {
    try {
      await stack.storage.commit(await orPutBack(stack, lease, plan));
      return;
    } catch (cause) {
      if (!(cause instanceof Conflict)) throw cause;
    }
  }
}

/** What closing broke off is there again after the restart. */
async function orPutBack(
  stack: Stack,
  lease: Lease,
  plan: () => Promise<readonly Write[]>,
): Promise<readonly Write[]> {
  try {
    return await plan();
  } catch (cause) {
    if (!(cause instanceof BrokenOff)) throw cause;
    return [release(lease, stack.clock.nowMs())];
  }
}

function settle(lease: Lease): Settle {
  return { kind: 'settle', lease, fence: 'latest', lost: 'conflict' };
}

function release(lease: Lease, visibleAtMs: number): Release {
  return { kind: 'release', lease, visibleAtMs, fence: 'latest', lost: 'conflict' };
}
