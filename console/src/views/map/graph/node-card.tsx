/** A resource on the map. Drawn again when one of its figures changes, and not otherwise. */
import type { Node, NodeProps } from '@xyflow/react';
import { memo } from 'react';
import { Icon } from '../../../ui/icon.tsx';
import { KindIcon } from '../../../ui/kind-icon.tsx';
import { KIND_WORDS } from '../../../ui/kinds.ts';
import { nodeFigures, readFigures } from '../figures.ts';
import type { ShownNode } from '../model.ts';
import { useFigure } from '../use-map.ts';
import { offWords } from '../words.ts';
import './node-card.css';

export type CardNode = Node<
  {
    readonly shown: ShownNode;
    readonly into: readonly string[];
    readonly isChosen: boolean;
    readonly isDim: boolean;
    /** The one that Tab leads to. */
    readonly isStop: boolean;
  },
  'card'
>;

/** States in which there is nothing to say. */
const NORMAL = new Set(['ENABLED', 'ACTIVE', 'Active']);

function PlainCard({ id, data }: NodeProps<CardNode>) {
  const { shown, into, isChosen, isDim, isStop } = data;
  const { kind, name, node, arns } = shown;
  const figures = readFigures(useFigure((store) => nodeFigures(store, shown, into)));
  const isUnknown = node?.declared === false;
  const state = node?.state !== undefined && !NORMAL.has(node.state) ? node.state : undefined;
  const [word] = KIND_WORDS[kind];
  return (
    <button
      type="button"
      className={`node-card node-${kind}`}
      data-node={id}
      data-dim={isDim || undefined}
      data-unknown={isUnknown || undefined}
      data-off={state !== undefined || undefined}
      data-full={figures.isFull || undefined}
      aria-pressed={isChosen}
      tabIndex={isStop ? 0 : -1}
      title={node ? id : name}
    >
      <span className="node-sign">
        <KindIcon kind={kind} size={kind === 'rule' ? 12 : 16} />
      </span>
      <span className="node-words">
        <span className="node-name">{name}</span>
        <span className="node-line">
          {isUnknown ? (
            <span className="node-flag">
              <Icon name="warn" size={12} /> not declared
            </span>
          ) : (
            <span className={figures.backlog ? 'unseen' : 'node-kind'}>
              {kind === 'group' ? `${arns.length} resources` : word}
            </span>
          )}
          {state && <span className="node-state">{offWords(state)}</span>}
          {figures.backlog && <span className="node-backlog">{figures.backlog}</span>}
        </span>
      </span>
      <span className="node-figures">
        {figures.rate && <span className="node-rate">{figures.rate}</span>}
        {figures.trouble && (
          <span className="node-trouble">
            {figures.trouble}
            <span className="unseen"> failed</span>
          </span>
        )}
      </span>
    </button>
  );
}

export const NodeCard = memo(PlainCard, (before, after) => before.data === after.data);
