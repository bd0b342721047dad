/**
 * Fan-out: one message becomes a delivery for each subscription that wants it.
 *
 * All hand-overs to queues are in the writes that come back, so they are durable together with
 * the message and happen exactly once. Subscriptions that a replay is catching up with get the
 * message from the archive instead.
 */
import { tracedAs } from '../../core/trace-context.ts';
import { deliver, type Item } from '../../delivery/deliver.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Write } from '../../storage/storage.ts';
import { archived } from './archives.ts';
import { type Reason, seen } from './filter.ts';
import {
  contentOf,
  messageFor,
  type Notice,
  type Signatures,
  textOf,
  variantFor,
} from './notice.ts';
import { paced } from './pacing.ts';
import { signature, signingKey } from './signing.ts';
import { ofTopic, storeOf, type Topic } from './store.ts';
import { type Subscriber, subscribersOf } from './subscribers.ts';
import { factsOf } from './topic.ts';

/** Where a message comes from. */
export interface Source {
  /** Events that led to it. */
  readonly causes?: readonly string[];
  readonly hops: number;
  readonly traceHeader?: string | undefined;
}

interface Choice {
  readonly chosen: readonly Subscriber[];
  readonly left: readonly { readonly subscriber: Subscriber; readonly reason: string }[];
  /** Those whose replay will deliver it. */
  readonly replaying: readonly Subscriber[];
}

/** The writes by which messages of one topic come to be and go out, in order. */
export async function fanOut(
  stack: Stack,
  topic: Topic,
  notices: readonly Notice[],
  source: Source,
): Promise<readonly Write[]> {
  const subscribers = await subscribersOf(stack, topic);
  const writes: Write[] = [];
  const items: Item[] = [];
  for (const notice of notices) {
    const choice = choose(subscribers, notice);
    const body = textOf(await sign(stack, topic, notice, choice.chosen));
    writes.push(...record(stack, notice, choice, source), ...archived(topic, notice, body));
    writes.push(...choice.replaying.map((subscriber) => fence(stack, topic, subscriber)));
    for (const subscriber of choice.chosen) {
      const item = { delivery: deliveryOf(subscriber, notice, source), body };
      const { maxReceivesPerSecond: rate } = subscriber;
      const later = rate === undefined ? undefined : paced(stack, item, rate);
      if (later) writes.push(later);
      else items.push(item);
    }
  }
  writes.push(...(await deliver(stack, items)));
  return writes;
}

function choose(subscribers: readonly Subscriber[], notice: Notice): Choice {
  const chosen: Subscriber[] = [];
  const left: { subscriber: Subscriber; reason: string }[] = [];
  const replaying: Subscriber[] = [];
  const { attributes } = notice;
  const look = seen({ attributes, body: (protocol) => messageFor(notice, protocol) });
  for (const subscriber of subscribers) {
    const { filter, shape, row } = subscriber;
    const { replay } = row.value;
    const reason: Reason = filter && look.reasonAgainst(filter, shape.as);
    if (reason !== undefined) left.push({ subscriber, reason });
    else if (replay?.untilMs !== undefined && notice.atMs > replay.untilMs) {
      left.push({ subscriber, reason: 'ReplayEnded' });
    } else if (replay?.status === 'Pending' || replay?.status === 'In progress') {
      replaying.push(subscriber);
    } else chosen.push(subscriber);
  }
  return { chosen, left, replaying };
}

/** What a message is to a subscription. */
export function deliveryOf(subscriber: Subscriber, notice: Notice, source: Source) {
  const { sequence, group } = notice;
  const { traceHeader } = source;
  return {
    ...subscriber.delivery,
    cause: notice.id,
    sinceMs: notice.atMs,
    hops: source.hops,
    ...(sequence !== undefined && group !== undefined && { group }),
    ...(traceHeader !== undefined && { traceHeader }),
  };
}

/** Signs once per text, and only what some subscription gets in an envelope. */
async function sign(
  stack: Stack,
  topic: Topic,
  notice: Notice,
  chosen: readonly Subscriber[],
): Promise<Notice> {
  const { fifo, signatureVersion: version } = factsOf(topic);
  if (fifo) return notice;
  const by: Record<string, string> = {};
  for (const { shape } of chosen) {
    if (shape.form !== 'envelope') continue;
    const variant = variantFor(notice, shape.as);
    by[variant] ??= await signature(stack, version, {
      Message: messageFor(notice, shape.as),
      MessageId: notice.id,
      Subject: notice.subject,
      Timestamp: new Date(notice.atMs).toISOString(),
      TopicArn: notice.topicArn,
      Type: 'Notification',
    });
  }
  if (Object.keys(by).length === 0) return notice;
  const signed: Signatures = { version, file: (await signingKey(stack)).file, by };
  return { ...notice, signed };
}

/**
 * A replay's end and a message that is left to the replay must not pass each other: both write
 * the subscription's row, so one of them plans again and sees the other.
 */
function fence(stack: Stack, topic: Topic, { row }: Subscriber): Write {
  return storeOf(stack).subscriptions.put(ofTopic(topic), row.key, row.value, row.version);
}

/** Past this many, those that filtered a message out are counted and not named. */
const MOST_NAMED = 5;

function record(stack: Stack, notice: Notice, choice: Choice, source: Source): readonly Write[] {
  const { journal } = stack;
  if (!journal.on) return [];
  const { id, atMs, topicArn, subject } = notice;
  const { causes } = source;
  const facts: Write[] = [];
  const parent = notice.attributes?.traceparent?.StringValue;
  const about = {
    ...(causes && { causes }),
    ...(subject !== undefined && { note: subject }),
    // What a rule brings is in the trace of its event.
    ...(source.hops === 0 && tracedAs(source.traceHeader, parent)),
  };
  const content = journal.wantsContent() ? contentOf(notice) : undefined;
  facts.push(...journal.record({ kind: 'publish', id, arn: topicArn, atMs, ...about, content }));
  for (const { arn, row } of choice.chosen) {
    const target = row.value.endpoint;
    facts.push(...journal.record({ kind: 'match', id, arn, atMs, target }));
  }
  facts.push(...recordLeft(stack, notice, choice));
  return facts;
}

function recordLeft({ journal }: Stack, notice: Notice, choice: Choice): readonly Write[] {
  const { id, atMs, topicArn: arn } = notice;
  const { chosen, left, replaying } = choice;
  const fact = { kind: 'drop', id, arn, atMs } as const;
  if (left.length === 0) {
    if (chosen.length + replaying.length > 0) return [];
    return journal.record({ ...fact, outcome: 'NO_SUBSCRIPTION' });
  }
  if (left.length > MOST_NAMED) {
    const note = `by ${left.length} subscriptions`;
    return journal.record({ ...fact, outcome: 'FILTERED', note });
  }
  return left.flatMap(({ subscriber, reason }) =>
    journal.record({ ...fact, arn: subscriber.arn, outcome: 'FILTERED', note: reason }),
  );
}
