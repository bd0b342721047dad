/**
 * How long and how often Lambda goes on with an asynchronous event.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
import type { Stack } from '../../delivery/stack.ts';
import type { DestinationConfig } from '../../wire/types/lambda.ts';
import { policyKey } from './access.ts';
import type { Qualified } from './arns.ts';
import { ofFunction, storeOf } from './store.ts';

export interface AsyncPolicy {
  /** Runs after the first one that has ended in an error. */
  readonly mostRetries: number;
  readonly mostAgeMs: number;
  readonly destinations: DestinationConfig;
}

const MOST_RETRIES = 2;
const MOST_AGE_SECONDS = 6 * 60 * 60;

/** What is configured for the very qualifier that was invoked; others have no say. */
export async function asyncPolicyOf(stack: Stack, address: Qualified): Promise<AsyncPolicy> {
  const key = policyKey(address.qualifier);
  const row = await storeOf(stack).invokeConfigs.get(ofFunction(address), key);
  const { maximumRetryAttempts, maximumEventAgeSeconds, destinations } = row?.value ?? {};
  return {
    mostRetries: maximumRetryAttempts ?? MOST_RETRIES,
    mostAgeMs: (maximumEventAgeSeconds ?? MOST_AGE_SECONDS) * 1000,
    destinations: destinations ?? {},
  };
}

/** One minute after the first error, two after the second. */
export function waitAfterErrorMs(errors: number): number {
  return errors * 60_000;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 5 * 60_000;

/** After throttles and errors of Lambda's own: from one second, doubling, to five minutes. */
export function waitAfterRefusalMs(refusals: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** (refusals - 1), LONGEST_WAIT_MS);
}
