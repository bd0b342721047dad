import { useEffect, useState } from 'react';
import type { LayoutRequest, Placed } from './layout.ts';

/**
 * Where the nodes stand; what was asked for before stays until the new answer is there, undefined
 * until the first. `request` must be the same as long as nothing of it has changed.
 */
export function useLayout(request: LayoutRequest): Placed | undefined {
  const [found, setFound] = useState<Placed>();
  useEffect(() => {
    let wanted = true;
    laidOut(request).then((next) => wanted && setFound(next));
    return () => {
      wanted = false;
    };
  }, [request]);
  return found;
}

let worker: Worker | undefined;
let turns = 0;
const waiting = new Map<number, (placed: Placed) => void>();

/** All graphs of the page share one worker. */
function laidOut(request: LayoutRequest): Promise<Placed> {
  worker ??= begun();
  turns += 1;
  const turn = turns;
  worker.postMessage({ turn, request });
  return new Promise((resolve) => waiting.set(turn, resolve));
}

function begun(): Worker {
  const made = new Worker(new URL('./layout-worker.ts', import.meta.url), { type: 'module' });
  made.onmessage = ({ data }: MessageEvent<{ readonly turn: number; readonly placed: Placed }>) => {
    waiting.get(data.turn)?.(data.placed);
    waiting.delete(data.turn);
  };
  return made;
}
