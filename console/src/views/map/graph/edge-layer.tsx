/** All lines of the map, in one picture under the nodes. */
import { memo } from 'react';
import { edgeFigures, readEdgeFigures } from '../figures.ts';
import type { Light } from '../light.ts';
import { statusOfAll } from '../status.ts';
import { useFigure } from '../use-map.ts';
import { offWords } from '../words.ts';
import type { Line, Picture } from './picture.ts';
import './edge-layer.css';

export interface EdgeLayerProps {
  readonly picture: Picture;
  readonly chosen: string | undefined;
  readonly light: Light | undefined;
}

/** Says nothing to who does not see it: the list has the same in words. */
export const EdgeLayer = memo(function EdgeLayer({ picture, chosen, light }: EdgeLayerProps) {
  return (
    <svg className="edges" aria-hidden="true">
      {[...picture.lines.values()].map((line) => (
        <EdgeLine
          key={line.edge.id}
          line={line}
          isNear={chosen !== undefined && (line.edge.from === chosen || line.edge.to === chosen)}
          isDim={light !== undefined && !light.edges.has(line.edge.id)}
        />
      ))}
    </svg>
  );
});

interface EdgeLineProps {
  readonly line: Line;
  readonly isNear: boolean;
  readonly isDim: boolean;
}

const EdgeLine = memo(function EdgeLine({ line, isNear, isDim }: EdgeLineProps) {
  const { edge, curve } = line;
  const status = useFigure((store) => statusOfAll(edge.edges, (id) => store.hasSeen(id)));
  const text = useFigure((store) => edgeFigures(store, edge));
  const { label, trouble, strength } = readEdgeFigures(text);
  const off = edge.edges.find((one) => one.off !== undefined)?.off;
  const words = status === 'off' && off !== undefined ? offWords(off) : label;
  const { x, y } = curve.label;
  const anchor = curve.isBack ? 'middle' : 'end';
  return (
    <g
      className={`edge edge-${status} edge-of-${edge.kind}`}
      data-strength={strength}
      data-near={isNear || undefined}
      data-dim={isDim || undefined}
      data-trouble={trouble !== '' || undefined}
      data-back={curve.isBack || undefined}
    >
      <path className="edge-line" d={curve.path} />
      <path className="edge-head" d={curve.head} />
      {/* What a rule takes stands on the rule. */}
      {words && edge.kind !== 'rule' && (
        <text className="edge-label" x={x} y={y} textAnchor={anchor}>
          {words}
        </text>
      )}
      {trouble && (
        <text className="edge-label edge-trouble" x={x} y={y + 18} textAnchor={anchor}>
          {trouble}
        </text>
      )}
    </g>
  );
});
