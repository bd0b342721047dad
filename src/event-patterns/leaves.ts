/**
 * Where the leaves of an event lie.
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
    steps.slice(from).map((_step, more) => asKey(steps.slice(from, from + more + 1).join('.'))),
  );
}

/** The same text in the form in which V8 keeps property names; looking it up is then faster. */
export function asKey(text: string): string {
  return Object.keys({ [text]: 0 })[0] ?? text;
}

export function isLeaf(node: unknown): node is Scalar {
  return node === null || (typeof node !== 'object' && node !== undefined);
}

/** A member of an object that came out of JSON; what the prototype has is not there. */
export function member(node: object, key: string): unknown {
  const value: unknown = node[key as keyof typeof node];
  if (typeof value === 'function') return undefined; // JSON has none, Object.prototype has.
  return key === '__proto__' && !Object.hasOwn(node, key) ? undefined : value;
}

/** All leaves at a path, in order. */
export function leavesAt(node: unknown, steps: Steps, from = 0): Scalar[] {
  if (Array.isArray(node)) return node.flatMap((element) => leavesAt(element, steps, from));
  const keys = steps[from];
  if (keys === undefined) return isLeaf(node) ? [node] : [];
  if (typeof node !== 'object' || node === null) return [];
  return keys.flatMap((key, more) => leavesAt(member(node, key), steps, from + more + 1));
}
