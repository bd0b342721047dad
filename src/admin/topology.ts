/**
 * What the services of a stack have, put together, and which edge of it somebody went along.
 *
 * Places, that is accounts and Regions, are looked at one by one when they are needed. An edge
 * that was seen and that no resource says is made here, so that it is the same one each time.
 */
import type { MapNode } from '../admin-api/index.ts';
import type { Place } from '../delivery/lens.ts';
import { type DeclaredEdge, edgeOf } from '../delivery/map-parts.ts';
import type { Stack } from '../delivery/stack.ts';
import { type EdgeMove, startOf } from './moves.ts';

/** What is known of one place. */
interface Part {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly DeclaredEdge[];
}

/** Places known at a time, and edges that no resource says; each is forgotten with the oldest. */
const MOST_PLACES = 32;
const MOST_MADE = 5_000;

export class Topology {
  readonly #stack: Stack;
  readonly #parts = new Map<string, Part>();
  readonly #nodes = new Map<string, MapNode>();
  readonly #edges = new Map<string, DeclaredEdge>();
  /** By where they begin, or the resource that makes them, and where they end. */
  readonly #between = new Map<string, DeclaredEdge>();
  /** Those from a bus, by the rule. */
  readonly #byRule = new Map<string, DeclaredEdge>();
  readonly #made = new Map<string, DeclaredEdge>();

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  get nodes(): ReadonlyMap<string, MapNode> {
    return this.#nodes;
  }

  get edges(): ReadonlyMap<string, DeclaredEdge> {
    return this.#edges;
  }

  /** Looks at places that are not known yet, as far as there is room. */
  async learn(places: Iterable<Place>): Promise<void> {
    const named = new Map([...places].map((place) => [keyOf(place), place]));
    const fresh = [...named].filter(([key]) => !this.#parts.has(key));
    const looks = fresh.slice(0, Math.max(0, MOST_PLACES - this.#parts.size));
    const found: (readonly [string, Part])[] = [];
    for (const [key, place] of looks) found.push([key, await partOf(this.#stack, place)]);
    for (const [key, part] of found) this.#parts.set(key, part);
    if (found.length > 0) this.#index();
  }

  /** Looks at the known places again. */
  async refresh(): Promise<void> {
    for (const key of this.#parts.keys()) {
      const [account = '', region = ''] = key.split('/');
      this.#parts.set(key, await partOf(this.#stack, { account, region }));
    }
    this.#index();
  }

  /** The edge that a resource says. */
  find({ kind, source, to }: EdgeMove): DeclaredEdge | undefined {
    if (kind === 'rule') return this.#byRule.get(to);
    const end = startOf(to);
    return this.#between.get(`${source} ${end}`) ?? this.#between.get(`${startOf(source)} ${end}`);
  }

  /** Whether an edge was seen before that no resource says. */
  hasMade(move: EdgeMove): boolean {
    return this.#made.has(edgeOf(move.kind, [startOf(move.source), move.to]).id);
  }

  /** The edge that is meant, made where no resource says it. */
  edge(move: EdgeMove): DeclaredEdge {
    const found = this.find(move);
    if (found) return found;
    const edge = { ...edgeOf(move.kind, [startOf(move.source), move.to]), declared: false };
    const before = this.#made.get(edge.id);
    if (before) return before;
    if (this.#made.size >= MOST_MADE) this.#made.clear();
    this.#made.set(edge.id, edge);
    return edge;
  }

  #index(): void {
    for (const map of [this.#nodes, this.#edges, this.#between, this.#byRule]) map.clear();
    for (const { nodes, edges } of this.#parts.values()) {
      for (const node of nodes) this.#nodes.set(node.arn, node);
      for (const edge of edges) this.#add(edge);
    }
  }

  #add(edge: DeclaredEdge): void {
    const { id, from, to, via, kind } = edge;
    this.#edges.set(id, edge);
    if (kind === 'rule') this.#byRule.set(to, edge);
    if (kind === 'archive' && via !== undefined) this.#byRule.set(via, edge);
    for (const source of [from, via]) {
      const key = `${source} ${to}`;
      if (source !== undefined && !this.#between.has(key)) this.#between.set(key, edge);
    }
  }
}

function keyOf({ account, region }: Place): string {
  return `${account}/${region}`;
}

async function partOf(stack: Stack, place: Place): Promise<Part> {
  const nodes: MapNode[] = [];
  const edges: DeclaredEdge[] = [];
  for (const lens of stack.lenses.values()) {
    const part = await lens.map?.(stack, place);
    nodes.push(...(part?.nodes ?? []));
    edges.push(...(part?.edges ?? []));
  }
  return { nodes, edges };
}
