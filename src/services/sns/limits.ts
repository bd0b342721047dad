/**
 * How many topics, subscriptions and filter policies there may be.
 * https://docs.aws.amazon.com/general/latest/gr/sns.html#limits_sns
 */
import type { Storage } from '../../storage/storage.ts';
import type { Call } from '../call.ts';
import { fault, invalid } from './errors.ts';
import { ofTopic, partitionOf, type Subscription, storeOf, type Topic } from './store.ts';
import { factsOf, isFifo } from './topic.ts';

interface Census {
  standard: number;
  fifo: number;
}

const census = new WeakMap<Storage, Map<string, Census>>();

/** Topics are counted once and then kept count of: listing them for each new one is quadratic. */
async function countOf(call: Call): Promise<Census> {
  const partition = partitionOf(call);
  const { storage } = call.stack;
  let places = census.get(storage);
  if (!places) {
    places = new Map();
    census.set(storage, places);
  }
  const before = places.get(partition);
  if (before) return before;
  const topics = await storeOf(call.stack).topics.list(partition);
  const fifo = topics.filter(({ value }) => isFifo(value)).length;
  const count = { standard: topics.length - fifo, fifo };
  places.set(partition, count);
  return count;
}

/** Refuses a topic too many. */
export async function checkTopicCount(call: Call, name: string): Promise<void> {
  if (!isFull(call, name, await countOf(call))) return;
  // Other nodes may have deleted some that were counted here.
  census.get(call.stack.storage)?.delete(partitionOf(call));
  if (!isFull(call, name, await countOf(call))) return;
  throw fault('TopicLimitExceeded', 'The account already owns the maximum number of topics.');
}

function isFull({ stack }: Call, name: string, { standard, fifo }: Census): boolean {
  const { quotas } = stack.settings;
  return isFifo({ name })
    ? fifo >= quotas['sns.fifoTopicsPerAccount']
    : standard >= quotas['sns.topicsPerAccount'];
}

/** Called when a topic came to be or is no more. */
export async function topicsChanged(call: Call, name: string, by: 1 | -1): Promise<void> {
  const count = await countOf(call);
  if (isFifo({ name })) count.fifo += by;
  else count.standard += by;
}

/** Messages above 256 KiB reach AWS's own services only, and few of them. */
const LARGE_BYTES = 262_144;
const TAKES_LARGE = new Set(['sqs', 'lambda', 'firehose']);

function isLarge(maxBytes: number | undefined): boolean {
  return maxBytes !== undefined && maxBytes > LARGE_BYTES;
}

/** Refuses a subscription too many. */
export function checkSubscriptionCount(
  call: Call,
  topic: Topic,
  others: readonly { readonly value: Subscription }[],
  protocol: string,
): void {
  const { quotas } = call.stack.settings;
  const large = isLarge(factsOf(topic).maxBytes);
  if (large && !TAKES_LARGE.has(protocol)) {
    throw invalid(`Protocol Reason: ${protocol} does not take messages of more than 256 KiB`);
  }
  const most = isFifo(topic)
    ? quotas['sns.subscriptionsPerFifoTopic']
    : large
      ? quotas['sns.subscriptionsPerLargeTopic']
      : Number.POSITIVE_INFINITY;
  if (others.length < most) return;
  const message = `The topic already has the maximum of ${most} subscriptions.`;
  throw fault('SubscriptionLimitExceeded', message);
}

/** Refuses a MaximumMessageSize that some subscription could not take. */
export async function checkLargeMessages(call: Call, topic: Topic, value: string): Promise<void> {
  if (!isLarge(Number(value))) return;
  const rows = await storeOf(call.stack).subscriptions.list(ofTopic(topic));
  const most = call.stack.settings.quotas['sns.subscriptionsPerLargeTopic'];
  const tooSmall = rows.find((row) => !TAKES_LARGE.has(row.value.protocol))?.value.protocol;
  if (tooSmall !== undefined) {
    throw invalid(`MaximumMessageSize Reason: the topic has a subscription of ${tooSmall}`);
  }
  if (rows.length > most) {
    throw invalid(`MaximumMessageSize Reason: the topic has more than ${most} subscriptions`);
  }
}

/** Refuses a filter policy too many, for the topic or for its account. */
export async function checkFilterCount(call: Call, topic: Topic): Promise<void> {
  const { quotas } = call.stack.settings;
  const { topics, subscriptions } = storeOf(call.stack);
  const filtersOf = async (of: Topic) => {
    const rows = await subscriptions.list(ofTopic(of));
    return rows.filter(({ value }) => value.attributes.FilterPolicy !== undefined).length;
  };
  const exceeded = (most: number, whose: string) =>
    fault('FilterPolicyLimitExceeded', `The ${whose} has the maximum of ${most} filter policies.`);
  const here = quotas['sns.filterPoliciesPerTopic'];
  if ((await filtersOf(topic)) >= here) throw exceeded(here, 'topic');
  const everywhere = quotas['sns.filterPoliciesPerAccount'];
  let total = 0;
  for (const { value } of await topics.list(partitionOf(topic))) {
    total += await filtersOf(value);
    if (total >= everywhere) throw exceeded(everywhere, 'account');
  }
}
