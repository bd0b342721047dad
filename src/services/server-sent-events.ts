/**
 * Server-sent events: frames of JSON for clients that stay, at the pace of each.
 *
 * Nothing piles up for a client that is slow: what it cannot take is left out, and whoever sends
 * is told so. The answer ends at once when the client goes, and when the server begins to end.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
import type { Clock, Timer } from '../core/clock.ts';
import type { RouteAnswer, RouteRequest } from './service.ts';

/** Somebody who is sent frames. */
export interface EventClient {
  /** Sends a JSON text; false, with nothing sent, while the frame before has not been taken. */
  send(json: string): boolean;
  end(): void;
}

/** Called when the client begins to read. Returns what is to be done when it has gone. */
export type Begin = (client: EventClient) => () => void;

/** Of silence, after which a comment keeps proxies from taking the connection for dead. */
const HEARTBEAT_MS = 15_000;
const HEARTBEAT = Buffer.from(':\n\n');

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  // A proxy of the kind that gathers answers would show live views in bursts.
  'x-accel-buffering': 'no',
} as const;

export function serverSentEvents(
  clock: Clock,
  request: Pick<RouteRequest, 'onDrain'>,
  begin: Begin,
): RouteAnswer {
  const body = { [Symbol.asyncIterator]: () => new Frames(clock, request, begin) };
  return { status: 200, headers: HEADERS, body };
}

type Piece = IteratorResult<Uint8Array, undefined>;

const OVER: Piece = { done: true, value: undefined };

/**
 * Begins with the first piece that is asked for, so that an answer which nobody reads holds
 * nothing. A piece is asked for when the one before has gone out.
 */
class Frames implements AsyncIterator<Uint8Array, undefined>, EventClient {
  readonly #clock: Clock;
  readonly #request: Pick<RouteRequest, 'onDrain'>;
  readonly #begin: Begin;
  #begun = false;
  #over = false;
  #stops: (() => void)[] = [];
  #heartbeat: Timer | undefined;
  #kept: Uint8Array | undefined;
  #take: ((piece: Piece) => void) | undefined;

  constructor(clock: Clock, request: Pick<RouteRequest, 'onDrain'>, begin: Begin) {
    this.#clock = clock;
    this.#request = request;
    this.#begin = begin;
  }

  next(): Promise<Piece> {
    if (!this.#begun) this.#start();
    const kept = this.#kept;
    this.#kept = undefined;
    if (this.#over) return Promise.resolve(OVER);
    if (kept) return Promise.resolve({ value: kept });
    return new Promise((resolve) => {
      this.#take = resolve;
    });
  }

  async return(): Promise<Piece> {
    this.end();
    return OVER;
  }

  send(json: string): boolean {
    return this.#write(Buffer.from(`data: ${json}\n\n`));
  }

  end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#heartbeat?.cancel();
    for (const stop of this.#stops) stop();
    this.#stops = [];
    this.#take?.(OVER);
  }

  #start(): void {
    this.#begun = true;
    if (this.#over) return;
    this.#beatLater();
    const hold = (stop: () => void) => {
      if (this.#over) stop();
      else this.#stops.push(stop);
    };
    hold(this.#request.onDrain(() => this.end()));
    if (!this.#over) hold(this.#begin(this));
  }

  #write(bytes: Uint8Array): boolean {
    if (this.#over || this.#kept) return false;
    const take = this.#take;
    this.#take = undefined;
    if (take) take({ value: bytes });
    else this.#kept = bytes;
    this.#beatLater();
    return true;
  }

  #beatLater(): void {
    this.#heartbeat?.cancel();
    this.#heartbeat = this.#clock.afterWallMs(HEARTBEAT_MS, () => {
      if (!this.#write(HEARTBEAT)) this.#beatLater();
    });
  }
}
