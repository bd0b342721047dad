/** What moved on the map in a span of time, counted. */
import type { EdgeTraffic, NodeTraffic } from '../admin-api/index.ts';
import type { DeclaredEdge } from '../delivery/map-parts.ts';

type Counts<Name extends string> = Map<Name, number>;

const STILL: EdgeTraffic = { ok: 0, failed: 0, retried: 0, dead: 0 };

export class Tally {
  readonly #nodes = new Map<string, Counts<keyof NodeTraffic>>();
  readonly #counts = new Map<string, Counts<keyof EdgeTraffic>>();
  readonly edges = new Map<string, DeclaredEdge>();

  get isEmpty(): boolean {
    return this.#nodes.size + this.#counts.size === 0;
  }

  /** Nodes that something happened at or went to. */
  get places(): Iterable<string> {
    const ends = [...this.edges.values()].flatMap(({ from, to }) => [from, to]);
    return new Set([...this.#nodes.keys(), ...ends]);
  }

  node(arn: string, count: keyof NodeTraffic, weight: number): void {
    add(this.#nodes, arn, count, weight);
  }

  /** Whatever comes by way of dead letters is one. */
  edge(edge: DeclaredEdge, count: keyof EdgeTraffic, weight: number): void {
    const isDead = edge.kind === 'dead-letter' && count === 'ok';
    add(this.#counts, edge.id, isDead ? 'dead' : count, weight);
    this.edges.set(edge.id, edge);
  }

  /** In whole numbers; what was seen at all is one at least. */
  counts() {
    const nodes: Record<string, NodeTraffic> = {};
    for (const [arn, counts] of this.#nodes) nodes[arn] = whole(counts);
    const edges: Record<string, EdgeTraffic> = {};
    for (const [id, counts] of this.#counts) edges[id] = { ...STILL, ...whole(counts) };
    return { nodes, edges };
  }
}

function add<Name extends string>(
  all: Map<string, Counts<Name>>,
  key: string,
  count: Name,
  weight: number,
): void {
  const counts = all.get(key) ?? new Map<Name, number>();
  all.set(key, counts);
  counts.set(count, (counts.get(count) ?? 0) + weight);
}

function whole(counts: Counts<string>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...counts].map(([name, count]) => [name, Math.max(1, Math.round(count))]),
  );
}
