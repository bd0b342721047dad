/** The trace as a picture. Loaded when the first trace is shown: it brings the graph library. */
import '@xyflow/react/dist/base.css';
import {
  Controls,
  type Edge,
  MarkerType,
  MiniMap,
  type Node,
  ReactFlow,
  type ReactFlowInstance,
  type Viewport,
} from '@xyflow/react';
import { useMemo, useRef } from 'react';
import { boundsOf } from '../../graph/bounds.ts';
import type { Layout, LayoutInput } from '../../graph/layout.ts';
import { useLayout } from '../../graph/use-layout.ts';
import { ErrorState, Skeleton } from '../../ui/states.tsx';
import type { GraphEdge, GraphNode, TraceGraph } from './graph.ts';
import { type BoxData, BoxNode, ChosenContext, SIZES } from './trace-box.tsx';
import './trace-graph.css';

export interface TraceGraphViewProps {
  readonly graph: TraceGraph;
  /** From which times are counted. */
  readonly startMs: number;
  readonly chosen: string;
  readonly onChoose: (node: GraphNode) => void;
}

const TYPES = { box: BoxNode };

/** Smaller than this, boxes cannot be read: then it opens on what was asked for. */
const LEAST_ZOOM = 0.55;
const MANY = 36;

export function TraceGraphView({ graph, startMs, chosen, onChoose }: TraceGraphViewProps) {
  const input = useMemo(() => inputOf(graph), [graph]);
  const { placed, error, retry } = useLayout(input);
  const layout = placed?.layout;
  const pane = useRef<HTMLDivElement>(null);
  const nodes = useMemo(
    () => (layout ? graph.nodes.flatMap((node) => boxOf(node, layout, startMs, onChoose)) : []),
    [graph, layout, startMs, onChoose],
  );
  const edges = useMemo(() => graph.edges.map(lineOf), [graph]);
  const begin = (flow: ReactFlowInstance<Node<BoxData>>) => {
    if (pane.current) flow.setViewport(firstView(flow.getNodes(), pane.current));
  };
  if (error) return <ErrorState error={error} onRetry={retry} />;
  if (!layout) return <Skeleton lines={6} />;
  return (
    <ChosenContext value={chosen}>
      <div ref={pane} className="trace-graph">
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={TYPES}
          onInit={begin}
          fitViewOptions={{ maxZoom: 1, padding: 0.08 }}
          minZoom={0.1}
          maxZoom={1.6}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          onlyRenderVisibleElements={nodes.length > 4 * MANY}
          proOptions={{ hideAttribution: true }}
          aria-label="Causes and effects"
        >
          <Controls showInteractive={false} position="bottom-left" />
          {nodes.length > MANY && <MiniMap pannable zoomable ariaLabel="Overview" />}
        </ReactFlow>
      </div>
    </ChosenContext>
  );
}

const MARGIN = 24;

/** All of it where it can be read so, or what was asked for with what comes next to it. */
function firstView(boxes: readonly Node<BoxData>[], pane: HTMLElement): Viewport {
  const { clientWidth: width, clientHeight: height } = pane;
  const all = boundsOf(
    boxes.map(({ position, data }) => ({ ...position, ...SIZES[data.node.kind] })),
  );
  const fit = Math.min(1, (width - 2 * MARGIN) / all.width, (height - 2 * MARGIN) / all.height);
  if (fit >= LEAST_ZOOM) {
    const x = (width - all.width * fit) / 2;
    return { zoom: fit, x, y: (height - all.height * fit) / 2 };
  }
  const zoom = 0.8;
  const focus = boxes.find(({ data: { node } }) => node.kind === 'hop' && node.isFocus)?.position;
  const { x, y } = focus ?? { x: 0, y: 0 };
  const isFirst = x * zoom < width / 3;
  return {
    zoom,
    x: isFirst ? MARGIN : width / 3 - x * zoom,
    y: height / 2 - (y + SIZES.hop.height / 2) * zoom,
  };
}

function inputOf({ nodes, edges }: TraceGraph): LayoutInput {
  return {
    nodes: nodes.map(({ id, kind }) => ({ id, ...SIZES[kind] })),
    edges: edges.map(({ id, from, to }) => ({ id, from, to })),
  };
}

function boxOf(
  node: GraphNode,
  { nodes }: Layout,
  startMs: number,
  onChoose: (node: GraphNode) => void,
): Node<BoxData>[] {
  const position = nodes[node.id];
  // Until the worker has answered to the newest graph, what is new has no place.
  if (!position) return [];
  return [
    { id: node.id, type: 'box', position, data: { node, startMs, onChoose }, ...SIZES[node.kind] },
  ];
}

const COLOURS = {
  plain: 'var(--line-strong)',
  retry: 'var(--retry)',
  fail: 'var(--fail)',
  dead: 'var(--dead)',
} as const;

function lineOf({ id, from, to, tone, label }: GraphEdge): Edge {
  return {
    id,
    source: from,
    target: to,
    className: `trace-line trace-line-${tone}`,
    markerEnd: { type: MarkerType.ArrowClosed, color: COLOURS[tone], width: 16, height: 16 },
    ...(label !== undefined && {
      label: shortened(label),
      labelBgPadding: [4, 2],
      labelBgBorderRadius: 3,
    }),
  };
}

const MOST_CHARS = 26;

/** Whole it stands among the facts; here it may not cover its neighbours. */
function shortened(label: string): string {
  return label.length > MOST_CHARS ? `${label.slice(0, MOST_CHARS - 1)}…` : label;
}
