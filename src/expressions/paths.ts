/** Document paths: `a.b[2]` is a name, a name below it, and a position in a list below that. */
import { type Item, memberOf, type Value } from './attribute-values.ts';

/** Names and list positions, the first always a name. */
export type Path = readonly [string, ...(string | number)[]];

/** As DynamoDB's errors write a path: `[a, b, [2]]`. */
export function pathText(path: Path): string {
  return `[${path.map((step) => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`;
}

export function valueAt(item: Item, [name, ...steps]: Path): Value | undefined {
  let value = memberOf(item, name);
  for (const step of steps) {
    if (value === undefined) return undefined;
    value = below(value, step);
  }
  return value;
}

/** What `step` finds directly in `value`. */
export function below(value: Value, step: string | number): Value | undefined {
  if (typeof step === 'number') return 'L' in value ? value.L[step] : undefined;
  return 'M' in value ? memberOf(value.M, step) : undefined;
}

export function samePath(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((step, index) => step === b[index]);
}

/**
 * Overlap: one path holds the other, or they are the same. Conflict: one takes for a map what
 * the other takes for a list.
 */
export function clash(a: Path, b: Path): 'overlap' | 'conflict' | undefined {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    if (a[at] === b[at]) continue;
    return typeof a[at] === typeof b[at] ? undefined : 'conflict';
  }
  return 'overlap';
}
