/**
 * An API destination as a target: one HTTP request with what the connection says, within 5 s.
 *
 * Refused for a while are 401, 407, 409, 429 and 5xx, for good all others. A token that an
 * endpoint does not take is renewed for the next attempt.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
 */
import { parseArn } from '../../core/arn.ts';
import { asRequestHeader } from '../../core/trace-header.ts';
import { exchange, type HttpReply, type HttpRequest, retryAfter } from '../../delivery/http.ts';
import type { Stack } from '../../delivery/stack.ts';
import { type Delivery, type Payload, Refused, type Target } from '../../delivery/targets.ts';
import type { Stored } from '../../storage/collection.ts';
import type { HttpParameters } from '../../wire/types/events.ts';
import { connectionOf } from './api-destinations.ts';
import { renewToken, TIMEOUT_MS } from './authorizing.ts';
import { additionsOf, Headers, withMembers, withPath, withQuery } from './http-requests.ts';
import { forgetWaits, waitMs } from './rate-limits.ts';
import { type ApiDestination, type Connection, partitionOf, storeOf } from './store.ts';

export const apiDestination: Target = {
  inside: false,
  async handOver(stack, { delivery, payload }) {
    const destination = await destinationAt(stack, delivery.to.arn);
    const row = await authorized(stack, destination);
    const wait = waitMs(stack, delivery, destination.ratePerSecond);
    if (wait > 0) throw new RateLimited(wait);
    const token = await tokenFor(stack, destination, row);
    const reply = await send(stack, requestFor(destination, row.value, token, delivery, payload));
    if (reply.status >= 200 && reply.status < 300) {
      forgetWaits(stack, delivery);
      return { writes: [] };
    }
    const isStale = token !== undefined && (reply.status === 401 || reply.status === 407);
    if (isStale) await renewToken(stack, partitionAt(row.value.arn), row);
    throw refusedBy(stack, reply);
  },
};

/** The destination's rate limit holds the delivery back; no request was made. */
export class RateLimited extends Refused {
  constructor(retryAfterMs: number) {
    super('THROTTLING', 'The rate limit of the API destination is reached.', {
      retryable: true,
      retryAfterMs,
    });
  }
}

function partitionAt(arn: string): string {
  return partitionOf(parseArn(arn) ?? { account: '', region: '' });
}

async function destinationAt(stack: Stack, arn: string): Promise<ApiDestination> {
  const name = arn.split('/')[1] ?? '';
  const row = await storeOf(stack).apiDestinations.get(partitionAt(arn), name);
  if (row?.value.arn === arn) return row.value;
  throw new Refused('NO_RESOURCE', `An api-destination '${arn}' does not exist.`);
}

async function authorized(
  stack: Stack,
  { connectionArn }: ApiDestination,
): Promise<Stored<Connection>> {
  const row = await connectionOf(stack, connectionArn);
  if (!row) throw new Refused('NO_RESOURCE', `Connection '${connectionArn}' does not exist.`);
  if (row.value.state === 'AUTHORIZED') return row;
  const message = `The connection is in state ${row.value.state}.`;
  throw new Refused('NO_PERMISSIONS', message, { retryable: row.value.state === 'AUTHORIZING' });
}

/** The connection's OAuth token, a new one where it has run out; undefined without OAuth. */
async function tokenFor(
  stack: Stack,
  destination: ApiDestination,
  row: Stored<Connection>,
): Promise<string | undefined> {
  const { authorizationType, token } = row.value;
  if (authorizationType !== 'OAUTH_CLIENT_CREDENTIALS') return undefined;
  const endsAtMs = token?.expiresAtMs ?? Number.POSITIVE_INFINITY;
  if (token && endsAtMs > stack.clock.nowMs()) return token.value;
  return (await renewToken(stack, partitionAt(destination.connectionArn), row)).value;
}

function requestFor(
  destination: ApiDestination,
  { auth }: Connection,
  token: string | undefined,
  { to, traceHeader }: Delivery,
  payload: Payload,
): HttpRequest {
  const http = to.params?.http as HttpParameters | undefined;
  const extra = additionsOf(auth.InvocationHttpParameters, http);
  const headers = new Headers()
    .set('User-Agent', 'Amazon/EventBridge/ApiDestinations')
    .set('Content-Type', 'application/json; charset=utf-8')
    .set('Range', 'bytes=0-1048575')
    .set('Accept-Encoding', 'gzip,deflate')
    .set('Connection', 'close');
  const added = [...Object.entries(asRequestHeader(traceHeader)), ...extra.headers];
  for (const [name, value] of added) headers.set(name, value);
  const { BasicAuthParameters: basic, ApiKeyAuthParameters: key } = auth;
  if (token !== undefined) headers.set('Authorization', `Bearer ${token}`);
  else if (key) headers.set(key.ApiKeyName ?? '', key.ApiKeyValue ?? '');
  else if (basic) headers.set('Authorization', basicOf(basic.Username, basic.Password));
  return {
    url: withQuery(withPath(destination.endpoint, http?.PathParameterValues), extra.query),
    method: destination.method,
    headers: headers.toObject(),
    body: withMembers(payload.body, extra.body),
    timeoutMs: TIMEOUT_MS,
  };
}

function basicOf(username = '', password = ''): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** AWS puts these words before every reason. */
const PREFIX = 'Unable to invoke ApiDestination endpoint: ';

async function send(stack: Stack, request: HttpRequest): Promise<HttpReply> {
  return exchange(stack, request).catch((cause: unknown) => {
    if (!(cause instanceof Refused)) throw cause;
    const { code, message, retryable } = cause;
    const known = code === 'CONNECTION_FAILURE' ? 'SDK_CLIENT_ERROR' : code;
    throw new Refused(known, PREFIX + message, { retryable });
  });
}

const RETRIED = [401, 407, 409, 429];

function refusedBy(stack: Stack, { status, headers }: HttpReply): Refused {
  const retryable = status >= 500 || RETRIED.includes(status);
  const retryAfterMs = retryAfter(stack, headers['retry-after']);
  const code = status === 429 ? 'THROTTLING' : 'ERROR_FROM_TARGET';
  const why = `because the endpoint returned ${status} status code`;
  const message = `${PREFIX}The request failed ${why}.`;
  return new Refused(code, message, {
    retryable,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}
