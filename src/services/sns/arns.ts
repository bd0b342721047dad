/**
 * ARNs of SNS: topics `sns:region:account:name`, subscriptions `…:name:uuid`, platform
 * applications `…:app/PLATFORM/name` and their endpoints `…:endpoint/PLATFORM/name/uuid`.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
 */
import { type Arn, arnOf, parseArn } from '../../core/arn.ts';
import type { Call } from '../call.ts';
import { fault, invalid } from './errors.ts';

/** Where a topic is. Its subscriptions live in the partition `account/region/name`. */
export interface TopicAddress {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

export interface SubscriptionAddress {
  readonly topic: TopicAddress;
  readonly id: string;
}

export function topicArn({ account, region, name }: TopicAddress): string {
  return arnOf('sns', region, account, name);
}

export function subscriptionArn({ topic, id }: SubscriptionAddress): string {
  return `${topicArn(topic)}:${id}`;
}

/** The topic that the parameter `name` holds the ARN of. */
export function readTopicArn(text: string, name: string): TopicAddress {
  const { account, region, resource } = readArn(text, name);
  if (!/^[^:/]+$/.test(resource)) throw invalid(name);
  return { account, region, name: resource };
}

/** The topic or subscription that a ticket of ours or a caller names, wherever it is. */
export function readSubscriptionArn(text: string): SubscriptionAddress {
  const { account, region, resource } = readArn(text, 'SubscriptionArn');
  const [name, id, ...rest] = resource.split(':');
  if (!name || !id || rest.length > 0) throw invalid('SubscriptionArn');
  return { topic: { account, region, name }, id };
}

/**
 * SNS looks for a topic in the Region that is asked, and words another one as it words nonsense
 * (observed: https://github.com/boto/boto3/issues/1084).
 */
export function inRegion<Address extends { readonly region: string }>(
  call: Call,
  address: Address,
  name: string,
): Address {
  if (address.region !== call.region) throw invalid(name);
  return address;
}

/** An ARN of SNS, with the text AWS has for what is none (observed in many issue reports). */
export function readArn(text: string, name: string): Arn {
  const elements = text.split(':').length;
  if (elements < 6) {
    throw invalid(`${name} Reason: An ARN must have at least 6 elements, not ${elements}`);
  }
  const arn = parseArn(text);
  if (arn?.service !== 'sns') throw invalid(name);
  return arn;
}

export function noSuchTopic() {
  return fault('NotFound', 'Topic does not exist');
}

export function noSuchSubscription() {
  return fault('NotFound', 'Subscription does not exist');
}
