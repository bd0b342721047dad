/** Topics on the map, their subscribers, and what lies outside and is subscribed. */
import type { MapNode } from '../../admin-api/index.ts';
import { arnOf } from '../../core/arn.ts';
import type { MapPart, Place } from '../../delivery/lens.ts';
import { type DeclaredEdge, edgeOf, inShort, listed, nodeOf } from '../../delivery/map-parts.ts';
import type { Stack } from '../../delivery/stack.ts';
import { subscriptionArn, topicArn } from './arns.ts';
import { ofTopic, partitionOf, type Subscription, storeOf, type Topic } from './store.ts';
import { deadLetterOf } from './subscribers.ts';
import { isFifo } from './topic.ts';

export async function map(stack: Stack, place: Place): Promise<MapPart> {
  const { topics, subscriptions, endpoints } = storeOf(stack);
  const nodes: MapNode[] = [];
  const edges: DeclaredEdge[] = [];
  for (const { value: topic } of await topics.list(partitionOf(place))) {
    nodes.push(nodeOfTopic(topic));
    for (const { value } of await subscriptions.list(ofTopic(topic))) {
      edges.push(...edgesOf(topic, value));
      if (isOutside(value)) nodes.push(nodeOf(value.endpoint, { detail: value.protocol }));
    }
  }
  const pushed = new Set(edges.map(({ to }) => to));
  for (const { key, value } of await endpoints.list(partitionOf(place))) {
    const arn = arnOf('sns', place.region, place.account, `endpoint/${key}`);
    if (pushed.has(arn)) nodes.push(nodeOf(arn, { detail: value.application }));
  }
  return { nodes, edges };
}

function nodeOfTopic(topic: Topic): MapNode {
  const tags = Object.fromEntries(topic.tags.map(({ Key, Value }) => [Key, Value]));
  const detail = listed(isFifo(topic) && 'FIFO', topic.archive && 'keeps messages for replays');
  return nodeOf(topicArn(topic), { detail, tags });
}

function edgesOf(topic: Topic, subscription: Subscription): readonly DeclaredEdge[] {
  const { endpoint, confirmed, attributes } = subscription;
  const arn = topicArn(topic);
  const via = subscriptionArn(subscription);
  const off = confirmed ? undefined : 'PendingConfirmation';
  const { FilterPolicy: filter, FilterPolicyScope: scope } = attributes;
  const detail = listed(
    filter !== undefined && `${scope === 'MessageBody' ? 'body' : 'attributes'} ${inShort(filter)}`,
    attributes.RawMessageDelivery === 'true' && 'raw',
  );
  const deadLetters = deadLetterOf(subscription);
  return [
    edgeOf('subscription', [arn, endpoint], { via, off, detail }),
    ...(deadLetters ? [edgeOf('dead-letter', [arn, deadLetters], { via, off })] : []),
  ];
}

const isOutside = ({ endpoint }: Subscription) => !endpoint.startsWith('arn:');
