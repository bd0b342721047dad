/** Change streams on the map, and the tables that write them. */

import { changeStreams, streamPlace } from '../../delivery/change-streams.ts';
import type { MapPart, Place } from '../../delivery/lens.ts';
import { edgeOf, nodeOf } from '../../delivery/map-parts.ts';
import type { Stack } from '../../delivery/stack.ts';
import { isReadable } from './lookup.ts';

export async function map({ storage, clock }: Stack, place: Place): Promise<MapPart> {
  const nowMs = clock.nowMs();
  const streams = (await changeStreams(storage).list(streamPlace(place)))
    .map(({ value }) => value)
    .filter((stream) => isReadable(stream, nowMs));
  const nodes = streams.map(({ arn, view, disabledAtMs }) => {
    const state = disabledAtMs === undefined ? 'ENABLED' : 'DISABLED';
    return nodeOf(arn, { state, detail: view });
  });
  const edges = streams.map(({ arn, disabledAtMs }) => {
    const off = disabledAtMs === undefined ? undefined : 'DISABLED';
    return edgeOf('changes', [arn.replace(/\/stream\/.*$/, ''), arn], { off });
  });
  return { nodes, edges };
}
