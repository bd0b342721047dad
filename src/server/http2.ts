/**
 * HTTP/2 on the port of HTTP/1: by prior knowledge, or as agreed upon in TLS (secure.ts).
 *
 * For prior knowledge nothing is sniffed, so HTTP/1 pays nothing: its parser stops at the preface
 * of HTTP/2, and the connection changes hands then. Even loading `node:http2` (30 ms, 10 MB) waits
 * for the first such client. `adopt` undoes what `node:http` did to the socket; it relies on the
 * parser's own error code for the preface and on the socket's listeners, which
 * test/server/http2.test.ts checks on each Node that the tests run on.
 */
import type { OutgoingHttpHeaders } from 'node:http';
import type { Http2Server, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Clock } from '../core/clock.ts';
import type { HttpDate } from './http-date.ts';
import { LIMITS } from './limits.ts';
import { abandon, isStreamed, mayHaveBody, pour } from './pour.ts';
import {
  type Answer,
  type Connection,
  type Gateway,
  isSecure,
  type Request,
  type StreamedBody,
  splitTarget,
} from './request.ts';

/** Error code CANCEL of RFC 9113, section 7. */
const CANCEL = 0x8;

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** An error of the HTTP/1 parser, as `clientError` gives it. */
export interface ParserError extends Error {
  readonly code?: string;
  readonly rawPacket?: Buffer;
  readonly bytesParsed?: number;
}

export interface Http2 {
  /** Takes a socket over from HTTP/1 when `error` says that it speaks HTTP/2. */
  adopt(error: ParserError, socket: Socket): boolean;
  /** Takes a socket whose client has agreed to speak HTTP/2. */
  take(socket: Socket): void;
  /** Ends idle connections, and the others after their last answer. */
  drain(): void;
  destroy(): void;
}

interface HttpParser {
  unconsume?(): void;
  remove?(): void;
}

export function http2(gateway: Gateway, clock: Clock, date: HttpDate): Http2 {
  const sessions = new Set<ServerHttp2Session>();
  let server: Http2Server | undefined;
  const take = (socket: Socket) => {
    server ??= serverFor(sessions, (stream, headers) => {
      serveStream(gateway, clock, stream, new Exchange(stream, headers, date));
    });
    // HTTP/1 lets clients close their half and read on. Here it means that the client has gone.
    socket.allowHalfOpen = false;
    server.emit('connection', socket);
  };
  return {
    take,
    adopt: (error, socket) => {
      // Over TLS, HTTP/2 is agreed upon: https://www.rfc-editor.org/rfc/rfc9113#section-3.2
      if (error.code !== 'HPE_PAUSED_H2_UPGRADE' || !error.rawPacket || isSecure(socket)) {
        return false;
      }
      release(socket as Socket & { parser?: HttpParser });
      // The parser may have seen the preface in several pieces; it is put together again.
      socket.unshift(Buffer.concat([PREFACE, error.rawPacket.subarray(error.bytesParsed)]));
      take(socket);
      return true;
    },
    drain: () => {
      for (const session of sessions) session.close();
    },
    destroy: () => {
      for (const session of sessions) session.destroy();
    },
  };
}

type TakeStream = (stream: ServerHttp2Stream, headers: readonly string[]) => void;

function serverFor(sessions: Set<ServerHttp2Session>, take: TakeStream): Http2Server {
  const { createServer } = process.getBuiltinModule('node:http2');
  const server = createServer({ maxSessionInvalidFrames: 100 });
  (server as Http2Server & { timeout: number }).timeout = LIMITS.keepAliveMs;
  server.on('timeout', (session?: ServerHttp2Session) => session?.close());
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
    session.on('error', () => session.destroy());
  });
  server.on('stream', (stream, _headers, _flags, headers) => {
    take(stream, headers as unknown as readonly string[]); // Its type says an array of numbers.
  });
  return server;
}

function serveStream(
  gateway: Gateway,
  clock: Clock,
  stream: ServerHttp2Stream,
  exchange: Exchange,
): void {
  const slow = clock.afterWallMs(LIMITS.requestMs, () => stream.close(CANCEL));
  stream.on('close', () => slow.cancel());
  const admitted = gateway.admit(exchange);
  if (typeof admitted === 'number') exchange.receive(gateway, admitted, () => slow.cancel());
  else exchange.write(admitted, gateway);
}

/** Takes the socket from the HTTP/1 server, together with its parser and its timeouts. */
function release(socket: Socket & { parser?: HttpParser }): void {
  socket.parser?.unconsume?.();
  socket.parser?.remove?.();
  for (const event of ['data', 'close', 'drain', 'error', 'timeout', 'pause', 'resume']) {
    socket.removeAllListeners(event);
  }
  for (const listener of socket.listeners('end') as ((this: Socket) => void)[]) {
    if (listener.name !== 'onReadableStreamEnd') socket.removeListener('end', listener);
  }
  socket.pause();
}

const NOTHING = new Uint8Array(0);

