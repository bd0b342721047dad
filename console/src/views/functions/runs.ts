/** Runs of functions, told apart: all attempts of one event have the same id. */
import type { Run } from '../../../../src/admin-api/index.ts';
import type { Tone } from '../../ui/tone.ts';

export function runKey({ id, atMs }: Pick<Run, 'id' | 'atMs'>): string {
  return `${id} ${atMs}`;
}

export function toneOf({ outcome }: Pick<Run, 'outcome'>): Tone {
  return outcome === 'ok' ? 'ok' : 'fail';
}

/** Runs of one chain in the order of time, `run` itself among them. */
export function chainOf(run: Run, others: readonly Run[]): readonly Run[] {
  const own = runKey(run);
  const rest = others.filter((other) => runKey(other) !== own);
  return [...rest, run].sort((a, b) => a.atMs - b.atMs);
}

/** `attempt 2 of 3`; '' where there was only one. */
export function attemptWords(run: Run, others: readonly Run[]): string {
  const chain = chainOf(run, others);
  if (chain.length < 2) return '';
  return `attempt ${chain.indexOf(run) + 1} of ${chain.length}`;
}
