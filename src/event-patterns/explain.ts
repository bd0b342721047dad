/**
 * Says why a pattern does not match an event: the first field, in order of path, that is to blame.
 */
import { leavesAt } from './leaves.ts';
import { branchMatches, fieldMayMatch } from './matches.ts';
import type { Branch, Field, Pattern } from './pattern.ts';

export interface Mismatch {
  readonly path: string;
  /** The field's conditions as they are written in the pattern. */
  readonly wanted: string;
  /** The values that the event has there; none when the field is missing. */
  readonly found: readonly unknown[];
  /** True when each field matches alone, but in different elements of an array. */
  readonly acrossElements: boolean;
  /** The part of the pattern's fields that match alone, from 0 to 1. */
  readonly nearness: number;
}

/**
 * Undefined when the pattern matches. With `$or`, speaks of the branch that comes nearest.
 */
export function explain(pattern: Pattern, event: unknown): Mismatch | undefined {
  let nearest: Mismatch | undefined;
  for (const branch of pattern.branches) {
    const mismatch = explainBranch(branch, event);
    if (!mismatch) return undefined;
    if (!nearest || mismatch.nearness > nearest.nearness) nearest = mismatch;
  }
  return nearest;
}

function explainBranch(branch: Branch, event: unknown): Mismatch | undefined {
  const failing = branch.filter((field) => !fieldMayMatch(field, event));
  const acrossElements = failing.length === 0;
  if (acrossElements && branchMatches(branch, event, { steps: 0 })) return undefined;
  const field = failing[0] ?? branch.at(-1);
  const nearness = 1 - failing.length / branch.length;
  return field && { ...describe(field, event), acrossElements, nearness };
}

function describe(field: Field, event: unknown): Pick<Mismatch, 'path' | 'wanted' | 'found'> {
  return { path: field.path, wanted: field.text, found: leavesAt(event, field.steps) };
}

/** The same as a sentence. */
export function sentenceOf({ path, wanted, found, acrossElements }: Mismatch): string {
  if (acrossElements) {
    return `Every field matches, but ${path} in another element of an array than the rest.`;
  }
  if (found.length === 0) return `${path} is missing; wanted is ${wanted}.`;
  const values = found.map((value) => (typeof value === 'bigint' ? value : JSON.stringify(value)));
  return `${path} is ${values.join(', ')}; wanted is ${wanted}.`;
}
