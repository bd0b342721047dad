/**
 * Writes a body as it comes: at the client's pace, and no longer than the client stays.
 *
 * The next piece is asked for when the last one has been taken. A client that goes away returns
 * the iteration at once, also while a piece is awaited, so that whoever makes them can stop.
 */
import type { Writable } from 'node:stream';
import type { Body, Connection, StreamedBody } from './request.ts';

export function isStreamed(body: Body): body is StreamedBody {
  return typeof body !== 'string' && !(body instanceof Uint8Array);
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-6.4.1 */
export function mayHaveBody(method: string, status: number): boolean {
  return method !== 'HEAD' && status !== 204 && status !== 205 && status !== 304;
}

/** Where a body goes. */
export interface Sink {
  /** The client, told of by `onGone`. */
  readonly connection: Connection;
  /** Says by `drain` that the client has taken what was written. */
  readonly stream: Writable;
  /** Writes a piece; false when the client is slow to take it. */
  readonly write: (piece: Uint8Array) => boolean;
}

/** Resolves with whether the client has got all of it. Rejects as the body does. */
export async function pour(body: StreamedBody, sink: Sink): Promise<boolean> {
  const { connection, stream, write } = sink;
  const pieces = body[Symbol.asyncIterator]();
  let returned: Promise<unknown> | undefined;
  let wake = () => {};
  const leave = () => {
    returned ??= Promise.resolve(pieces.return?.());
    returned.catch(() => {}); // It is awaited below, but perhaps only after it has failed.
    wake();
  };
  const stay = connection.onGone(leave);
  if (stream.destroyed) leave();
  try {
    while (!returned) {
      const { done, value } = await pieces.next();
      if (done) break;
      if (returned || value.length === 0 || write(value)) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
        stream.once('drain', resolve);
      });
    }
  } finally {
    stay();
  }
  await returned;
  return returned === undefined;
}

/** Ends a body that nobody is to read. */
export async function abandon(body: StreamedBody): Promise<void> {
  await body[Symbol.asyncIterator]().return?.();
}
