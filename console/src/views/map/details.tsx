/** All about one node: what it is, what goes on there, what leads here and where it leads. */
import { Link } from 'wouter';
import type { MapEdge, MapNode, TopologyMap } from '../../../../src/admin-api/index.ts';
import { useSession } from '../../api/session.ts';
import { useViewHref } from '../../state/url.ts';
import { Badge } from '../../ui/badge.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Switch } from '../../ui/field.tsx';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { KIND_WORDS } from '../../ui/kinds.ts';
import { Drawer } from '../../ui/panel.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { edgeFigures, readEdgeFigures } from './figures.ts';
import { linksOf } from './links.ts';
import { kindOfNode } from './model.ts';
import { NodeTrafficPanel } from './node-traffic.tsx';
import { type Status, statusOf } from './status.ts';
import { useFigure } from './use-map.ts';
import type { MapState } from './use-map-state.ts';
import { EDGE_WORDS, NARROWING_WORDS, offWords } from './words.ts';
import './details.css';

export interface DetailsProps {
  readonly map: TopologyMap;
  readonly state: MapState;
}

export function Details({ map, state }: DetailsProps) {
  const node = map.nodes.find(({ arn }) => arn === state.arn);
  const close = () => state.choose(undefined);
  if (!node) {
    return (
      <Drawer title="Not on the map" onClose={close}>
        <EmptyState title="It is not there">{state.arn}</EmptyState>
      </Drawer>
    );
  }
  const kind = kindOfNode(node);
  return (
    <Drawer title={<Title node={node} />} onClose={close}>
      <div className="details">
        <NodeLinks node={node} />
        <About node={node} />
        <NodeTrafficPanel arn={node.arn} kind={kind} edges={map.edges} />
        <Edges title="Comes from" edges={map.edges} near="to" map={map} state={state} />
        <Edges title="Leads to" edges={map.edges} near="from" map={map} state={state} />
        <Switch
          label="Show only what is connected with it"
          checked={state.focus}
          onChange={state.setFocus}
        />
      </div>
    </Drawer>
  );
}

function Title({ node }: { readonly node: MapNode }) {
  const kind = kindOfNode(node);
  return (
    <span className="details-title">
      <KindIcon kind={kind} />
      <span className="truncate">{node.name}</span>
      {!node.declared && <Badge tone="retry">not declared</Badge>}
    </span>
  );
}

function NodeLinks({ node }: { readonly node: MapNode }) {
  const href = useViewHref();
  const { readOnly } = useSession();
  const links = linksOf(node).filter(({ view }) => view !== 'send' || !readOnly);
  return (
    <nav className="details-links" aria-label={`Views of ${node.name}`}>
      {links.map(({ view, label, query }) => (
        <Link key={view} href={href(view, query)} className="details-link">
          {label}
        </Link>
      ))}
    </nav>
  );
}

function About({ node }: { readonly node: MapNode }) {
  const { arn, state, detail, tags = {} } = node;
  return (
    <dl className="facts">
      <dt>Kind</dt>
      <dd>{KIND_WORDS[kindOfNode(node)][0]}</dd>
      <dt>{arn.startsWith('arn:') ? 'ARN' : 'Address'}</dt>
      <dd className="details-arn">
        <span className="mono">{arn}</span>
        <CopyButton text={arn} what="ARN" />
      </dd>
      {state && (
        <>
          <dt>State</dt>
          <dd>{state}</dd>
        </>
      )}
      {detail && (
        <>
          <dt>Says</dt>
          <dd className={detail.startsWith('{') ? 'mono' : undefined}>{detail}</dd>
        </>
      )}
      {Object.entries(tags).map(([tag, value]) => (
        <div key={tag} className="details-tag">
          <dt>{tag}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface EdgesProps extends DetailsProps {
  readonly title: string;
  readonly edges: readonly MapEdge[];
  /** The end that is this node. */
  readonly near: 'from' | 'to';
}

function Edges({ title, edges, near, map, state }: EdgesProps) {
  const own = edges.filter((edge) => edge[near] === state.arn);
  if (own.length === 0) return null;
  const far = near === 'from' ? 'to' : 'from';
  return (
    <section>
      <h3 className="details-head">
        {title} <span className="muted">{own.length}</span>
      </h3>
      <ul className="details-edges">
        {own.map((edge) => (
          <li key={edge.id}>
            <Edge
              edge={edge}
              other={map.nodes.find(({ arn }) => arn === edge[far])}
              arn={edge[far]}
              onChoose={state.choose}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

const TONES = { used: 'neutral', unused: 'neutral', off: 'retry', observed: 'retry' } as const;

interface EdgeProps {
  readonly edge: MapEdge;
  readonly other: MapNode | undefined;
  readonly arn: string;
  readonly onChoose: (arn: string) => void;
}

function Edge({ edge, other, arn, onChoose }: EdgeProps) {
  const status: Status = useFigure((store) => statusOf(edge, store.hasSeen(edge.id)));
  const { id, from, to, kind } = edge;
  const text = useFigure((store) => edgeFigures(store, { id, from, to, kind, edges: [edge] }));
  const { label, trouble } = readEdgeFigures(text);
  return (
    <>
      <button type="button" className="details-edge" onClick={() => onChoose(arn)}>
        {other && <KindIcon kind={kindOfNode(other)} size={14} />}
        <span className="truncate">{other?.name ?? arn}</span>
      </button>
      <span className="details-edge-kind">{EDGE_WORDS[kind]}</span>
      <span className="details-edge-figures numeric">
        {label}
        {trouble && <Badge tone={kind === 'dead-letter' ? 'dead' : 'fail'}>{trouble}</Badge>}
        {status !== 'used' && (
          <Badge tone={TONES[status]}>
            {(status === 'off' && edge.off && offWords(edge.off)) ||
              NARROWING_WORDS[status][0].toLowerCase()}
          </Badge>
        )}
      </span>
      {edge.detail && <span className="details-edge-detail mono">{edge.detail}</span>}
    </>
  );
}
