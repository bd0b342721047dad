/**
 * One port for everything: HTTP/1.1 and HTTP/2, plain and with TLS, on one address or on both
 * loopbacks.
 *
 * Closing is in two steps. `drain` stops accepting and lets requests in flight finish, long polls
 * with an empty answer; what is left when its time is up is cut off.
 */
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock } from '../core/clock.ts';
import { http } from '../core/node-http.ts';
import { isLoopback } from './hosts.ts';
import { httpDate } from './http-date.ts';
import { http1 } from './http1.ts';
import { type Http2, http2, type ParserError } from './http2.ts';
import { LIMITS } from './limits.ts';
import { type Plain, type PlainOptions, plain } from './plain.ts';
import type { Gateway } from './request.ts';
import { type KeyPair, type Onward, type Secure, secure } from './secure.ts';

export interface Address {
  /** An address to bind to; `localhost` is both loopbacks. */
  readonly host: string;
  /** 0 for one that is free. */
  readonly port: number;
}

export interface TlsOptions {
  readonly pair: KeyPair;
  /** Refuses whoever does not begin with a handshake. */
  readonly only?: boolean;
}

export interface Listening {
  readonly port: number;
  /** Open connections, of clients that are still to say something too. */
  connections(): Promise<number>;
  /** Shows another certificate from now on. Throws for one that cannot be used, and keeps it. */
  show(pair: KeyPair): void;
  /** Resolves once every request is answered, or `timeoutMs` is over; no socket is open then. */
  close(timeoutMs: number): Promise<void>;
}

/** Throws a sentence for people when `host` can be reached from other machines. */
export function refusePublic(host: string): void {
  if (isLoopback(host)) return;
  throw new Error(
    `millrace checks no signatures, so at ${host} everyone who can reach this machine could use ` +
      'it. Listen on 127.0.0.1, check signatures with --auth strict, or say ' +
      '--i-know-this-is-open (in code: open: true).',
  );
}

/** The addresses that `host` stands for. */
export function addressesOf(host: string): readonly string[] {
  return host === 'localhost' ? ['127.0.0.1', '::1'] : [host];
}

/** 127.0.0.1 rather than localhost: names are not resolved alike everywhere. */
export function endpointOf(host: string, port: number, secure: boolean): string {
  const address = ['localhost', '0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
  const scheme = secure ? 'https' : 'http';
  return `${scheme}://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

export async function listen(
  gateway: Gateway,
  clock: Clock,
  { host, port, tls }: Address & { readonly tls?: TlsOptions },
): Promise<Listening> {
  const date = httpDate(clock);
  const second = http2(gateway, clock, date);
  const first = http1(gateway, date);
  const [address, ...others] = addressesOf(host);
  const fast: Plain[] = [];
  const secured: Secure[] = [];
  const make = () => {
    const server = http.createServer(OPTIONS, first.request);
    server.on('checkContinue', first.checkContinue);
    server.on('clientError', (error: ParserError, socket) =>
      misread(error, socket as Socket, second),
    );
    server.maxConnections = LIMITS.connections;
    // Not in the types: a client that has closed its half is answered before the other is closed.
    Object.assign(server, { httpAllowHalfOpen: true });
    const common = { gateway, clock, date };
    const onward: Onward = {
      http1: (socket) => read.take(socket),
      http2: (socket) => second.take(socket),
    };
    const shaken = tls && secure(tls.pair, clock, onward);
    const read = plain(server, { ...common, ...(shaken && tlsParts(shaken, tls)) });
    fast.push(read);
    if (shaken) secured.push(shaken);
    return server;
  };
  const main = await bind(make(), address ?? host, port);
  const servers = [main];
  const { port: bound } = main.address() as AddressInfo;
  for (const other of others) {
    // A machine without IPv6 has one loopback only.
    const server = await bind(make(), other, bound).catch(unlessMissing);
    if (server) servers.push(server);
  }
  const besides = [second, ...fast, ...secured];
  return {
    port: bound,
    connections: async () => {
      const counts = await Promise.all(servers.map(connectionsOf));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    show: (pair) => {
      for (const one of secured) one.show(pair);
    },
    close: (timeoutMs) => close(servers, besides, clock, timeoutMs),
  };
}

function connectionsOf(server: HttpServer): Promise<number> {
  return new Promise((resolve) => {
    server.getConnections((cause, count) => resolve(cause ? 0 : count));
  });
}

function tlsParts(shaken: Secure, { only }: TlsOptions): Partial<PlainOptions> {
  return { handshake: shaken.take, ...(only && { accept: shaken.expect }) };
}

const OPTIONS = {
  headersTimeout: LIMITS.headersMs,
  requestTimeout: LIMITS.requestMs,
  connectionsCheckingInterval: LIMITS.checkEveryMs,
  keepAliveTimeout: LIMITS.keepAliveMs,
  maxHeaderSize: LIMITS.headerBytes,
  noDelay: true,
} as const;

function bind(server: HttpServer, host: string, port: number): Promise<HttpServer> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 1024 }, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

function unlessMissing(cause: NodeJS.ErrnoException): undefined {
  if (cause.code === 'EADDRNOTAVAIL' || cause.code === 'EAFNOSUPPORT') return undefined;
  throw cause;
}

const REFUSALS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** What the parser of HTTP/1 cannot read: HTTP/2, or nothing that deserves an answer. */
function misread(error: ParserError, socket: Socket, second: Http2): void {
  if (second.adopt(error, socket)) return;
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const refusal = REFUSALS[error.code ?? ''] ?? '400 Bad Request';
  socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

async function close(
  servers: readonly HttpServer[],
  besides: readonly (Http2 | Plain | Secure)[],
  clock: Clock,
  timeoutMs: number,
): Promise<void> {
  const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
  for (const server of servers) server.closeIdleConnections();
  for (const one of besides) one.drain();
  const late = clock.afterWallMs(timeoutMs, () => {
    for (const server of servers) server.closeAllConnections();
    for (const one of besides) one.destroy();
  });
  await Promise.all(closed);
  late.cancel();
}
