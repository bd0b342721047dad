import { useQuery } from '@tanstack/react-query';
import type { FunctionSummary, Run, Runs } from '../../../../src/admin-api/index.ts';
import { get } from '../../api/client.ts';
import { usePages } from '../../api/pages.ts';
import { type Place, usePlace } from '../../api/session.ts';
import { flag, moment, text } from '../../state/query.ts';
import { useQueryChange, useQueryState, useViewHref } from '../../state/url.ts';
import { Arn } from '../../ui/arn.tsx';
import { shortName } from '../../ui/arns.ts';
import { Badge } from '../../ui/badge.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Crumbs } from '../../ui/crumbs.tsx';
import { Switch } from '../../ui/field.tsx';
import { SendLink } from '../../ui/send-link.tsx';
import { SplitPane } from '../../ui/split-pane.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx';
import { RunPane } from './run-pane.tsx';
import { RunTable } from './run-table.tsx';
import { runKey } from './runs.ts';

const FAILED = flag();
const RUN = text();
const EVERY_MS = 2_000;
const FUNCTIONS_MS = 5_000;

const runsOf = ({ runs }: Runs) => runs;

/** A function's runs, the newest first, and the one chosen. */
export function FunctionRuns({ arn }: { readonly arn: string }) {
  const [failed, setFailed] = useQueryState('failed', FAILED);
  const [run] = useQueryState('run', RUN);
  const [atMs] = useQueryState('at', moment);
  const change = useQueryChange();
  const list = usePages('runs', {
    query: { function: arn, failed: failed || undefined },
    rowsOf: runsOf,
    everyMs: EVERY_MS,
  });
  const choose = (chosen?: Run) => change({ run: chosen?.id, at: chosen?.atMs });
  const selected = atMs === undefined ? list.rows.find(({ id }) => id === run) : { id: run, atMs };
  return (
    <div className="view">
      <Head arn={arn} failed={failed} onFailed={setFailed} />
      <div className="view-body">
        <SplitPane
          label="the run"
          size={520}
          side={
            run && (
              <RunPane
                key={`${run} ${atMs}`}
                id={run}
                atMs={atMs}
                arn={arn}
                onChoose={choose}
                onClose={() => choose()}
              />
            )
          }
        >
          <RunTable
            rows={list.rows}
            selected={selected && runKey(selected)}
            onSelect={choose}
            onEnd={list.more}
            empty={<Nothing {...list} failed={failed} />}
          />
        </SplitPane>
      </div>
    </div>
  );
}

interface HeadProps {
  readonly arn: string;
  readonly failed: boolean;
  readonly onFailed: (failed: boolean) => void;
}

function Head({ arn, failed, onFailed }: HeadProps) {
  const href = useViewHref();
  const summary = useSummary(arn);
  return (
    <header className="view-head">
      <Crumbs from="Functions" href={href('functions')}>
        {shortName(arn)}
      </Crumbs>
      <CopyButton text={arn} what="ARN" />
      {summary && <Summary summary={summary} />}
      <Switch label="Failed only" checked={failed} onChange={onFailed} />
      <SendLink arn={arn} icon="play">
        Invoke
      </SendLink>
    </header>
  );
}

function Summary({ summary }: { readonly summary: FunctionSummary }) {
  const { state, running, reservedConcurrency, mappings } = summary;
  return (
    <>
      {state !== 'Active' && <Badge tone="retry">{state}</Badge>}
      {mappings.map(({ arn, source, state }) => (
        <span key={arn} className="muted function-source" title={`${source}: ${state}`}>
          fed by <Arn arn={source} kind />
          {state !== 'Enabled' && <Badge tone="retry">{state}</Badge>}
        </span>
      ))}
      <span className="muted numeric">
        {running} running{reservedConcurrency !== undefined && ` of ${reservedConcurrency}`}
      </span>
    </>
  );
}

function useSummary(arn: string): FunctionSummary | undefined {
  const place = usePlace();
  const { data } = useQuery({
    queryKey: ['functions', 'one', arn],
    queryFn: ({ signal }) => summaryOf(arn, place, signal),
    refetchInterval: FUNCTIONS_MS,
  });
  return data ?? undefined;
}

/** Null where there is no such function: the list is all that can be asked for. */
async function summaryOf(
  arn: string,
  place: Place,
  signal: AbortSignal,
): Promise<FunctionSummary | null> {
  let after: string | undefined;
  do {
    const { functions, next } = await get('functions', { ...place, after }, signal);
    const found = functions.find((one) => one.arn === arn);
    if (found) return found;
    after = next;
  } while (after !== undefined);
  return null;
}

interface NothingProps {
  readonly waiting: boolean;
  readonly error: unknown;
  readonly refetch: () => unknown;
  readonly isFetching: boolean;
  readonly hasMore: boolean;
  readonly failed: boolean;
}

function Nothing({ waiting, error, refetch, isFetching, hasMore, failed }: NothingProps) {
  if (waiting || (isFetching && hasMore)) return <Skeleton lines={6} />;
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return failed ? (
    <EmptyState title="No failed runs" icon="check">
      The journal knows of no run of this function that failed.
    </EmptyState>
  ) : (
    <EmptyState title="No runs yet" icon="functions">
      The journal knows of no run of this function. Invoke it, or send what it is fed with.
    </EmptyState>
  );
}
