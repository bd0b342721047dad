/** What is drawn of a layout: boxes of nodes, lines of edges. Changes only with the layout. */
import type { Box, Layout } from '../../../graph/layout.ts';
import { type Curve, curveOf } from '../curve.ts';
import { sizeOf } from '../layout-input.ts';
import type { Shown, ShownEdge } from '../model.ts';

export interface Line {
  readonly edge: ShownEdge;
  readonly curve: Curve;
}

export interface Picture {
  readonly shown: Shown;
  readonly boxes: ReadonlyMap<string, Box>;
  /** By the id of the shown edge. */
  readonly lines: ReadonlyMap<string, Line>;
  /** By the id of the map's edge: where what goes along it is drawn. */
  readonly lineOf: ReadonlyMap<string, string>;
  /** The map's edges that lead to a node. */
  readonly into: ReadonlyMap<string, readonly string[]>;
  /** What has an edge with a node. */
  readonly linked: ReadonlyMap<string, ReadonlySet<string>>;
}

export function pictureOf(shown: Shown, layout: Layout): Picture {
  const boxes = new Map<string, Box>();
  for (const node of shown.nodes) {
    const corner = layout.nodes[node.id];
    if (corner) boxes.set(node.id, { ...corner, ...sizeOf(node) });
  }
  const lines = new Map<string, Line>();
  const lineOf = new Map<string, string>();
  const into = new Map<string, string[]>();
  const linked = new Map<string, Set<string>>();
  for (const edge of shown.edges) {
    const [from, to] = [boxes.get(edge.from), boxes.get(edge.to)];
    if (!from || !to) continue;
    lines.set(edge.id, { edge, curve: curveOf(from, to, layout.bends[edge.id]) });
    for (const { id } of edge.edges) {
      lineOf.set(id, edge.id);
      into.set(edge.to, [...(into.get(edge.to) ?? []), id]);
    }
    link(linked, edge.from, edge.to);
    link(linked, edge.to, edge.from);
  }
  return { shown, boxes, lines, lineOf, into, linked };
}

function link(linked: Map<string, Set<string>>, one: string, other: string): void {
  const all = linked.get(one);
  if (all) all.add(other);
  else linked.set(one, new Set([other]));
}
