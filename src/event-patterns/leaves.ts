/**
 * Finds the leaves of an event that lie at a path.
 *
 * A leaf is a string, number, boolean or null. Arrays add nothing to a path: each element lies
 * where the array lies, so an empty array has no leaf. A key with dots is as good as nested keys.
 */
import type { Scalar } from './condition.ts';

/**
 * A path cut at its dots. Element `from` holds every key that the path may go on with there: the
 * next step, the next two joined with a dot, and so on.
 */
export type Steps = readonly (readonly string[])[];

export function stepsOf(path: string): Steps {
  const steps = path.split('.');
  return steps.map((_, from) =>
    steps.slice(from).map((_step, more) => steps.slice(from, from + more + 1).join('.')),
  );
}

/** Whether the leaf is what the caller looks for. */
export type Visit = (leaf: Scalar, crossing: boolean) => boolean;

/**
 * Shows each leaf at the path to `visit` until it answers true; then answers true.
 * `crossing` tells that an array of objects or arrays lies on the way to the leaf.
 */
export function someLeaf(
  node: unknown,
  steps: Steps,
  from: number,
  crossing: boolean,
  visit: Visit,
): boolean {
  if (Array.isArray(node)) {
    for (const element of node) {
      const inside = crossing || !isLeaf(element);
      if (someLeaf(element, steps, from, inside, visit)) return true;
    }
    return false;
  }
  const keys = steps[from];
  if (keys === undefined) return isLeaf(node) && visit(node, crossing);
  if (typeof node !== 'object' || node === null) return false;
  for (let more = 0; more < keys.length; more++) {
    const value = member(node, keys[more] as string);
    if (value === undefined) continue;
    if (someLeaf(value, steps, from + more + 1, crossing, visit)) return true;
  }
  return false;
}

/** A member of an object that came out of JSON; what the prototype has is not there. */
export function member(node: object, key: string): unknown {
  const value: unknown = node[key as keyof typeof node];
  return key in Object.prototype && !Object.hasOwn(node, key) ? undefined : value;
}

export function isLeaf(node: unknown): node is Scalar {
  return node === null || (typeof node !== 'object' && node !== undefined);
}
