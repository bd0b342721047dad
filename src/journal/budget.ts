/**
 * How many contents are kept: in a flood each would cost as much as the message itself, and they
 * would push each other out within seconds. So many a second are, and what was not used is saved up
 * for a burst; of the rest the facts alone are kept.
 */
export interface Budget {
  has(): boolean;
  /** Whether there was one to take. */
  take(): boolean;
}

export const ALL: Budget = { has: () => true, take: () => true };

/** Seconds that are saved up for. */
const BURST_SECONDS = 10;

export function budgetOf(perSecond: number, nowMs: () => number): Budget {
  const most = perSecond * BURST_SECONDS;
  let left = most;
  let atMs = nowMs();
  // Each time: what has come of a span of time is there once, however much was left before it.
  const refill = (): void => {
    const now = nowMs();
    if (now <= atMs) return;
    left = Math.min(most, left + ((now - atMs) * perSecond) / 1_000);
    atMs = now;
  };
  return {
    has: () => {
      refill();
      return left >= 1;
    },
    take: () => {
      refill();
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
