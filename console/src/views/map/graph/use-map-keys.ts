/** Arrow keys lead from node to node; Tab leads to one of them and away. */

import { useReactFlow } from '@xyflow/react';
import { type KeyboardEvent, type RefObject, useCallback } from 'react';
import { isDirection, stepFrom } from '../steps.ts';
import type { Picture } from './picture.ts';

export function useMapKeys(picture: Picture, box: RefObject<HTMLElement | null>) {
  const flow = useReactFlow();
  return useCallback(
    (event: KeyboardEvent) => {
      const from = event.target instanceof HTMLElement ? event.target.dataset.node : undefined;
      if (from === undefined || !isDirection(event.key)) return;
      const to = stepFrom(picture.boxes, from, event.key, picture.linked.get(from) ?? new Set());
      const place = to === undefined ? undefined : picture.boxes.get(to);
      if (to === undefined || !place || !box.current) return;
      event.preventDefault();
      const next = [...box.current.querySelectorAll<HTMLElement>('[data-node]')];
      // The browser's own scrolling would move the picture out of its frame.
      next.find(({ dataset }) => dataset.node === to)?.focus({ preventScroll: true });
      show(flow, place, box.current);
    },
    [picture, box, flow],
  );
}

/** Moves the picture as little as brings the node into view. */
function show(
  flow: Pick<ReturnType<typeof useReactFlow>, 'getViewport' | 'setViewport'>,
  place: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  },
  element: HTMLElement,
): void {
  const { x, y, zoom } = flow.getViewport();
  const by = (start: number, size: number, room: number) =>
    start < EDGE ? EDGE - start : Math.min(0, room - EDGE - start - size);
  const right = by(place.x * zoom + x, place.width * zoom, element.clientWidth);
  const down = by(place.y * zoom + y, place.height * zoom, element.clientHeight);
  if (right !== 0 || down !== 0) flow.setViewport({ x: x + right, y: y + down, zoom });
}

const EDGE = 24;
