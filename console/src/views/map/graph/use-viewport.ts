/** Where the picture is: as the address says, else all of it; what is chosen comes into view. */
import { useReactFlow, useStore } from '@xyflow/react';
import { useCallback, useEffect, useRef } from 'react';
import { boundsOf } from '../../../graph/bounds.ts';
import type { Box } from '../../../graph/layout.ts';
import type { MapState } from '../use-map-state.ts';
import { viewportOf } from '../viewport.ts';
import { fitted } from './fit.ts';
import type { Picture } from './picture.ts';

export interface ViewportOptions {
  readonly picture: Picture;
  /** Changes when nodes have moved. */
  readonly turn: string;
  readonly frames: Readonly<Record<string, Box>>;
  readonly state: MapState;
}

/** How much of the right edge the details lie over. */
const DRAWER = 440;
/** Nearer than this names can be read. */
const READABLE = 0.6;

/** Answers how to show all. */
export function useViewport(options: ViewportOptions, chosen: string | undefined): () => void {
  const { picture, turn, frames, state } = options;
  const flow = useReactFlow();
  const width = useStore((store) => store.width);
  const height = useStore((store) => store.height);
  const isReady = width > 0 && height > 0;
  const fit = useCallback(() => {
    const bounds = boundsOf([...picture.boxes.values(), ...Object.values(frames)]);
    flow.setViewport(fitted(bounds, width, height));
  }, [flow, picture, frames, width, height]);

  const shown = useRef<{ turn?: string; chosen?: string | undefined }>({});
  useEffect(() => {
    if (!isReady) return;
    const { turn: turnBefore, chosen: chosenBefore } = shown.current;
    shown.current = { turn, chosen };
    const kept = turnBefore === undefined ? viewportOf(state.at) : undefined;
    if (kept) flow.setViewport(kept);
    else if (turnBefore !== turn) fit();
    const box = chosen === undefined ? undefined : picture.boxes.get(chosen);
    if (!box || (chosen === chosenBefore && turnBefore === turn)) return;
    if (isInView(box, flow.getViewport(), { width, height })) return;
    const zoom = Math.max(flow.getZoom(), READABLE);
    const x = Math.max(width - DRAWER, width / 3) / 2 - (box.x + box.width / 2) * zoom;
    flow.setViewport({ x, y: height / 2 - (box.y + box.height / 2) * zoom, zoom });
  }, [flow, isReady, width, height, picture, turn, chosen, fit, state.at]);
  return fit;
}

type At = { readonly x: number; readonly y: number; readonly zoom: number };

function isInView(box: Box, { x, y, zoom }: At, room: Pick<Box, 'width' | 'height'>): boolean {
  const [left, top] = [box.x * zoom + x, box.y * zoom + y];
  const [right, bottom] = [left + box.width * zoom, top + box.height * zoom];
  return left > 0 && top > 0 && right < room.width - DRAWER && bottom < room.height;
}
