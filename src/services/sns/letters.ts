/**
 * Dead letters of subscriptions: what would have been delivered, without a word of the error. Who
 * gave it up and why is known from the journal, the subscription also from the envelope's
 * UnsubscribeURL; of a raw message only the journal knows.
 *
 * One that is sent again is delivered by what the subscription says now, and signed anew, because
 * its text may have been edited.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
 */
import { AwsError } from '../../core/errors.ts';
import { isObject, parseJson } from '../../core/json-value.ts';
import {
  deliveryOf,
  type Letter,
  type Letters,
  lastError,
  lastTarget,
} from '../../delivery/letters.ts';
import type { Stack } from '../../delivery/stack.ts';
import { type Attribute, Refused } from '../../delivery/targets.ts';
import { readSubscriptionArn } from './arns.ts';
import { type Notice, textOf } from './notice.ts';
import { signature, signingKey } from './signing.ts';
import { ofTopic, partitionOf, storeOf, type Topic } from './store.ts';
import { subscriber } from './subscribers.ts';
import { factsOf } from './topic.ts';

const SUBSCRIPTION = /^arn:[^:]+:sns:[^:]*:\d+:[^:]+:[^:]+$/;

export const letters: Letters = {
  read(letter) {
    const { buried } = letter;
    if (buried?.kind === 'dead-letter' && SUBSCRIPTION.test(buried.arn)) {
      const { arn: source, outcome: code = 'Unknown' } = buried;
      return { source, code, error: lastError(letter) ?? code, origin: lastTarget(letter) };
    }
    // Brought here by a subscription, which has nothing to do with dead letters.
    if (buried) return undefined;
    const source = envelopeIn(letter)?.subscription;
    return source === undefined
      ? undefined
      : { source, code: 'Unknown', error: 'The journal has forgotten why it was not delivered.' };
  },

  async again(stack, letter, { source }) {
    const found = await subscriptionOf(stack, source);
    if (!found) throw new Refused('NO_RESOURCE', `The subscription ${source} is gone.`);
    const { topic, row } = found;
    const { delivery } = subscriber(topic, row);
    const notice = noticeIn(stack, letter, found.arn);
    const body = textOf(factsOf(topic).fifo ? notice : await signed(stack, topic, notice));
    const { group } = letter;
    const ordered = factsOf(topic).fifo && group !== undefined && { group };
    return { delivery: { ...deliveryOf(stack, letter, delivery), ...ordered }, body };
  },
};

async function subscriptionOf(stack: Stack, source: string) {
  try {
    const { topic: address, id } = readSubscriptionArn(source);
    const { topics, subscriptions } = storeOf(stack);
    const topic = (await topics.get(partitionOf(address), address.name))?.value;
    const row = await subscriptions.get(ofTopic(address), id);
    const arn = source.slice(0, source.lastIndexOf(':'));
    return topic && row?.value.confirmed ? { topic, row, arn } : undefined;
  } catch (cause) {
    if (cause instanceof AwsError) return undefined;
    throw cause;
  }
}

/** What was published, as far as the letter still says. */
function noticeIn({ clock }: Stack, letter: Letter, topicArn: string): Notice {
  const { id, body, attributes, group, buried } = letter;
  // A queue that takes each message once must not take this one for the first.
  const inGroup = group === undefined ? {} : { group, dedupId: id };
  const envelope = envelopeIn(letter)?.members;
  if (!envelope) {
    const named = Object.keys(attributes).length > 0 && { attributes };
    const about = { id: buried?.id ?? id, topicArn, atMs: clock.nowMs() };
    return { ...about, message: body, ...named, ...inGroup };
  }
  const { Subject: subject, SequenceNumber: sequence, MessageAttributes: given } = envelope;
  return {
    id: String(envelope.MessageId),
    topicArn,
    atMs: Date.parse(String(envelope.Timestamp)) || clock.nowMs(),
    message: String(envelope.Message),
    ...(typeof subject === 'string' && { subject }),
    ...(isObject(given) && { attributes: attributesIn(given) }),
    ...(typeof sequence === 'string' && { sequence }),
    ...inGroup,
  };
}

function attributesIn(given: Readonly<Record<string, unknown>>): Record<string, Attribute> {
  const attributes = Object.entries(given).flatMap(([name, one]): [string, Attribute][] => {
    if (!isObject(one)) return [];
    const [DataType, value] = [String(one.Type), String(one.Value)];
    const isBinary = DataType.startsWith('Binary');
    return [[name, { DataType, ...(isBinary ? { BinaryValue: value } : { StringValue: value }) }]];
  });
  return Object.fromEntries(attributes);
}

async function signed(stack: Stack, topic: Topic, notice: Notice): Promise<Notice> {
  const { signatureVersion: version } = factsOf(topic);
  const { id, topicArn, atMs, message, subject } = notice;
  const text = await signature(stack, version, {
    Message: message,
    MessageId: id,
    Subject: subject,
    Timestamp: new Date(atMs).toISOString(),
    TopicArn: topicArn,
    Type: 'Notification',
  });
  const { file } = await signingKey(stack);
  return { ...notice, signed: { version, file, by: { '': text } } };
}

/** The members of an envelope, and the subscription that its last line names. */
function envelopeIn({ body }: Letter) {
  if (!body.startsWith('{') || !body.includes('"UnsubscribeURL"')) return undefined;
  const members = parseJson(body);
  if (!isObject(members) || members.Type !== 'Notification') return undefined;
  const url = String(members.UnsubscribeURL);
  const subscription = URL.canParse(url) && new URL(url).searchParams.get('SubscriptionArn');
  return subscription ? { members, subscription } : undefined;
}
