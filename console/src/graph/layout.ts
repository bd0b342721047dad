/**
 * Where nodes stand: left to right along the edges. Parts that no edge joins are laid out each by
 * itself and packed, so that the picture has the shape of a screen; a group is laid out by itself
 * too, and then stands among the rest as one box. Runs in a worker: 300 nodes take some 100 ms.
 */
import { Graph, layout as place } from '@dagrejs/dagre';

export interface LayoutNode {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly group?: string | undefined;
}

export interface LayoutEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
}

export interface LayoutInput {
  readonly nodes: readonly LayoutNode[];
  readonly edges: readonly LayoutEdge[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  /** The upper left corners. */
  readonly nodes: Readonly<Record<string, Point>>;
  /** Places between its ends that an edge goes through, around what is in its way. */
  readonly bends: Readonly<Record<string, readonly Point[]>>;
  readonly groups: Readonly<Record<string, Box>>;
}

const RANK_GAP = 92;
const NODE_GAP = 18;
const PART_GAP = 40;
const PAD = 16;
/** Above what is in a group: its name. */
const HEAD = 32;
/** Width over height. */
const SHAPE = 1.7;

export function layoutOf(input: LayoutInput): Layout {
  const groups = new Map<string, LayoutNode[]>();
  for (const node of input.nodes) {
    if (node.group === undefined) continue;
    groups.set(node.group, [...(groups.get(node.group) ?? []), node]);
  }
  if (groups.size === 0) return { ...packed(input), groups: {} };
  const inner = new Map<string, Part>();
  for (const [name, nodes] of groups)
    inner.set(name, packed({ nodes, edges: within(input, nodes) }));
  return composed(input, inner, packed(outerOf(input, inner)));
}

function within({ edges }: LayoutInput, nodes: readonly LayoutNode[]): readonly LayoutEdge[] {
  const ids = new Set(nodes.map(({ id }) => id));
  return edges.filter(({ from, to }) => ids.has(from) && ids.has(to));
}

const boxId = (group: string) => `box ${group}`;

/** Groups as one node each, and edges between those. */
function outerOf(input: LayoutInput, inner: ReadonlyMap<string, Part>): LayoutInput {
  const at = new Map(
    input.nodes.map(({ id, group }) => [id, group === undefined ? id : boxId(group)]),
  );
  const boxes = [...inner].map(([name, { width, height }]) => ({
    id: boxId(name),
    width: width + 2 * PAD,
    height: height + HEAD + PAD,
  }));
  const edges = new Map<string, LayoutEdge>();
  for (const { id, from, to } of input.edges) {
    const [a, b] = [at.get(from), at.get(to)];
    if (a === undefined || b === undefined || a === b) continue;
    const own = a === from && b === to;
    edges.set(own ? id : `${a} ${b}`, { id: own ? id : `${a} ${b}`, from: a, to: b });
  }
  const single = input.nodes.filter(({ group }) => group === undefined);
  return { nodes: [...boxes, ...single], edges: [...edges.values()] };
}

function composed(input: LayoutInput, inner: ReadonlyMap<string, Part>, outer: Part): Layout {
  const nodes: Record<string, Point> = {};
  const bends: Record<string, readonly Point[]> = { ...outer.bends };
  const groups: Record<string, Box> = {};
  for (const [name, part] of inner) {
    const corner = outer.nodes[boxId(name)] ?? { x: 0, y: 0 };
    const [width, height] = [part.width + 2 * PAD, part.height + HEAD + PAD];
    groups[name] = { ...corner, width, height };
    const by = { x: corner.x + PAD, y: corner.y + HEAD };
    for (const [id, point] of Object.entries(part.nodes)) nodes[id] = moved(point, by);
    for (const [id, points] of Object.entries(part.bends)) {
      bends[id] = points.map((point) => moved(point, by));
    }
  }
  for (const { id, group } of input.nodes) {
    const point = group === undefined && outer.nodes[id];
    if (point) nodes[id] = point;
  }
  return { nodes, bends, groups };
}

function moved({ x, y }: Point, by: Point): Point {
  return { x: x + by.x, y: y + by.y };
}

interface Part {
  readonly nodes: Readonly<Record<string, Point>>;
  readonly bends: Readonly<Record<string, readonly Point[]>>;
  readonly width: number;
  readonly height: number;
}

/** Lays out each part that edges join, and packs them in rows. */
function packed(input: LayoutInput): Part {
  const parts = partsOf(input);
  const joined = parts.filter(({ nodes }) => nodes.length > 1).map(ranked);
  const single = parts.filter(({ nodes }) => nodes.length === 1).flatMap(({ nodes }) => nodes);
  const sized = [...joined].sort((a, b) => b.height * b.width - a.height * a.width);
  const rows = shelved(sized);
  return single.length === 0 ? rows : stacked(rows, gridOf(single, rows.width));
}

/** What edges join, in the order of the input. */
function partsOf({ nodes, edges }: LayoutInput): readonly LayoutInput[] {
  const part = new Map(nodes.map(({ id }) => [id, id]));
  const root = (id: string): string => {
    let at = id;
    for (let up = part.get(at); up !== undefined && up !== at; up = part.get(at)) at = up;
    part.set(id, at);
    return at;
  };
  for (const { from, to } of edges)
    if (part.has(from) && part.has(to)) part.set(root(from), root(to));
  const parts = new Map<string, { nodes: LayoutNode[]; edges: LayoutEdge[] }>();
  for (const node of nodes) {
    const key = root(node.id);
    const found = parts.get(key) ?? { nodes: [], edges: [] };
    found.nodes.push(node);
    parts.set(key, found);
  }
  for (const edge of edges)
    if (part.has(edge.from) && part.has(edge.to)) parts.get(root(edge.from))?.edges.push(edge);
  return [...parts.values()];
}

/** One joined part, by dagre. */
function ranked({ nodes, edges }: LayoutInput): Part {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', ranksep: RANK_GAP, nodesep: NODE_GAP, edgesep: 10 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of nodes) graph.setNode(id, { width, height });
  for (const { id, from, to } of edges) graph.setEdge(from, to, {}, id);
  place(graph);
  const corners: Record<string, Point> = {};
  for (const { id, width, height } of nodes) {
    const { x = 0, y = 0 } = graph.node(id) as Partial<Point>;
    corners[id] = { x: Math.round(x - width / 2), y: Math.round(y - height / 2) };
  }
  const bends: Record<string, readonly Point[]> = {};
  for (const { id, from, to } of edges) {
    const { points = [] } = graph.edge(from, to, id) as { points?: readonly Point[] };
    const between = points.slice(1, -1).map(({ x, y }) => ({ x: Math.round(x), y: Math.round(y) }));
    // A single one is no bend: dagre's place for a label between neighbours.
    if (between.length > 1) bends[id] = between;
  }
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return { nodes: corners, bends, width: Math.round(width), height: Math.round(height) };
}

/** In rows, the largest first, as wide as makes the whole a screen's shape. */
function shelved(parts: readonly Part[]): Part {
  const area = parts.reduce(
    (sum, { width, height }) => sum + (width + PART_GAP) * (height + PART_GAP),
    0,
  );
  const most = Math.max(Math.sqrt(area * SHAPE), ...parts.map(({ width }) => width));
  let [x, y, rowHeight] = [0, 0, 0];
  return merged(
    parts.map((part) => {
      if (x > 0 && x + part.width > most) {
        y += rowHeight + PART_GAP;
        [x, rowHeight] = [0, 0];
      }
      const by = { x, y };
      x += part.width + PART_GAP;
      rowHeight = Math.max(rowHeight, part.height);
      return [part, by] as const;
    }),
  );
}

function stacked(above: Part, below: Part): Part {
  const y = above.height > 0 ? above.height + PART_GAP : 0;
  return merged([
    [above, { x: 0, y: 0 }],
    [below, { x: 0, y }],
  ]);
}

function merged(parts: readonly (readonly [Part, Point])[]): Part {
  const nodes: Record<string, Point> = {};
  const bends: Record<string, readonly Point[]> = {};
  let [width, height] = [0, 0];
  for (const [part, by] of parts) {
    for (const [id, point] of Object.entries(part.nodes)) nodes[id] = moved(point, by);
    for (const [id, points] of Object.entries(part.bends)) {
      bends[id] = points.map((point) => moved(point, by));
    }
    width = Math.max(width, by.x + part.width);
    height = Math.max(height, by.y + part.height);
  }
  return { nodes, bends, width, height };
}

/** What no edge leads to or from, side by side. */
function gridOf(nodes: readonly LayoutNode[], room: number): Part {
  const [first] = nodes;
  if (!first) return { nodes: {}, bends: {}, width: 0, height: 0 };
  const wide = Math.max(...nodes.map(({ width }) => width)) + NODE_GAP;
  const high = Math.max(...nodes.map(({ height }) => height)) + NODE_GAP;
  const square = Math.ceil(Math.sqrt((nodes.length * SHAPE * high) / wide));
  const across = Math.min(nodes.length, Math.max(square, Math.floor((room + NODE_GAP) / wide)));
  const corners = nodes.map(
    ({ id }, at) => [id, { x: (at % across) * wide, y: Math.floor(at / across) * high }] as const,
  );
  const rows = Math.ceil(nodes.length / across);
  const [width, height] = [across * wide - NODE_GAP, rows * high - NODE_GAP];
  return { nodes: Object.fromEntries(corners), bends: {}, width, height };
}
