/**
 * Answers to plain requests, written in one piece. Looks as `node:http` would write it.
 */
import type { Socket } from 'node:net';
import { http } from '../core/node-http.ts';
import { LIMITS } from './limits.ts';
import { abandon, mayHaveBody, pour } from './pour.ts';
import type { Answer, Connection, StreamedBody } from './request.ts';

/** What must not stand in a header: it would end it. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;
const STAYS = `Connection: keep-alive\r\nKeep-Alive: timeout=${LIMITS.keepAliveMs / 1000}\r\n\r\n`;
const CLOSES = 'Connection: close\r\n\r\n';

/** Writes `answer`; false when the client is slow to take it. Throws for unsendable headers. */
export function writeAnswer(
  socket: Socket,
  answer: Answer,
  body: string | Uint8Array,
  date: string,
  last: boolean,
): boolean {
  const bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  let head = headOf(answer, date);
  if (answer.status !== 204) head += `Content-Length: ${bytes}\r\n`;
  head += last ? CLOSES : STAYS;
  // Text that is as long in bytes as in characters is the same in both encodings.
  if (body.length === bytes && typeof body === 'string') return socket.write(head + body, 'latin1');
  socket.cork();
  socket.write(head, 'latin1');
  const flushed = socket.write(body);
  socket.uncork();
  return flushed;
}

/**
 * Writes `answer` with `body` in chunks as it comes. Throws for unsendable headers; resolves with
 * whether the client has got all of it.
 */
export function streamAnswer(
  socket: Socket,
  answer: Answer,
  body: StreamedBody,
  { connection, date, last }: { connection: Connection; date: string; last: boolean },
): Promise<boolean> {
  const head = headOf(answer, date);
  const ending = last ? CLOSES : STAYS;
  if (!mayHaveBody('GET', answer.status)) {
    socket.write(head + ending, 'latin1');
    return abandon(body).then(() => true);
  }
  socket.write(`${head}Transfer-Encoding: chunked\r\n${ending}`, 'latin1');
  const write = (piece: Uint8Array) => writeChunk(socket, piece);
  return pour(body, { connection, stream: socket, write }).then((complete) => {
    if (complete) socket.write('0\r\n\r\n', 'latin1');
    return complete;
  });
}

function writeChunk(socket: Socket, piece: Uint8Array): boolean {
  socket.cork();
  socket.write(`${piece.length.toString(16)}\r\n`, 'latin1');
  socket.write(piece);
  const flushed = socket.write('\r\n', 'latin1');
  socket.uncork();
  return flushed;
}

/** All that the head says of the answer, but not how its body is framed. */
function headOf({ status, headers }: Answer, date: string): string {
  let head = `HTTP/1.1 ${status} ${http.STATUS_CODES[status] ?? 'Unknown'}\r\n`;
  for (let at = 0; at < headers.length; at += 2) {
    const value = String(headers[at + 1]);
    if (UNSENDABLE.test(value)) throw new TypeError(`Header ${headers[at]} cannot be sent.`);
    head += `${headers[at]}: ${value}\r\n`;
  }
  return `${head}Date: ${date}\r\n`;
}

/** Ends a connection whose request did not come in time. */
export function refuseSlow(socket: Socket): void {
  socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}
