/** Verdicts in words, and by how bad they are. */
import type { Way } from '../../../../src/admin-api/index.ts';
import type { Tone } from '../../ui/tone.ts';

export type Verdict = Way['verdict'];

export const VERDICTS: Readonly<Record<Verdict, readonly [words: string, tone: Tone]>> = {
  delivered: ['delivered', 'ok'],
  retrying: ['being retried', 'retry'],
  'dead-lettered': ['dead letter', 'dead'],
  lost: ['lost', 'fail'],
  'not-matched': ['not matched', 'neutral'],
  disabled: ['disabled', 'retry'],
  'pending-confirmation': ['not confirmed', 'retry'],
  'not-then': ['not then', 'accent'],
  unknown: ['unknown', 'neutral'],
};

const TROUBLE: ReadonlySet<Verdict> = new Set(['retrying', 'dead-lettered', 'lost']);

export interface Sorted {
  /** Chosen, and not arrived. */
  readonly trouble: readonly Way[];
  /** Not chosen, the nearest first. */
  readonly missed: readonly Way[];
  readonly delivered: readonly Way[];
}

export function sorted(ways: readonly Way[]): Sorted {
  const trouble = ways.filter(({ verdict }) => TROUBLE.has(verdict));
  const delivered = ways.filter(({ verdict }) => verdict === 'delivered');
  const missed = ways.filter((way) => !trouble.includes(way) && !delivered.includes(way));
  return { trouble, missed, delivered };
}

/** `3 of 8 ways took it`, in short: what became of the event. */
export function summaryOf(ways: readonly Way[]): string {
  if (ways.length === 0) return 'Nothing listens where it was published.';
  const { trouble, delivered } = sorted(ways);
  const of = ways.length === 1 ? 'one way' : `${ways.length} ways`;
  const failed = trouble.length === 0 ? '' : `, ${trouble.length} chose it and failed`;
  if (delivered.length === 0 && trouble.length === 0) return `None of ${of} took it.`;
  return `${delivered.length} of ${of} delivered it${failed}.`;
}
