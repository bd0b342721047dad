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
}

/**
 * Undefined when the pattern matches. With `$or`, speaks of the branch that comes furthest.
 */
export function explain(pattern: Pattern, event: unknown): Mismatch | undefined {
  let furthest: { readonly passed: number; readonly mismatch: Mismatch } | undefined;
  for (const branch of pattern.branches) {
    const passed = fieldsThatMatch(branch, event);
    const field = branch[Math.min(passed, branch.length - 1)];
    if (!field || (passed === branch.length && branchMatches(branch, event, { steps: 0 }))) {
      return undefined;
    }
    if (furthest && furthest.passed >= passed) continue;
    const acrossElements = passed === branch.length;
    furthest = { passed, mismatch: { ...describe(field, event), acrossElements } };
  }
  return furthest?.mismatch;
}

/** How many fields match alone, up to the first that does not. */
function fieldsThatMatch(branch: Branch, event: unknown): number {
  const failing = branch.findIndex((field) => !fieldMayMatch(field, event));
  return failing < 0 ? branch.length : failing;
}

function describe(field: Field, event: unknown): Omit<Mismatch, 'acrossElements'> {
  return { path: field.path, wanted: field.text, found: leavesAt(event, field.steps) };
}
