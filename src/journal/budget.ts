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
/**
 * What has come is given out so often. Contents that are kept one after the other stand in few
 * commits; spread evenly, each commit of a flood would change a page for one of them.
 */
const STEP_MS = 500;

export function budgetOf(perSecond: number, nowMs: () => number): Budget {
  const most = perSecond * BURST_SECONDS;
  let left = most;
  let atMs = nowMs();
  // Each time: what has come of a span of time is there once, however much was left before it.
  const refill = (): void => {
    const spanMs = Math.floor((nowMs() - atMs) / STEP_MS) * STEP_MS;
    if (spanMs <= 0) return;
    left = Math.min(most, left + (spanMs * perSecond) / 1_000);
    atMs += spanMs;
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
