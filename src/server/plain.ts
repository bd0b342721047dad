/**
 * Plain requests over HTTP/1.1, on the bare socket.
 *
 * `node:http` spends half of a small request on streams, header objects and events that nobody
 * here asks for: 19.6 µs against 11.2 (a constant answer, as bench/floor.ts). So a connection is
 * read here for as long as its requests are plain (plain-head.ts). At the first that is not, the
 * connection goes to `node:http` for good, with what it has sent: odd, malformed and slow requests
 * have one judge, and clients that send none of those never meet it.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../core/clock.ts';
import type { HttpDate } from './http-date.ts';
import { LIMITS } from './limits.ts';
import { PlainConnection, type PlainParts } from './plain-connection.ts';
import type { Gateway } from './request.ts';
import { beginsHandshake } from './secure.ts';

export interface Plain {
  /** Takes a socket that the server has not accepted itself. */
  take(socket: Socket): void;
  /** Closes connections without a request, and the others after their answer. */
  drain(): void;
  destroy(): void;
}

type ConnectionListener = (this: Server, socket: Socket) => void;

export interface PlainOptions {
  readonly gateway: Gateway;
  readonly clock: Clock;
  readonly date: HttpDate;
  /** Takes what begins with a TLS handshake; without it, that is garbage like other garbage. */
  readonly handshake?: (socket: Socket, bytes: Buffer) => void;
  /** Takes new connections in place of this. */
  readonly accept?: (socket: Socket) => void;
}

/** Takes over the connections of `server`, which keeps those that are handed to it. */
export function plain(server: Server, options: PlainOptions): Plain {
  const { gateway, clock, date, handshake } = options;
  const connections = new Set<PlainConnection>();
  let ending = false;
  const listeners = server.listeners('connection') as ConnectionListener[];
  const parts: PlainParts = {
    gateway,
    date,
    ending: () => ending,
    left: (connection) => connections.delete(connection),
    handOver: (socket, bytes, isFirst) => {
      if (handshake && isFirst && beginsHandshake(bytes)) {
        handshake(socket, bytes);
        return;
      }
      for (const listener of listeners) listener.call(server, socket);
      socket.emit('data', bytes);
    },
  };
  server.removeAllListeners('connection');
  const take = (socket: Socket) => {
    connections.add(new PlainConnection(socket, parts));
  };
  server.on('connection', options.accept ?? take);
  check(server, clock, connections);
  return {
    take,
    drain: () => {
      ending = true;
      for (const connection of connections) connection.closeIdle();
    },
    destroy: () => {
      for (const connection of connections) connection.destroy();
    },
  };
}

/** Ends connections that idle or dawdle, for as long as the server lives. */
function check(server: Server, clock: Clock, connections: ReadonlySet<PlainConnection>): void {
  const again = () =>
    clock.afterWallMs(LIMITS.checkEveryMs, () => {
      const nowMs = clock.wallNowMs();
      for (const connection of connections) connection.check(nowMs);
      timer = again();
    });
  let timer = again();
  server.once('close', () => timer.cancel());
}
