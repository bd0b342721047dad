/** Tables on the map, and the Kinesis streams that their changes go to. */
import type { MapPart, Place } from '../../delivery/lens.ts';
import { edgeOf, listed, nodeOf } from '../../delivery/map-parts.ts';
import type { Stack } from '../../delivery/stack.ts';
import { tableArn } from './lookup.ts';
import { partitionOf, storeOf, type TableRecord } from './store.ts';

export async function map(stack: Stack, place: Place): Promise<MapPart> {
  const tables = (await storeOf(stack).tables.list(partitionOf(place))).map(({ value }) => value);
  const nodes = tables.map((table) => {
    const { status: state, tags } = table;
    return nodeOf(tableArn(table), { state, detail: detailOf(table), tags });
  });
  const edges = tables.flatMap((table) =>
    (table.destinations ?? []).map(({ arn, isActive }) => {
      const off = isActive ? undefined : 'DISABLED';
      return edgeOf('target', [tableArn(table), arn], { off, detail: 'changes' });
    }),
  );
  return { nodes, edges };
}

function detailOf({ key, timeToLive }: TableRecord): string {
  const { hash, range } = key;
  return listed(
    `key ${hash.name}${range ? ` and ${range.name}` : ''}`,
    timeToLive && `expires by ${timeToLive.attribute}`,
  );
}
