/** What an edge is: said by a resource, seen in traffic, both. */
import type { MapEdge } from '../../../../src/admin-api/index.ts';

export type Status = 'used' | 'unused' | 'off' | 'observed';

export const STATUSES = ['used', 'unused', 'off', 'observed'] as const;

export function statusOf(edge: MapEdge, isSeen: boolean): Status {
  if (!edge.declared) return 'observed';
  if (edge.seen || isSeen) return 'used';
  return edge.off === undefined ? 'unused' : 'off';
}

/** Of several edges drawn as one: what asks for a look comes first, but use before disuse. */
const WORTH: readonly Status[] = ['observed', 'used', 'unused', 'off'];

export function statusOfAll(edges: readonly MapEdge[], isSeen: (id: string) => boolean): Status {
  const all = new Set(edges.map((edge) => statusOf(edge, isSeen(edge.id))));
  return WORTH.find((status) => all.has(status)) ?? 'unused';
}

/** What the map can be narrowed to. */
export const NARROWINGS = ['all', ...STATUSES, 'failing'] as const;
export type Narrowing = (typeof NARROWINGS)[number];
