/**
 * One HTTP/1.1 keep-alive connection with one request in flight, on a bare socket.
 *
 * A general client costs more than the servers measured with it (performance guide, section 1), so
 * this one knows only what AWS-JSON servers answer: a status, a Content-Length or chunks. Requests
 * are ready-made bytes. Simulations use it too: it tells exactly whether an answer arrived.
 */
import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  /** May share memory with what the socket read; copy what outlives the callback. */
  readonly body: Buffer;
  readonly closes: boolean;
}

export interface Listener {
  answered(answer: Answer): void;
  /** The connection ended; `waiting` tells whether a request was left without an answer. */
  lost(waiting: boolean): void;
}

const HEAD_END = '\r\n\r\n';
const EMPTY = Buffer.alloc(0);

export class Connection {
  readonly #socket: Socket;
  readonly #listener: Listener;
  #received: Buffer = EMPTY;
  #waiting = false;
  #ended = false;

  constructor(port: number, listener: Listener) {
    this.#listener = listener;
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk) => this.#take(chunk));
    this.#socket.on('error', () => this.#end());
    this.#socket.on('close', () => this.#end());
  }

  send(request: Buffer): void {
    if (this.#ended) {
      queueMicrotask(() => this.#listener.lost(true));
      return;
    }
    this.#waiting = true;
    this.#socket.write(request);
  }

  close(): void {
    this.#ended = true;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const parsed = parseAnswer(this.#received);
    if (!parsed) return;
    this.#received = this.#received.subarray(parsed.length);
    this.#waiting = false;
    this.#listener.answered(parsed.answer);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#socket.destroy();
    this.#listener.lost(this.#waiting);
  }
}

/** The first answer in `bytes` and how long it is; undefined while it is incomplete. */
export function parseAnswer(bytes: Buffer): { answer: Answer; length: number } | undefined {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const head = bytes.toString('latin1', 0, headEnd);
  const status = Number(head.slice(9, 12));
  const closes = /\r\nconnection: *close/i.test(head);
  const start = headEnd + HEAD_END.length;
  if (status >= 100 && status < 200) {
    const next = parseAnswer(bytes.subarray(start));
    return next && { answer: next.answer, length: start + next.length };
  }
  const length = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (length) {
    const end = start + Number(length[1]);
    if (bytes.length < end) return undefined;
    return { answer: { status, closes, body: bytes.subarray(start, end) }, length: end };
  }
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
    const chunks = parseChunks(bytes, start);
    return chunks && { answer: { status, closes, body: chunks.body }, length: chunks.end };
  }
  return { answer: { status, closes, body: EMPTY }, length: start };
}

function parseChunks(bytes: Buffer, start: number): { body: Buffer; end: number } | undefined {
  const parts: Buffer[] = [];
  let at = start;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const chunkEnd = lineEnd + 2 + size;
    if (bytes.length < chunkEnd + 2) return undefined;
    if (size === 0) return { body: Buffer.concat(parts), end: chunkEnd + 2 };
    parts.push(bytes.subarray(lineEnd + 2, chunkEnd));
    at = chunkEnd + 2;
  }
}
