/**
 * Subscriptions: made, confirmed, listed, ended.
 *
 * Subscribing the same endpoint twice is one subscription. One that needs its owner's word gets
 * nothing but the question until the word comes; after two days it is forgotten.
 */
import { parseArn } from '../../core/arn.ts';
import type { Stored } from '../../storage/collection.ts';
import type { Write } from '../../storage/storage.ts';
import type { Operations, SubscribeInput, Subscription as Wire } from '../../wire/types/sns.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { checkAccess } from './access.ts';
import { readSubscriptionArn, readTopicArn, subscriptionArn, topicArn } from './arns.ts';
import { change, listed, type Plan } from './change.ts';
import { expiry, newTicket, opens, sendLetter, subscriptionIdIn } from './confirmations.ts';
import { checkEndpoint } from './endpoints.ts';
import { fault, invalid } from './errors.ts';
import { checkFilterCount, checkSubscriptionCount } from './limits.ts';
import { begin, readReplayPolicy } from './replays.ts';
import { ofTopic, partitionOf, type Subscription, storeOf, type Topic } from './store.ts';
import { checkedAttributes, checkOwner, shownEndpoint } from './subscription-attributes.ts';
import { findTopic, knownTopic } from './topic.ts';

export const Subscribe: Operation<Operations['Subscribe']> = (call, input) =>
  change(call.stack, async () => {
    const { topic } = await knownTopic(call, input.TopicArn);
    const endpoint = await checkEndpoint(call, topic, input.Protocol, input.Endpoint ?? '');
    checkAccess(call, topic, 'SNS:Subscribe', {
      'sns:Protocol': input.Protocol,
      'sns:Endpoint': endpoint,
    });
    const bearer = { protocol: input.Protocol, endpoint, topic };
    const attributes = checkedAttributes(input.Attributes ?? {}, bearer);
    const rows = await storeOf(call.stack).subscriptions.list(ofTopic(topic));
    const same = rows.find(
      ({ value }) => value.protocol === input.Protocol && value.endpoint === endpoint,
    );
    if (same) return subscribedAgain(call, topic, same, attributes, input);
    checkSubscriptionCount(call, topic, rows, input.Protocol);
    if (attributes.FilterPolicy !== undefined) await checkFilterCount(call, topic);
    return subscribedNewly(call, topic, { ...bearer, attributes }, input);
  });

type SubscribePlan = Plan<{ readonly SubscriptionArn: string }>;
type Attributes = Subscription['attributes'];

/** A question that was not answered is put once more, with a new token. */
async function subscribedAgain(
  call: Call,
  topic: Topic,
  { key, value, version }: Stored<Subscription>,
  attributes: Attributes,
  input: SubscribeInput,
): Promise<SubscribePlan> {
  const differs = Object.entries(attributes).some(([name, set]) => value.attributes[name] !== set);
  if (differs) {
    throw invalid('Attributes Reason: Subscription already exists with different attributes');
  }
  const answer = answerFor(value, input);
  if (value.confirmed) return { writes: [], answer };
  const ticket = newTicket(call.stack, value.id);
  const renewed = { ...value, ticket };
  const put = storeOf(call.stack).subscriptions.put(ofTopic(topic), key, renewed, version);
  const letter = await sendLetter(call.stack, topic, renewed, 'SubscriptionConfirmation');
  return { writes: [put, expiry(call.stack, renewed, ticket), ...letter], answer };
}

