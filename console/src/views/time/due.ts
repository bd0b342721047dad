/** What falls due, put together for people: what comes in the same second stands in one line. */
import type { Due } from '../../../../src/admin-api/index.ts';

export interface DueGroup {
  readonly atMs: number;
  readonly things: readonly { readonly what: string; readonly count: number }[];
  readonly count: number;
}

export function groupedBySecond({ due }: Due): readonly DueGroup[] {
  const seconds = new Map<number, { atMs: number; things: Map<string, number> }>();
  for (const { atMs, what, count } of due) {
    const second = Math.floor(atMs / 1_000);
    const group = seconds.get(second) ?? { atMs, things: new Map<string, number>() };
    // To go there is to go past all that is due in it.
    group.atMs = Math.max(group.atMs, atMs);
    group.things.set(what, (group.things.get(what) ?? 0) + count);
    seconds.set(second, group);
  }
  return [...seconds.values()]
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ atMs, things }) => {
      const all = [...things].map(([what, count]) => ({ what, count }));
      return { atMs, things: all, count: all.reduce((sum, { count }) => sum + count, 0) };
    });
}

const NEAREST_MS = 100;

/**
 * Where a moment stands on a line from now to `lastMs`, 0 to 1. Each step along it is a factor of
 * time, not a span: seconds, hours and days all have room.
 */
export function placeOnLine(atMs: number, nowMs: number, lastMs: number): number {
  const whole = Math.log(Math.max(2 * NEAREST_MS, lastMs - nowMs) / NEAREST_MS);
  const part = Math.log(Math.max(NEAREST_MS, atMs - nowMs) / NEAREST_MS);
  return Math.max(0, Math.min(1, part / whole));
}

const MARKS: readonly (readonly [number, string])[] = [
  [1_000, '1 s'],
  [10_000, '10 s'],
  [60_000, '1 min'],
  [600_000, '10 min'],
  [3_600_000, '1 h'],
  [86_400_000, '1 d'],
  [604_800_000, '7 d'],
];

export interface Mark {
  readonly label: string;
  readonly place: number;
}

export function marksOf(nowMs: number, lastMs: number): readonly Mark[] {
  return MARKS.filter(([ms]) => ms < lastMs - nowMs).map(([ms, label]) => ({
    label,
    place: placeOnLine(nowMs + ms, nowMs, lastMs),
  }));
}