class Exchange implements Request, Connection {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly protocol = 'HTTP/2.0';
  body: Uint8Array = NOTHING;
  readonly #stream: ServerHttp2Stream;
  readonly #raw: readonly string[];
  readonly #date: HttpDate;
  #answered = false;

  constructor(stream: ServerHttp2Stream, raw: readonly string[], date: HttpDate) {
    this.#stream = stream;
    this.#raw = raw;
    this.#date = date;
    const { path, query } = splitTarget(this.header(':path') ?? '/');
    this.method = this.header(':method') ?? 'GET';
    this.path = path;
    this.query = query;
    stream.on('error', () => stream.close());
  }

  get connection(): Connection {
    return this;
  }

  /**
   * HTTP/2 sends names in lower case, `:authority` in place of Host, and may send each cookie in a
   * field of its own (RFC 9113, 8.2.3).
   */
  readonly header = (name: string): string | undefined => {
    if (name === 'cookie') return this.#cookies();
    const at = this.#find(name);
    if (at >= 0) return this.#raw[at + 1];
    return name === 'host' ? this.header(':authority') : undefined;
  };

  #cookies(): string | undefined {
    const found = this.#raw.filter((_, at) => at % 2 === 1 && this.#raw[at - 1] === 'cookie');
    return found.length > 0 ? found.join('; ') : undefined;
  }

  /** Without the pseudo-headers, but with the Host that one of them stands for. */
  fields(): readonly string[] {
    const own = this.#raw.findIndex((name, at) => at % 2 === 0 && !name.startsWith(':'));
    const fields = own < 0 ? [] : this.#raw.slice(own);
    const authority = this.header(':authority');
    return authority === undefined ? fields : ['host', authority, ...fields];
  }

  headerCount(name: string): number {
    let count = 0;
    for (let at = 0; at < this.#raw.length; at += 2) if (this.#raw[at] === name) count += 1;
    return count;
  }

  peer(): string {
    return this.#stream.session?.socket.remoteAddress ?? '';
  }

  secure(): boolean {
    return this.#stream.session?.encrypted ?? false;
  }

  gone(): boolean {
    return this.#stream.destroyed;
  }

  onGone(listener: () => void): () => void {
    const stream = this.#stream;
    const closed = () => {
      if (!this.#answered) listener();
    };
    stream.once('close', closed);
    return () => stream.off('close', closed);
  }

  /** Collects the body, of at most `mostBytes`, tells `received`, and answers. */
  receive(gateway: Gateway, mostBytes: number, received: () => void): void {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const stream = this.#stream;
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes <= mostBytes) return;
      chunks.length = 0;
      stream.off('data', take).off('end', end).resume();
      this.write(gateway.tooLarge(this), gateway);
    };
    const end = (): void => {
      received();
      this.body = Buffer.concat(chunks, bytes);
      gateway
        .answer(this)
        .then((answer) => this.write(answer, gateway))
        .catch((cause: unknown) => {
          this.write(gateway.broken(cause), gateway);
          stream.close();
        });
    };
    stream.on('data', take).on('end', end);
  }

  #find(name: string): number {
    for (let at = 0; at < this.#raw.length; at += 2) if (this.#raw[at] === name) return at;
    return -1;
  }

  write({ status, headers: own, body }: Answer, gateway: Gateway): void {
    const stream = this.#stream;
    this.#answered = true;
    if (stream.destroyed || stream.headersSent) return;
    const headers = headersOf(own);
    headers[':status'] = status;
    headers.date = this.#date();
    if (isStreamed(body)) {
      stream.respond(headers, { endStream: false, sendDate: false } as object);
      if (mayHaveBody(this.method, status)) {
        this.#pour(body, gateway);
      } else {
        stream.end();
        abandon(body).catch((cause: unknown) => gateway.broken(cause));
      }
      return;
    }
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    headers['content-length'] = bytes.length;
    stream.respond(headers, { endStream: false, sendDate: false } as object);
    stream.end(this.method === 'HEAD' ? undefined : bytes);
  }

  #pour(body: StreamedBody, gateway: Gateway): void {
    const stream = this.#stream;
    this.#answered = false;
    pour(body, { connection: this, stream, write: (piece) => stream.write(piece) })
      .then((complete) => {
        this.#answered = complete;
        if (complete) stream.end();
        else stream.close(CANCEL);
      })
      .catch((cause: unknown) => {
        gateway.broken(cause);
        // Closing would end it in good order first.
        stream.destroy(cause instanceof Error ? cause : new Error(String(cause)));
      });
  }
}

/** Names in lower case, as HTTP/2 has them; one that comes twice has a list of values. */
function headersOf(own: readonly string[]): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  for (let at = 0; at < own.length; at += 2) {
    const name = String(own[at]).toLowerCase();
    const value = String(own[at + 1]);
    const before = headers[name];
    headers[name] = before === undefined ? value : [before, value].flat().map(String);
  }
  return headers;
}
