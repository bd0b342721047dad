/**
 * One connection that speaks plain HTTP/1.1: its requests one after another, each answered before
 * the next is looked at.
 */
import type { Socket } from 'node:net';
import type { HttpDate } from './http-date.ts';
import { LIMITS } from './limits.ts';
import { refuseSlow, streamAnswer, writeAnswer } from './plain-answer.ts';
import { readPlainHead } from './plain-head.ts';
import { PlainRequest } from './plain-request.ts';
import { isStreamed } from './pour.ts';
import {
  type Answer,
  type Connection,
  type Gateway,
  isSecure,
  type StreamedBody,
} from './request.ts';

/** What all connections of a server share. */
export interface PlainParts {
  readonly gateway: Gateway;
  readonly date: HttpDate;
  /** The server is ending: no answer is followed by another request. */
  readonly ending: () => boolean;
  /** Takes a socket whose next request begins with `bytes` and is not plain. */
  readonly handOver: (socket: Socket, bytes: Buffer, isFirst: boolean) => void;
  /** The connection is closed or handed over. */
  readonly left: (connection: PlainConnection) => void;
}

/** How long a connection may stay in each state. */
const PATIENCE_MS = {
  new: LIMITS.headersMs,
  idle: LIMITS.keepAliveMs,
  receiving: LIMITS.requestMs,
  answering: Number.POSITIVE_INFINITY,
  ending: LIMITS.headersMs,
} as const;

export class PlainConnection implements Connection {
  readonly #socket: Socket;
  readonly #parts: PlainParts;
  #state: keyof typeof PATIENCE_MS = 'new';
  /** When the state was first seen by `check`, so that requests read no clock. */
  #sinceMs: number | undefined;
  /** The request being received, with the pieces of its body so far. */
  #request: PlainRequest | undefined;
  #pieces: Buffer[] = [];
  #missing = 0;
  /** What came behind the request that is being answered. */
  #early: Buffer | undefined;
  #goneListeners: Set<() => void> | undefined;
  #closes = false;

