/**
 * The line of an edge: from the side of one node to the side of another, through its bends. It
 * leaves and arrives level, so that parallel edges read as a bundle.
 */
import type { Box, Point } from '../../graph/layout.ts';

export interface Curve {
  /** For an SVG path. */
  readonly path: string;
  /** The arrow's two strokes. */
  readonly head: string;
  /** The same as short straight lines, for what moves along it. */
  readonly points: readonly Point[];
  readonly length: number;
  /** Where a label ends: before the arrow, over the line. */
  readonly label: Point;
  /** To the left: it goes against the others, across what is there. */
  readonly isBack: boolean;
}

const STEPS = 8;
/** How far a line that goes back reaches out before it turns. */
const REACH = 28;

type Cubic = readonly [Point, Point, Point, Point];

export function curveOf(from: Box, to: Box, bends: readonly Point[] = []): Curve {
  const pieces = from === to ? loop(from) : between(from, to, bends);
  const points = pieces.flatMap((piece, index) => sampled(piece, index === 0 ? 0 : 1));
  const lengths = points.map((point, at) => {
    const before = points[at - 1];
    return before ? Math.hypot(point.x - before.x, point.y - before.y) : 0;
  });
  const length = lengths.reduce((sum, one) => sum + one, 0);
  const [first] = pieces;
  const drawn = pieces.map(([, a, b, c]) => `C${text(a)} ${text(b)} ${text(c)}`).join('');
  const path = `M${first ? text(first[0]) : '0 0'}${drawn}`;
  const head = headOf(pieces.at(-1));
  const isBack = from !== to && isBehind(from, to);
  const end = points.at(-1) ?? from;
  const label = isBack ? pointAt(points, length / 2) : { x: end.x - HEAD - 4, y: end.y - 4 };
  return { path, head, points, length, label, isBack };
}

function isBehind(from: Box, to: Box): boolean {
  return to.x + to.width / 2 < from.x + from.width / 2;
}

const HEAD = 6;

/** At the end of the last piece, in the direction in which it arrives. */
function headOf(piece: Cubic | undefined): string {
  if (!piece) return '';
  const [, , before, end] = piece;
  const away = Math.hypot(before.x - end.x, before.y - end.y) || 1;
  const [x, y] = [(before.x - end.x) / away, (before.y - end.y) / away];
  const one = { x: end.x + HEAD * (x - y * 0.55), y: end.y + HEAD * (y + x * 0.55) };
  const other = { x: end.x + HEAD * (x + y * 0.55), y: end.y + HEAD * (y - x * 0.55) };
  return `M${text(one)}L${text(end)}L${text(other)}`;
}

const text = ({ x, y }: Point) => `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;

function between(from: Box, to: Box, bends: readonly Point[]): readonly Cubic[] {
  const isBack = isBehind(from, to);
  const start = side(from, !isBack);
  const end = side(to, isBack);
  // A bend beside a node it leaves or comes to would make the line go back and forth.
  const through = bends.filter(({ x }) =>
    isBack ? x < start.x - 8 && x > end.x + 8 : x > start.x + 8 && x < end.x - 8,
  );
  const stops = [start, ...through, end];
  return stops.slice(1).map((stop, at) => level(stops[at] ?? start, stop, isBack));
}

function side({ x, y, width, height }: Box, right: boolean): Point {
  return { x: right ? x + width : x, y: y + height / 2 };
}

/** Level at both ends. */
function level(a: Point, b: Point, isBack: boolean): Cubic {
  const half = Math.max(Math.abs(b.x - a.x) / 2, Math.min(REACH, Math.abs(b.y - a.y)));
  const reach = isBack ? -half : half;
  return [a, { x: a.x + reach, y: a.y }, { x: b.x - reach, y: b.y }, b];
}

/** Out of the right side and back into the top. */
function loop({ x, y, width, height }: Box): readonly Cubic[] {
  const start = { x: x + width, y: y + height / 2 };
  const end = { x: x + width - 24, y };
  return [[start, { x: start.x + 36, y: start.y }, { x: end.x + 8, y: y - 36 }, end]];
}

function sampled([a, b, c, d]: Cubic, from: number): readonly Point[] {
  return Array.from({ length: STEPS + 1 - from }, (_, index) => {
    const t = (index + from) / STEPS;
    const u = 1 - t;
    const [p, q, r, s] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
    return {
      x: p * a.x + q * b.x + r * c.x + s * d.x,
      y: p * a.y + q * b.y + r * c.y + s * d.y,
    };
  });
}

/** The place `distance` along the line. */
export function pointAt(points: readonly Point[], distance: number): Point {
  let left = distance;
  for (let at = 1; at < points.length; at += 1) {
    const [a, b] = [points[at - 1], points[at]];
    if (!a || !b) break;
    const step = Math.hypot(b.x - a.x, b.y - a.y);
    if (left <= step) {
      const part = step === 0 ? 0 : left / step;
      return { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part };
    }
    left -= step;
  }
  return points.at(-1) ?? { x: 0, y: 0 };
}
