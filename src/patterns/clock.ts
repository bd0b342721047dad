/** What the patterns know of time. */

/** Says what time it is. `Date` is one; the test kit's `aws.clock` is another. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

/**
 * Waits before the next attempt; `attempt` counts from 1. Where none is given, the next attempt
 * follows at once: a round trip to AWS is between them in any case.
 */
export type Backoff = (attempt: number) => Promise<void>;

export const atOnce: Backoff = () => Promise.resolve();

/** Moments in DynamoDB's time-to-live attributes are whole seconds. */
export function epochSeconds(ms: number): number {
  return Math.ceil(ms / 1000);
}
