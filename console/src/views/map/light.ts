/** What stands out on the map, where something is looked for or the map is narrowed. */
import type { MapEdge } from '../../../../src/admin-api/index.ts';
import type { Shown, ShownNode } from './model.ts';
import { type Narrowing, statusOfAll } from './status.ts';

export interface Light {
  readonly nodes: ReadonlySet<string>;
  readonly edges: ReadonlySet<string>;
}

export interface Looking {
  readonly only: Narrowing;
  readonly find: string;
  readonly isSeen: (edge: string) => boolean;
  readonly isFailing: (edges: readonly MapEdge[]) => boolean;
}

/** Undefined: everything. */
export function lightOf({ nodes, edges }: Shown, looking: Looking): Light | undefined {
  const { only, find, isSeen, isFailing } = looking;
  const words = find.trim().toLowerCase();
  if (only === 'all' && words === '') return undefined;
  const lit = edges.filter(({ edges: all }) => {
    if (only === 'all') return true;
    return only === 'failing' ? isFailing(all) : statusOfAll(all, isSeen) === only;
  });
  const ends = new Set(lit.flatMap(({ from, to }) => [from, to]));
  const found = nodes.filter((node) => {
    const isNarrow = only === 'all' || ends.has(node.id) || isOdd(node, only);
    return isNarrow && (words === '' || matches(node, words));
  });
  const ids = new Set(found.map(({ id }) => id));
  const kept = lit.filter(({ from, to }) => (words === '' ? true : ids.has(from) && ids.has(to)));
  return { nodes: ids, edges: new Set(kept.map(({ id }) => id)) };
}

/** What is observed only may be a resource itself. */
function isOdd({ node }: ShownNode, only: Narrowing): boolean {
  return only === 'observed' && node?.declared === false;
}

export function matches({ id, name, node }: ShownNode, words: string): boolean {
  const tags = Object.entries(node?.tags ?? {}).map(([tag, value]) => `${tag}=${value}`);
  const texts = [name, id, node?.detail ?? '', ...tags];
  return texts.some((text) => text.toLowerCase().includes(words));
}
