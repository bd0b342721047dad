/**
 * How often and when a failed delivery is tried again.
 *
 * A schedule has four phases: at once, after the shortest delay, after delays that grow from the
 * shortest to the longest, after the longest delay. HTTP subscriptions choose their own; for the
 * rest SNS has fixed ones. AWS adds jitter to the delays, we do not, so that tests can count on
 * them. https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
 */
export type Backoff = 'arithmetic' | 'exponential' | 'geometric' | 'linear';

/** In the words of a DeliveryPolicy; delays are seconds. */
export interface RetrySchedule {
  readonly minDelayTarget: number;
  readonly maxDelayTarget: number;
  /** Retries in all four phases. */
  readonly numRetries: number;
  readonly numMaxDelayRetries: number;
  readonly numNoDelayRetries: number;
  readonly numMinDelayRetries: number;
  readonly backoffFunction: Backoff;
}

/** SQS, Lambda and Firehose: 100,015 attempts over 23 days. */
export const AWS_MANAGED: RetrySchedule = {
  minDelayTarget: 1,
  maxDelayTarget: 20,
  numRetries: 100_015,
  numMaxDelayRetries: 100_000,
  numNoDelayRetries: 3,
  numMinDelayRetries: 2,
  backoffFunction: 'exponential',
};

/** E-mail, SMS and mobile push: 50 attempts over 6 hours. */
export const CUSTOMER_MANAGED: RetrySchedule = {
  minDelayTarget: 10,
  maxDelayTarget: 600,
  numRetries: 50,
  numMaxDelayRetries: 38,
  numNoDelayRetries: 0,
  numMinDelayRetries: 2,
  backoffFunction: 'exponential',
};

/** What http and https subscriptions get that ask for nothing else. */
export const HTTP_DEFAULT: RetrySchedule = {
  minDelayTarget: 20,
  maxDelayTarget: 20,
  numRetries: 3,
  numMaxDelayRetries: 0,
  numNoDelayRetries: 0,
  numMinDelayRetries: 0,
  backoffFunction: 'linear',
};

/** Seconds to wait before retry number `retry`, from 1 on; undefined when there is none. */
export function delaySeconds(schedule: RetrySchedule, retry: number): number | undefined {
  const { minDelayTarget: shortest, maxDelayTarget: longest, numRetries } = schedule;
  const { numNoDelayRetries, numMinDelayRetries, numMaxDelayRetries } = schedule;
  if (retry > numRetries) return undefined;
  if (retry <= numNoDelayRetries) return 0;
  const early = numNoDelayRetries + numMinDelayRetries;
  if (retry <= early) return shortest;
  const growing = numRetries - early - numMaxDelayRetries;
  if (retry > early + growing) return longest;
  return BACKOFFS[schedule.backoffFunction](shortest, longest, retry - early - 1, growing - 1);
}

type Grow = (from: number, to: number, step: number, last: number) => number;

/**
 * From the first delay at step 0 to the last one at step `last`. AWS shows the four as curves and
 * gives no formulas; these have their ends and their order, from the highest to the lowest.
 */
export const BACKOFFS: Readonly<Record<Backoff, Grow>> = {
  linear: between((step, last) => step / last),
  arithmetic: between((step, last) => (step * (step + 1)) / (last * (last + 1))),
  geometric: (from, to, step, last) => (last === 0 ? from : from * (to / from) ** (step / last)),
  exponential: between((step, last) => (2 ** step - 1) / (2 ** last - 1)),
};

function between(share: (step: number, last: number) => number): Grow {
  return (from, to, step, last) => (last === 0 ? from : from + (to - from) * share(step, last));
}

/** Seconds from the first attempt to retry number `retry`. */
export function secondsUntil(schedule: RetrySchedule, retry: number): number {
  let seconds = 0;
  for (let earlier = 1; earlier <= retry; earlier += 1) {
    seconds += delaySeconds(schedule, earlier) ?? 0;
  }
  return seconds;
}
