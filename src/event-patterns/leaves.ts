/**
 * Where the leaves of an event lie.
 *
 * A leaf is a string, number, boolean or null. Arrays add nothing to a path: each element lies
 * where the array lies, so an empty array has no leaf. A key with dots is as good as nested keys,
 * so a path may go on with its next step, or with the next two joined by a dot, and so on.
 */
import type { Scalar } from './condition.ts';

/** A path cut at its dots. */
export interface Steps {
  readonly count: number;
  /** For each step, all ways to go on from in front of it; undefined when they are too many. */
  readonly ways: readonly (readonly Way[])[] | undefined;
  readonly names: readonly string[];
}

export interface Way {
  readonly key: string;
  /** The step that comes next. */
  readonly to: number;
}

/** The ways grow with the square of the steps; longer paths are compared with each key instead. */
export const MOST_LISTED = 12;

export function stepsOf(path: string): Steps {
  const names = path.split('.');
  const count = names.length;
  const ways = count > MOST_LISTED ? undefined : names.map((_, from) => listWays(names, from));
  return { count, ways, names };
}

function listWays(names: readonly string[], from: number): Way[] {
  return names.slice(from).map((_, more) => {
    const to = from + more + 1;
    return { key: asKey(names.slice(from, to).join('.')), to };
  });
}

/** The same text in the form in which V8 keeps property names; looking it up is then faster. */
function asKey(text: string): string {
  return Object.keys({ [text]: 0 })[0] ?? text;
}

/** The ways that `node` may offer to go on from step `from`. */
export function waysFrom(steps: Steps, from: number, node: object): readonly Way[] {
  return steps.ways?.[from] ?? searchWays(steps.names, from, node);
}

function searchWays(names: readonly string[], from: number, node: object): Way[] {
  return Object.keys(node).flatMap((key) => {
    const parts = key.split('.');
    const fits = parts.every((part, index) => part === names[from + index]);
    return fits ? [{ key, to: from + parts.length }] : [];
  });
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
  if (isLeaf(node)) return from === steps.count ? [node] : [];
  if (node === undefined || from === steps.count) return [];
  const object = node as object;
  return waysFrom(steps, from, object).flatMap(({ key, to }) =>
    leavesAt(member(object, key), steps, to),
  );
}
