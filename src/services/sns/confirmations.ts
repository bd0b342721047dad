/**
 * Confirmations: whoever owns an endpoint is asked before it gets messages, and told when its
 * subscription ends. The token in both is good for two days.
 *
 * A token begins with the subscription's id, so it leads to its row; the rest is a secret.
 */
import { timingSafeEqual } from 'node:crypto';
import { deliver, type Item } from '../../delivery/deliver.ts';
import { type Job, schedule, TIMETABLE, WORK } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Storage, Write } from '../../storage/storage.ts';
import { subscriptionArn, type TopicAddress, topicArn } from './arns.ts';
import { textObject } from './envelope.ts';
import type { LetterShape } from './origin.ts';
import { CUSTOMER_MANAGED, HTTP_DEFAULT, type RetrySchedule } from './retry-schedules.ts';
import { certificateUrl, signature, signingKey } from './signing.ts';
import { ofTopic, type Subscription, storeOf, type Ticket, type Topic } from './store.ts';
import { addressOf, isHttp } from './subscribers.ts';
import { factsOf } from './topic.ts';

const SECRET_BYTES = 88;
const ID_DIGITS = 32;

export function newTicket(stack: Stack, subscriptionId: string): Ticket {
  const token = subscriptionId.replaceAll('-', '') + stack.ids.hex(SECRET_BYTES);
  const untilMs = stack.clock.nowMs() + stack.settings.quotas['sns.confirmationMs'];
  return { token, untilMs };
}

/** The id of the subscription that a token is about; undefined for what is no token. */
export function subscriptionIdIn(token: string): string | undefined {
  if (!/^[0-9a-f]+$/.test(token) || token.length <= ID_DIGITS) return undefined;
  const cuts = [0, 8, 12, 16, 20, ID_DIGITS];
  return cuts
    .slice(1)
    .map((end, index) => token.slice(cuts[index], end))
    .join('-');
}

/** Whether the ticket is still good and `token` is its token. */
export function opens(ticket: Ticket | undefined, token: string, nowMs: number): boolean {
  if (!ticket || ticket.untilMs <= nowMs || ticket.token.length !== token.length) return false;
  return timingSafeEqual(Buffer.from(ticket.token), Buffer.from(token));
}

export function subscribeUrl(stack: Stack, topic: TopicAddress, token: string): string {
  const arn = topicArn(topic);
  return `${stack.endpoint()}/?Action=ConfirmSubscription&TopicArn=${arn}&Token=${token}`;
}

/** The writes that send a confirmation, now or, to a host that just got one, a little later. */
export async function sendLetter(
  stack: Stack,
  topic: Topic,
  subscription: Subscription,
  letter: LetterShape['letter'],
): Promise<readonly Write[]> {
  const item = await letterItem(stack, topic, subscription, letter);
  const atMs = letter === 'SubscriptionConfirmation' ? turnOf(stack, subscription) : 0;
  if (atMs <= stack.clock.nowMs()) return deliver(stack, [item]);
  return [schedule(stack, WORK, SEND, JSON.stringify(item), atMs)];
}

async function letterItem(
  stack: Stack,
  topic: Topic,
  subscription: Subscription,
  letter: LetterShape['letter'],
): Promise<Item> {
  const id = stack.ids.uuid();
  const shape: LetterShape = { letter, id, topicArn: topicArn(topic) };
  const retry: RetrySchedule = isHttp(subscription) ? HTTP_DEFAULT : CUSTOMER_MANAGED;
  const delivery = {
    origin: 'sns',
    cause: id,
    sourceArn: subscriptionArn(subscription),
    policySourceArn: topicArn(topic),
    account: topic.account,
    region: topic.region,
    to: addressOf(subscription),
    shape: { ...shape },
    retry: { ...retry },
    sinceMs: stack.clock.nowMs(),
    hops: 0,
  };
  return { delivery, body: await letterText(stack, topic, subscription, shape) };
}

async function letterText(
  stack: Stack,
  topic: Topic,
  subscription: Subscription,
  { letter, id }: LetterShape,
): Promise<string> {
  const token = subscription.ticket?.token ?? '';
  const told = {
    Type: letter,
    MessageId: id,
    Token: token,
    TopicArn: topicArn(topic),
    Message: sentence(subscription, letter),
    SubscribeURL: subscribeUrl(stack, topic, token),
    Timestamp: new Date(stack.clock.nowMs()).toISOString(),
  };
  const { signatureVersion: version } = factsOf(topic);
  const Signature = await signature(stack, version, told);
  const SigningCertURL = certificateUrl(stack, (await signingKey(stack)).file);
  return textObject({ ...told, SignatureVersion: version, Signature, SigningCertURL });
}

function sentence(subscription: Subscription, letter: LetterShape['letter']): string {
  const visit = 'visit the SubscribeURL included in this message.';
  return letter === 'SubscriptionConfirmation'
    ? `You have chosen to subscribe to the topic ${topicArn(subscription.topic)}.\n` +
        `To confirm the subscription, ${visit}`
    : `You have chosen to deactivate subscription ${subscriptionArn(subscription)}.\n` +
        `To cancel this operation and restore the subscription, ${visit}`;
}

/** Anybody may subscribe anybody's host, so one that has not agreed gets one message in 10 s. */
const HOST_PAUSE_MS = 10_000;
const MOST_HOSTS = 10_000;

const nextTurns = new WeakMap<Storage, Map<string, number>>();

/** When the host may be asked; this machine, which development talks to, is never spared. */
function turnOf(stack: Stack, subscription: Subscription): number {
  if (!isHttp(subscription)) return 0;
  const { hostname } = new URL(subscription.endpoint);
  if (/^(?:localhost|127\.[\d.]+|\[::1\]|.*\.localhost)$/.test(hostname)) return 0;
  let turns = nextTurns.get(stack.storage);
  if (!turns || turns.size >= MOST_HOSTS) {
    turns = new Map();
    nextTurns.set(stack.storage, turns);
  }
  const atMs = Math.max(stack.clock.nowMs(), turns.get(hostname) ?? 0);
  turns.set(hostname, atMs + HOST_PAUSE_MS);
  return atMs;
}

const SEND = 'sns/send-confirmation';
const EXPIRE = 'sns/expire-ticket';

interface ExpiryNote {
  readonly topic: TopicAddress;
  readonly id: string;
  readonly token: string;
}

/**
 * The write that ends what its ticket can no longer change: a subscription that nobody confirmed,
 * or the memory of one that was removed.
 */
export function expiry(stack: Stack, { topic, id }: Subscription, ticket: Ticket): Write {
  const note: ExpiryNote = { topic, id, token: ticket.token };
  return schedule(stack, TIMETABLE, EXPIRE, JSON.stringify(note), ticket.untilMs);
}

const sendLater: Job = (stack, { note }) => deliver(stack, [JSON.parse(note) as Item]);

const expire: Job = async (stack, due) => {
  const { topic, id, token } = JSON.parse(due.note) as ExpiryNote;
  const { subscriptions, removed } = storeOf(stack);
  const partition = ofTopic(topic);
  const writes: Write[] = [];
  for (const rows of [subscriptions, removed]) {
    const row = await rows.get(partition, id);
    const spent = row?.value.ticket?.token === token && (rows === removed || !row.value.confirmed);
    if (row && spent) writes.push(rows.remove(partition, id, row.version));
  }
  return writes;
};

export const confirmationJobs: Readonly<Record<string, Job>> = {
  [SEND]: sendLater,
  [EXPIRE]: expire,
};
