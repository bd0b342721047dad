/**
 * HTTP/1.1 under the gateway, for the requests that are not plain ones (plain.ts).
 *
 * Headers are read from `rawHeaders` and written as one flat array with our own Date, so
 * `node:http` builds no header objects. The Date is wall time even on a virtual clock, because SDKs
 * correct their signing clock from it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpDate } from './http-date.ts';
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

export type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

export interface Http1 {
  readonly request: Listener;
  /** For requests with `Expect: 100-continue`, which wait to be told to send their body. */
  readonly checkContinue: Listener;
}

export function http1(gateway: Gateway, date: HttpDate): Http1 {
  const serve = (incoming: IncomingMessage, outgoing: ServerResponse, expects: boolean): void => {
    const exchange = new Exchange(incoming, outgoing, gateway, date);
    const admitted = gateway.admit(exchange);
    if (typeof admitted !== 'number') {
      exchange.write(admitted);
    } else {
      if (expects) outgoing.writeContinue();
      exchange.receive(admitted);
    }
  };
  return {
    request: (incoming, outgoing) => serve(incoming, outgoing, false),
    checkContinue: (incoming, outgoing) => serve(incoming, outgoing, true),
  };
}

const NOTHING = new Uint8Array(0);

class Exchange implements Request, Connection {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  body: Uint8Array = NOTHING;
  readonly #incoming: IncomingMessage;
  readonly #outgoing: ServerResponse;
  readonly #gateway: Gateway;
  readonly #date: HttpDate;

  constructor(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    gateway: Gateway,
    date: HttpDate,
  ) {
    const { path, query } = splitTarget(originForm(incoming.url ?? '/'));
    this.method = incoming.method ?? 'GET';
    this.path = path;
    this.query = query;
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    this.#gateway = gateway;
    this.#date = date;
  }

  get connection(): Connection {
    return this;
  }

  /** Bound, because it is handed on by itself. */
  readonly header = (name: string): string | undefined => {
    const raw = this.#incoming.rawHeaders;
    for (let at = 0; at < raw.length; at += 2) {
      if (isNamed(raw[at], name)) return raw[at + 1];
    }
    return undefined;
  };

  get protocol(): string {
    return `HTTP/${this.#incoming.httpVersion}`;
  }

  fields(): readonly string[] {
    return this.#incoming.rawHeaders;
  }

  headerCount(name: string): number {
    let count = 0;
    const raw = this.#incoming.rawHeaders;
    for (let at = 0; at < raw.length; at += 2) if (isNamed(raw[at], name)) count += 1;
    return count;
  }

  peer(): string {
    return this.#incoming.socket.remoteAddress ?? '';
  }

  secure(): boolean {
    return isSecure(this.#incoming.socket);
  }

  gone(): boolean {
    const { socket } = this.#incoming;
    return socket.destroyed || socket.readableEnded;
  }

  onGone(listener: () => void): () => void {
    const outgoing = this.#outgoing;
    const { socket } = this.#incoming;
    const stop = () => {
      outgoing.off('close', closed);
      socket.off('end', closed);
    };
    const closed = () => {
      stop();
      if (!outgoing.writableFinished) listener();
    };
    outgoing.once('close', closed);
    socket.once('end', closed);
    return stop;
  }

  /** Collects the body, of at most `mostBytes`, and answers. */
  receive(mostBytes: number): void {
    let first: Buffer | undefined;
    let more: Buffer[] | undefined;
    let bytes = 0;
    const incoming = this.#incoming;
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > mostBytes) {
        incoming.off('data', take).off('end', end);
        incoming.resume(); // The rest is read and dropped until the request's time is up.
        this.write(this.#gateway.tooLarge(this));
      } else if (!first) {
        first = chunk;
      } else {
        more ??= [first];
        more.push(chunk);
      }
    };
    const end = (): void => {
      if (more) this.body = Buffer.concat(more, bytes);
      else if (first) this.body = first;
      this.#gateway
        .answer(this)
        .then((answer) => this.write(answer))
        .catch((cause: unknown) => this.#fail(cause));
    };
    incoming.on('data', take).on('end', end);
  }

  #fail(cause: unknown): void {
    const answer = this.#gateway.broken(cause);
    if (this.#outgoing.headersSent) this.#outgoing.destroy();
    else this.write(answer);
  }

  write({ status, headers: own, body }: Answer): void {
    const outgoing = this.#outgoing;
    const headers = [...own, 'Date', this.#date()];
    const streamed = isStreamed(body);
    if (!streamed && status !== 204) {
      const bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
      headers.push('Content-Length', String(bytes));
    }
    if (this.#gateway.draining) headers.push('Connection', 'close');
    outgoing.sendDate = false;
    outgoing.writeHead(status, headers);
    if (!streamed) {
      outgoing.end(body);
    } else if (mayHaveBody(this.method, status)) {
      this.#pour(body);
    } else {
      outgoing.end();
      abandon(body).catch((cause: unknown) => this.#gateway.broken(cause));
    }
  }

  /** Without a length, `node:http` writes chunks, or ends the connection of an HTTP/1.0 client. */
  #pour(body: StreamedBody): void {
    const outgoing = this.#outgoing;
    const { socket } = this.#incoming;
    outgoing.flushHeaders();
    const write = (piece: Uint8Array) => outgoing.write(piece);
    pour(body, { connection: this, stream: outgoing, write })
      .then((complete) => {
        if (!complete) outgoing.destroy();
        // The head promised to keep the connection; a server that ends cannot.
        else outgoing.end(() => this.#gateway.draining && socket.end());
      })
      .catch((cause: unknown) => this.#fail(cause));
  }
}

/** Whether a header as sent has `name`, which is in lower case. */
export function isNamed(sent: string | undefined, name: string): boolean {
  if (sent === undefined || sent.length !== name.length) return false;
  return sent === name || sent.toLowerCase() === name;
}

/** A proxy's client may send the whole URL as its target. */
function originForm(target: string): string {
  if (target.startsWith('/')) return target;
  const path = /^[a-z]+:\/\/[^/?]*([/?].*)?$/i.exec(target)?.[1] ?? (target === '*' ? '*' : '/');
  return path.startsWith('?') ? `/${path}` : path;
}
