/** What is known of the box that is chosen. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useViewHref } from '../../state/url.ts';
import { Arn, Id } from '../../ui/arn.tsx';
import { ContentOf } from '../../ui/content-of.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SendLink } from '../../ui/send-link.tsx';
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
  return (
    <nav className="trace-ways" aria-label="Go on from this event">
      {!isFocus && (
        <LinkButton href={href('trace', { id })} icon="trace">
          Trace from here
        </LinkButton>
      )}
      {kind === 'function' ? (
        <LinkButton
          href={href('functions', { function: plain(node.arn), run: id })}
          icon="functions"
        >
          Run
        </LinkButton>
      ) : (
        <LinkButton href={href('why', { id })} icon="why">
          Why
        </LinkButton>
      )}
      {kind === 'queue' && (
        <LinkButton href={href('queues', { queue: node.arn })} icon="queues">
          Queue
        </LinkButton>
      )}
      <SendLink again={id} />
    </nav>
  );
}

/** Without the version that ran. */
function plain(arn: string | undefined): string | undefined {
  return arn?.split(':').slice(0, 7).join(':');
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
