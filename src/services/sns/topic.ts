/**
 * A topic as the operations need it: found, and read once.
 */
import { type Policy, parsePolicy } from '../../core/policy.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Call } from '../call.ts';
import { inRegion, noSuchTopic, readTopicArn, type TopicAddress, topicArn } from './arns.ts';
import { type DeliveryPolicy, parseDeliveryPolicy } from './delivery-policies.ts';
import type { SignatureVersion } from './signing.ts';
import { partitionOf, storeOf, type Topic } from './store.ts';

export interface KnownTopic {
  readonly topic: Topic;
  /** Of the stored row. */
  readonly version: number;
  readonly arn: string;
}

/** The topic that a parameter names; refuses what is none, or is none of ours. */
export async function knownTopic(call: Call, arn: string, name = 'TopicArn'): Promise<KnownTopic> {
  const address = inRegion(call, readTopicArn(arn, name), name);
  const found = await findTopic(call.stack, address);
  if (!found) throw noSuchTopic();
  return found;
}

export async function findTopic(
  stack: Pick<Stack, 'storage'>,
  address: TopicAddress,
): Promise<KnownTopic | undefined> {
  const found = await storeOf(stack).topics.get(partitionOf(address), address.name);
  return found && { topic: found.value, version: found.version, arn: topicArn(address) };
}

/** What the attributes of a topic mean. */
export interface TopicFacts {
  readonly fifo: boolean;
  readonly contentBasedDeduplication: boolean;
  /** Whether a deduplication id counts within its message group only. */
  readonly groupScope: boolean;
  readonly signatureVersion: SignatureVersion;
  /** Undefined while the default holds. */
  readonly maxBytes: number | undefined;
  readonly policy: Policy;
  readonly deliveryPolicy: DeliveryPolicy | undefined;
}

const known = new WeakMap<Topic, TopicFacts>();

export function factsOf(topic: Topic): TopicFacts {
  let facts = known.get(topic);
  if (!facts) {
    facts = read(topic);
    known.set(topic, facts);
  }
  return facts;
}

function read(topic: Topic): TopicFacts {
  const { attributes } = topic;
  const delivery = attributes.DeliveryPolicy;
  const most = attributes.MaximumMessageSize;
  return {
    fifo: isFifo(topic),
    contentBasedDeduplication: attributes.ContentBasedDeduplication === 'true',
    groupScope: attributes.FifoThroughputScope === 'MessageGroup',
    signatureVersion: attributes.SignatureVersion === '2' ? '2' : '1',
    maxBytes: most === undefined ? undefined : Number(most),
    policy: parsePolicy(attributes.Policy ?? ownerPolicy(topic)),
    deliveryPolicy: delivery === undefined ? undefined : parseDeliveryPolicy(delivery, 'topic'),
  };
}

export function isFifo(topic: Pick<Topic, 'name'>): boolean {
  return topic.name.endsWith('.fifo');
}

/** What a topic's policy says until it is set: its own account may do what it likes. */
export function ownerPolicy(address: TopicAddress): string {
  const actions = [
    ...['GetTopicAttributes', 'SetTopicAttributes', 'AddPermission', 'RemovePermission'],
    ...['DeleteTopic', 'Subscribe', 'ListSubscriptionsByTopic', 'Publish'],
  ];
  return JSON.stringify({
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: actions.map((action) => `SNS:${action}`),
        Resource: topicArn(address),
        Condition: { StringEquals: { 'AWS:SourceOwner': address.account } },
      },
    ],
  });
}
