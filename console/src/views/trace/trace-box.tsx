/** The boxes of the picture: each is a button, so that keys and readers reach it. */
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { createContext, memo, type ReactNode, use } from 'react';
import { kindOf, shortName } from '../../ui/arns.ts';
import { span } from '../../ui/when.ts';
import type { GraphNode } from './graph.ts';
import type { Hand } from './hands.ts';
import type { Hop } from './hop.ts';
import { StateBadge } from './state-badge.tsx';

export interface BoxData extends Record<string, unknown> {
  readonly node: GraphNode;
  readonly startMs: number;
  readonly onChoose: (node: GraphNode) => void;
}

/** Of each kind of box, in pixels; the layout and the style sheet hold them. */
export const SIZES: Readonly<
  Record<GraphNode['kind'], { readonly width: number; readonly height: number }>
> = {
  hop: { width: 228, height: 64 },
  end: { width: 188, height: 46 },
  more: { width: 132, height: 26 },
  others: { width: 124, height: 22 },
};

/** The box that is chosen: apart from the data, so that a choice makes no box anew. */
export const ChosenContext = createContext('');

function PlainBox({ data: { node, startMs, onChoose } }: NodeProps<Node<BoxData>>) {
  const isChosen = use(ChosenContext) === node.id;
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <button
        type="button"
        className={`trace-box trace-box-${node.kind} ${toneOf(node)} nopan`}
        aria-pressed={isChosen}
        onClick={() => onChoose(node)}
      >
        {insideOf(node, startMs)}
      </button>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  );
}

export const BoxNode = memo(PlainBox);

function toneOf(node: GraphNode): string {
  if (node.kind === 'hop') return `trace-${node.hop.state}${node.isFocus ? ' trace-focus' : ''}`;
  return node.kind === 'end' ? `trace-${node.hand.state}` : '';
}

function insideOf(node: GraphNode, startMs: number): ReactNode {
  switch (node.kind) {
    case 'hop':
      return <HopInside hop={node.hop} startMs={startMs} />;
    case 'end':
      return <EndInside hand={node.hand} />;
    case 'more':
      return `${node.count.toLocaleString('en')} more …`;
    case 'others':
      return node.causes.length === 1 ? '1 other cause' : `${node.causes.length} other causes`;
  }
}

function HopInside({ hop, startMs }: { readonly hop: Hop; readonly startMs: number }) {
  const { kind, title, node, says, state } = hop;
  const place = node.arn && node.note ? ` ${shortName(node.arn)}` : '';
  return (
    <>
      <span className="trace-box-line">
        <span className="trace-box-kind">
          {kind}
          {place}
        </span>
        <span className="trace-box-time numeric">{offset(hop.startMs, startMs)}</span>
      </span>
      <span className="trace-box-line">
        <strong className="truncate">{title}</strong>
        {state !== 'ok' && <StateBadge state={state} />}
      </span>
      <span className="trace-box-says truncate">{says}</span>
    </>
  );
}

function EndInside({ hand: { target, state, error, tries } }: { readonly hand: Hand }) {
  const failed = error ?? (tries > 1 ? `${tries} tries` : '');
  return (
    <>
      <span className="trace-box-line">
        <span className="trace-box-kind">{target ? kindOf(target) : 'nowhere'}</span>
        {state !== 'ok' && <StateBadge state={state} />}
      </span>
      <span className="trace-box-line">
        <strong className="truncate">{target ? shortName(target) : 'given up'}</strong>
        <span className="trace-box-says truncate">{failed}</span>
      </span>
    </>
  );
}

export function offset(atMs: number | undefined, startMs: number): string {
  if (atMs === undefined) return '';
  const ms = atMs - startMs;
  return `${ms < 0 ? '−' : '+'}${span(ms)}`;
}
