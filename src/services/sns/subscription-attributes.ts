/**
 * The attributes of subscriptions: what each of them may be, and what is shown of them.
 * https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html
 */
import { parseArn } from '../../core/arn.ts';
import { PatternError } from '../../event-patterns/error.ts';
import type { Operations } from '../../wire/types/sns.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { noSuchSubscription, readSubscriptionArn, subscriptionArn, topicArn } from './arns.ts';
import { change } from './change.ts';
import {
  effectiveSubscriptionText,
  InvalidDeliveryPolicy,
  parseDeliveryPolicy,
} from './delivery-policies.ts';
import { fault, invalid } from './errors.ts';
import { parseFilter } from './filter.ts';
import { checkFilterCount } from './limits.ts';
import { begin, readReplayPolicy } from './replays.ts';
import { ofTopic, type Subscription, storeOf, type Topic } from './store.ts';
import { isHttp } from './subscribers.ts';
import { factsOf, findTopic, isFifo } from './topic.ts';

type Attributes = Readonly<Record<string, string>>;

/** What a value is set on. */
export interface Bearer {
  readonly protocol: string;
  readonly endpoint: string;
  readonly topic: Topic;
  /** With the value that is checked. */
  readonly attributes: Attributes;
}

/** What is wrong with a value; undefined when nothing is. */
type Check = (value: string, bearer: Bearer) => string | undefined;

const SCOPES = ['MessageAttributes', 'MessageBody'];
const TAKES_RAW = new Set(['sqs', 'http', 'https', 'firehose']);

const CHECKS: Readonly<Record<string, Check>> = {
  DeliveryPolicy: checkDeliveryPolicy,
  FilterPolicy: (_, { attributes }) => checkFilter(attributes),
  FilterPolicyScope: (value, { attributes }) => {
    const choice = 'Please use either MessageBody or MessageAttributes';
    if (!SCOPES.includes(value)) return `FilterPolicyScope: Invalid value [${value}]. ${choice}`;
    return checkFilter(attributes);
  },
  RawMessageDelivery: (value, { protocol }) => {
    // Refused even for `false` (observed: https://github.com/aws-controllers-k8s/community/issues/2192).
    if (!TAKES_RAW.has(protocol)) {
      return `Delivery protocol [${protocol}] does not support raw message delivery.`;
    }
    if (/^(?:true|false)$/i.test(value)) return undefined;
    return `RawMessageDelivery: Invalid value [${value}]. Must be true or false.`;
  },
  RedrivePolicy: checkRedrivePolicy,
  ReplayPolicy: (value, { topic }) => {
    if (!isFifo(topic)) return 'AttributeName';
    const span = readReplayPolicy(value);
    if (typeof span === 'string') return `ReplayPolicy: ${span}`;
    return topic.archive ? undefined : 'ReplayPolicy: the topic has no ArchivePolicy';
  },
  SubscriptionRoleArn: (value, { protocol }) =>
    protocol === 'firehose' && value.startsWith('arn:') ? undefined : 'SubscriptionRoleArn',
};

const known = new Map(Object.entries(CHECKS));

/** Setting these to nothing, or to an empty object, removes them. */
const REMOVABLE = new Set(['DeliveryPolicy', 'FilterPolicy', 'RedrivePolicy', 'ReplayPolicy']);

function removes(name: string, value: string): boolean {
  return REMOVABLE.has(name) && /^\s*(?:\{\s*\})?\s*$/.test(value);
}

/** The attributes of a new subscription as they are kept; refuses what may not be set. */
export function checkedAttributes(given: Attributes, bearer: Omit<Bearer, 'attributes'>) {
  const kept = Object.entries(given).filter(([name, value]) => !removes(name, value));
  const attributes = Object.fromEntries(kept.map(([name, value]) => [name, plain(name, value)]));
  for (const [name, value] of kept) {
    const check = known.get(name);
    if (!check) throw invalid(`Attributes Reason: Unknown attribute ${name}`);
    const reason = check(value, { ...bearer, attributes });
    if (reason !== undefined) throw invalid(`Attributes Reason: ${reason}`);
  }
  return attributes;
}

function plain(name: string, value: string): string {
  return name === 'RawMessageDelivery' ? value.toLowerCase() : value;
}

function checkFilter({ FilterPolicy: policy, FilterPolicyScope: scope }: Attributes) {
  if (policy === undefined) return undefined;
  try {
    parseFilter(policy, scope);
    return undefined;
  } catch (cause) {
    if (cause instanceof PatternError) return cause.message;
    throw cause;
  }
}

function checkDeliveryPolicy(value: string, { protocol }: Bearer): string | undefined {
  if (!isHttp({ protocol })) {
    return `Delivery protocol [${protocol}] does not support delivery policies.`;
  }
  try {
    parseDeliveryPolicy(value, 'subscription');
    return undefined;
  } catch (cause) {
    if (cause instanceof InvalidDeliveryPolicy) return `DeliveryPolicy: ${cause.message}`;
    throw cause;
  }
}

/**
 * The text about unknown members is observed:
 * https://github.com/cloudposse/terraform-aws-sns-topic/issues/48
 */
