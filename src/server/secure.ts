/**
 * TLS on the port of everything else. Nobody's first byte of plain HTTP is 0x16, and every TLS
 * client's is, so plain requests pay nothing; `node:tls` is loaded for servers that have a
 * certificate only. What the client and we agree on (ALPN) decides who reads on: HTTP/2, or the
 * readers of HTTP/1.1, to which a socket with TLS is a socket like others.
 */
import type { Socket } from 'node:net';
import type { SecureContextOptions, TLSSocket } from 'node:tls';
import type { Clock } from '../core/clock.ts';
import { LIMITS } from './limits.ts';

/** A certificate, those that vouch for it behind it, and its private key, all of them in PEM. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

/** Where sockets go once client and server have shaken hands. */
export interface Onward {
  readonly http1: (socket: TLSSocket) => void;
  readonly http2: (socket: TLSSocket) => void;
}

export interface Secure {
  /** Takes a socket whose client began with `bytes`, the first of which is a handshake's. */
  take(socket: Socket, bytes: Buffer): void;
  /** Takes a new socket that has to begin with a handshake. */
  expect(socket: Socket): void;
  /** Handshakes from now on show another certificate. Throws for one that cannot be used. */
  show(pair: KeyPair): void;
  /** Ends the sockets that have not shaken hands; the others are not ours any more. */
  drain(): void;
  destroy(): void;
}

/** The content type of a handshake record: https://www.rfc-editor.org/rfc/rfc8446#section-5.1 */
const HANDSHAKE = 0x16;

export function beginsHandshake(bytes: Buffer): boolean {
  return bytes[0] === HANDSHAKE;
}

/** Throws when the pair cannot be used. */
export function secure(pair: KeyPair, clock: Clock, onward: Onward): Secure {
  const { createServer } = process.getBuiltinModule('node:tls');
  // It never listens: it is given sockets that a listening one has accepted.
  const make = () => createServer({ ...contextOf(pair), ALPNProtocols: ['h2', 'http/1.1'] });
  const server = explained(make);
  const handshakes = new Map<string, Socket>();
  server.on('secureConnection', (socket) => {
    if (!handshakes.delete(peerOf(socket))) socket.destroy();
    else if (socket.alpnProtocol === 'h2') onward.http2(socket);
    else {
      // A client that has asked may close its half and read on, as without TLS.
      socket.allowHalfOpen = true;
      onward.http1(socket);
    }
  });
  // A handshake that fails has ended its socket by then, with an alert that says why.
  server.on('tlsClientError', () => {});

  const begin = (socket: Socket): void => {
    const peer = peerOf(socket);
    const end = () => {
      if (handshakes.get(peer) === socket) socket.destroy();
    };
    handshakes.set(peer, socket);
    const late = clock.afterWallMs(LIMITS.headersMs, end);
    socket.on('error', () => {});
    socket.once('close', () => {
      late.cancel();
      if (handshakes.get(peer) === socket) handshakes.delete(peer);
    });
  };
  const shake = (socket: Socket, bytes: Buffer): void => {
    socket.pause();
    // Who goes away in the middle of a handshake is gone.
    socket.allowHalfOpen = false;
    socket.unshift(bytes);
    server.emit('connection', socket);
  };
  const destroy = (): void => {
    for (const socket of handshakes.values()) socket.destroy();
  };
  return {
    take: (socket, bytes) => {
      begin(socket);
      shake(socket, bytes);
    },
    expect: (socket) => {
      begin(socket);
      socket.once('data', (bytes) => {
        if (beginsHandshake(bytes)) shake(socket, bytes);
        else socket.end(NO_TLS);
      });
    },
    show: (next) => explained(() => server.setSecureContext(contextOf(next))),
    drain: destroy,
    destroy,
  };
}

function contextOf({ key, cert }: KeyPair): SecureContextOptions {
  return { key, cert, minVersion: 'TLSv1.2' };
}

function explained<Made>(make: () => Made): Made {
  try {
    return make();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Certificate and key cannot be used for TLS: ${why}`, { cause });
  }
}

/** Tells connections apart, whether seen as a socket with TLS or as the one below it. */
function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

const SENTENCE = 'This port takes TLS only: use https:// in place of http://.\n';
const NO_TLS =
  'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\n' +
  `Content-Length: ${SENTENCE.length}\r\n\r\n${SENTENCE}`;
