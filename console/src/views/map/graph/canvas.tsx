/** The map as a picture: moved and scaled, its nodes chosen by pointer or keyboard. */
import {
  Background,
  type Node,
  ReactFlow,
  ReactFlowProvider,
  useStore,
  ViewportPortal,
} from '@xyflow/react';
import { useCallback, useMemo, useRef } from 'react';
import '@xyflow/react/dist/base.css';
import { useLayout } from '../../../graph/use-layout.ts';
import { ErrorState, Skeleton } from '../../../ui/states.tsx';
import { layoutInputOf } from '../layout-input.ts';
import type { Light } from '../light.ts';
import { groupId, groupOfId, type Shown } from '../model.ts';
import type { MapState } from '../use-map-state.ts';
import { viewportText } from '../viewport.ts';
import { EdgeLayer } from './edge-layer.tsx';
import { LEAST } from './fit.ts';
import { Frame, type FrameNode } from './frame.tsx';
import { type CardNode, NodeCard } from './node-card.tsx';
import { Overview } from './overview.tsx';
import { ParticleCanvas } from './particle-canvas.tsx';
import { type Picture, pictureOf } from './picture.ts';
import { useMapKeys } from './use-map-keys.ts';
import { useViewport } from './use-viewport.ts';
import { ZoomBar } from './zoom-bar.tsx';
import './canvas.css';

export interface CanvasProps {
  readonly shown: Shown;
  readonly light: Light | undefined;
  readonly state: MapState;
  readonly onToggle: (group: string) => void;
}

const NODE_TYPES = { card: NodeCard, frame: Frame };
/** More than these are drawn only where they are looked at. */
const MOST_DRAWN = 600;
/** Smaller than this small print only blurs. */
const FAR = 0.48;

export function Canvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Laid {...props} />
    </ReactFlowProvider>
  );
}

function Laid(props: CanvasProps) {
  const input = useMemo(() => layoutInputOf(props.shown), [props.shown]);
  const { placed, error, retry } = useLayout(input);
  const picture = useMemo(
    () => placed && pictureOf(props.shown, placed.layout),
    [props.shown, placed],
  );
  if (error) return <ErrorState error={error} onRetry={retry} />;
  if (!placed || !picture) return <Skeleton lines={6} />;
  return (
    <Drawn {...props} picture={picture} turn={placed.signature} frames={placed.layout.groups} />
  );
}

interface DrawnProps extends CanvasProps {
  readonly picture: Picture;
  /** Changes when nodes have moved. */
  readonly turn: string;
  readonly frames: Readonly<
    Record<
      string,
      { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
    >
  >;
}

function Drawn(props: DrawnProps) {
  const { picture, light, state, frames, onToggle } = props;
  const box = useRef<HTMLDivElement>(null);
  const chosen = chosenOf(picture, state.arn);
  const cards = useCards(picture, chosen, light);
  const nodes = useMemo(
    () => [...framesOf(frames, picture, onToggle), ...cards],
    [frames, picture, onToggle, cards],
  );
  const fit = useViewport(props, chosen);
  const keys = useMapKeys(picture, box);
  const isFar = useStore(({ transform }) => transform[2] < FAR);
  const choose = useCallback(
    (_: unknown, node: Node) => {
      const group = groupOfId(node.id);
      if (node.type === 'frame') return;
      if (group === undefined) state.choose(node.id === state.arn ? undefined : node.id);
      else onToggle(group);
    },
    [state, onToggle],
  );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys lead from button to button.
    <div ref={box} className="canvas" data-far={isFar || undefined} onKeyDown={keys}>
      <ReactFlow
        nodes={nodes}
        nodeTypes={NODE_TYPES}
        onNodeClick={choose}
        onPaneClick={() => state.arn && state.choose(undefined)}
        onMoveStart={() => box.current?.setAttribute('data-moving', '')}
        onMoveEnd={(event, viewport) => {
          box.current?.removeAttribute('data-moving');
          if (event) state.setAt(viewportText(viewport));
        }}
        onlyRenderVisibleElements={picture.boxes.size > MOST_DRAWN}
        minZoom={LEAST}
        maxZoom={2}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        zoomOnDoubleClick={false}
        disableKeyboardA11y
      >
        <Background gap={24} size={1} />
        <ViewportPortal>
          <EdgeLayer picture={picture} chosen={chosen} light={light} />
        </ViewportPortal>
        <ParticleCanvas picture={picture} />
        <Overview picture={picture} />
        <ZoomBar onFit={fit} />
      </ReactFlow>
    </div>
  );
}

/** The node that stands for the ARN: itself, or its closed group. */
function chosenOf({ shown }: Picture, arn: string): string | undefined {
  return arn ? shown.nodes.find(({ arns }) => arns.includes(arn))?.id : undefined;
}

function useCards(
  picture: Picture,
  chosen: string | undefined,
  light: Light | undefined,
): readonly CardNode[] {
  const before = useRef(new Map<string, CardNode>());
  return useMemo(() => {
    const kept = before.current;
    const next = new Map<string, CardNode>();
    const [first] = picture.boxes.keys();
    for (const shown of picture.shown.nodes) {
      const box = picture.boxes.get(shown.id);
      if (!box) continue;
      const into = picture.into.get(shown.id) ?? NONE;
      const [isChosen, isStop] = [shown.id === chosen, shown.id === (chosen ?? first)];
      const isDim = light !== undefined && !light.nodes.has(shown.id);
      const card: CardNode = {
        id: shown.id,
        type: 'card',
        position: { x: box.x, y: box.y },
        width: box.width,
        height: box.height,
        data: { shown, into, isChosen, isDim, isStop },
      };
      const old = kept.get(shown.id);
      next.set(shown.id, old && isSame(old, card) ? old : card);
    }
    before.current = next;
    return [...next.values()];
  }, [picture, chosen, light]);
}

const NONE: readonly string[] = [];

/** React Flow draws those again that are another object. */
function isSame(one: CardNode, other: CardNode): boolean {
  const [a, b] = [one.data, other.data];
  return (
    one.position.x === other.position.x &&
    one.position.y === other.position.y &&
    a.shown === b.shown &&
    a.into.length === b.into.length &&
    a.into.every((id, at) => id === b.into[at]) &&
    a.isChosen === b.isChosen &&
    a.isDim === b.isDim &&
    a.isStop === b.isStop
  );
}

function framesOf(
  frames: DrawnProps['frames'],
  { shown }: Picture,
  onClose: (group: string) => void,
): readonly FrameNode[] {
  return Object.entries(frames).map(([name, { x, y, width, height }]) => ({
    id: `frame ${groupId(name)}`,
    type: 'frame' as const,
    position: { x, y },
    width,
    height,
    // Under the lines, which are under the nodes.
    zIndex: -2,
    data: { name, count: shown.nodes.filter(({ group }) => group === name).length, onClose },
  }));
}
