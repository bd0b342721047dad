/**
 * The Lambda Runtime API of one execution environment, on a port of its own: some runtimes take
 * host and port apart at the colon, so no path could tell environments apart.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 *
 * It only speaks the protocol. What an answer or the lack of one means is the environment's.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import { http } from '../core/node-http.ts';
import { MOST_ANSWER_BYTES } from './failures.ts';

const RUNTIME = '/2018-06-01/runtime/';
const MOST_ERROR_BYTES = MOST_ANSWER_BYTES;
const MOST_HEADER_BYTES = 1_048_576;

export interface Event {
  readonly requestId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string;
}

export type Answer =
  | { readonly kind: 'result'; readonly payload: string }
  | { readonly kind: 'error'; readonly payload: string; readonly type: string }
  | { readonly kind: 'too large' }
  | {
      readonly kind: 'stream';
      readonly contentType: string;
      readonly request: Readable;
      /** The error of the trailers, as JSON, once the body is over. */
      readonly error: () => string | undefined;
    };

/** What the environment hears of its processes. */
export interface RuntimeListener {
  /** The runtime asks for an event; it has begun its life, or has ended the one before. */
  asked(): void;
  answered(answer: Answer): void;
  initFailed(payload: string, type: string): void;
  /** Another path, such as those of extensions; false when there is none. */
  other(path: string, request: IncomingMessage, response: ServerResponse): boolean;
}

export class RuntimeApi {
  readonly #server: Server;
  readonly #listener: RuntimeListener;
  #asking: ServerResponse | undefined;
  /** The invocation that runs. */
  #current: string | undefined;
  #answered = false;

