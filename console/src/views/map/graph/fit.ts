/** How the whole map is shown: with some room around, and not larger than life. */
import type { Box } from '../../../graph/layout.ts';
import type { Viewport } from '../viewport.ts';

const ROOM = 28;
const MOST = 1.05;
export const LEAST = 0.08;

/** The viewport in which `bounds` fill a canvas of `width` and `height`. */
export function fitted(bounds: Box, width: number, height: number): Viewport {
  const across = (width - 2 * ROOM) / bounds.width;
  const down = (height - 2 * ROOM) / bounds.height;
  const zoom = Math.max(LEAST, Math.min(MOST, across, down));
  return {
    x: width / 2 - (bounds.x + bounds.width / 2) * zoom,
    y: height / 2 - (bounds.y + bounds.height / 2) * zoom,
    zoom,
  };
}
