/** Where an arrow key leads on the map: to the nearest node on that side. */
import type { Box } from '../../graph/layout.ts';

export type Direction = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown';

const AHEAD: Readonly<Record<Direction, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function isDirection(key: string): key is Direction {
  return key in AHEAD;
}

/** What lies beside the way counts for more than what lies along it. */
const ASIDE = 2.5;

/**
 * The node that `key` leads to from `from`, or undefined where there is none on that side. Of
 * several, `linked` (the ends of its edges) come first to the left and right.
 */
export function stepFrom(
  boxes: ReadonlyMap<string, Box>,
  from: string,
  key: Direction,
  linked: ReadonlySet<string>,
): string | undefined {
  const here = boxes.get(from);
  if (!here) return undefined;
  const isLevel = key === 'ArrowLeft' || key === 'ArrowRight';
  const candidates = [...boxes].filter(([id]) => id !== from);
  const preferred = isLevel ? candidates.filter(([id]) => linked.has(id)) : [];
  return nearest(here, key, preferred) ?? nearest(here, key, candidates);
}

function nearest(
  here: Box,
  key: Direction,
  candidates: readonly (readonly [string, Box])[],
): string | undefined {
  const [ahead, aside] = AHEAD[key];
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const [id, box] of candidates) {
    const x = box.x + box.width / 2 - (here.x + here.width / 2);
    const y = box.y + box.height / 2 - (here.y + here.height / 2);
    const along = x * ahead + y * aside;
    const across = Math.abs(x * aside + y * ahead);
    if (along < 4) continue;
    const distance = along + across * ASIDE;
    if (distance >= least) continue;
    least = distance;
    best = id;
  }
  return best;
}
