/**
 * Answers to plain requests, written in one piece. Looks as `node:http` would write it.
 */
import type { Socket } from 'node:net';
import { http } from '../core/node-http.ts';
import { LIMITS } from './limits.ts';
import type { Answer } from './request.ts';

/** What must not stand in a header: it would end it. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;
const STAYS = `Connection: keep-alive\r\nKeep-Alive: timeout=${LIMITS.keepAliveMs / 1000}\r\n\r\n`;
const CLOSES = 'Connection: close\r\n\r\n';

/** Writes `answer`; false when the client is slow to take it. Throws for unsendable headers. */
export function writeAnswer(
  socket: Socket,
  { status, headers, body }: Answer,
  date: string,
  last: boolean,
): boolean {
  const bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  let head = `HTTP/1.1 ${status} ${http.STATUS_CODES[status] ?? 'Unknown'}\r\n`;
  for (let at = 0; at < headers.length; at += 2) {
    const value = String(headers[at + 1]);
    if (UNSENDABLE.test(value)) throw new TypeError(`Header ${headers[at]} cannot be sent.`);
    head += `${headers[at]}: ${value}\r\n`;
  }
  head += `Date: ${date}\r\n`;
  if (status !== 204) head += `Content-Length: ${bytes}\r\n`;
  head += last ? CLOSES : STAYS;
  // Text that is as long in bytes as in characters is the same in both encodings.
  if (body.length === bytes && typeof body === 'string') return socket.write(head + body, 'latin1');
  socket.cork();
  socket.write(head, 'latin1');
  const flushed = socket.write(body);
  socket.uncork();
  return flushed;
}

/** Ends a connection whose request did not come in time. */
export function refuseSlow(socket: Socket): void {
  socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}
