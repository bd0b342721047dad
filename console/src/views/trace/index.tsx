/** What led to an event, and everything it caused: every hop with its waits, tries and ends. */
import { lazy, Suspense, useCallback, useState } from 'react';
import { ApiError, getText, pathPart } from '../../api/client.ts';
import { oneOf, text } from '../../state/query.ts';
import { useGoTo, useQueryState } from '../../state/url.ts';
import { Id } from '../../ui/arn.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { useCopy } from '../../ui/copy.tsx';
import { SplitPane } from '../../ui/split-pane.tsx';
import { EmptyState, ErrorState, Skeleton, wordsOf } from '../../ui/states.tsx';
import { toast } from '../../ui/toast.tsx';
import { span } from '../../ui/when.ts';
import type { GraphNode, Show, TraceGraph } from './graph.ts';
import { NodeDetails } from './node-details.tsx';
import { Start } from './start.tsx';
import type { Timeline } from './timeline.ts';
import { TimelineView } from './timeline-view.tsx';
import { type Traced, useTrace } from './use-trace.ts';
import './trace.css';

const TraceGraphView = lazy(() =>
  import('./trace-graph.tsx').then(({ TraceGraphView }) => ({ default: TraceGraphView })),
);

const TEXT = text();
const SHOW = oneOf(['both', 'above', 'below'], 'both');

export function TraceView() {
  const [id] = useQueryState('id', TEXT);
  const [show, setShow] = useQueryState('show', SHOW);
  const traced = useTrace(id, show);
  return (
    <div className="view">
      <header className="view-head trace-head">
        <h1>Trace</h1>
        {id && <Id id={id} copy />}
        {traced.graph && traced.timeline && (
          <Summary graph={traced.graph} timeline={traced.timeline} />
        )}
        {id && <ShowSwitch show={show} onChange={setShow} />}
        {id && <MermaidButton id={id} />}
      </header>
      <div className="trace-body">{id ? <Body key={id} id={id} traced={traced} /> : <Start />}</div>
    </div>
  );
}

function Summary({ graph, timeline }: { readonly graph: TraceGraph; readonly timeline: Timeline }) {
  const hops = [...graph.hops.values()];
  const count = (state: string) => hops.filter((hop) => hop.state === state).length;
  const [dead, failed, retrying] = [count('dead'), count('fail'), count('retry')];
  const lost = count('lost');
  return (
    <span className="trace-summary muted numeric">
      {hops.length === 1 ? '1 event' : `${hops.length.toLocaleString('en')} events`} in{' '}
      {span(timeline.toMs - timeline.fromMs)}
      {dead > 0 && <Badge tone="dead">{dead} dead-lettered</Badge>}
      {lost > 0 && <Badge tone="fail">{lost} lost</Badge>}
      {failed > 0 && <Badge tone="fail">{failed} failed</Badge>}
      {retrying > 0 && <Badge tone="retry">{retrying} retrying</Badge>}
    </span>
  );
}

interface ShowSwitchProps {
  readonly show: Show;
  readonly onChange: (show: Show) => void;
}

/** Two switches of which one stays on: nothing at all is no trace. */
function ShowSwitch({ show, onChange }: ShowSwitchProps) {
  const [above, below] = [show !== 'below', show !== 'above'];
  return (
    <fieldset className="trace-show">
      <legend className="unseen">What is shown</legend>
      <Button
        aria-pressed={above}
        disabled={above && !below}
        onClick={() => onChange(above ? 'below' : 'both')}
      >
        All that led here
      </Button>
      <Button
        aria-pressed={below}
        disabled={below && !above}
        onClick={() => onChange(below ? 'above' : 'both')}
      >
        Everything this caused
      </Button>
    </fieldset>
  );
}

function MermaidButton({ id }: { readonly id: string }) {
  const [done, copy] = useCopy();
  const [busy, setBusy] = useState(false);
  const run = () => {
    setBusy(true);
    getText(`trace/${pathPart(id)}`, { as: 'mermaid' })
      .then(copy)
      .catch((cause: unknown) => toast({ tone: 'fail', text: wordsOf(cause) }))
      .finally(() => setBusy(false));
  };
  return (
    <Button icon={done ? 'check' : 'copy'} busy={busy} onClick={run}>
      {done ? 'Copied' : 'Copy as Mermaid'}
    </Button>
  );
}

interface BodyProps {
  readonly id: string;
  readonly traced: Traced;
}

function Body({ id, traced }: BodyProps) {
  const { error, graph, timeline, retry, unfold, fetchMore } = traced;
  const [chosen, choose] = useQueryState('node', TEXT);
  const goTo = useGoTo();
  const onChoose = useCallback(
    (node: GraphNode) => {
      if (node.kind !== 'more') choose(node.id);
      else if (node.where === 'above') goTo('trace', { id: node.of });
      else if (node.folded) unfold(node.of);
      else fetchMore(node.of);
    },
    [choose, goTo, unfold, fetchMore],
  );
  if (error && !graph) return <Failed id={id} error={error} retry={retry} />;
  if (!graph || !timeline) return <Skeleton lines={8} />;
  const focus = graph.hops.get(id);
  const startMs = focus?.startMs ?? timeline.fromMs;
  const node = nodeOf(graph, chosen, id);
  return (
    <SplitPane
      label="details"
      size={420}
      side={
        node && (
          <NodeDetails
            key={node.id}
            node={node}
            focus={id}
            startMs={startMs}
            onClose={() => choose('')}
          />
        )
      }
    >
      <SplitPane
        label="timeline"
        direction="column"
        size={268}
        side={
          <TimelineView
            timeline={timeline}
            chosen={chosen}
            onChoose={choose}
            onOpen={(next) => goTo('trace', { id: next })}
          />
        }
      >
        <Suspense fallback={<Skeleton lines={6} />}>
          <TraceGraphView graph={graph} startMs={startMs} chosen={chosen} onChoose={onChoose} />
        </Suspense>
      </SplitPane>
    </SplitPane>
  );
}

/** What is folded in the picture can be chosen in the list all the same. */
function nodeOf({ nodes, hops }: TraceGraph, chosen: string, id: string): GraphNode | undefined {
  const found = nodes.find((node) => node.id === chosen);
  if (found) return found;
  const hop = hops.get(chosen);
  return hop && { kind: 'hop', id: chosen, hop, isFocus: chosen === id };
}

interface FailedProps {
  readonly id: string;
  readonly error: unknown;
  readonly retry: () => void;
}

function Failed({ id, error, retry }: FailedProps) {
  if (!(error instanceof ApiError) || error.status !== 404) {
    return <ErrorState error={error} onRetry={retry} />;
  }
  return (
    <EmptyState title="The journal does not know this id" icon="search">
      <p className="mono">{id}</p>
      <p>
        It takes the id of an event, a MessageId, a record as shardId:sequenceNumber, or the request
        id of a run. Facts are kept up to a count and an age: this one may have been let go of.
      </p>
    </EmptyState>
  );
}
