/** From a topic on: its subscriptions. */
import type { Content } from '../../admin-api/index.ts';
import { parseArn } from '../../core/arn.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Mismatch } from '../../event-patterns/explain.ts';
import { type DeclaredWay, notKnown, notMatched, notThen, off } from '../way-parts.ts';
import { subscriptionArn, type TopicAddress } from './arns.ts';
import { type Input, lookAt, type Verdict, verdict } from './explain.ts';
import type { Reason, Seen } from './filter.ts';
import { ofTopic, type Subscription, storeOf } from './store.ts';

export async function ways(stack: Stack, published: Content): Promise<readonly DeclaredWay[]> {
  const { arn, content, atMs } = published;
  const topic = topicAt(arn);
  if (!topic) return [];
  const rows = await storeOf(stack).subscriptions.list(ofTopic(topic));
  const isKept = typeof content === 'object' && content !== null;
  const look = isKept ? lookAt(content as Input) : undefined;
  return rows.map(({ value }) => wayOf(value, look, atMs));
}

function topicAt(text: string): TopicAddress | undefined {
  const arn = parseArn(text);
  if (arn?.service !== 'sns' || !/^[\w-]+(\.fifo)?$/.test(arn.resource)) return undefined;
  return { account: arn.account, region: arn.region, name: arn.resource };
}

function wayOf(subscription: Subscription, look: Seen | undefined, atMs: number): DeclaredWay {
  const { protocol, endpoint, replay } = subscription;
  const about = {
    arn: subscriptionArn(subscription),
    name: `${protocol} ${nameIn(endpoint)}`,
    kind: 'subscription' as const,
    targets: [endpoint],
  };
  // Its filter is looked at although nothing goes to one that is not confirmed.
  const told = look && verdict({ ...subscription, confirmed: true }, look);
  const mismatch = told && mismatchIn(told, subscription);
  const why = WHOLE[told?.reason ?? ''] ?? told?.because;
  if (!subscription.confirmed) {
    const what = 'The subscription waits to be confirmed by its endpoint.';
    return off(about, 'pending-confirmation', what, mismatch, why);
  }
  if (replay?.untilMs !== undefined && atMs > replay.untilMs) {
    const what = 'The subscription takes nothing more: its replay has come to its end.';
    return off(about, 'disabled', what, mismatch, why);
  }
  if (mismatch) return notMatched(about, mismatch, why);
  if (!told) return notKnown(about);
  const when = 'it was made, confirmed or changed later';
  return notThen(about, `The subscription would take it now, and did not then: ${when}.`);
}

/** Of what an ARN names, or the address itself. */
function nameIn(endpoint: string): string {
  return parseArn(endpoint) ? endpoint.slice(endpoint.lastIndexOf(':') + 1) : endpoint;
}

/** Where there is nothing that a filter could look into. */
const WHOLE: Readonly<Record<string, string>> = {
  NoMessageAttributes: 'The filter looks at attributes, and the message has none.',
  InvalidAttributes: 'The filter looks at attributes, and an array among them is none.',
  InvalidMessageBody: 'The filter looks into the body, and the body is no JSON object.',
} satisfies Partial<Record<NonNullable<Reason>, string>>;

function mismatchIn(
  { matches, path = '', wanted, found = [], nearness = 0 }: Verdict,
  { attributes }: Subscription,
): Mismatch | undefined {
  if (matches) return undefined;
  const policy = wanted ?? attributes.FilterPolicy ?? '';
  return { path, wanted: policy, found, nearness, acrossElements: false };
}
