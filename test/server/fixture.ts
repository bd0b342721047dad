/** A port with a gateway that answers what a test says, and raw sockets to talk to it. */
import { connect, type Socket } from 'node:net';
import { type Clock, realClock } from '../../src/core/clock.ts';
import { type Listening, listen, type TlsOptions } from '../../src/server/listen.ts';
import type { Answer, Gateway, Head, Request } from '../../src/server/request.ts';

export interface Port extends AsyncDisposable {
  readonly port: number;
  readonly listening: Listening;
  /** What the gateway was asked, in order. */
  readonly requests: readonly Request[];
}

export interface Answers {
  readonly answer?: (request: Request) => Promise<Answer> | Answer;
  readonly admit?: (head: Head) => Answer | number;
  readonly draining?: () => boolean;
}

export const OK: Answer = { status: 200, headers: ['Content-Type', 'text/plain'], body: 'yes' };

export async function openPort(
  answers: Answers = {},
  host = '127.0.0.1',
  clock: Clock = realClock(),
  tls?: TlsOptions,
): Promise<Port> {
  const requests: Request[] = [];
  const gateway: Gateway = {
    admit: answers.admit ?? (() => 1_000),
    tooLarge: () => ({ status: 413, headers: [], body: 'too large' }),
    answer: async (request) => {
      requests.push(request);
      return (await answers.answer?.(request)) ?? OK;
    },
    broken: () => ({ status: 500, headers: [], body: 'broken' }),
    get draining() {
      return answers.draining?.() ?? false;
    },
  };
  const listening = await listen(gateway, clock, { host, port: 0, ...(tls && { tls }) });
  return {
    port: listening.port,
    listening,
    requests,
    [Symbol.asyncDispose]: () => listening.close(0),
  };
}

/** Sends `text` as it stands and resolves with all that came back until the server closed. */
export function exchange(port: number, text: string, host = '127.0.0.1'): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => socket.write(text, 'latin1'));
    let received = '';
    socket.setEncoding('latin1').on('data', (data: string) => {
      received += data;
    });
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
  });
}

/** Resolves once `socket` has received something that matches. */
export function receives(socket: Socket, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const take = (data: Buffer): void => {
      received += data.toString('latin1');
      if (!pattern.test(received)) return;
      socket.off('data', take);
      resolve(received);
    };
    socket.on('data', take).on('error', reject);
    socket.on('close', () => reject(new Error(`Closed after ${JSON.stringify(received)}.`)));
  });
}

export function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** A wall clock that stands still, whose timers run when it is moved. */
export function stillClock() {
  let nowMs = 0;
  const timers = new Set<{ readonly atMs: number; readonly fire: () => void }>();
  const afterWallMs = (delayMs: number, fire: () => void) => {
    const timer = { atMs: nowMs + delayMs, fire };
    timers.add(timer);
    return { cancel: () => timers.delete(timer) };
  };
  const advance = (ms: number) => {
    for (const endMs = nowMs + ms; ; ) {
      const [next] = [...timers].sort((a, b) => a.atMs - b.atMs);
      if (!next || next.atMs > endMs) break;
      timers.delete(next);
      nowMs = next.atMs;
      next.fire();
    }
  };
  return { clock: { ...realClock(), wallNowMs: () => nowMs, afterWallMs }, advance };
}