  constructor(listener: RuntimeListener) {
    this.#listener = listener;
    this.#server = http.createServer({
      keepAliveTimeout: 0,
      requestTimeout: 0,
      headersTimeout: 0,
      // The error of a stream comes as a trailer, with its whole trace.
      maxHeaderSize: MOST_HEADER_BYTES,
    });
    this.#server.timeout = 0;
    this.#server.on('request', (request, response) => this.#serve(request, response));
    this.#server.on('clientError', (_error, socket) => socket.destroy());
  }

  /** Resolves with `host:port`. */
  listen(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', () => {
        const { port } = this.#server.address() as AddressInfo;
        resolve(`127.0.0.1:${port}`);
      });
    });
  }

  /** A connection that needs no port. */
  connect(channel: Duplex): void {
    this.#server.emit('connection', channel);
  }

  get asked(): boolean {
    return this.#asking !== undefined;
  }

  /** Hands an event to the runtime, which has asked for it. */
  hand({ requestId, headers, payload }: Event): void {
    const response = this.#asking;
    this.#asking = undefined;
    this.#current = requestId;
    this.#answered = false;
    response?.writeHead(200, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(payload),
      ...headers,
    });
    response?.end(payload);
  }

  /** Forgets the process that was, before another is started. */
  reset(): void {
    this.#asking = undefined;
    this.#current = undefined;
    this.#server.closeAllConnections();
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #serve(request: IncomingMessage, response: ServerResponse) {
    const { method, url = '' } = request;
    if (isOfPage(request)) {
      return refuse(response, 403, 'Forbidden', 'The Runtime API is not for web pages.');
    }
    if (method === 'GET' && url === `${RUNTIME}invocation/next`) return this.#next(response);
    const post = method === 'POST' && url.startsWith(RUNTIME) ? url.slice(RUNTIME.length) : '';
    const [noun, id = '', verb] = post.split('/');
    if (noun === 'invocation' && verb === 'response') return this.#response(id, request, response);
    if (noun === 'invocation' && verb === 'error') return this.#error(id, request, response);
    if (post === 'init/error') return this.#initError(request, response);
    if (this.#listener.other(url, request, response)) return;
    response.writeHead(404, { 'Content-Type': 'text/plain' }).end('404 page not found\n');
  }

  #next(response: ServerResponse): void {
    this.#asking = response;
    response.once('close', () => {
      if (this.#asking === response) this.#asking = undefined;
    });
    this.#listener.asked();
  }

  #accepts(id: string, response: ServerResponse): boolean {
    if (id === this.#current && !this.#answered) {
      this.#answered = true;
      return true;
    }
    refuse(response, 400, 'InvalidRequestID', 'Invalid request ID');
    return false;
  }

  #response(id: string, request: IncomingMessage, response: ServerResponse) {
    if (!this.#accepts(id, response)) return;
    const mode = request.headers['lambda-runtime-function-response-mode'];
    if (mode === 'streaming') return this.#stream(request, response);
    if (mode !== undefined) {
      const type = 'InvalidFunctionResponseMode';
      refuse(response, 400, type, 'Invalid function response mode');
      return this.#listener.answered({ kind: 'error', payload: '', type: `Runtime.${type}` });
    }
    read(request, MOST_ANSWER_BYTES, (payload) => {
      if (payload !== undefined) {
        this.#listener.answered({ kind: 'result', payload });
        return this.#acceptAnswer(request, response);
      }
      this.#listener.answered({ kind: 'too large' });
      if (asksForNext(request)) return this.#next(response);
      const message = `Exceeded maximum allowed payload size (${MOST_ANSWER_BYTES} bytes).`;
      refuse(response, 413, 'RequestEntityTooLarge', message);
    });
  }

  #error(id: string, request: IncomingMessage, response: ServerResponse): void {
    if (!this.#accepts(id, response)) return;
    read(request, MOST_ERROR_BYTES, (payload = '') => {
      this.#listener.answered({ kind: 'error', payload, type: errorType(request) });
      this.#acceptAnswer(request, response);
    });
  }

  #acceptAnswer(request: IncomingMessage, response: ServerResponse): void {
    if (asksForNext(request)) this.#next(response);
    else accept(response);
  }

  #initError(request: IncomingMessage, response: ServerResponse): void {
    read(request, MOST_ERROR_BYTES, (payload = '') => {
      accept(response);
      this.#listener.initFailed(payload, errorType(request));
    });
  }

  #stream(request: IncomingMessage, response: ServerResponse): void {
    request.once('end', () => accept(response));
    const error = () => {
      const encoded = request.trailers['lambda-runtime-function-error-body'];
      if (encoded) return Buffer.from(encoded, 'base64').toString();
      const type = request.trailers['lambda-runtime-function-error-type'];
      return type && JSON.stringify({ errorType: type, errorMessage: '' });
    };
    const contentType = request.headers['content-type'] ?? 'application/octet-stream';
    this.#listener.answered({ kind: 'stream', contentType, request, error });
  }
}

/**
 * Whether a page in a browser of this machine asks, which would take events and answer them. It
 * says so, or has given its own host an address of this machine.
 */
function isOfPage({ headers }: IncomingMessage): boolean {
  const { host = '', origin, 'sec-fetch-site': site } = headers;
  return origin !== undefined || site !== undefined || !/^(127\.0\.0\.1|localhost)(:|$)/.test(host);
}

/** Our own Node.js runtime asks with its answer, see node/client.ts. */
function asksForNext({ headers }: IncomingMessage): boolean {
  return headers['millrace-next'] === '1';
}

function errorType({ headers }: IncomingMessage): string {
  const type = headers['lambda-runtime-function-error-type'];
  return typeof type === 'string' ? type : 'Runtime.Unknown';
}

function accept(response: ServerResponse): void {
  json(response, 202, { status: 'OK' });
}

export function refuse(response: ServerResponse, status: number, type: string, message: string) {
  json(response, status, { errorMessage: message, errorType: type });
}

export function json(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
  response.writeHead(status, headers).end(body);
}

/** Calls back with the text, or with undefined when there is more than `most`. */
export function read(
  request: IncomingMessage,
  most: number,
  done: (text: string | undefined) => void,
): void {
  let chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    // The rest is read all the same, so that the runtime can read the refusal.
    if (bytes > most) chunks = [];
    else chunks.push(chunk);
  });
  request.once('end', () => {
    if (bytes > most) return done(undefined);
    done(chunks.length === 1 ? String(chunks[0]) : Buffer.concat(chunks).toString());
  });
}