  constructor(socket: Socket, parts: PlainParts) {
    this.#socket = socket;
    this.#parts = parts;
    socket.on('data', this.#take).on('end', this.#end);
    socket.on('close', this.#closed).on('error', this.#failed);
  }

  peer(): string {
    return this.#socket.remoteAddress ?? '';
  }

  secure(): boolean {
    return isSecure(this.#socket);
  }

  gone(): boolean {
    return this.#socket.destroyed || this.#socket.readableEnded;
  }

  onGone(listener: () => void): () => void {
    this.#goneListeners ??= new Set();
    const listeners = this.#goneListeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Ends the connection when it has been in its state for too long. */
  check(nowMs: number): void {
    this.#sinceMs ??= nowMs;
    if (nowMs - this.#sinceMs < PATIENCE_MS[this.#state]) return;
    if (this.#state !== 'receiving') this.#socket.destroy();
    else {
      this.#enter('ending');
      refuseSlow(this.#socket);
    }
  }

  closeIdle(): void {
    if (this.#state === 'new' || this.#state === 'idle') this.#socket.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #enter(state: keyof typeof PATIENCE_MS): void {
    this.#state = state;
    this.#sinceMs = undefined;
  }

  readonly #take = (bytes: Buffer): void => {
    if (this.#state === 'receiving') this.#collect(bytes);
    else if (this.#state === 'answering') this.#putAside(bytes);
    else if (this.#state !== 'ending') this.#begin(bytes);
  };

  #begin(bytes: Buffer): void {
    const head = readPlainHead(bytes, LIMITS.headerBytes);
    if (!head) {
      this.#handOver(bytes);
      return;
    }
    const request = new PlainRequest(head, this);
    const admitted = this.#parts.gateway.admit(request);
    const { headBytes, bodyBytes } = head;
    // Refusing takes care with a body that is still coming.
    if (typeof admitted !== 'number' || bodyBytes > admitted) {
      this.#handOver(bytes);
      return;
    }
    const end = headBytes + bodyBytes;
    this.#closes = head.closes;
    if (bytes.length < end) {
      this.#request = request;
      this.#pieces = [bytes.subarray(headBytes)];
      this.#missing = end - bytes.length;
      this.#enter('receiving');
      return;
    }
    if (bytes.length > end) this.#putAside(bytes.subarray(end));
    request.body = bytes.subarray(headBytes, end);
    this.#answer(request);
  }

  #collect(bytes: Buffer): void {
    const request = this.#request;
    if (!request) return;
    this.#pieces.push(bytes.length > this.#missing ? bytes.subarray(0, this.#missing) : bytes);
    if (bytes.length > this.#missing) this.#putAside(bytes.subarray(this.#missing));
    this.#missing -= bytes.length;
    if (this.#missing > 0) return;
    request.body = Buffer.concat(this.#pieces);
    this.#request = undefined;
    this.#pieces = [];
    this.#answer(request);
  }

  #putAside(bytes: Buffer): void {
    this.#early = this.#early ? Buffer.concat([this.#early, bytes]) : bytes;
    this.#socket.pause();
  }

  #answer(request: PlainRequest): void {
    this.#enter('answering');
    this.#parts.gateway.answer(request).then(this.#write).catch(this.#broke);
  }

  readonly #broke = (cause: unknown): void => this.#write(this.#parts.gateway.broken(cause));

  readonly #write = (answer: Answer): void => {
    const socket = this.#socket;
    const { body } = answer;
    if (isStreamed(body)) {
      this.#stream(answer, body);
      return;
    }
    this.#goneListeners = undefined;
    if (socket.destroyed) return;
    const last = this.#isLast();
    this.#written(writeAnswer(socket, answer, body, this.#parts.date(), last), last);
  };

  /** The connection counts as answering until the last piece is written. */
  #stream(answer: Answer, body: StreamedBody): void {
    const socket = this.#socket;
    const options = { connection: this, date: this.#parts.date(), last: this.#isLast() };
    streamAnswer(socket, answer, body, options)
      .then((complete) => {
        this.#goneListeners = undefined;
        if (!complete) socket.destroy();
        // The server may have begun to end meanwhile, whatever the head said.
        if (!socket.destroyed) this.#written(!socket.writableNeedDrain, this.#isLast());
      })
      .catch((cause: unknown) => {
        this.#parts.gateway.broken(cause);
        socket.destroy();
      });
  }

  #isLast(): boolean {
    const { gateway, ending } = this.#parts;
    return this.#closes || gateway.draining || ending();
  }

  #written(flushed: boolean, last: boolean): void {
    const socket = this.#socket;
    if (last) {
      this.#enter('ending');
      socket.end();
      return;
    }
    this.#enter('idle');
    if (flushed) this.#goOn();
    else {
      socket.pause();
      socket.once('drain', this.#goOn);
    }
  }

  readonly #goOn = (): void => {
    const early = this.#early;
    if (this.#socket.isPaused()) this.#socket.resume();
    if (!early) return;
    this.#early = undefined;
    this.#begin(early);
  };

  #handOver(bytes: Buffer): void {
    const socket = this.#socket;
    socket.off('data', this.#take).off('end', this.#end);
    socket.off('close', this.#closed).off('error', this.#failed);
    this.#parts.left(this);
    this.#parts.handOver(socket, bytes, this.#state === 'new');
  }

  /** A client that ends its side gets the answer it may still wait for. */
  readonly #end = (): void => {
    if (this.#state === 'answering') {
      this.#closes = true;
      this.#tellGone();
    } else {
      this.#socket.end();
    }
  };

  readonly #closed = (): void => {
    this.#parts.left(this);
    this.#tellGone();
  };

  #tellGone(): void {
    const listeners = this.#goneListeners;
    this.#goneListeners = undefined;
    for (const listener of listeners ?? []) listener();
  }

  /** A reset is followed by `close`. */
  readonly #failed = (): void => {};
}
