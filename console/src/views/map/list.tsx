/** The map as lists: the same resources and connections, for whoever reads better than looks. */
import { useState } from 'react';
import type { MapEdge, MapNode, TopologyMap } from '../../../../src/admin-api/index.ts';
import { Badge } from '../../ui/badge.tsx';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { KIND_WORDS } from '../../ui/kinds.ts';
import { EmptyState } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table/table.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { edgeFigures, nodeFigures, readEdgeFigures, readFigures } from './figures.ts';
import type { Light } from './light.ts';
import { kindOfNode, type Shown, type ShownEdge, type ShownNode } from './model.ts';
import { statusOf } from './status.ts';
import { useFigure } from './use-map.ts';
import type { MapState } from './use-map-state.ts';
import { EDGE_WORDS, NARROWING_WORDS, offWords } from './words.ts';

export interface MapListProps {
  readonly map: TopologyMap;
  /** With no group closed: lists have every resource. */
  readonly shown: Shown;
  readonly light: Light | undefined;
  readonly state: MapState;
}

interface Connection {
  readonly edge: MapEdge;
  readonly shown: ShownEdge;
  readonly from: string;
  readonly to: string;
}

interface Resource {
  readonly node: MapNode;
  readonly shown: ShownNode;
  readonly into: readonly string[];
}

const EMPTY = (
  <EmptyState title="Nothing like that on the map">Look for something else, or for all.</EmptyState>
);

export function MapList({ map, shown, light, state }: MapListProps) {
  const resources = resourcesOf(shown, light);
  const connections = connectionsOf(map, shown, light);
  const [connection, setConnection] = useState<string>();
  return (
    <Tabs
      label="The map as lists"
      value={state.list}
      onChange={state.setList}
      tabs={[
        { name: 'resources', label: 'Resources', count: resources.length },
        { name: 'connections', label: 'Connections', count: connections.length },
      ]}
    >
      {state.list === 'resources' ? (
        <Table
          label="Resources"
          rows={resources}
          keyOf={({ node }) => node.arn}
          columns={RESOURCE_COLUMNS}
          selected={state.arn || undefined}
          onSelect={(row) => state.choose(row?.node.arn)}
          empty={EMPTY}
        />
      ) : (
        <Table
          label="Connections"
          rows={connections}
          keyOf={({ edge }) => edge.id}
          columns={CONNECTION_COLUMNS}
          selected={connection}
          onSelect={(row) => setConnection(row?.edge.id)}
          onOpen={({ edge }) => state.choose(edge.to)}
          empty={EMPTY}
        />
      )}
    </Tabs>
  );
}

function resourcesOf({ nodes, edges }: Shown, light: Light | undefined): readonly Resource[] {
  const into = new Map<string, string[]>();
  for (const { id, to } of edges) into.set(to, [...(into.get(to) ?? []), id]);
  return nodes.flatMap((shown) => {
    if (!shown.node || (light && !light.nodes.has(shown.id))) return [];
    return [{ node: shown.node, shown, into: into.get(shown.id) ?? [] }];
  });
}

function connectionsOf(
  { nodes }: TopologyMap,
  { edges }: Shown,
  light: Light | undefined,
): readonly Connection[] {
  const names = new Map(nodes.map(({ arn, name }) => [arn, name]));
  return edges.flatMap((shown) => {
    if (light && !light.edges.has(shown.id)) return [];
    return shown.edges.map((edge) => ({
      edge,
      shown,
      from: names.get(edge.from) ?? edge.from,
      to: names.get(edge.to) ?? edge.to,
    }));
  });
}

const RESOURCE_COLUMNS: readonly Column<Resource>[] = [
  {
    key: 'name',
    header: 'Name',
    width: 'minmax(180px, 2fr)',
    cell: ({ node }) => (
      <span className="map-name" title={node.arn}>
        <KindIcon kind={kindOfNode(node)} size={14} />
        <span className="truncate">{node.name}</span>
      </span>
    ),
  },
  {
    key: 'kind',
    header: 'Kind',
    width: '140px',
    cell: ({ node }) => KIND_WORDS[kindOfNode(node)][0],
  },
  { key: 'state', header: 'State', width: '120px', cell: ({ node }) => <State node={node} /> },
  {
    key: 'rate',
    header: 'In',
    width: '72px',
    align: 'end',
    cell: (row) => <Figure row={row} of="rate" />,
  },
  {
    key: 'trouble',
    header: 'Failed',
    width: '72px',
    align: 'end',
    cell: (row) => <Figure row={row} of="trouble" />,
  },
  {
    key: 'backlog',
    header: 'Backlog',
    width: '160px',
    align: 'end',
    cell: (row) => <Figure row={row} of="backlog" />,
  },
  {
    key: 'detail',
    header: 'Says',
    width: 'minmax(120px, 3fr)',
    cell: ({ node }) => <span className="muted">{node.detail}</span>,
  },
];

function State({ node }: { readonly node: MapNode }) {
  if (!node.declared) return <Badge tone="retry">not declared</Badge>;
  return node.state ?? '';
}

function Figure({
  row,
  of,
}: {
  readonly row: Resource;
  readonly of: 'rate' | 'trouble' | 'backlog';
}) {
  const text = useFigure((store) => readFigures(nodeFigures(store, row.shown, row.into))[of]);
  return of === 'trouble' && text !== '' ? <Badge tone="fail">{text}</Badge> : text;
}

const CONNECTION_COLUMNS: readonly Column<Connection>[] = [
  { key: 'from', header: 'From', width: 'minmax(160px, 2fr)', cell: ({ from }) => from },
  {
    key: 'kind',
    header: 'By',
    width: '150px',
    cell: ({ edge }) => EDGE_WORDS[edge.kind],
  },
  { key: 'to', header: 'To', width: 'minmax(160px, 2fr)', cell: ({ to }) => to },
  {
    key: 'status',
    header: 'Use',
    width: '150px',
    cell: ({ edge }) => <Use edge={edge} />,
  },
  {
    key: 'rate',
    header: 'Rate',
    width: '130px',
    align: 'end',
    cell: ({ shown }) => <EdgeFigure shown={shown} of="label" />,
  },
  {
    key: 'trouble',
    header: 'Failed',
    width: '96px',
    align: 'end',
    cell: ({ shown }) => <EdgeFigure shown={shown} of="trouble" />,
  },
  {
    key: 'detail',
    header: 'Says',
    width: 'minmax(120px, 2fr)',
    cell: ({ edge }) => <span className="muted">{edge.detail}</span>,
  },
];

function Use({ edge }: { readonly edge: MapEdge }) {
  const status = useFigure((store) => statusOf(edge, store.hasSeen(edge.id)));
  const [words] = NARROWING_WORDS[status];
  if (status === 'off') return <Badge tone="retry">{edge.off ? offWords(edge.off) : words}</Badge>;
  return status === 'observed' ? <Badge tone="retry">{words}</Badge> : words;
}

function EdgeFigure({
  shown,
  of,
}: {
  readonly shown: ShownEdge;
  readonly of: 'label' | 'trouble';
}) {
  const text = useFigure((store) => readEdgeFigures(edgeFigures(store, shown))[of]);
  const tone = shown.kind === 'dead-letter' ? 'dead' : 'fail';
  return of === 'trouble' && text !== '' ? <Badge tone={tone}>{text}</Badge> : text;
}
