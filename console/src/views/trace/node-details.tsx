/** What is known of the box that is chosen. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { ApiError, get, pathPart } from '../../api/client.ts';
import { useSession } from '../../api/session.ts';
import { useViewHref } from '../../state/url.ts';
import { Arn, Id } from '../../ui/arn.tsx';
import { ContentView } from '../../ui/content-view.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { Panel } from '../../ui/panel.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { span } from '../../ui/when.ts';
import { FactList } from './fact-list.tsx';
import type { GraphNode } from './graph.ts';
import type { Hand } from './hands.ts';
import type { Hop } from './hop.ts';
import { StateBadge } from './state-badge.tsx';

export interface NodeDetailsProps {
  readonly node: GraphNode;
  readonly focus: string;
  readonly startMs: number;
  readonly onClose: () => void;
}

export function NodeDetails({ node, focus, startMs, onClose }: NodeDetailsProps) {
  if (node.kind === 'hop') {
    return (
      <Panel title={node.hop.title} onClose={onClose}>
        <HopDetails hop={node.hop} isFocus={node.id === focus} startMs={startMs} />
      </Panel>
    );
  }
  if (node.kind === 'end') {
    return (
      <Panel title="Hand-over" onClose={onClose}>
        <HandDetails hand={node.hand} />
      </Panel>
    );
  }
  const causes = node.kind === 'others' ? node.causes : [];
  return (
    <Panel title="Other causes" onClose={onClose}>
      <p className="muted">What else led here, outside of this trace: the rest of a batch.</p>
      <ul>
        {causes.map((cause) => (
          <li key={cause}>
            <TraceLink id={cause} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function TraceLink({ id }: { readonly id: string }) {
  const href = useViewHref();
  return (
    <Link href={href('trace', { id })} className="mono">
      {id}
    </Link>
  );
}

interface HopDetailsProps {
  readonly hop: Hop;
  readonly isFocus: boolean;
  readonly startMs: number;
}

function HopDetails({ hop, isFocus, startMs }: HopDetailsProps) {
  const { node, id, state, says, waitMs, runMs, receives } = hop;
  return (
    <div className="trace-details">
      <Ways hop={hop} isFocus={isFocus} />
      <dl className="facts">
        <Fact name="Id">
          <Id id={id} copy />
        </Fact>
        <Fact name="State">
          <StateBadge state={state} /> <span className="muted">{says}</span>
        </Fact>
        {node.arn && (
          <Fact name="Where">
            <Arn arn={node.arn} kind copy />
          </Fact>
        )}
        {node.atMs !== undefined && (
          <Fact name="When">
            <Time atMs={node.atMs} />
          </Fact>
        )}
        {waitMs !== undefined && <Fact name="Waited">{span(waitMs)} before it was received</Fact>}
        {receives > 1 && <Fact name="Received">{receives} times</Fact>}
        {runMs !== undefined && <Fact name="Ran">{span(runMs)}</Fact>}
        {node.causes.length > 0 && (
          <Fact name={node.causes.length > 1 ? `${node.causes.length} causes` : 'Cause'}>
            {node.causes.map((cause) => (
              <div key={cause}>
                <TraceLink id={cause} />
              </div>
            ))}
          </Fact>
        )}
      </dl>
      <section>
        <h3>What happened</h3>
        <FactList facts={node.facts} startMs={startMs} leftOut={node.leftOut?.facts ?? 0} />
      </section>
      <ContentOf id={id} />
    </div>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Ways({ hop: { id, kind, node }, isFocus }: Omit<HopDetailsProps, 'startMs'>) {
  const href = useViewHref();
  const { readOnly } = useSession();
  const isRun = kind === 'function';
  const ways: (readonly [string, string, IconName])[] = [];
  if (!isFocus) ways.push([href('trace', { id }), 'Trace from here', 'trace']);
  if (isRun)
    ways.push([href('functions', { function: plain(node.arn), run: id }), 'Run', 'functions']);
  if (kind === 'queue') ways.push([href('queues', { queue: node.arn }), 'Queue', 'queues']);
  if (!isRun) ways.push([href('why', { id }), 'Why', 'why']);
  if (!readOnly) ways.push([href('send', { again: id }), 'Send again', 'send']);
  return (
    <nav className="trace-ways" aria-label="Go on from this event">
      {ways.map(([to, words, icon]) => (
        <Link key={words} href={to} className="button button-plain">
          <Icon name={icon} />
          {words}
        </Link>
      ))}
    </nav>
  );
}

/** Without the version that ran. */
function plain(arn: string | undefined): string | undefined {
  return arn?.split(':').slice(0, 7).join(':');
}

function ContentOf({ id }: { readonly id: string }) {
  const { contents } = useSession();
  const { data, error, refetch } = useQuery({
    queryKey: ['contents', id],
    queryFn: ({ signal }) => get(`contents/${pathPart(id)}`, {}, signal),
  });
  if (data) return <ContentView form={data.form} content={data.content} />;
  if (!error) return <Skeleton />;
  if (!(error instanceof ApiError) || error.status !== 404) {
    return <ErrorState error={error} onRetry={refetch} />;
  }
  return (
    <EmptyState title="What it held is not kept" icon="archives">
      {contents
        ? 'A message that came by a rule or a subscription holds what the event before it held.'
        : 'This server runs without contents in its journal.'}
    </EmptyState>
  );
}

function HandDetails({ hand }: { readonly hand: Hand }) {
  const { arn, target, tries, error, note, firstMs, lastMs, produced, state } = hand;
  return (
    <dl className="facts">
      <Fact name="State">
        <StateBadge state={state} />
      </Fact>
      <Fact name="By">
        <Arn arn={arn} kind copy />
      </Fact>
      <Fact name="To">{target ? <Arn arn={target} kind copy /> : 'nowhere: it was given up'}</Fact>
      {tries > 0 && <Fact name="Tries">{tries}</Fact>}
      {error && <Fact name="Last error">{error}</Fact>}
      {note && <Fact name="It said">{note}</Fact>}
      <Fact name="First">
        <Time atMs={firstMs} />
      </Fact>
      {lastMs !== firstMs && (
        <Fact name="Last">
          <Time atMs={lastMs} />
        </Fact>
      )}
      {produced.length > 0 && (
        <Fact name="Goes on as">
          {produced.map((id) => (
            <TraceLink key={id} id={id} />
          ))}
        </Fact>
      )}
    </dl>
  );
}
