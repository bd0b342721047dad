/** What is published, as it comes: live with pause, narrowed by pattern, text, place and time. */
import { useCallback, useMemo } from 'react';
import { ApiError } from '../../api/client.ts';
import { useSession } from '../../api/session.ts';
import { flag, moment, oneOf, text } from '../../state/query.ts';
import { useGoTo, useQueryChange, useQueryState } from '../../state/url.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Code } from '../../ui/copy.tsx';
import { SplitPane } from '../../ui/split-pane.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx';
import { Table } from '../../ui/table/table.tsx';
import { COLUMNS } from './columns.tsx';
import { Details } from './details.tsx';
import { FORMS, isNarrowed, type TailFilter } from './filter.ts';
import { Filters } from './filters.tsx';
import { type TailView as Tailed, useTail } from './use-tail.ts';
import './tail.css';

const TEXT = text();
const FORM = oneOf(['any', ...FORMS], 'any');
const FLAG = flag();

function useFilter(): TailFilter {
  const [pattern] = useQueryState('pattern', TEXT);
  const [words] = useQueryState('text', TEXT);
  const [arn] = useQueryState('arn', TEXT);
  const [form] = useQueryState('form', FORM);
  const [fromMs] = useQueryState('from', moment);
  const [toMs] = useQueryState('to', moment);
  return useMemo(
    () => ({ pattern, text: words, arn, form, fromMs, toMs }),
    [pattern, words, arn, form, fromMs, toMs],
  );
}

const keyOf = ({ id }: { readonly id: string }) => id;

export function TailView() {
  const filter = useFilter();
  const change = useQueryChange();
  const goTo = useGoTo();
  const [paused, setPaused] = useQueryState('paused', FLAG);
  const [chosen, choose] = useQueryState('id', TEXT);
  const tail = useTail(filter, paused);
  const close = useCallback(() => choose(''), [choose]);
  const refusal =
    tail.error instanceof ApiError && tail.error.status === 400 ? tail.error.message : undefined;
  return (
    <div className="view">
      <header className="view-head">
        <h1>Tail</h1>
        <State tail={tail} paused={paused} />
        {!tail.isPast && (
          <Button icon={paused ? 'play' : 'pause'} onClick={() => setPaused(!paused)}>
            {paused ? 'Go on' : 'Pause'}
          </Button>
        )}
      </header>
      <Filters filter={filter} change={change} refusal={refusal} />
      <Skipped tail={tail} />
      <div className="tail-body">
        <SplitPane
          label="details"
          size={460}
          side={
            chosen && (
              <Details
                key={chosen}
                id={chosen}
                known={tail.events.find(({ id }) => id === chosen)}
                onClose={close}
              />
            )
          }
        >
          {tail.error && !refusal && tail.events.length === 0 ? (
            <ErrorState error={tail.error} onRetry={tail.loadNewest} />
          ) : (
            <Table
              label="Published events"
              rows={tail.events}
              keyOf={keyOf}
              columns={COLUMNS}
              selected={chosen}
              onSelect={(row) => choose(row?.id ?? '')}
              onOpen={({ id }) => goTo('trace', { id })}
              onEnd={tail.loadOlder}
              keepPlace
              empty={<Nothing tail={tail} filter={filter} />}
              foot={<Foot tail={tail} />}
            />
          )}
        </SplitPane>
      </div>
    </div>
  );
}

interface Shown {
  readonly tail: Tailed;
}

function State({ tail, paused }: Shown & { readonly paused: boolean }) {
  const { live, isPast, events } = tail;
  const count = <span className="muted numeric">{events.length.toLocaleString('en')} shown</span>;
  if (isPast) return count;
  const waiting = live.held > 0 ? `, ${live.held.toLocaleString('en')} waiting` : '';
  if (paused) {
    return (
      <>
        {count}
        <Badge tone="retry">paused{waiting}</Badge>
      </>
    );
  }
  return (
    <>
      {count}
      {live.connection === 'connected' && <Badge tone="ok">live</Badge>}
      {live.connection === 'lost' && <Badge tone="fail">{live.refusal ?? 'not live'}</Badge>}
    </>
  );
}

function Skipped({ tail: { skipped, loadNewest } }: Shown) {
  if (skipped === 0) return null;
  return (
    <div className="tail-skipped" role="status">
      <span>
        {skipped.toLocaleString('en')} were published too fast to be looked at live; those that the
        filter takes are in the history.
      </span>
      <Button look="quiet" icon="again" onClick={() => loadNewest()}>
        Look up the newest
      </Button>
    </div>
  );
}

function Foot({ tail }: Shown) {
  const { events, next, searched, letGo, loading, loadOlder } = tail;
  if (loading) return <>Looking further back …</>;
  if (events.length === 0) return null;
  if (letGo > 0) {
    return <>Older events were let go of here. A time range shows them again.</>;
  }
  const looked = `${searched.toLocaleString('en')} looked at.`;
  if (next === undefined) return <>This is as far back as contents are kept. {looked}</>;
  return (
    <>
      {looked}{' '}
      <Button look="quiet" onClick={loadOlder}>
        Look further back
      </Button>
    </>
  );
}

function Nothing({ tail, filter }: Shown & { readonly filter: TailFilter }) {
  const { contents, endpoint } = useSession();
  const { loaded, loading, next, searched, loadOlder } = tail;
  if (!loaded && loading) return <Skeleton lines={8} />;
  if (!contents) {
    return (
      <EmptyState title="This server keeps no contents">
        Start it without the setting that switches contents off, and what is published shows here.
      </EmptyState>
    );
  }
  if (isNarrowed(filter)) {
    return (
      <EmptyState title="Nothing that the filter takes" icon="filter">
        <p>{searched.toLocaleString('en')} were looked at. New ones show here as they come.</p>
        {next !== undefined && <Button onClick={loadOlder}>Look further back</Button>}
      </EmptyState>
    );
  }
  return (
    <EmptyState title="Nothing was published yet">
      <p>Send something, here under Send or with any AWS tool:</p>
      <Code what="command" text={firstEvent(endpoint)} />
    </EmptyState>
  );
}

function firstEvent(endpoint: string): string {
  const entry = { Source: 'shop', DetailType: 'OrderPlaced', Detail: '{"orderId":7}' };
  return [
    `aws --endpoint-url ${endpoint} events put-events \\`,
    `  --entries '${JSON.stringify([entry])}'`,
  ].join('\n');
}
