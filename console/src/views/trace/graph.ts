/**
 * A trace as a graph: events with all their causes, the ends that hand-overs came to, and, where
 * something is not shown, how much that is.
 */
import type { Trace, TraceNode } from '../../../../src/admin-api/index.ts';
import type { Hand } from './hands.ts';
import { type Hop, hopOf, wayName } from './hop.ts';

export type Show = 'both' | 'above' | 'below';

export type GraphNode =
  | { readonly kind: 'hop'; readonly id: string; readonly hop: Hop; readonly isFocus: boolean }
  /** Where a hand-over ended that made nothing the trace goes on with. */
  | { readonly kind: 'end'; readonly id: string; readonly of: string; readonly hand: Hand }
  /** Not shown: by the server (`folded` false) or for want of room here. */
  | {
      readonly kind: 'more';
      readonly id: string;
      readonly of: string;
      readonly count: number;
      readonly folded: boolean;
      readonly where: 'above' | 'below';
    }
  /** Causes besides those of this trace: the rest of a batch. */
  | {
      readonly kind: 'others';
      readonly id: string;
      readonly of: string;
      readonly causes: readonly string[];
    };

export interface GraphEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly tone: 'plain' | 'retry' | 'fail' | 'dead';
  readonly label?: string;
}

export interface TraceGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** All events of the trace, shown or folded, by id. */
  readonly hops: ReadonlyMap<string, Hop>;
}

export interface GraphOptions {
  readonly show: Show;
  /** Whose folded effects are shown all the same. */
  readonly open: ReadonlySet<string>;
}

/** Room for people: more boxes than this are no picture. */
const MOST_NODES = 300;
const MOST_ABOVE = 60;
const MOST_CHILDREN = 12;
const MORE_CHILDREN = 60;

/** `more` are traces of events that the first one left something out of. */
export function graphOf(trace: Trace, more: readonly Trace[], options: GraphOptions): TraceGraph {
  const { above, below, leftOut } = collected(trace, more, options.show);
  const events = new Map([...above, ...below]);
  const hops = new Map([...events.values()].map((node) => [node.id, hopOf(node)] as const));
  const effects = effectsOf(events);
  const isLong = (trace.ancestorsLeftOut ?? 0) > 0;
  const { shown, folded } = chosen(trace.id, [...above.keys()], effects, options.open);
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  for (const id of shown) {
    const hop = hops.get(id);
    if (!hop) continue;
    nodes.push({ kind: 'hop', id, hop, isFocus: id === trace.id });
    const others = addCauses(hop, shown, events, hops, edges);
    // Causes that the switch, or the server, leaves out are no others.
    const isCut = id === trace.id ? options.show === 'below' : above.has(id) && isLong;
    if (others.length > 0 && !isCut) {
      nodes.push({ kind: 'others', id: `others ${id}`, of: id, causes: others });
      edges.push(plain(`others ${id}`, id));
    }
    if (below.has(id) && options.show !== 'above') addEnds(hop, events, nodes, edges);
    const isFolded = folded.get(id) ?? 0;
    const count = isFolded || (leftOut.get(id) ?? 0);
    if (count > 0) {
      const key = `more ${id}`;
      const where = 'below';
      nodes.push({ kind: 'more', id: key, of: id, count, folded: isFolded > 0, where });
      edges.push(plain(id, key));
    }
  }
  if (options.show !== 'below') addFurtherBack(trace, [...above.keys()], shown, nodes, edges);
  return { nodes, edges, hops };
}

function collected(trace: Trace, more: readonly Trace[], show: Show) {
  const above = new Map(
    show === 'below' ? [] : trace.ancestors.map((node) => [node.id, node] as const),
  );
  const below = new Map<string, TraceNode>();
  const leftOut = new Map<string, number>();
  for (const { tree } of [trace, ...more]) {
    const isFirst = tree.id === trace.id;
    if (show === 'above' && !isFirst) continue;
    // Without recursion: a trace may be 500 levels deep.
    const stack = [tree];
    for (let node = stack.pop(); node; node = stack.pop()) {
      if (node.again && below.has(node.id)) continue;
      below.set(node.id, node);
      if (show === 'above') break;
      leftOut.set(node.id, node.leftOut?.children ?? 0);
      stack.push(...node.children.toReversed());
    }
  }
  for (const id of below.keys()) above.delete(id);
  return { above, below, leftOut };
}

