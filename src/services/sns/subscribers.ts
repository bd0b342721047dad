/**
 * The confirmed subscriptions of a topic, ready for fan-out: filter read, policies resolved and
 * all of a delivery that does not depend on the message made once.
 */
import type { Stack } from '../../delivery/stack.ts';
import type { Address, Delivery } from '../../delivery/targets.ts';
import type { Stored } from '../../storage/collection.ts';
import { subscriptionArn, topicArn } from './arns.ts';
import { type EffectivePolicy, effectivePolicy, parseDeliveryPolicy } from './delivery-policies.ts';
import { type Filter, filterOf } from './filter.ts';
import type { Shape } from './origin.ts';
import { ofTopic, type Subscription, storeOf, type Topic } from './store.ts';
import { factsOf } from './topic.ts';

export interface Subscriber {
  readonly arn: string;
  readonly row: Stored<Subscription>;
  readonly filter: Filter | undefined;
  readonly shape: Shape;
  readonly maxReceivesPerSecond: number | undefined;
  readonly delivery: Omit<Delivery, 'cause' | 'sinceMs' | 'hops'>;
}

type Rows = readonly Stored<Subscription>[];

interface Known {
  readonly topic: Topic;
  readonly subscribers: readonly Subscriber[];
}

/** By the array that the collection gives out until one of the rows changes. */
const known = new WeakMap<Rows, Known>();

export async function subscribersOf(stack: Stack, topic: Topic): Promise<readonly Subscriber[]> {
  const rows = await storeOf(stack).subscriptions.list(ofTopic(topic));
  let found = known.get(rows);
  if (found?.topic !== topic) {
    const confirmed = rows.filter(({ value }) => value.confirmed);
    found = { topic, subscribers: confirmed.map((row) => subscriber(topic, row)) };
    known.set(rows, found);
  }
  return found.subscribers;
}

export function subscriber(topic: Topic, row: Stored<Subscription>): Subscriber {
  const { value: subscription } = row;
  const arn = subscriptionArn(subscription);
  const policy = isHttp(subscription) ? policyOf(topic, subscription) : undefined;
  const shape = shapeOf(subscription, policy);
  const deadLetterArn = deadLetterOf(subscription);
  return {
    arn,
    row,
    filter: filterOf(subscription),
    shape,
    maxReceivesPerSecond: policy?.maxReceivesPerSecond,
    delivery: {
      origin: 'sns',
      sourceArn: arn,
      policySourceArn: topicArn(topic),
      account: topic.account,
      region: topic.region,
      to: addressOf(subscription),
      shape: { ...shape },
      ...(policy && { retry: { ...policy.retry } }),
      ...(deadLetterArn !== undefined && { deadLetterArn }),
    },
  };
}

export function isHttp({ protocol }: Pick<Subscription, 'protocol'>): boolean {
  return protocol === 'http' || protocol === 'https';
}

function policyOf(topic: Topic, { attributes }: Subscription): EffectivePolicy {
  const { DeliveryPolicy: own } = attributes;
  return effectivePolicy(
    factsOf(topic).deliveryPolicy,
    own === undefined ? undefined : parseDeliveryPolicy(own, 'subscription'),
  );
}

/** Where a subscription's messages go. What is for people ends in the outbox. */
export function addressOf(subscription: Pick<Subscription, 'protocol' | 'endpoint'>): Address {
  const { protocol, endpoint } = subscription;
  if (protocol === 'sqs' || protocol === 'lambda') return { kind: protocol, arn: endpoint };
  if (isHttp(subscription)) return { kind: 'http', arn: endpoint };
  return { kind: 'outbox', arn: endpoint, params: { protocol } };
}

const FOR_PEOPLE = new Set(['email', 'sms', 'application']);

function shapeOf(subscription: Subscription, policy: EffectivePolicy | undefined): Shape {
  const { protocol, endpoint, attributes } = subscription;
  const raw = attributes.RawMessageDelivery === 'true' ? 'raw' : 'envelope';
  return {
    form: FOR_PEOPLE.has(protocol) ? 'text' : raw,
    as: protocol === 'application' ? platformOf(endpoint) : protocol,
    ...(policy && { contentType: policy.headerContentType }),
  };
}

/** The platform in `arn:aws:sns:region:account:endpoint/PLATFORM/application/id`. */
export function platformOf(endpointArn: string): string {
  return endpointArn.split('/')[1] ?? '';
}

export function deadLetterOf({ attributes }: Subscription): string | undefined {
  const { RedrivePolicy: policy } = attributes;
  if (policy === undefined) return undefined;
  return (JSON.parse(policy) as { readonly deadLetterTargetArn?: string }).deadLetterTargetArn;
}
