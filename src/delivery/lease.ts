/**
 * Work that may outlast the lease on its message. The lease stays short, so that whatever a crash
 * leaves behind is soon taken up again, and is renewed for as long as the work goes on.
 */
import type { Lease } from '../storage/storage.ts';
import { LEASE_MS } from './pump.ts';
import type { Stack } from './stack.ts';

const RENEW_MS = LEASE_MS / 3;

/** Does `work` with the lease kept. Whoever lost it finds out when it commits the end. */
export async function whileLeased<Result>(
  stack: Stack,
  lease: Lease,
  work: () => Promise<Result>,
): Promise<Result> {
  const { clock } = stack;
  const renew = () => {
    keep(stack, lease);
    timer = clock.at(clock.nowMs() + RENEW_MS, renew);
  };
  let timer = clock.at(clock.nowMs() + RENEW_MS, renew);
  try {
    return await work();
  } finally {
    timer.cancel();
  }
}

/** Handed in before the work's own end, it takes effect before: an end is never undone by it. */
function keep({ storage, clock, log }: Stack, lease: Lease): void {
  const visibleAtMs = clock.nowMs() + LEASE_MS;
  const kept = { kind: 'release', lease, visibleAtMs, fence: 'latest', lost: 'skip' } as const;
  storage.commit([kept]).catch((cause: unknown) => {
    log.warn('a lease could not be renewed', { queue: lease.queue, cause: String(cause) });
  });
}