function effectsOf(events: ReadonlyMap<string, TraceNode>): ReadonlyMap<string, readonly string[]> {
  const effects = new Map<string, Set<string>>();
  const add = (cause: string, effect: string) => {
    const known = effects.get(cause) ?? new Set();
    effects.set(cause, known.add(effect));
  };
  for (const { id, causes, children } of events.values()) {
    for (const child of children) if (events.has(child.id)) add(id, child.id);
    for (const cause of causes) if (events.has(cause)) add(cause, id);
  }
  return new Map([...effects].map(([id, all]) => [id, [...all]]));
}

/** The closest first, so that what is folded lies furthest from what was asked for. */
function chosen(
  focus: string,
  above: readonly string[],
  effects: ReadonlyMap<string, readonly string[]>,
  open: ReadonlySet<string>,
) {
  const shown = new Set([...above.slice(-MOST_ABOVE), focus]);
  const folded = new Map<string, number>();
  const ancestors = new Set(above);
  const queue = [focus];
  for (const id of queue) {
    const all = (effects.get(id) ?? []).filter((effect) => !ancestors.has(effect));
    const fresh = all.filter((effect) => !shown.has(effect));
    const wanted = open.has(id) ? MORE_CHILDREN : MOST_CHILDREN;
    const room = Math.max(0, MOST_NODES - shown.size);
    // One box for one event would hide it for nothing.
    const taken = fresh.length === wanted + 1 ? wanted + 1 : wanted;
    for (const effect of fresh.slice(0, Math.min(taken, room))) {
      shown.add(effect);
      queue.push(effect);
    }
    const hidden = fresh.filter((effect) => !shown.has(effect)).length;
    if (hidden > 0) folded.set(id, hidden);
  }
  return { shown, folded };
}

function plain(from: string, to: string): GraphEdge {
  return { id: `${from} ${to}`, from, to, tone: 'plain' };
}

/** Adds an edge from each cause that is shown; answers those that are not of this trace. */
function addCauses(
  { node }: Hop,
  shown: ReadonlySet<string>,
  events: ReadonlyMap<string, TraceNode>,
  hops: ReadonlyMap<string, Hop>,
  edges: GraphEdge[],
): readonly string[] {
  const others: string[] = [];
  for (const cause of new Set(node.causes)) {
    const hop = hops.get(cause);
    if (!events.has(cause)) others.push(cause);
    else if (hop && shown.has(cause)) edges.push(edgeOf(hop, node));
  }
  return others;
}

const TONES = {
  ok: 'plain',
  retry: 'retry',
  fail: 'fail',
  dead: 'dead',
  lost: 'fail',
} as const;

function edgeOf(from: Hop, to: TraceNode): GraphEdge {
  const hand = from.hands.find(({ produced }) => produced.includes(to.id));
  const edge = plain(from.id, to.id);
  if (!hand) return edge;
  const name = wayName(from.node, hand.arn);
  const tone = hand.state === 'ok' && hand.tries > hand.done ? 'retry' : TONES[hand.state];
  return { ...edge, tone, ...labelled(name, hand) };
}

function labelled(name: string, { tries, done }: Hand): Pick<GraphEdge, 'label'> {
  const often = tries > Math.max(1, done) ? `${tries} tries` : done > 1 ? `${done} times` : '';
  const label = [name, often].filter(Boolean).join(' · ');
  return label ? { label } : {};
}

function addEnds(
  { id, node, hands }: Hop,
  events: ReadonlyMap<string, TraceNode>,
  nodes: GraphNode[],
  edges: GraphEdge[],
): void {
  for (const hand of hands) {
    const { arn, target, produced } = hand;
    if (produced.some((one) => one !== id && events.has(one))) continue;
    const key = `end ${id} ${hand.state === 'dead'} ${arn} ${target}`;
    const name = wayName(node, arn);
    nodes.push({ kind: 'end', id: key, of: id, hand });
    edges.push({ ...plain(id, key), tone: TONES[hand.state], ...labelled(name, hand) });
  }
}

function addFurtherBack(
  { ancestorsLeftOut = 0, id }: Trace,
  above: readonly string[],
  shown: ReadonlySet<string>,
  nodes: GraphNode[],
  edges: GraphEdge[],
): void {
  const hidden = above.filter((one) => !shown.has(one)).length + ancestorsLeftOut;
  if (hidden === 0) return;
  const first = above.find((one) => shown.has(one)) ?? id;
  const key = 'more above';
  nodes.push({ kind: 'more', id: key, of: first, count: hidden, folded: false, where: 'above' });
  edges.push(plain(key, first));
}
