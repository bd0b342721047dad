/**
 * Places the nodes of a directed graph in ranks, by dagre. Pure, so that it runs in a worker, in
 * the page where there are no workers, and in tests.
 */
import { Graph, layout } from '@dagrejs/dagre';

export interface LayoutRequest {
  readonly nodes: readonly {
    readonly id: string;
    readonly width: number;
    readonly height: number;
  }[];
  /** Those whose ends are not both among the nodes are left out. */
  readonly edges: readonly { readonly from: string; readonly to: string }[];
  /** Left to right by default. */
  readonly direction?: 'LR' | 'TB';
  /** Between neighbours of a rank, and between ranks. */
  readonly nodeGap?: number;
  readonly rankGap?: number;
}

export interface Placed {
  /** The upper left corner of each node, by id. */
  readonly at: Readonly<Record<string, { readonly x: number; readonly y: number }>>;
  readonly width: number;
  readonly height: number;
}

export function placed(request: LayoutRequest): Placed {
  const { nodes, edges, direction = 'LR', nodeGap = 20, rankGap = 64 } = request;
  const graph = new Graph();
  graph.setGraph({ rankdir: direction, nodesep: nodeGap, ranksep: rankGap });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of nodes) graph.setNode(id, { width, height });
  for (const { from, to } of edges) {
    if (from !== to && graph.hasNode(from) && graph.hasNode(to)) graph.setEdge(from, to);
  }
  layout(graph);
  const at: Record<string, { x: number; y: number }> = {};
  for (const { id, width, height } of nodes) {
    const { x = 0, y = 0 } = graph.node(id);
    at[id] = { x: x - width / 2, y: y - height / 2 };
  }
  const { width = 0, height = 0 } = graph.graph();
  return { at, width, height };
}
