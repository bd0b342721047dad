/** Log groups on the map; whoever composes it leaves out those that nothing leads to. */
import type { MapPart, Place } from '../../delivery/lens.ts';
import { nodeOf } from '../../delivery/map-parts.ts';
import type { Stack } from '../../delivery/stack.ts';
import { groupArn, partitionOf, storeOf } from './store.ts';

export async function map(stack: Stack, place: Place): Promise<MapPart> {
  const groups = await storeOf(stack).groups.list(partitionOf(place));
  const nodes = groups.map(({ value: { name, tags, retentionDays: days } }) => {
    const detail = days === undefined ? undefined : `kept ${days} d`;
    return nodeOf(groupArn({ ...place, name }), { detail, tags });
  });
  return { nodes, edges: [] };
}
