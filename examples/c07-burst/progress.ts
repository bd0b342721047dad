/**
 * What people do, and what it is worth. Pure: the functions and what checks them read the same
 * rules.
 */
export interface ProgressLogged {
  readonly eventId: string;
  readonly userId: string;
  readonly challengeId: string;
  readonly steps: number;
  readonly source: string;
  readonly loggedAt: string;
}

/** What somebody has done so far. The higher `version` is the later one. */
export interface Standing {
  readonly userId: string;
  readonly team: string;
  readonly steps: number;
  readonly version: number;
}

export interface Points extends Standing {
  readonly points: number;
}

export const MILESTONES = [10_000, 50_000, 100_000] as const;

export const milestonesOf = (steps: number): readonly number[] =>
  MILESTONES.filter((milestone) => steps >= milestone);

export const pointsOf = (steps: number): number => Math.floor(steps / 100);

/**
 * Throws when `body` is no progress. Some watches write 1200 as "1,200"; who has not heard of
 * that takes it for garbage.
 */
export function readProgress(body: string, knowsCommas: boolean): ProgressLogged {
  const read = JSON.parse(body) as ProgressLogged;
  const text = String(read.steps);
  const steps = Number(knowsCommas ? text.replaceAll(',', '') : text);
  if (Number.isSafeInteger(steps) && steps >= 0) return { ...read, steps };
  throw new Error(`These are no steps: ${text}`);
}

/** What the bus says about points. */
export const readPoints = (body: string): Points =>
  (JSON.parse(body) as { readonly detail: Points }).detail;