async function subscribedNewly(
  call: Call,
  topic: Topic,
  about: Pick<Subscription, 'protocol' | 'endpoint' | 'attributes'>,
  input: SubscribeInput,
): Promise<SubscribePlan> {
  const { stack } = call;
  const id = stack.ids.uuid();
  const confirmed = speaksForItself(call, about);
  const ticket = confirmed ? undefined : newTicket(stack, id);
  const { account, region, name } = topic;
  const made: Subscription = {
    id,
    topic: { account, region, name },
    ...about,
    owner: call.account,
    principal: call.principalArn,
    confirmed,
    authenticated: confirmed,
    ...(ticket && { ticket }),
    createdAtMs: stack.clock.nowMs(),
  };
  const replay = replayOf(call, made);
  const subscription = { ...made, ...(replay && { replay: replay.replay }) };
  const writes: Write[] = [
    storeOf(stack).subscriptions.put(ofTopic(topic), id, subscription, 0),
    ...abroad(call, subscription),
    ...(replay ? [replay.write] : []),
  ];
  if (ticket) {
    const letter = await sendLetter(stack, topic, subscription, 'SubscriptionConfirmation');
    writes.push(expiry(stack, subscription, ticket), ...letter);
  }
  return { writes, answer: answerFor(subscription, input) };
}

function replayOf(call: Call, subscription: Subscription) {
  const { ReplayPolicy: policy } = subscription.attributes;
  const span = policy === undefined ? '' : readReplayPolicy(policy);
  return typeof span === 'string' ? undefined : begin(call.stack, subscription, span);
}

/** Keeps a note for owners in other accounts, whose lists begin at their own account. */
function abroad(call: Call, subscription: Subscription): readonly Write[] {
  const { owner, topic } = subscription;
  if (owner === topic.account) return [];
  const arn = subscriptionArn(subscription);
  const partition = partitionOf({ account: owner, region: topic.region });
  return [storeOf(call.stack).abroad.put(partition, arn, { arn })];
}

/** Whether no question is needed: the caller owns the endpoint, or nobody could answer. */
function speaksForItself(
  call: Call,
  { protocol, endpoint }: Pick<Subscription, 'protocol' | 'endpoint'>,
): boolean {
  if (protocol === 'sqs' || protocol === 'lambda')
    return parseArn(endpoint)?.account === call.account;
  return protocol === 'sms' || protocol === 'application';
}

function answerFor(subscription: Subscription, { ReturnSubscriptionArn: always }: SubscribeInput) {
  const told = subscription.confirmed || always === true;
  return { SubscriptionArn: told ? subscriptionArn(subscription) : 'pending confirmation' };
}

export const ConfirmSubscription: Operation<Operations['ConfirmSubscription']> = (call, input) =>
  change(call.stack, async () => {
    const { stack } = call;
    const address = readTopicArn(input.TopicArn, 'TopicArn');
    const found = await findTopic(stack, address);
    if (!found) throw fault('NotFound', 'Topic does not exist');
    const { subscriptions, removed } = storeOf(stack);
    const id = subscriptionIdIn(input.Token);
    if (id === undefined) throw invalid('Token');
    const partition = ofTopic(address);
    const present = await subscriptions.get(partition, id);
    const row = present ?? (await removed.get(partition, id));
    if (!row || !opens(row.value.ticket, input.Token, stack.clock.nowMs())) throw invalid('Token');
    const answer = { SubscriptionArn: subscriptionArn(row.value) };
    // Whoever follows the link once more is told the same (observed by others).
    if (present?.value.confirmed) return { writes: [], answer };

    const signed = call.signed !== false;
    const confirmed: Subscription = {
      ...row.value,
      confirmed: true,
      authenticated: signed,
      ...(signed && input.AuthenticateOnUnsubscribe === 'true' && { endsSigned: true }),
    };
    const put = subscriptions.put(partition, id, confirmed, present?.version ?? 0);
    const back = present
      ? []
      : [removed.remove(partition, id, row.version), ...abroad(call, confirmed)];
    return { writes: [put, ...back], answer };
  });

/** Who is told that a subscription ended, and how to have it back. */
const TOLD_OF_THE_END = new Set(['http', 'https', 'email', 'email-json']);

