/** Streams on the map. */
import type { MapPart, Place } from '../../delivery/lens.ts';
import { listed, nodeOf } from '../../delivery/map-parts.ts';
import type { Stack } from '../../delivery/stack.ts';
import { streamArn } from './arns.ts';
import { openShards, partitionOf, type Stream, storeOf } from './store.ts';

export async function map(stack: Stack, place: Place): Promise<MapPart> {
  const streams = await storeOf(stack).streams.list(partitionOf(place));
  const nodes = streams.map(({ value }) => {
    const arn = streamArn({ ...place, name: value.name });
    return nodeOf(arn, { state: value.status, detail: detailOf(value), tags: value.tags });
  });
  return { nodes, edges: [] };
}

function detailOf(stream: Stream): string {
  const open = openShards(stream).length;
  return listed(
    `${open} ${open === 1 ? 'shard' : 'shards'}`,
    stream.mode === 'ON_DEMAND' && 'on demand',
    `kept ${stream.retentionHours} h`,
  );
}
