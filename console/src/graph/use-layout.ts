/** Places of a graph's nodes; found by a worker, and only anew when the graph is another. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Layout, LayoutInput } from './layout.ts';
import type { LayoutAnswered, LayoutAsked } from './layout.worker.ts';

export interface Placed {
  readonly layout: Layout;
  /** Of which input; differs while the worker is at the next. */
  readonly signature: string;
}

export interface Laid {
  /** What was found last stays until the next is there; undefined until the first. */
  readonly placed: Placed | undefined;
  /** Why the newest was not found. */
  readonly error: unknown;
  readonly retry: () => void;
}

/** `input` must be the same object as long as nothing of it has changed. */
export function useLayout(input: LayoutInput): Laid {
  const [placed, setPlaced] = useState<Placed>();
  const [error, setError] = useState<unknown>();
  const [tries, setTries] = useState(0);
  const signature = useMemo(() => signatureOf(input), [input]);
  const latest = useRef(input);
  latest.current = input;
  // biome-ignore lint/correctness/useExhaustiveDependencies: tried again when that is asked for.
  useEffect(() => {
    let over = false;
    setError(undefined);
    laidOut(latest.current).then(
      (layout) => !over && setPlaced({ layout, signature }),
      (cause: unknown) => !over && setError(cause),
    );
    return () => {
      over = true;
    };
  }, [signature, tries]);
  const retry = useCallback(() => setTries((before) => before + 1), []);
  return { placed, error, retry };
}

/** Two inputs with one signature have one layout. */
function signatureOf({ nodes, edges }: LayoutInput): string {
  return JSON.stringify([nodes, edges.map(({ from, to }) => [from, to])]);
}

interface Waiting {
  readonly found: (layout: Layout) => void;
  readonly failed: (cause: Error) => void;
}

let worker: Worker | undefined;
let turns = 0;
const waiting = new Map<number, Waiting>();

/** All graphs of the page share one worker. */
function laidOut(input: LayoutInput): Promise<Layout> {
  worker ??= begun();
  turns += 1;
  const asked: LayoutAsked = { turn: turns, input };
  worker.postMessage(asked);
  return new Promise((found, failed) => waiting.set(asked.turn, { found, failed }));
}

function begun(): Worker {
  const made = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' });
  made.onmessage = ({ data: { turn, layout, failure } }: MessageEvent<LayoutAnswered>) => {
    const one = waiting.get(turn);
    waiting.delete(turn);
    if (layout) one?.found(layout);
    else one?.failed(new Error(`The graph cannot be laid out: ${failure}`));
  };
  // It was not loaded, or has fallen: it answers nobody any more, and the next begins another.
  made.onerror = () => {
    made.terminate();
    worker = undefined;
    for (const { failed } of waiting.values()) {
      failed(new Error('The graph cannot be laid out: the worker for it does not run.'));
    }
    waiting.clear();
  };
  return made;
}
