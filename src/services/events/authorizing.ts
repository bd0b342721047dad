/**
 * Fetching OAuth tokens for connections: when one is made or updated, when the token has run out,
 * and when an endpoint no longer takes it.
 *
 * The grant is `client_credentials`. Which way of naming the client AWS uses is not documented;
 * as servers differ, it is named both in the Authorization header and among the parameters.
 */
import { exchange, type HttpRequest } from '../../delivery/http.ts';
import { type Job, schedule, WORK } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import { Refused } from '../../delivery/targets.ts';
import type { Stored } from '../../storage/collection.ts';
import { Conflict, type Storage, type Write } from '../../storage/storage.ts';
import { additionsOf, Headers, withQuery } from './http-requests.ts';
import { type Connection, type OAuthToken, storeOf } from './store.ts';

export const AUTHORIZE_CONNECTION = 'events/authorize-connection';

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html: client time-out. */
export const TIMEOUT_MS = 5000;
const MOST_TRIES = 5;

interface Note {
  readonly partition: string;
  readonly connection: string;
  readonly authorizing: string;
  readonly tries: number;
}

/** The write that has the connection authorised, where that takes a token. */
export function authorization(
  stack: Stack,
  partition: string,
  { name, authorizing }: Connection,
): readonly Write[] {
  if (authorizing === undefined) return [];
  return [attempt(stack, { partition, connection: name, authorizing, tries: 1 }, 0)];
}

function attempt(stack: Stack, note: Note, waitMs: number): Write {
  const atMs = stack.clock.nowMs() + waitMs;
  return schedule(stack, WORK, AUTHORIZE_CONNECTION, JSON.stringify(note), atMs);
}

export const authorizeConnection: Job = async (stack, due) => {
  const note = JSON.parse(due.note) as Note;
  const { connections } = storeOf(stack);
  const row = await connections.get(note.partition, note.connection);
  if (!row || row.value.authorizing !== note.authorizing) return [];
  const put = (change: Partial<Connection>) => {
    const changed = { ...row.value, authorizing: undefined, ...change };
    return connections.put(note.partition, row.key, changed, row.version);
  };
  try {
    const token = await fetchToken(stack, row.value);
    return [put({ state: 'AUTHORIZED', token, authorizedAtMs: stack.clock.nowMs() })];
  } catch (cause) {
    if (!(cause instanceof Refused)) throw cause;
    if (cause.retryable && note.tries < MOST_TRIES) {
      return [attempt(stack, { ...note, tries: note.tries + 1 }, 1000 * 2 ** note.tries)];
    }
    return [put({ state: 'DEAUTHORIZED', stateReason: cause.message.slice(0, 512) })];
  }
};

const renewals = new WeakMap<Storage, Map<string, Promise<OAuthToken>>>();

/** Fetches and keeps a new token; those who ask meanwhile get the same. */
export function renewToken(
  stack: Stack,
  partition: string,
  row: Stored<Connection>,
): Promise<OAuthToken> {
  const running = renewals.get(stack.storage) ?? new Map<string, Promise<OAuthToken>>();
  renewals.set(stack.storage, running);
  const { arn } = row.value;
  const renewal =
    running.get(arn) ?? renew(stack, partition, row).finally(() => running.delete(arn));
  running.set(arn, renewal);
  return renewal;
}

async function renew(
  stack: Stack,
  partition: string,
  row: Stored<Connection>,
): Promise<OAuthToken> {
  const token = await fetchToken(stack, row.value);
  const changed: Connection = { ...row.value, token, authorizedAtMs: stack.clock.nowMs() };
  const put = storeOf(stack).connections.put(partition, row.key, changed, row.version);
  // Whoever changed the connection meanwhile has a token fetched for himself.
  await stack.storage.commit([put]).catch((cause: unknown) => {
    if (!(cause instanceof Conflict)) throw cause;
  });
  return token;
}

async function fetchToken(stack: Stack, connection: Connection): Promise<OAuthToken> {
  const reply = await exchange(stack, tokenRequest(connection));
  if (reply.status !== 200 && reply.status !== 201) {
    const retryable = reply.status >= 500 || reply.status === 429;
    const message = `The authorization endpoint answered with status ${reply.status}.`;
    throw new Refused('SDK_CLIENT_ERROR', message, { retryable });
  }
  const { access_token: value, expires_in: seconds } = readAnswer(reply.body);
  if (typeof value !== 'string') {
    throw new Refused('SDK_CLIENT_ERROR', 'The authorization endpoint answered without a token.');
  }
  const livesMs = Number(seconds) * 1000;
  return livesMs > 0 ? { value, expiresAtMs: stack.clock.nowMs() + livesMs } : { value };
}

function readAnswer(body: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(body) ?? {};
  } catch {
    return {};
  }
}

function tokenRequest({ auth }: Connection): HttpRequest {
  const { OAuthParameters: oauth } = auth;
  const { ClientID: id = '', ClientSecret: secret = '' } = oauth?.ClientParameters ?? {};
  const endpoint = oauth?.AuthorizationEndpoint ?? '';
  const method = oauth?.HttpMethod ?? 'POST';
  const { headers: extra, query, body } = additionsOf(oauth?.OAuthHttpParameters);
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: id,
    client_secret: secret,
  });
  for (const [name, value] of body) form.set(name, value);
  const headers = new Headers()
    .set('Authorization', `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`)
    .set('Content-Type', 'application/x-www-form-urlencoded; charset=utf-8')
    .set('Accept', 'application/json');
  for (const [name, value] of extra) headers.set(name, value);
  const inQuery = method === 'GET' ? [...form, ...query] : query;
  return {
    url: withQuery(endpoint, inQuery),
    method,
    headers: headers.toObject(),
    body: method === 'GET' ? '' : form.toString(),
    timeoutMs: TIMEOUT_MS,
  };
}
