/** A trace as a list on one axis of time: who waited for what, and for how long. */
import type { Hop } from './hop.ts';

export interface Segment {
  readonly fromMs: number;
  readonly toMs: number;
  /** In a queue; being worked on; a function's run; handing over, with its retries. */
  readonly kind: 'wait' | 'work' | 'run' | 'hand';
}

export interface TimelineRow {
  readonly id: string;
  readonly hop: Hop;
  readonly depth: number;
  readonly segments: readonly Segment[];
}

export interface Timeline {
  readonly rows: readonly TimelineRow[];
  readonly fromMs: number;
  readonly toMs: number;
}

const MOST_DEPTH = 12;

/** Each event once, below the first of its causes; among siblings, the earliest first. */
export function timelineOf(hops: ReadonlyMap<string, Hop>): Timeline {
  const effects = new Map<string, Hop[]>();
  const roots: Hop[] = [];
  for (const hop of hops.values()) {
    const cause = hop.node.causes.find((one) => one !== hop.id && hops.has(one));
    const list = cause === undefined ? roots : (effects.get(cause) ?? []);
    list.push(hop);
    if (cause !== undefined) effects.set(cause, list);
  }
  const rows: TimelineRow[] = [];
  const seen = new Set<string>();
  const stack = latestFirst(roots).map((hop) => ({ hop, depth: 0 }));
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { hop, depth } = next;
    if (seen.has(hop.id)) continue;
    seen.add(hop.id);
    rows.push({ id: hop.id, hop, depth: Math.min(depth, MOST_DEPTH), segments: segmentsOf(hop) });
    const below = latestFirst(effects.get(hop.id) ?? []);
    stack.push(...below.map((effect) => ({ hop: effect, depth: depth + 1 })));
  }
  const starts = rows.flatMap(({ hop }) => hop.startMs ?? []);
  const ends = rows.flatMap(({ hop }) => hop.endMs ?? []);
  return {
    rows,
    fromMs: starts.reduce((least, ms) => Math.min(least, ms), starts[0] ?? 0),
    toMs: ends.reduce((most, ms) => Math.max(most, ms), ends[0] ?? 0),
  };
}

function latestFirst(hops: readonly Hop[]): readonly Hop[] {
  return hops.toSorted((a, b) => (b.startMs ?? 0) - (a.startMs ?? 0));
}

function segmentsOf({ node, kind, startMs, endMs, waitMs, runMs }: Hop): readonly Segment[] {
  if (startMs === undefined || endMs === undefined) return [];
  if (runMs !== undefined) {
    const toMs = startMs + runMs;
    const later = endMs > toMs ? [{ fromMs: toMs, toMs: endMs, kind: 'hand' as const }] : [];
    return [{ fromMs: startMs, toMs, kind: 'run' }, ...later];
  }
  if (kind !== 'queue') return [{ fromMs: startMs, toMs: endMs, kind: 'hand' }];
  const takenMs = startMs + (waitMs ?? 0);
  if (!node.facts.some((fact) => fact.kind === 'receive')) {
    return [{ fromMs: startMs, toMs: endMs, kind: 'wait' }];
  }
  return [
    { fromMs: startMs, toMs: takenMs, kind: 'wait' },
    { fromMs: takenMs, toMs: endMs, kind: 'work' },
  ];
}

/** Where `atMs` lies on the axis, in percent. */
export function along({ fromMs, toMs }: Pick<Timeline, 'fromMs' | 'toMs'>, atMs: number): number {
  return toMs > fromMs ? Math.max(0, Math.min(100, ((atMs - fromMs) / (toMs - fromMs)) * 100)) : 0;
}
