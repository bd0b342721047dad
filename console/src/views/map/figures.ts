/** What stands on nodes and edges in numbers. */
import type { MapEdge } from '../../../../src/admin-api/index.ts';
import { depthOf } from '../../ui/depth.ts';
import { countText, rateText } from '../../ui/figures.ts';
import { span } from '../../ui/when.ts';
import type { ShownEdge, ShownNode } from './model.ts';
import type { EdgeCount, NodeCount, TrafficStore } from './traffic.ts';

export interface NodeFigures {
  /** Empty where nothing comes in. */
  readonly rate: string;
  /** Messages in a queue, and the age of the oldest. */
  readonly backlog: string;
  /** Failed runs, dropped messages, dead letters of the last minute. */
  readonly trouble: string;
  readonly isFull: boolean;
}

const IN: readonly NodeCount[] = ['published', 'invoked'];
const WENT: readonly EdgeCount[] = ['ok', 'failed', 'dead'];
const NODE_TROUBLE: readonly NodeCount[] = ['failed', 'dropped'];
const EDGE_TROUBLE: readonly EdgeCount[] = ['failed', 'dead'];

/** Nothing happens at these that the journal tells: they are counted by what comes to them. */
const BY_EDGES = new Set(['rule', 'archive', 'endpoint', 'log-group', 'other']);

/**
 * In one text, with lines: React sees by that whether anything is to be drawn again.
 * `into` are the ids of the edges that lead here.
 */
export function nodeFigures(
  store: TrafficStore,
  { kind, arns }: ShownNode,
  into: readonly string[],
): string {
  const rate = BY_EDGES.has(kind) ? store.rate(into, WENT) : store.rate(arns, IN);
  const depth = store.depth(arns);
  const waiting = depth ? depthOf(depth) : 0;
  const age = depth && depth.oldestAgeMs >= 1_000 ? ` · ${span(depth.oldestAgeMs)}` : '';
  const trouble = store.count(arns, NODE_TROUBLE);
  return [
    rate > 0 ? rateText(rate) : '',
    waiting > 0 ? `${countText(waiting)} msg${age}` : '',
    trouble > 0 ? countText(trouble) : '',
    kind === 'dead-letter-queue' && waiting > 0 ? '1' : '',
  ].join('\n');
}

export function readFigures(text: string): NodeFigures {
  const [rate = '', backlog = '', trouble = '', full = ''] = text.split('\n');
  return { rate, backlog, trouble, isFull: full !== '' };
}

export interface EdgeFigures {
  readonly label: string;
  readonly trouble: string;
  /** 0 to 4: how strong the line is. */
  readonly strength: number;
}

const idsOf = (edges: readonly MapEdge[]) => edges.map(({ id }) => id);

export function edgeFigures(store: TrafficStore, { edges, kind }: ShownEdge): string {
  const ids = idsOf(edges);
  const rate = store.rate(ids, WENT);
  const trouble = store.count(ids, EDGE_TROUBLE);
  // How long messages wait is told where they are waited for.
  const depth = kind === 'mapping' ? store.depth(edges.map(({ from }) => from)) : undefined;
  const age = depth && depth.oldestAgeMs >= 1_000 ? span(depth.oldestAgeMs) : '';
  const label = [rate > 0 ? rateText(rate) : '', age].filter(Boolean).join(' · ');
  const words = kind === 'dead-letter' ? 'dead' : 'failed';
  return [label, trouble > 0 ? `${countText(trouble)} ${words}` : '', strengthOf(rate)].join('\n');
}

export function readEdgeFigures(text: string): EdgeFigures {
  const [label = '', trouble = '', strength = '0'] = text.split('\n');
  return { label, trouble, strength: Number(strength) };
}

/** A step for each factor of about six: 0.1, 1, 6, 40 a second. */
function strengthOf(rate: number): number {
  if (rate <= 0) return 0;
  return Math.max(1, Math.min(4, Math.round(1.5 + Math.log10(rate) * 1.25)));
}

export function isFailing(store: TrafficStore, edges: readonly MapEdge[]): boolean {
  return store.count(idsOf(edges), EDGE_TROUBLE) > 0;
}
