/**
 * Outgoing HTTP: subscriptions with an http or https endpoint, API destinations, OAuth.
 *
 * One request, one answer: redirects are not followed, 64 KB of the answer are read, and the
 * whole exchange has to end within a time on the machine's clock, because the other end lives in
 * real time even when the stack does not; a stack that closes breaks it off. A request that was
 * answered may still be repeated: the answer is seen before the delivery's end is durable, so
 * HTTP targets get at-least-once.
 */
import type {
  ClientRequest,
  IncomingHttpHeaders,
  IncomingMessage,
  RequestOptions,
} from 'node:http';
import { isIP } from 'node:net';
import { http as plainHttp } from '../core/node-http.ts';
import { asRequestHeader } from '../core/trace-header.ts';
import { Forbidden, guardedLookup, portOf, refusal } from './http-guard.ts';
import type { Stack } from './stack.ts';
import { BrokenOff, type Handover, type Parcel, Refused, type Target } from './targets.ts';

export interface HttpRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The first 64 KB. */
  readonly body: string;
}

/** What an `Address` of kind `http` may say besides its URL. */
export interface HttpParams {
  /** POST unless it says otherwise. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** Statuses of the 4xx range that trying again may mend; 429 unless it says otherwise. */
  readonly retryStatuses?: readonly number[];
}

/** SNS waits 15 s: https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html */
export const HTTP_TIMEOUT_MS = 15_000;
const MOST_REPLY_BYTES = 65_536;

/** Sends one request. Throws `Refused` when there is no answer. */
export async function exchange(stack: Stack, request: HttpRequest): Promise<HttpReply> {
  const options = optionsOf(stack, request);
  const { request: open } =
    options.protocol === 'https:' ? process.getBuiltinModule('node:https') : plainHttp;
  return new Promise((resolve, reject) => {
    const outgoing = begin(open, options);
    const late = new Refused('TIMEOUT', 'The endpoint did not answer in time.', RETRYABLE);
    const timer = stack.clock.afterWallMs(request.timeoutMs, () => fail(late));
    const fail = (cause: Error) => {
      timer.cancel();
      outgoing.destroy();
      reject(stack.closing.aborted ? new BrokenOff() : asRefused(cause));
    };
    outgoing.on('error', fail);
    outgoing.on('response', (response) => {
      readReply(response).then((reply) => {
        timer.cancel();
        outgoing.destroy();
        resolve(reply);
      }, fail);
    });
    outgoing.end(request.body);
  });
}

const RETRYABLE = { retryable: true };

/** Header values with line breaks, and whatever else Node refuses, do not leave this machine. */
function begin(
  open: (options: RequestOptions) => ClientRequest,
  options: RequestOptions,
): ClientRequest {
  try {
    return open(options);
  } catch (cause) {
    throw asForbidden(cause instanceof Error ? cause.message : String(cause));
  }
}

function optionsOf(stack: Stack, request: HttpRequest): RequestOptions {
  const url = parseUrl(request.url);
  const port = portOf(url);
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const reason = isIP(hostname) ? refusal(stack, hostname, port) : undefined;
  if (reason) throw asForbidden(reason);
  const credentials = credentialsOf(url);
  return {
    protocol: url.protocol,
    hostname,
    port,
    path: url.pathname + url.search,
    method: request.method,
    headers: framed(request),
    agent: false,
    lookup: guardedLookup(stack, port),
    signal: stack.closing,
    ...(credentials !== undefined && { auth: credentials }),
  };
}

/**
 * The headers, with our own word on where the body ends: Node sends the body of a GET or DELETE
 * without one, and another's word could make a second request of the rest.
 */
function framed({ headers, body }: HttpRequest): Record<string, string | number> {
  const given = Object.entries(headers).filter(([name]) => !FRAMING.has(name.toLowerCase()));
  if (body === '') return Object.fromEntries(given);
  return { ...Object.fromEntries(given), 'Content-Length': Buffer.byteLength(body) };
}

const FRAMING = new Set(['content-length', 'transfer-encoding']);

function credentialsOf({ username, password }: URL): string | undefined {
  if (username === '') return undefined;
  try {
    return `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  } catch {
    throw asForbidden('The credentials in the URL are not percent-encoded.');
  }
}

/** WHATWG URLs drop line breaks silently; a URL that has any is not one we send to. */
function parseUrl(text: string): URL {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is for
  if (/[\u0000-\u0020\u007f]/.test(text)) throw asForbidden('The URL has control characters.');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw asForbidden('The endpoint is not an http or https URL.');
  }
  return url;
}

function asForbidden(reason: string): Refused {
  return new Refused('SDK_CLIENT_ERROR', reason);
}

function asRefused(cause: Error): Refused {
  if (cause instanceof Refused) return cause;
  if (cause instanceof Forbidden) return asForbidden(cause.message);
  return new Refused('CONNECTION_FAILURE', cause.message, RETRYABLE);
}

async function readReply(response: IncomingMessage): Promise<HttpReply> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, MOST_REPLY_BYTES - bytes));
    bytes += chunk.length;
    if (bytes >= MOST_REPLY_BYTES) break;
  }
  const body = Buffer.concat(chunks).toString('utf8');
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

/** What it means to hand a parcel to a URL: one request, whose status tells how it went. */
export const http: Target = {
  inside: false,
  async handOver(stack: Stack, { delivery, payload }: Parcel): Promise<Handover> {
    const params = (delivery.to.params ?? {}) as HttpParams;
    const reply = await exchange(stack, {
      url: delivery.to.arn,
      method: params.method ?? 'POST',
      headers: {
        ...asRequestHeader(delivery.traceHeader),
        ...params.headers,
        ...payload.headers,
      },
      body: payload.body,
      timeoutMs: params.timeoutMs ?? HTTP_TIMEOUT_MS,
    });
    if (reply.status >= 200 && reply.status < 300) return { writes: [] };
    throw refusedBy(stack, reply, params.retryStatuses ?? [429]);
  },
};

/** A redirect will be one tomorrow too, so it is as final as a refusal. */
function refusedBy(stack: Stack, reply: HttpReply, retryStatuses: readonly number[]): Refused {
  const { status } = reply;
  const retryable = status < 200 || status >= 500 || retryStatuses.includes(status);
  const retryAfterMs = retryAfter(stack, reply.headers['retry-after']);
  return new Refused(`HTTP_${status}`, `The endpoint answered with status ${status}.`, {
    retryable,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** `Retry-After` is a number of seconds or a date. */
export function retryAfter(stack: Stack, header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const waitMs = /^\d+$/.test(header)
    ? Number(header) * 1000
    : Date.parse(header) - stack.clock.wallNowMs();
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined;
}
