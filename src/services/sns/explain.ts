/**
 * Why subscriptions get a message and others do not: `POST /_millrace/v1/sns/explain?topicArn=…`,
 * the body being what Publish takes, as JSON; it may name the topic too. Nothing is published.
 *
 * Subscriptions that would get it come first, then the others by how near their filters come.
 */
import { AwsError } from '../../core/errors.ts';
import { json, said } from '../../core/json-answer.ts';
import type { Stack } from '../../delivery/stack.ts';
import { explain, type Mismatch, sentenceOf } from '../../event-patterns/explain.ts';
import type { MessageAttributeMap } from '../../wire/types/sns.ts';
import type { Route } from '../service.ts';
import { readTopicArn, subscriptionArn } from './arns.ts';
import { filterOf, type Reason, type Seen, seen } from './filter.ts';
import { draftOf } from './message.ts';
import { ofTopic, type Subscription, storeOf } from './store.ts';
import { platformOf } from './subscribers.ts';
import { findTopic } from './topic.ts';

export const EXPLAIN = '/_millrace/v1/sns/explain';

export interface Verdict extends Partial<Mismatch> {
  readonly arn: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly matches: boolean;
  /** As SNS's metrics have it, or `PendingConfirmation`. */
  readonly reason?: Reason | 'PendingConfirmation';
  readonly because?: string;
}

export const explainMessage: Route = async (stack, { method, query, body }) => {
  if (method !== 'POST') return said(405, `${EXPLAIN} takes POST, not ${method}.`);
  try {
    const subscriptions = await verdicts(stack, query.get('topicArn') ?? undefined, body);
    return subscriptions ? json(200, { subscriptions }) : said(404, 'Topic does not exist');
  } catch (cause) {
    if (cause instanceof AwsError) return said(cause.status, cause.message);
    if (cause instanceof SyntaxError) return said(400, 'The body is no JSON.');
    throw cause;
  }
};

async function verdicts(stack: Stack, topicArn: string | undefined, body: Uint8Array) {
  const input = (JSON.parse(new TextDecoder().decode(body)) ?? {}) as Input;
  const look = lookAt(input);
  const address = readTopicArn(topicArn ?? input.TopicArn ?? '', 'TopicArn');
  if (!(await findTopic(stack, address))) return undefined;
  const rows = await storeOf(stack).subscriptions.list(ofTopic(address));
  return rows.map(({ value }) => verdict(value, look)).sort((a, b) => nearness(b) - nearness(a));
}

/** A message as filters see it. */
export function lookAt(input: Input): Seen {
  const { variants, message, attributes } = draftOf(
    {
      ...input,
      Message: input.Message ?? '',
      MessageAttributes: withBytes(input.MessageAttributes),
    },
    Number.POSITIVE_INFINITY,
  );
  return seen({ attributes, body: (protocol) => variants?.[protocol] ?? message });
}

function nearness({ matches, nearness: near = 0 }: Verdict): number {
  return matches ? 2 : near;
}

/** What the subscription would do with it now. */
export function verdict(subscription: Subscription, look: Seen): Verdict {
  const { protocol, endpoint } = subscription;
  const about = { arn: subscriptionArn(subscription), protocol, endpoint };
  if (!subscription.confirmed) {
    return { ...about, matches: false, reason: 'PendingConfirmation' };
  }
  const as = protocol === 'application' ? platformOf(endpoint) : protocol;
  const filter = filterOf(subscription);
  const reason = filter && look.reasonAgainst(filter, as);
  if (!filter || reason === undefined) return { ...about, matches: true };
  const view = look.viewOf(filter, as);
  const mismatch = view && explain(filter.pattern, view);
  const why = mismatch && { because: sentenceOf(mismatch), ...mismatch };
  return { ...about, matches: false, reason, ...why };
}

/** What Publish takes, as JSON. */
export interface Input {
  readonly TopicArn?: string;
  readonly Message?: string;
  readonly MessageStructure?: string;
  readonly MessageAttributes?: Readonly<Record<string, Attribute>>;
}

interface Attribute {
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64. */
  readonly BinaryValue?: string;
}

function withBytes(given: Input['MessageAttributes'] = {}): MessageAttributeMap {
  const entries = Object.entries(given).map(([name, { BinaryValue, ...attribute }]) => {
    const bytes = BinaryValue === undefined ? {} : { BinaryValue: bytesOf(BinaryValue) };
    return [name, { ...attribute, ...bytes }];
  });
  return Object.fromEntries(entries);
}

function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}
