/**
 * One request to a collector, as OTLP over HTTP has it, and what its answer means.
 *
 * The address comes from who runs the server, so it is not among those that targets may not have.
 * Headers hold keys and stand in no message.
 * https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Clock } from '../core/clock.ts';
import { http } from '../core/node-http.ts';
import { VERSION } from '../core/version.ts';
import type { TelemetrySettings } from './settings.ts';

export type Answer =
  | { readonly kind: 'taken'; readonly rejected: number; readonly why: string }
  /** It will not do better another time. */
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'later'; readonly waitMs: number | undefined; readonly why: string };

/** Everything else is for good. */
const LATER = new Set([429, 502, 503, 504]);
const MOST_REPLY_CHARS = 65_536;
/** How long whoever waits for the end of the server waits for the collector. */
export const HURRY_MS = 2_000;

const squeeze = promisify(gzip);

type Settings = Pick<TelemetrySettings, 'url' | 'headers' | 'timeoutMs' | 'gzip'>;

export class Collector {
  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #open: (options: RequestOptions) => ClientRequest;
  readonly #agent: Agent;
  #timeoutMs: number;
  #request: ClientRequest | undefined;

  constructor(settings: Settings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    this.#timeoutMs = settings.timeoutMs;
    const https = process.getBuiltinModule('node:https');
    const isPlain = settings.url.protocol === 'http:';
    const one = { keepAlive: true, maxSockets: 1 };
    this.#open = isPlain ? http.request : https.request;
    this.#agent = isPlain ? new http.Agent(one) : new https.Agent(one);
  }

  /** As people may read it: without what may be a key. */
  get address(): string {
    const { origin, pathname } = this.#settings.url;
    return origin + pathname;
  }

  async send(text: string): Promise<Answer> {
    const plain = Buffer.from(text);
    const body = this.#settings.gzip ? await squeeze(plain) : plain;
    return this.#exchange(body).catch((cause: Error) => later(cause.message));
  }

  /** The server ends: what is under way is waited for a little, and what comes after it. */
  hurry(): void {
    this.#timeoutMs = Math.min(this.#timeoutMs, HURRY_MS);
    const request = this.#request;
    if (!request) return;
    this.#clock.afterWallMs(this.#timeoutMs, () => request.destroy(new Error('the server ends')));
  }

  close(): void {
    this.#agent.destroy();
  }

  #exchange(body: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = this.#open(this.#options(body));
      this.#request = request;
      const late = () => request.destroy(new Error('there was no answer in time'));
      const timer = this.#clock.afterWallMs(this.#timeoutMs, late);
      const end = () => {
        timer.cancel();
        this.#request = undefined;
      };
      request.on('error', (cause) => {
        end();
        reject(cause);
      });
      request.on('response', (response) => {
        replyOf(response)
          .then((reply) => resolve(this.#meaning(response, reply)), reject)
          .finally(end);
      });
      request.end(body);
    });
  }

  #options(body: Buffer): RequestOptions {
    const { url, headers, gzip: isSqueezed } = this.#settings;
    const { username, password } = url;
    return {
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port,
      path: url.pathname + url.search,
      agent: this.#agent,
      ...(username && { auth: `${decodeURIComponent(username)}:${decodeURIComponent(password)}` }),
      headers: {
        'User-Agent': `OTel-OTLP-Exporter-Millrace/${VERSION}`,
        ...headers,
        'Content-Type': 'application/json',
        'Content-Length': body.length,
        ...(isSqueezed && { 'Content-Encoding': 'gzip' }),
      },
    };
  }

  #meaning({ statusCode: status = 0, headers }: IncomingMessage, reply: string): Answer {
    if (status >= 200 && status < 300) return taken(reply);
    const why = `it answered with status ${status}`;
    if (!LATER.has(status)) return { kind: 'refused', why };
    return { kind: 'later', waitMs: this.#waitOf(headers['retry-after']), why };
  }

  /** Seconds, or a date. */
  #waitOf(text: string | undefined): number | undefined {
    if (text === undefined) return undefined;
    const waitMs = /^\d+$/.test(text)
      ? Number(text) * 1_000
      : Date.parse(text) - this.#clock.wallNowMs();
    return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined;
  }
}

function later(why: string): Answer {
  return { kind: 'later', waitMs: undefined, why };
}

/** It may have taken some and rejected others; those are not to be sent again. */
function taken(reply: string): Answer {
  try {
    const { rejectedSpans, errorMessage } = JSON.parse(reply).partialSuccess ?? {};
    const rejected = Number(rejectedSpans ?? 0);
    const why = String(errorMessage ?? '').slice(0, 500);
    return { kind: 'taken', rejected: Number.isSafeInteger(rejected) ? rejected : 0, why };
  } catch {
    return { kind: 'taken', rejected: 0, why: '' };
  }
}

async function replyOf(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  // Read to its end, so that the connection can be used again.
  for await (const chunk of response as AsyncIterable<string>) {
    if (text.length < MOST_REPLY_CHARS) text += chunk;
  }
  return text;
}
