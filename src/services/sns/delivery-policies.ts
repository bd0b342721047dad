/**
 * DeliveryPolicy: what http and https subscriptions ask for, on their topic or by themselves.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html#creating-delivery-policy
 */
import { BACKOFFS, type Backoff, HTTP_DEFAULT, type RetrySchedule } from './retry-schedules.ts';

/** "The total policy retry time for an HTTP/S endpoint cannot be greater than 3,600 seconds." */
export const HTTP_TOTAL_SECONDS = 3_600;

/** A DeliveryPolicy as a topic or subscription has it. */
export interface DeliveryPolicy {
  readonly retry?: RetrySchedule;
  readonly maxReceivesPerSecond?: number;
  readonly headerContentType?: string;
  /** Topics only: what subscriptions say does not count. */
  readonly disableSubscriptionOverrides?: boolean;
}

/** Names of the members of a DeliveryPolicy, which differ between topics and subscriptions. */
const NAMES = {
  topic: {
    retry: 'defaultHealthyRetryPolicy',
    throttle: 'defaultThrottlePolicy',
    request: 'defaultRequestPolicy',
  },
  subscription: {
    retry: 'healthyRetryPolicy',
    throttle: 'throttlePolicy',
    request: 'requestPolicy',
  },
} as const;

/** Raw messages may be of more types, which subscriptions alone can ask for. */
const ENVELOPE_TYPES = ['text/plain', 'application/json'];
const RAW_TYPES = [
  ...['text/css', 'text/csv', 'text/html', 'text/xml', 'application/atom+xml', 'application/xml'],
  ...['application/octet-stream', 'application/soap+xml', 'application/x-www-form-urlencoded'],
  'application/xhtml+xml',
];
const CONTENT_TYPES = {
  topic: new Set(ENVELOPE_TYPES),
  subscription: new Set([...ENVELOPE_TYPES, ...RAW_TYPES]),
};

export const DEFAULT_CONTENT_TYPE = 'text/plain; charset=UTF-8';

/** Why a DeliveryPolicy is none; its message follows "DeliveryPolicy: ". */
export class InvalidDeliveryPolicy extends Error {
  override readonly name = 'InvalidDeliveryPolicy';
}

type Json = Readonly<Record<string, unknown>>;

/** Reads a DeliveryPolicy, or throws `InvalidDeliveryPolicy`. */
export function parseDeliveryPolicy(text: string, of: 'topic' | 'subscription'): DeliveryPolicy {
  const document = object(parseJson(text), 'the policy');
  const policy = of === 'topic' ? object(document.http ?? {}, 'http') : document;
  const names = NAMES[of];
  const retry = policy[names.retry];
  const throttle = object(policy[names.throttle] ?? {}, names.throttle);
  const request = object(policy[names.request] ?? {}, names.request);
  const rate = throttle.maxReceivesPerSecond;
  const type = request.headerContentType;
  return {
    ...(retry != null && { retry: readSchedule(object(retry, names.retry), names.retry) }),
    ...(rate != null && {
      maxReceivesPerSecond: count(rate, `${names.throttle}.maxReceivesPerSecond`, 1),
    }),
    ...(type != null && { headerContentType: contentType(type, of) }),
    ...(policy.disableSubscriptionOverrides === true && { disableSubscriptionOverrides: true }),
  };
}

/** Observed: the three that matter must be there once one is; the guide's own example fails. */
function readSchedule(policy: Json, name: string): RetrySchedule {
  for (const needed of ['minDelayTarget', 'maxDelayTarget', 'numRetries']) {
    if (policy[needed] == null) refuse(`${name}.${needed} must be specified`);
  }
  const number = (member: string, least: number, most: number) =>
    count(policy[member] ?? 0, `${name}.${member}`, least, most);
  const minDelayTarget = number('minDelayTarget', 1, HTTP_TOTAL_SECONDS);
  const maxDelayTarget = number('maxDelayTarget', 1, HTTP_TOTAL_SECONDS);
  const numRetries = number('numRetries', 0, 100);
  const numMaxDelayRetries = number('numMaxDelayRetries', 0, 100);
  const numNoDelayRetries = number('numNoDelayRetries', 0, 100);
  const numMinDelayRetries = number('numMinDelayRetries', 0, 100);
  if (maxDelayTarget < minDelayTarget) {
    refuse(`${name}.maxDelayTarget must be greater than or equal to minDelayTarget`);
  }
  if (numMaxDelayRetries + numNoDelayRetries + numMinDelayRetries > numRetries) {
    refuse(
      `${name}.numRetries must be greater than or equal to total of numMinDelayRetries, ` +
        'numNoDelayRetries and numMaxDelayRetries',
    );
  }
  return {
    ...{ minDelayTarget, maxDelayTarget, numRetries },
    ...{ numMaxDelayRetries, numNoDelayRetries, numMinDelayRetries },
    backoffFunction: backoff(policy.backoffFunction ?? 'linear', name),
  };
}

