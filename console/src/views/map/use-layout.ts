/** Places of what is shown; found by a worker, and only anew when what is shown is another. */
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Layout, LayoutInput } from './layout.ts';
import type { LayoutAnswered, LayoutAsked } from './layout.worker.ts';
import { type Shown, type ShownNode, skeletonOf } from './model.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

const CARD: Size = { width: 200, height: 48 };
const RULE: Size = { width: 168, height: 28 };

/** Rules are small: there are many, and they stand between what matters. */
export function sizeOf({ kind }: Pick<ShownNode, 'kind'>): Size {
  return kind === 'rule' ? RULE : CARD;
}

export interface Placed {
  readonly layout: Layout;
  /** Of which input; differs while the worker is at the next. */
  readonly signature: string;
  readonly ms: number;
}

export function useLayout(shown: Shown): Placed | undefined {
  const ask = useWorker();
  const [placed, setPlaced] = useState<Placed>();
  const { input, signature } = useMemo(() => inputOf(shown), [shown]);
  const latest = useRef(input);
  latest.current = input;
  useEffect(() => {
    let over = false;
    ask(latest.current).then(({ layout, ms }) => {
      if (!over) setPlaced({ layout, ms, signature });
    });
    return () => {
      over = true;
    };
  }, [ask, signature]);
  return placed;
}

/** Two inputs with one signature have one layout. */
function inputOf(shown: Shown): { readonly input: LayoutInput; readonly signature: string } {
  const nodes = shown.nodes.map((node) => ({ id: node.id, group: node.group, ...sizeOf(node) }));
  const edges = skeletonOf(shown).map(({ id, from, to }) => ({ id, from, to }));
  const signature = JSON.stringify([nodes, edges.map(({ from, to }) => [from, to])]);
  return { input: { nodes, edges }, signature };
}

type Ask = (input: LayoutInput) => Promise<LayoutAnswered>;

function useWorker(): Ask {
  const worker = useRef<Worker>(undefined);
  const turns = useRef({ last: 0, waiting: new Map<number, (answer: LayoutAnswered) => void>() });
  useEffect(
    () => () => {
      worker.current?.terminate();
      worker.current = undefined;
    },
    [],
  );
  return useMemo(
    () => (input) =>
      new Promise((resolve) => {
        worker.current ??= started(turns.current.waiting);
        turns.current.last += 1;
        const asked: LayoutAsked = { turn: turns.current.last, input };
        turns.current.waiting.set(asked.turn, resolve);
        worker.current.postMessage(asked);
      }),
    [],
  );
}

function started(waiting: Map<number, (answer: LayoutAnswered) => void>): Worker {
  const worker = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<LayoutAnswered>) => {
    waiting.get(data.turn)?.(data);
    waiting.delete(data.turn);
  };
  return worker;
}
