/**
 * What moves along the edges: a dot for an event, or for some of many. Dots are numbers that one
 * canvas draws; there are never more than some hundred of them, however much goes on.
 */
import type { EdgeTraffic } from '../../../../src/admin-api/index.ts';

export interface Particle {
  readonly edge: string;
  readonly tone: keyof EdgeTraffic;
  readonly startMs: number;
  readonly durationMs: number;
}

const MOST_PER_FRAME = 3;
export const MOST_PARTICLES = 400;
/** Pixels of the map a second. */
const SPEED = 320;
const SHORTEST_MS = 450;
const LONGEST_MS = 1_800;
const TONES = ['dead', 'failed', 'retried', 'ok'] as const;

/** Dots for what a frame of `seconds` tells of an edge: trouble is never left out. */
export function particlesOf(
  edge: string,
  traffic: EdgeTraffic,
  {
    length,
    nowMs,
    seconds,
  }: { readonly length: number; readonly nowMs: number; readonly seconds: number },
): readonly Particle[] {
  const tones = TONES.flatMap((tone) =>
    Array.from({ length: Math.min(MOST_PER_FRAME, traffic[tone]) }, () => tone),
  ).slice(0, MOST_PER_FRAME);
  const durationMs = Math.max(SHORTEST_MS, Math.min(LONGEST_MS, (length / SPEED) * 1_000));
  const gapMs = (Math.min(1, seconds) * 1_000) / Math.max(1, tones.length);
  return tones.map((tone, at) => ({ edge, tone, startMs: nowMs + at * gapMs, durationMs }));
}

/** Those that have not arrived; of too many the oldest go. */
export function underWay(particles: readonly Particle[], nowMs: number): readonly Particle[] {
  return particles
    .filter(({ startMs, durationMs }) => nowMs < startMs + durationMs)
    .slice(-MOST_PARTICLES);
}

/** How far it is, from 0 to 1; undefined before it sets out. Slows down at both ends. */
export function progressOf({ startMs, durationMs }: Particle, nowMs: number): number | undefined {
  const part = (nowMs - startMs) / durationMs;
  if (part < 0 || part > 1) return undefined;
  return part * part * (3 - 2 * part);
}
