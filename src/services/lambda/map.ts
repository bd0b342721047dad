/** Functions on the map, what feeds them, and who hears of the end of their events. */
import type { MapNode } from '../../admin-api/index.ts';
import type { MapPart, Place } from '../../delivery/lens.ts';
import { type DeclaredEdge, edgeOf, listed, nodeOf } from '../../delivery/map-parts.ts';
import type { Stack } from '../../delivery/stack.ts';
import { functionArn, LATEST } from './arns.ts';
import { isPulling, type Mapping, mappingArn, mappingsOf } from './mapping.ts';
import { type FunctionVersion, ofFunction, partitionOf, storeOf } from './store.ts';

export async function map(stack: Stack, place: Place): Promise<MapPart> {
  const { functions, versions, invokeConfigs } = storeOf(stack);
  const nodes: MapNode[] = [];
  const edges = new Map<string, DeclaredEdge>();
  // Versions and aliases are one node, so what several of them say is one edge.
  const add = (edge: DeclaredEdge) => edges.set(edge.id, edge);
  for (const { value } of await functions.list(partitionOf(place))) {
    const address = { ...place, name: value.name };
    const arn = functionArn(address);
    const all = await versions.list(ofFunction(address));
    const latest = all.find(({ key }) => key === LATEST)?.value;
    nodes.push(nodeOf(arn, { state: latest?.state, detail: detailOf(latest), tags: value.tags }));
    for (const { value: version } of all) {
      const to = version.deadLetterArn;
      if (to) add(edgeOf('dead-letter', [arn, to], { detail: 'asynchronous events' }));
    }
    for (const { value: config } of await invokeConfigs.list(ofFunction(address))) {
      const { OnSuccess, OnFailure } = config.destinations;
      const [success, failure] = [OnSuccess?.Destination, OnFailure?.Destination];
      if (success) add(edgeOf('destination', [arn, success], { detail: 'on success' }));
      if (failure) add(edgeOf('dead-letter', [arn, failure], { detail: 'on failure' }));
    }
  }
  for (const { value } of await mappingsOf(stack).rows.list(partitionOf(place))) {
    for (const edge of edgesOf(value)) add(edge);
  }
  return { nodes, edges: [...edges.values()] };
}

function detailOf(latest: FunctionVersion | undefined): string {
  return listed(latest?.runtime, latest?.handler, latest && `${latest.timeoutSeconds} s`);
}

function edgesOf(mapping: Mapping): readonly DeclaredEdge[] {
  const { sourceArn, functionArn: arn, batchSize, windowSeconds, filters = [], stream } = mapping;
  const via = mappingArn(mapping);
  const off = isPulling(mapping) ? undefined : 'DISABLED';
  const detail = listed(
    `batches of ${batchSize}`,
    windowSeconds > 0 && `gathered ${windowSeconds} s`,
    filters.length > 0 && `${filters.length} ${filters.length === 1 ? 'filter' : 'filters'}`,
    /\/consumer\/([^:]+)/.exec(sourceArn)?.[1],
  );
  const lost = stream?.onFailureArn;
  return [
    edgeOf('mapping', [sourceArn, arn], { via, off, detail }),
    ...(lost ? [edgeOf('dead-letter', [arn, lost], { via, off, detail: 'on failure' })] : []),
  ];
}