function checkRedrivePolicy(value: string, { topic, endpoint }: Bearer): string | undefined {
  let policy: unknown;
  try {
    policy = JSON.parse(value);
  } catch {
    return 'RedrivePolicy: failed to parse JSON.';
  }
  if (typeof policy !== 'object' || policy === null) return 'RedrivePolicy: failed to parse JSON.';
  const unknown = Object.keys(policy).find((name) => name !== 'deadLetterTargetArn');
  if (unknown) return `RedrivePolicy: invalid JSON. Attribute ${unknown} is unknown.`;
  const { deadLetterTargetArn: target } = policy as { readonly deadLetterTargetArn?: unknown };
  const arn = typeof target === 'string' ? parseArn(target) : undefined;
  if (arn?.service !== 'sqs') return 'RedrivePolicy: deadLetterTargetArn is an invalid arn';
  if (arn.region !== topic.region || arn.account !== topic.account) {
    return 'RedrivePolicy: deadLetterTargetArn must be in the account and region of the topic';
  }
  const fifo = arn.resource.endsWith('.fifo');
  if (!fifo && isFifo(topic) && endpoint.endsWith('.fifo')) {
    return 'RedrivePolicy: must use a FIFO queue as DLQ for a FIFO topic';
  }
  if (fifo && !isFifo(topic)) {
    return 'RedrivePolicy: must use a standard queue as DLQ for a standard topic';
  }
  return undefined;
}

/** A subscription that a caller names, its row and its topic. */
export async function knownSubscription(call: Call, arn: string) {
  const { topic: address, id } = readSubscriptionArn(arn);
  const row = await storeOf(call.stack).subscriptions.get(ofTopic(address), id);
  const found = row && (await findTopic(call.stack, address));
  if (!row || !found) throw noSuchSubscription();
  checkOwner(call, row.value);
  return { row, topic: found.topic };
}

/** Both ends own a subscription: the topic's account and the account that subscribed. */
export function checkOwner(call: Call, subscription: Subscription): void {
  const owners = [subscription.owner, subscription.topic.account];
  if (!call.stack.settings.enforcePolicies || owners.includes(call.account)) return;
  const what = `not authorized to perform: SNS:${call.operation} on resource`;
  const arn = subscriptionArn(subscription);
  throw fault('AuthorizationError', `User: ${call.principalArn} is ${what}: ${arn}`);
}

export const SetSubscriptionAttributes: Operation<Operations['SetSubscriptionAttributes']> = async (
  call,
  { SubscriptionArn: arn, AttributeName: name, AttributeValue: value = '' },
) => {
  const check = known.get(name);
  return change(call.stack, async () => {
    const { row, topic } = await knownSubscription(call, arn);
    if (!check) throw invalid('AttributeName');
    const { [name]: before, ...others } = row.value.attributes;
    const removed = removes(name, value);
    const attributes = removed ? others : { ...others, [name]: plain(name, value) };
    if (!removed) {
      const { protocol, endpoint } = row.value;
      const reason = check(value, { protocol, endpoint, topic, attributes });
      if (reason !== undefined) throw invalid(reason);
      if (name === 'FilterPolicy' && before === undefined) await checkFilterCount(call, topic);
    }
    const { replay: _, ...rest } = row.value;
    const started = name === 'ReplayPolicy' && !removed ? startReplay(call, row.value, value) : [];
    const kept = name === 'ReplayPolicy' ? rest : row.value;
    const [replay] = started;
    const subscription = { ...kept, attributes, ...(replay && { replay: replay.replay }) };
    const { subscriptions } = storeOf(call.stack);
    const put = subscriptions.put(ofTopic(topic), row.key, subscription, row.version);
    return { writes: [put, ...started.map(({ write }) => write)], answer: {} };
  });
};

function startReplay(call: Call, subscription: Subscription, policy: string) {
  const span = readReplayPolicy(policy);
  return typeof span === 'string' ? [] : [begin(call.stack, subscription, span)];
}

export const GetSubscriptionAttributes: Operation<Operations['GetSubscriptionAttributes']> = async (
  call,
  { SubscriptionArn: arn },
) => {
  const { row, topic } = await knownSubscription(call, arn);
  return { Attributes: shown(topic, row.value) };
};

function shown(topic: Topic, subscription: Subscription): Attributes {
  const { attributes, protocol, replay } = subscription;
  const { DeliveryPolicy: policy, FilterPolicy: filter, ...others } = attributes;
  const own = policy === undefined ? undefined : parseDeliveryPolicy(policy, 'subscription');
  const effective = isHttp({ protocol })
    ? effectiveSubscriptionText(factsOf(topic).deliveryPolicy, own)
    : undefined;
  return {
    SubscriptionArn: subscriptionArn(subscription),
    TopicArn: topicArn(topic),
    Protocol: protocol,
    Endpoint: shownEndpoint(subscription),
    Owner: subscription.owner,
    SubscriptionPrincipal: subscription.principal,
    PendingConfirmation: String(!subscription.confirmed),
    ConfirmationWasAuthenticated: String(subscription.authenticated),
    RawMessageDelivery: 'false',
    ...(filter !== undefined && { FilterPolicyScope: 'MessageAttributes', FilterPolicy: filter }),
    ...others,
    ...(policy !== undefined && { DeliveryPolicy: policy }),
    ...(effective !== undefined && { EffectiveDeliveryPolicy: effective }),
    ...(replay && { ReplayStatus: replay.status }),
  };
}

/** Passwords in URLs are nobody's business. */
export function shownEndpoint({ endpoint }: Pick<Subscription, 'endpoint'>): string {
  return endpoint.replace(/^(https?:\/\/[^/:@]*:)[^/@]*@/, '$1****@');
}
