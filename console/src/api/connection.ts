/** Whether the server is there: what requests and live streams have met last. */
import { useSyncExternalStore } from 'react';

export type Connection = 'connected' | 'connecting' | 'lost';

let answering = true;
const streams = new Map<symbol, Connection>();
const listeners = new Set<() => void>();
let state: Connection = 'connected';

export function noteAnswer(): void {
  answering = true;
  update();
}

export function noteNoAnswer(): void {
  answering = false;
  update();
}

/** Undefined when the stream is gone. */
export function noteStream(stream: symbol, connection: Connection | undefined): void {
  if (connection) streams.set(stream, connection);
  else streams.delete(stream);
  update();
}

function update(): void {
  const all = [...streams.values()];
  const next =
    all.includes('lost') || !answering
      ? 'lost'
      : all.includes('connecting')
        ? 'connecting'
        : 'connected';
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener();
}

export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}