export const Unsubscribe: Operation<Operations['Unsubscribe']> = (call, input) =>
  change(call.stack, async () => {
    const { stack } = call;
    const { topic: address, id } = readSubscriptionArn(input.SubscriptionArn);
    const { subscriptions, removed } = storeOf(stack);
    const partition = ofTopic(address);
    const row = await subscriptions.get(partition, id);
    const found = row && (await findTopic(stack, address));
    // Idempotent: what is not there needs no end.
    if (!row || !found) return { writes: [], answer: {} };
    checkMayEnd(call, row.value);

    const ticket = newTicket(stack, id);
    const ended = { ...row.value, ticket };
    const writes: Write[] = [
      subscriptions.remove(partition, id, row.version),
      removed.put(partition, id, ended),
      expiry(stack, ended, ticket),
      ...forgetAbroad(call, ended),
    ];
    if (ended.confirmed && TOLD_OF_THE_END.has(ended.protocol)) {
      writes.push(...(await sendLetter(stack, found.topic, ended, 'UnsubscribeConfirmation')));
    }
    return { writes, answer: {} };
  });

/** Whoever has the URL of the message may end its subscription, unless that was ruled out. */
function checkMayEnd(call: Call, subscription: Subscription): void {
  if (call.signed !== false) checkOwner(call, subscription);
  else if (subscription.endsSigned) {
    const message = 'This subscription can be ended by authenticated requests only.';
    throw fault('AuthorizationError', message);
  }
}

export function forgetAbroad(call: Call, subscription: Subscription): readonly Write[] {
  const { owner, topic } = subscription;
  if (owner === topic.account) return [];
  const partition = partitionOf({ account: owner, region: topic.region });
  return [storeOf(call.stack).abroad.remove(partition, subscriptionArn(subscription))];
}

export const ListSubscriptionsByTopic: Operation<Operations['ListSubscriptionsByTopic']> = async (
  call,
  input,
) => {
  const { topic } = await knownTopic(call, input.TopicArn);
  checkAccess(call, topic, 'SNS:ListSubscriptionsByTopic');
  const rows = await storeOf(call.stack).subscriptions.list(ofTopic(topic));
  const page = listed(call, rows, ({ key }) => key, input.NextToken, [input.TopicArn]);
  return {
    Subscriptions: page.items.map(({ value }) => wireOf(value)),
    NextToken: page.token,
  };
};

export const ListSubscriptions: Operation<Operations['ListSubscriptions']> = async (
  call,
  { NextToken: token },
) => {
  const all = [...(await atHome(call)), ...(await elsewhere(call))];
  all.sort((a, b) => (subscriptionArn(a) < subscriptionArn(b) ? -1 : 1));
  const page = listed(call, all, subscriptionArn, token);
  return { Subscriptions: page.items.map(wireOf), NextToken: page.token };
};

/** The caller's subscriptions to topics of its own account. */
async function atHome(call: Call): Promise<readonly Subscription[]> {
  const { topics, subscriptions } = storeOf(call.stack);
  const found: Subscription[] = [];
  for (const { value: topic } of await topics.list(partitionOf(call))) {
    for (const { value } of await subscriptions.list(ofTopic(topic))) {
      if (value.owner === call.account) found.push(value);
    }
  }
  return found;
}

async function elsewhere(call: Call): Promise<readonly Subscription[]> {
  const { abroad: notes, subscriptions } = storeOf(call.stack);
  const found: Subscription[] = [];
  for (const { value: note } of await notes.list(partitionOf(call))) {
    const { topic, id } = readSubscriptionArn(note.arn);
    const row = await subscriptions.get(ofTopic(topic), id);
    if (row) found.push(row.value);
  }
  return found;
}

function wireOf(subscription: Subscription): Wire {
  return {
    SubscriptionArn: subscription.confirmed ? subscriptionArn(subscription) : 'PendingConfirmation',
    Owner: subscription.owner,
    Protocol: subscription.protocol,
    Endpoint: shownEndpoint(subscription),
    TopicArn: topicArn(subscription.topic),
  };
}