function backoff(value: unknown, name: string): Backoff {
  const known = typeof value === 'string' ? value.toLowerCase() : '';
  if (known in BACKOFFS) return known as Backoff;
  const functions = 'linear, arithmetic, geometric, exponential';
  return refuse(`${name}.backoffFunction must be one of: ${functions}`);
}

function contentType(value: unknown, of: 'topic' | 'subscription'): string {
  const type = typeof value === 'string' ? value.split(';')[0]?.trim().toLowerCase() : undefined;
  if (typeof value === 'string' && type && CONTENT_TYPES[of].has(type)) return value;
  return refuse(`${NAMES[of].request}.headerContentType is not a supported content type`);
}

function count(value: unknown, name: string, least: number, most?: number): number {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number)) {
    return refuse(`${name} must be an integer`);
  }
  if (number < least) return refuse(`${name} must be greater than or equal to ${least}`);
  if (most !== undefined && number > most) {
    return refuse(`${name} must be less than or equal to ${most}`);
  }
  return number;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return refuse('failed to parse JSON');
  }
}

function object(value: unknown, what: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse(`${what} must be a JSON object`);
  }
  return value as Json;
}

function refuse(reason: string): never {
  throw new InvalidDeliveryPolicy(reason);
}

export interface EffectivePolicy {
  readonly retry: RetrySchedule;
  readonly headerContentType: string;
  readonly maxReceivesPerSecond?: number;
}

/** What holds for a subscription, given its own policy and its topic's. */
export function effectivePolicy(
  topic: DeliveryPolicy | undefined,
  subscription: DeliveryPolicy | undefined,
): EffectivePolicy {
  const own = topic?.disableSubscriptionOverrides ? undefined : subscription;
  const rate = own?.maxReceivesPerSecond ?? topic?.maxReceivesPerSecond;
  return {
    retry: own?.retry ?? topic?.retry ?? HTTP_DEFAULT,
    headerContentType: own?.headerContentType ?? topic?.headerContentType ?? DEFAULT_CONTENT_TYPE,
    ...(rate !== undefined && { maxReceivesPerSecond: rate }),
  };
}

/** The EffectiveDeliveryPolicy of a topic. */
export function effectiveTopicText(policy: DeliveryPolicy | undefined): string {
  const { retry, headerContentType, maxReceivesPerSecond } = effectivePolicy(policy, undefined);
  return JSON.stringify({
    http: {
      defaultHealthyRetryPolicy: retry,
      disableSubscriptionOverrides: policy?.disableSubscriptionOverrides ?? false,
      ...(maxReceivesPerSecond !== undefined && {
        defaultThrottlePolicy: { maxReceivesPerSecond },
      }),
      defaultRequestPolicy: { headerContentType },
    },
  });
}

/** The EffectiveDeliveryPolicy of an http or https subscription. */
export function effectiveSubscriptionText(
  topic: DeliveryPolicy | undefined,
  subscription: DeliveryPolicy | undefined,
): string {
  const { retry, headerContentType, maxReceivesPerSecond } = effectivePolicy(topic, subscription);
  return JSON.stringify({
    healthyRetryPolicy: retry,
    sicklyRetryPolicy: null,
    throttlePolicy: maxReceivesPerSecond === undefined ? null : { maxReceivesPerSecond },
    requestPolicy: { headerContentType },
    guaranteed: false,
  });
}
