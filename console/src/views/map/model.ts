/**
 * What of the map is drawn: all of it, or what stands in focus, with the groups that are closed
 * drawn as one node each. Nothing here depends on traffic, so that traffic moves nothing.
 */
import type { EdgeKind, MapEdge, MapNode } from '../../../../src/admin-api/index.ts';
import type { ShownKind } from '../../ui/kinds.ts';

export interface ShownNode {
  /** An ARN, or `group:` and a name. */
  readonly id: string;
  readonly kind: ShownKind;
  readonly name: string;
  /** Undefined for a closed group. */
  readonly node: MapNode | undefined;
  /** The ARNs that it stands for. */
  readonly arns: readonly string[];
  /** The open group that it is drawn in. */
  readonly group: string | undefined;
}

export interface ShownEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
  /** The edges of the map that it stands for. */
  readonly edges: readonly MapEdge[];
}

export interface Shown {
  readonly nodes: readonly ShownNode[];
  readonly edges: readonly ShownEdge[];
  /** Names of groups, open and closed. */
  readonly groups: readonly string[];
}

export interface Choice {
  readonly groups: ReadonlyMap<string, string>;
  /** Names of groups; `*` closes all. */
  readonly closed: readonly string[];
  /** Only what leads here and what this leads to. */
  readonly focus: string | undefined;
}

const GROUP = 'group:';
export const groupId = (name: string) => `${GROUP}${name}`;
export const groupOfId = (id: string) => (id.startsWith(GROUP) ? id.slice(6) : undefined);
export const ALL = '*';

export function kindOfNode({ kind, isDeadLetterQueue }: MapNode): ShownKind {
  return isDeadLetterQueue ? 'dead-letter-queue' : kind;
}

interface Whole {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
}

export function shownOf(map: Whole, choice: Choice): Shown {
  const { nodes, edges } = choice.focus === undefined ? map : around(map, choice.focus);
  const isClosed = (name: string) => choice.closed.includes(ALL) || choice.closed.includes(name);
  const shown = new Map<string, ShownNode>();
  const place = new Map<string, string>();
  for (const node of nodes) {
    const group = choice.groups.get(node.arn);
    if (group !== undefined && isClosed(group)) {
      const id = groupId(group);
      const arns = [...(shown.get(id)?.arns ?? []), node.arn];
      shown.set(id, { id, kind: 'group', name: group, node: undefined, arns, group: undefined });
      place.set(node.arn, id);
      continue;
    }
    const { arn: id, name } = node;
    shown.set(id, { id, kind: kindOfNode(node), name, node, arns: [id], group });
    place.set(id, id);
  }
  const present = nodes.flatMap(({ arn }) => choice.groups.get(arn) ?? []);
  return {
    nodes: [...shown.values()],
    edges: joined(edges, place),
    groups: [...new Set(present)].sort(),
  };
}

/** Edges between the same two are one where a closed group is either of them. */
function joined(
  edges: readonly MapEdge[],
  place: ReadonlyMap<string, string>,
): readonly ShownEdge[] {
  const shown = new Map<string, ShownEdge>();
  for (const edge of edges) {
    const [from, to] = [place.get(edge.from), place.get(edge.to)];
    if (from === undefined || to === undefined) continue;
    const isOwn = from === edge.from && to === edge.to;
    // What goes on within a closed group is its own affair.
    if (!isOwn && from === to) continue;
    const id = isOwn ? edge.id : `${from} ${to}`;
    const all = [...(shown.get(id)?.edges ?? []), edge];
    shown.set(id, { id, from, to, kind: edge.kind, edges: all });
  }
  return [...shown.values()];
}

/** What leads to `arn`, and what it leads to, however far. */
function around({ nodes, edges }: Whole, arn: string): Whole {
  const kept = new Set([
    ...reached(edges, arn, 'from', 'to'),
    ...reached(edges, arn, 'to', 'from'),
  ]);
  return {
    nodes: nodes.filter((node) => kept.has(node.arn)),
    edges: edges.filter(({ from, to }) => kept.has(from) && kept.has(to)),
  };
}

type End = 'from' | 'to';

/** Never through a seen-only edge: publishing back to a bus would bring everything in. */
function reached(edges: readonly MapEdge[], arn: string, near: End, far: End): ReadonlySet<string> {
  const found = new Set([arn]);
  // A set hands out what is added to it while it is gone through.
  for (const one of found) {
    for (const edge of edges) {
      if (edge[near] !== one) continue;
      if (edge.declared || one === arn) found.add(edge[far]);
    }
  }
  return found;
}

/**
 * The edges that nodes are placed by: what resources say. What was only seen, functions that
 * publish back to their bus, would draw everything into one long line; it counts where it is all
 * that a node has.
 */
export function skeletonOf({ edges }: Shown): readonly ShownEdge[] {
  const isDeclared = ({ edges: all }: ShownEdge) => all.some(({ declared }) => declared);
  const held = new Set(edges.filter(isDeclared).flatMap(({ from, to }) => [from, to]));
  return edges.filter((edge) => isDeclared(edge) || !held.has(edge.from) || !held.has(edge.to));
}
