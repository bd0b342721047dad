/**
 * Sends one case on a connection of its own and waits for the server to be done with it.
 */
import { connect } from 'node:net';
import type { Observed } from './oracle.ts';
import type { Case } from './requests.ts';

/** The longest a server may take; the guide calls more a hang. */
export const HANG_MS = 1_000;
/** A whole request's answer is complete when nothing more has come for so long. */
const QUIET_MS = 150;

export function probe(port: number, { bytes }: Case, patienceMs = HANG_MS): Promise<Observed> {
  return new Promise((resolve) => {
    const startedAtMs = performance.now();
    const chunks: Buffer[] = [];
    // We close our half once all is written: the server has no more to wait for.
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let done = false;
    const finish = (hung: boolean) => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      socket.destroy();
      const tookMs = performance.now() - startedAtMs;
      resolve({ bytes: Buffer.concat(chunks), tookMs, hung });
    };
    const timer = setTimeout(() => finish(chunks.length === 0), patienceMs + QUIET_MS);
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => finish(false));
    // A reset is the server's way of hanging up while we are still writing.
    socket.on('error', () => finish(false));
    socket.on('close', () => finish(false));
    socket.end(bytes);
  });
}
