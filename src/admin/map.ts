/**
 * `GET /_millrace/v1/map`: what there is, what leads where, and what the journal has seen to go
 * there. Looks at the latest facts only, so that it costs the same however long the journal is.
 */
import type { MapEdge, MapNode, TopologyMap } from '../admin-api/index.ts';
import { nextTurn } from '../core/clock.ts';
import type { Place } from '../delivery/lens.ts';
import { type DeclaredEdge, edgeOf, nodeOf, placeOfNode } from '../delivery/map-parts.ts';
import type { Stack } from '../delivery/stack.ts';
import { get, placeOf } from '../services/admin-http.ts';
import { latestFacts } from './latest-facts.ts';
import { type EdgeMove, movesOf } from './moves.ts';
import { Publishers } from './publishers.ts';
import { Topology } from './topology.ts';

export const MAP_PATH = '/_millrace/v1/map';

/** Facts looked at for what was seen. */
const MOST_FACTS = 20_000;
/** Facts gone through between two turns of the event loop. */
const SLICE = 1_000;
/** Nodes shown that are not there: names of short lives may be many. */
const MOST_GHOSTS = 500;

export const showMap = get((stack, request): Promise<TopologyMap> | undefined =>
  request.path === MAP_PATH ? mapOf(stack, placeOf(stack, request)) : undefined,
);

export async function mapOf(stack: Stack, place: Place): Promise<TopologyMap> {
  const topology = new Topology(stack);
  await topology.learn([place]);
  const own = [...topology.edges.values()];
  const seen = await seenBy(stack, place, topology);
  const edges = new Map(own.map((edge) => [edge.id, { ...edge, seen: false }]));
  for (const edge of seen.edges) edges.set(edge.id, { ...edge, seen: true });
  const nodes = await nodesOf(topology, place, [...edges.values()], seen.nodes);
  return {
    ...place,
    nodes: marked(nodes, own),
    edges: [...edges.values()].sort((a, b) => order(a.id, b.id)),
    seenSinceMs: seen.sinceMs,
  };
}

interface Seen {
  readonly nodes: ReadonlySet<string>;
  /** Those that begin or end in the place. */
  readonly edges: readonly DeclaredEdge[];
  readonly sinceMs: number;
}

async function seenBy(stack: Stack, place: Place, topology: Topology): Promise<Seen> {
  const nodes = new Set<string>();
  const moves: EdgeMove[] = [];
  const publications = new Map<string, { readonly by: string; readonly at: string }>();
  const known = new Set<string>();
  const publishers = new Publishers();
  const isHere = (arn: string) => isIn(place, arn);
  const { facts, sinceMs } = await latestFacts(stack, MOST_FACTS);
  for (const [index, fact] of facts.entries()) {
    if (index % SLICE === SLICE - 1) await nextTurn();
    for (const { by, at } of publishers.take(fact)) {
      if (isHere(by) || isHere(at)) publications.set(`${by} ${at}`, { by, at });
    }
    // Thousands of facts say the same few things.
    const { kind, arn, target, outcome } = fact;
    const said = `${kind} ${arn} ${target} ${outcome}`;
    if (known.has(said)) continue;
    known.add(said);
    for (const move of movesOf(fact)) {
      if ('node' in move) {
        if (isHere(move.node)) nodes.add(move.node);
      } else if (isHere(move.source) || isHere(move.to)) {
        moves.push(move);
      }
    }
  }
  await topology.learn(placesOf(moves.map(({ source }) => source)));
  const along = [
    ...moves.map((move) => topology.edge(move)),
    ...[...publications.values()].map(publicationEdge),
  ];
  return { nodes, edges: [...new Map(along.map((edge) => [edge.id, edge])).values()], sinceMs };
}

export function publicationEdge({ by, at }: { readonly by: string; readonly at: string }) {
  return { ...edgeOf('publish', [by, at]), declared: false };
}

async function nodesOf(
  topology: Topology,
  place: Place,
  edges: readonly MapEdge[],
  seen: ReadonlySet<string>,
): Promise<readonly MapNode[]> {
  const ends = new Set(edges.flatMap(({ from, to }) => [from, to]));
  await topology.learn(placesOf(ends));
  const nodes = new Map<string, MapNode>();
  for (const node of topology.nodes.values()) {
    const isWanted = ends.has(node.arn) || (isIn(place, node.arn) && node.kind !== 'log-group');
    if (isWanted) nodes.set(node.arn, node);
  }
  const ghosts = [...ends, ...[...seen].slice(-MOST_GHOSTS)];
  for (const arn of ghosts) {
    if (!nodes.has(arn)) nodes.set(arn, { ...nodeOf(arn), declared: false });
  }
  return [...nodes.values()].sort((a, b) => order(a.arn, b.arn));
}

/** Queues that any resource of the place sends its dead letters to. */
function marked(nodes: readonly MapNode[], edges: readonly DeclaredEdge[]): readonly MapNode[] {
  const buried = new Set(edges.filter(({ kind }) => kind === 'dead-letter').map(({ to }) => to));
  return nodes.map((node) =>
    node.kind === 'queue' && buried.has(node.arn) ? { ...node, isDeadLetterQueue: true } : node,
  );
}

export function placesOf(arns: Iterable<string>): readonly Place[] {
  const places = new Map<string, Place>();
  for (const arn of arns) {
    const place = placeOfNode(arn);
    if (place) places.set(`${place.account}/${place.region}`, place);
  }
  return [...places.values()];
}

function isIn(place: Place, arn: string): boolean {
  const other = placeOfNode(arn);
  return other?.account === place.account && other.region === place.region;
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
