/** What of the map is laid out. */
import type { LayoutInput } from '../../graph/layout.ts';
import { type Shown, type ShownNode, skeletonOf } from './model.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

const CARD: Size = { width: 200, height: 48 };
const RULE: Size = { width: 168, height: 28 };

/** Rules are small: there are many, and they stand between what matters. */
export function sizeOf({ kind }: Pick<ShownNode, 'kind'>): Size {
  return kind === 'rule' ? RULE : CARD;
}

export function layoutInputOf(shown: Shown): LayoutInput {
  return {
    nodes: shown.nodes.map((node) => ({ id: node.id, group: node.group, ...sizeOf(node) })),
    edges: skeletonOf(shown).map(({ id, from, to }) => ({ id, from, to })),
  };
}
