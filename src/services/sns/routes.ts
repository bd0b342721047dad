/**
 * Plain HTTP paths of SNS: the certificate that signs messages, the outbox, and tokens of
 * subscriptions that wait for confirmation. Those below `/_aws/` are LocalStack's, member by
 * member, so that tests written for it find what they look for.
 */
import { json } from '../../core/json-answer.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Route, RouteAnswer, RouteRequest } from '../service.ts';
import { readSubscriptionArn } from './arns.ts';
import { PHONE_NUMBER } from './direct.ts';
import { EXPLAIN, explainMessage } from './explain.ts';
import { clearOutbox, outbox, type Posted } from './outbox.ts';
import { setOptedOut } from './phone-numbers.ts';
import { CERTIFICATES, certificates } from './signing.ts';
import { ofTopic, partitionOf, storeOf } from './store.ts';

const gone: RouteAnswer = { status: 204, headers: {}, body: '' };

function notAllowed(method: string, path: string): RouteAnswer {
  return json(405, { message: `${path} does not take ${method}.` });
}

interface Place {
  readonly account: string;
  readonly region: string;
}

/** The account and Region asked for: LocalStack's names for them, or ours. */
function placeOf({ settings }: Stack, { query }: RouteRequest): Place {
  return {
    account: query.get('accountId') ?? query.get('account') ?? settings.account,
    region: query.get('region') ?? settings.region,
  };
}

/** What people and consoles read: every message, as it is kept. */
const outboxRoute: Route = async (stack, request) => {
  const place = placeOf(stack, request);
  if (request.method === 'DELETE') {
    await clearOutbox(stack, place);
    return gone;
  }
  if (request.method !== 'GET') return notAllowed(request.method, request.path);
  const [protocol, endpoint] = [request.query.get('protocol'), request.query.get('endpoint')];
  const wanted = (message: Posted) =>
    (protocol === null || message.protocol === protocol) &&
    (endpoint === null || message.endpoint === endpoint);
  return json(200, { messages: (await outbox(stack, place)).filter(wanted) });
};

interface LocalStackRoute {
  readonly protocol: string;
  /** The member of the answer that holds the messages by endpoint. */
  readonly member: string;
  /** The query parameter that names one endpoint. */
  readonly parameter: string;
  /** The member of a message that holds its endpoint. */
  readonly endpoint: string;
}

function localStackRoute(names: LocalStackRoute): Route {
  return async (stack, request) => {
    const place = placeOf(stack, request);
    if (request.method === 'DELETE') {
      await clearOutbox(stack, place);
      return gone;
    }
    if (request.method !== 'GET') return notAllowed(request.method, request.path);
    const only = request.query.get(names.parameter);
    const byEndpoint: Record<string, unknown[]> = Object.create(null);
    if (only !== null) byEndpoint[only] = [];
    for (const message of await outbox(stack, place)) {
      const { endpoint, protocol } = message;
      if (protocol !== names.protocol || (only !== null && endpoint !== only)) continue;
      byEndpoint[endpoint] ??= [];
      byEndpoint[endpoint].push(localStackMessage(message, names.endpoint));
    }
    return json(200, { [names.member]: byEndpoint, region: place.region });
  };
}

function localStackMessage(message: Posted, endpointName: string) {
  return {
    [endpointName]: message.endpoint,
    TopicArn: message.topicArn ?? null,
    SubscriptionArn: message.subscriptionArn ?? null,
    MessageId: message.messageId,
    Message: message.message,
    MessageAttributes: message.attributes ?? null,
    MessageStructure: message.structure ?? null,
    Subject: message.subject ?? null,
  };
}

const TOKENS = '/_aws/sns/subscription-tokens/';

const tokenRoute: Route = async (stack, { path }) => {
  const arn = decoded(path.slice(TOKENS.length));
  const { topic, id } = readSubscriptionArn(arn);
  const row = await storeOf(stack).subscriptions.get(ofTopic(topic), id);
  const token = row?.value.confirmed ? undefined : row?.value.ticket?.token;
  if (token === undefined) {
    const error = 'The provided SubscriptionARN is not found';
    return json(404, { error, subscription_arn: arn });
  }
  return json(200, { subscription_token: token, subscription_arn: arn });
};

/** Colons may come escaped; what is no escape stays as it is. */
function decoded(text: string): string {
  return text.replace(/%[0-7][0-9a-f]/gi, (code) => decodeURIComponent(code));
}

/** Who wants no messages: POST and DELETE `{"phoneNumber": "+…"}`, GET for the list. */
const optedOutRoute: Route = async (stack, request) => {
  const place = placeOf(stack, request);
  if (request.method === 'GET') {
    const rows = await storeOf(stack).phoneNumbers.list(partitionOf(place));
    const phoneNumbers = rows.filter(({ value }) => value.optedOut).map(({ key }) => key);
    return json(200, { phoneNumbers });
  }
  if (request.method !== 'POST' && request.method !== 'DELETE') {
    return notAllowed(request.method, request.path);
  }
  const number = phoneNumberIn(request.body);
  if (number === undefined) return json(400, { message: 'phoneNumber must be in E.164 format.' });
  await setOptedOut({ stack }, place, number, request.method === 'POST');
  return gone;
};

function phoneNumberIn(body: Uint8Array): string | undefined {
  try {
    const { phoneNumber } = JSON.parse(Buffer.from(body).toString('utf8'));
    return PHONE_NUMBER.test(phoneNumber) ? phoneNumber : undefined;
  } catch {
    return undefined;
  }
}

export const routes: Readonly<Record<string, Route>> = {
  [CERTIFICATES]: certificates,
  [TOKENS]: tokenRoute,
  '/_aws/sns/sms-messages': localStackRoute({
    protocol: 'sms',
    member: 'sms_messages',
    parameter: 'phoneNumber',
    endpoint: 'PhoneNumber',
  }),
  '/_aws/sns/platform-endpoint-messages': localStackRoute({
    protocol: 'application',
    member: 'platform_endpoint_messages',
    parameter: 'endpointArn',
    endpoint: 'TargetArn',
  }),
  [EXPLAIN]: explainMessage,
  '/_millrace/v1/sns/outbox': outboxRoute,
  '/_millrace/v1/sns/opted-out-numbers': optedOutRoute,
};
