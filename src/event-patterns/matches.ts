/**
 * Matches one pattern against one event: filter policies, archives and event filters.
 * For many patterns at once see matcher.ts, which answers the same.
 */
import { consistent } from './arrays.ts';
import { accepts } from './condition.ts';
import { isLeaf, member, waysFrom } from './leaves.ts';
import type { Branch, Field, Pattern } from './pattern.ts';
import type { Work } from './work.ts';

/** `event` is a parsed JSON object; see `parseExact` for integers beyond 2^53. */
export function matches(pattern: Pattern, event: unknown): boolean {
  const work = { steps: 0 };
  return pattern.branches.some((branch) => branchMatches(branch, event, work));
}

/**
 * Fields that are reached through elements of an array must agree on the element, so where there
 * are several they are looked at together; and only then it is clear whether a field is missing
 * from the element they agree on.
 */
export function branchMatches(branch: Branch, event: unknown, work: Work): boolean {
  return restMatches(branch, branch, event, work);
}

/**
 * The same when the other fields of the branch are known to have an accepted leaf that lies in no
 * array.
 */
export function restMatches(rest: Branch, branch: Branch, event: unknown, work: Work): boolean {
  let crossing = 0;
  let unclear = false;
  for (const field of rest) {
    const seen = look(field, event, 0, work);
    if (!mayMatch(field, seen)) return false;
    if ((seen & CROSSING) !== 0) crossing++;
    unclear ||= (seen & CROSSING) !== 0 && (seen & ACCEPTED) === 0;
  }
  return crossing > 1 || unclear ? consistent(branch, event, work) : true;
}

/** Whether a field matches when it is looked at alone. */
export function fieldMayMatch(field: Field, event: unknown): boolean {
  return mayMatch(field, look(field, event, 0, { steps: 0 }));
}

/** What a look at the leaves of a field has seen. */
const NOTHING = 0;
const PRESENT = 1;
const ACCEPTED = 2;
/** A leaf lies inside an element of an array. */
const CROSSING = 4;

function mayMatch(field: Field, seen: number): boolean {
  if ((seen & ACCEPTED) !== 0) return true;
  return field.mayBeAbsent && (seen === NOTHING || (seen & CROSSING) !== 0);
}

function look(field: Field, node: unknown, from: number, work: Work): number {
  if (isLeaf(node)) {
    if (from < field.steps.count) return NOTHING;
    work.steps++;
    return accepts(field.test, node) ? PRESENT | ACCEPTED : PRESENT;
  }
  return Array.isArray(node)
    ? lookThrough(field, node, from, work)
    : lookInside(field, node as object, from, work);
}

function lookThrough(field: Field, array: readonly unknown[], from: number, work: Work): number {
  let seen = NOTHING;
  for (const element of array) {
    const inside = look(field, element, from, work);
    seen |= inside === NOTHING || isLeaf(element) ? inside : inside | CROSSING;
    if ((seen & ACCEPTED) !== 0) break;
  }
  return seen;
}

function lookInside(field: Field, node: object, from: number, work: Work): number {
  let seen = NOTHING;
  if (from === field.steps.count) return seen;
  for (const { key, to } of waysFrom(field.steps, from, node)) {
    const value = member(node, key);
    if (value === undefined) continue;
    seen |= look(field, value, to, work);
    if ((seen & ACCEPTED) !== 0) break;
  }
  return seen;
}
