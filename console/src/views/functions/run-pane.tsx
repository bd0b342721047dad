import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Run, RunDetail } from '../../../../src/admin-api/index.ts';
import { ApiError, get, pathPart } from '../../api/client.ts';
import { oneOf } from '../../state/query.ts';
import { useQueryState, useViewHref } from '../../state/url.ts';
import { Id } from '../../ui/arn.tsx';
import { Badge } from '../../ui/badge.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { TextOrJson } from '../../ui/json-view.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { Panel } from '../../ui/panel.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Time } from '../../ui/time.tsx';
import { span } from '../../ui/when.ts';
import { Chain } from './chain.tsx';
import { InvokeAgain } from './invoke-again.tsx';
import { Logs } from './logs.tsx';
import { attemptWords, chainOf, toneOf } from './runs.ts';

export interface RunPaneProps {
  readonly id: string;
  readonly atMs: number | undefined;
  readonly arn: string;
  readonly onChoose: (run: Run) => void;
  readonly onClose: () => void;
}

/** Lines and other attempts come in after a run has ended. */
const EVERY_MS = 2_000;

export function RunPane({ id, atMs, arn, onChoose, onClose }: RunPaneProps) {
  const { data, error, refetch } = useQuery({
    queryKey: ['run', id, atMs],
    queryFn: ({ signal }) => get(`runs/${pathPart(id)}`, { atMs }, signal),
    refetchInterval: EVERY_MS,
  });
  const unknown = error instanceof ApiError && error.status === 404;
  return (
    <Panel title="Run" actions={data && <InvokeAgain run={data} arn={arn} />} onClose={onClose}>
      {data ? (
        <Detail run={data} onChoose={onChoose} />
      ) : unknown ? (
        <EmptyState title="No such run yet" icon="functions">
          The run <span className="mono">{id}</span> has not ended, or the journal does not reach
          back to it. It is shown here once it has ended.
        </EmptyState>
      ) : error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton lines={8} />
      )}
    </Panel>
  );
}

const TAB = oneOf(['input', 'result', 'logs', 'attempts', 'causes'], 'result');

interface DetailProps {
  readonly run: RunDetail;
  readonly onChoose: (run: Run) => void;
}

function Detail({ run, onChoose }: DetailProps) {
  const [tab, setTab] = useQueryState('part', TAB);
  const attempts = chainOf(run, run.chain);
  return (
    <div className="run">
      <Facts run={run} />
      <Tabs
        label="Parts of the run"
        value={tab}
        onChange={setTab}
        tabs={[
          { name: 'input', label: 'Input' },
          { name: 'result', label: run.outcome === 'ok' ? 'Result' : 'Error' },
          { name: 'logs', label: 'Logs', count: run.logs.length },
          { name: 'attempts', label: 'Attempts', count: attempts.length },
          { name: 'causes', label: 'Causes', count: run.causes.length },
        ]}
      >
        <div className="run-part">
          {tab === 'input' && <Text text={run.payload} what="input" />}
          {tab === 'result' && <Text text={run.result} what="result" />}
          {tab === 'logs' && <Logs run={run} />}
          {tab === 'attempts' && <Chain run={run} runs={attempts} onChoose={onChoose} />}
          {tab === 'causes' && <Causes causes={run.causes} />}
        </div>
      </Tabs>
    </div>
  );
}

function Facts({ run }: { readonly run: RunDetail }) {
  const { id, outcome, error, atMs, durationMs, version } = run;
  const attempt = attemptWords(run, run.chain);
  return (
    <div className="run-facts">
      <div className="run-headline">
        <Badge tone={toneOf(run)}>{outcome}</Badge>
        <Time atMs={atMs} />
        <span className="muted">
          took {span(durationMs)}
          {attempt && `, ${attempt}`}
          {version !== '$LATEST' && `, version ${version}`}
        </span>
      </div>
      <Id id={id} copy />
      {error && <p className="run-error mono">{error}</p>}
    </div>
  );
}

function Text({ text, what }: { readonly text: string | undefined; readonly what: string }) {
  if (text === undefined) {
    return <Missing>What the run held was not kept, or the journal has let go of it.</Missing>;
  }
  if (text === '') return <Missing>The {what} was empty.</Missing>;
  return (
    <>
      <div className="run-copy">
        <CopyButton text={text} what={what} />
      </div>
      <TextOrJson text={text} />
    </>
  );
}

function Missing({ children }: { readonly children: ReactNode }) {
  return <p className="muted">{children}</p>;
}

function Causes({ causes }: { readonly causes: readonly string[] }) {
  const href = useViewHref();
  if (causes.length === 0) {
    return <Missing>Somebody outside invoked it: nothing in the journal led to this run.</Missing>;
  }
  return (
    <ul className="run-causes">
      {causes.map((id) => (
        <li key={id}>
          <Id id={id} copy />
          <LinkButton href={href('trace', { id })} icon="trace" look="quiet">
            Trace
          </LinkButton>
        </li>
      ))}
    </ul>
  );
}
