/**
 * EventBridge as the origin of deliveries: what the target gets, when to try again, and what is
 * left of an event that could not be delivered.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */

import type { Stack } from '../../delivery/stack.ts';
import type { Attribute, Delivery, Failure, Origin } from '../../delivery/targets.ts';
import type { RetryPolicy } from '../../wire/types/events.ts';
import { API_DESTINATION } from './addresses.ts';
import { RateLimited } from './api-destination-target.ts';
import { resolved } from './dynamic-parameters.ts';
import { inputFor } from './inputs.ts';
import { letters } from './letters.ts';
import type { Shape } from './matching.ts';
import { forgetWaits, waitsOf } from './rate-limits.ts';

const MOST_ATTEMPTS = 185;
const MOST_AGE_SECONDS = 24 * 60 * 60;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15 * 60 * 1000;

export const origin: Origin = {
  principal: 'events.amazonaws.com',
  letters,

  render(_stack, delivery, body) {
    const shape = delivery.shape as Shape | undefined;
    const group = shape?.group;
    const text = inputFor(delivery, body);
    return group === undefined ? { body: text } : { body: text, group: resolved(group, body) };
  },

  backoffMs(stack, delivery, attempts, refused) {
    const policy = (delivery.retry ?? {}) as RetryPolicy;
    const maxAgeMs = (policy.MaximumEventAgeInSeconds ?? MOST_AGE_SECONDS) * 1000;
    const leftMs = delivery.sinceMs + maxAgeMs - stack.clock.nowMs();
    if (leftMs <= 0) return 'age';
    // The rate limit's own wait comes with the refusal, and is no attempt.
    if (refused instanceof RateLimited) return 0;
    const made = attempts - waits(stack, delivery);
    if (made > (policy.MaximumRetryAttempts ?? MOST_ATTEMPTS)) return 'attempts';
    // The last attempt falls on the very end of the event's age.
    return Math.min(jittered(stack, made), leftMs);
  },

  deadLetter(stack, delivery, body, failure) {
    const attributes = attributesOf(stack, delivery, failure);
    forget(stack, delivery);
    return { body, attributes };
  },
};

/** Doubles from a second to a quarter of an hour; one half is certain, the other is chance. */
function jittered({ ids }: Stack, attempts: number): number {
  const wholeMs = Math.min(FIRST_WAIT_MS * 2 ** (attempts - 1), LONGEST_WAIT_MS);
  return Math.round(wholeMs / 2 + (wholeMs / 2) * ids.random());
}

function waits(stack: Stack, delivery: Delivery): number {
  return delivery.to.kind === API_DESTINATION ? waitsOf(stack, delivery) : 0;
}

function forget(stack: Stack, delivery: Delivery): void {
  if (delivery.to.kind === API_DESTINATION) forgetWaits(stack, delivery);
}

const EXHAUSTED = {
  attempts: 'MaximumRetryAttempts',
  age: 'MaximumEventAgeInSeconds',
  permanent: undefined,
};

function attributesOf(
  stack: Stack,
  delivery: Delivery,
  { refused, attempts, exhausted }: Failure,
): Readonly<Record<string, Attribute>> {
  const texts = {
    RULE_ARN: delivery.sourceArn,
    TARGET_ARN: delivery.to.arn,
    ERROR_CODE: refused.code,
    ERROR_MESSAGE: refused.message,
    EXHAUSTED_RETRY_CONDITION: EXHAUSTED[exhausted],
    RETRY_ATTEMPTS: String(Math.max(0, attempts - 1 - waits(stack, delivery))),
  };
  return Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]) =>
      text === undefined ? [] : [[name, { DataType: 'String', StringValue: text }]],
    ),
  );
}
