/**
 * Vector clocks: which of two versions of one thing came first, when several nodes write it and
 * none has the right time. Each node counts its own writes; what a version has seen is its counts.
 */
export type VectorClock = Readonly<Record<string, number>>;

/** `concurrent`: neither has seen the other, so the application has to merge the two. */
export type Causality = 'before' | 'after' | 'equal' | 'concurrent';

const countOf = (clock: VectorClock, node: string): number =>
  Object.hasOwn(clock, node) ? (clock[node] ?? 0) : 0;

/**
 * How `a` stands to `b`.
 *
 * ```ts
 * compareClocks({ bonn: 1 }, { bonn: 2 }); // before
 * compareClocks({ bonn: 2 }, { bonn: 1, kiel: 1 }); // concurrent
 * ```
 */
export function compareClocks(a: VectorClock, b: VectorClock): Causality {
  const nodes = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const isBehind = nodes.some((node) => countOf(a, node) < countOf(b, node));
  const isAhead = nodes.some((node) => countOf(a, node) > countOf(b, node));
  if (isBehind) return isAhead ? 'concurrent' : 'before';
  return isAhead ? 'after' : 'equal';
}

/** The clock of what has seen both. */
export function mergeClocks(a: VectorClock, b: VectorClock): VectorClock {
  const nodes = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(
    nodes.map((node) => [node, Math.max(countOf(a, node), countOf(b, node))]),
  );
}

/** The clock of the next write of `node`. */
export function tick(clock: VectorClock, node: string): VectorClock {
  return { ...clock, [node]: countOf(clock, node) + 1 };
}
