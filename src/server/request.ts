/**
 * A request and its answer as the gateway sees them. No class of `node:http` appears here, so
 * that HTTP/1, HTTP/2 and whatever may come are equal below the gateway.
 */
import type { Socket } from 'node:net';

export interface Head {
  readonly method: string;
  /** As it was sent: percent-encoded, without the query. */
  readonly path: string;
  /** What follows the question mark; empty without one. */
  readonly query: string;
  /** The first value of a header; `name` is in lower case. */
  readonly header: (name: string) => string | undefined;
  /** How many headers of that name were sent. */
  headerCount(name: string): number;
}

export interface Request extends Head {
  /** Such as `HTTP/1.1`. */
  readonly protocol: string;
  /** Names as they were sent and values in turn. */
  fields(): readonly string[];
  readonly body: Uint8Array;
  readonly connection: Connection;
}

/**
 * The client's side of a request that is being answered. A client that has closed its half of the
 * connection is answered, but counts as gone: few wait on, and nothing tells them from the others.
 */
export interface Connection {
  /** The address of the client; empty when it has gone. */
  peer(): string;
  /** Whether it came by TLS. */
  secure(): boolean;
  gone(): boolean;
  /** Calls back once if the client goes away before the answer. Returns how to stop listening. */
  onGone(listener: () => void): () => void;
}

export interface Answer {
  readonly status: number;
  /** Names and values in turn. Content-Length, Transfer-Encoding and Date are the transport's. */
  readonly headers: readonly string[];
  readonly body: Body;
}

export type Body = string | Uint8Array | StreamedBody;

/**
 * A body that is written as it comes, at the pace of the client. What it throws breaks the
 * connection, because its head is long written. It is returned early when the client goes away.
 */
export type StreamedBody = AsyncIterable<Uint8Array>;

/** What a transport asks of the gateway. */
export interface Gateway {
  /**
   * Looks at a request's head, before any byte of its body is read: a refusal, or the number of
   * bytes that its body may have.
   */
  admit(head: Head): Answer | number;
  /** The refusal of a body that grew past what `admit` allowed. */
  tooLarge(head: Head): Answer;
  answer(request: Request): Promise<Answer>;
  /** What to say when answering, or writing the answer, failed. */
  broken(cause: unknown): Answer;
  /** Whether the server is ending: connections are then closed after their answer. */
  readonly draining: boolean;
}

/** Whether a socket is one of `node:tls`, which is not loaded to find out. */
export function isSecure(socket: Socket | undefined): boolean {
  return socket !== undefined && 'encrypted' in socket;
}

/** Path and query of a request's target. */
export function splitTarget(target: string): { readonly path: string; readonly query: string } {
  const mark = target.indexOf('?');
  if (mark < 0) return { path: target, query: '' };
  return { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

const JSON_HEADERS: readonly string[] = ['Content-Type', 'application/json'];

/** An answer of our own, that no AWS protocol shapes. */
export function jsonAnswer(
  status: number,
  value: object,
  headers: readonly string[] = JSON_HEADERS,
): Answer {
  return { status, headers, body: `${JSON.stringify(value)}\n` };
}
