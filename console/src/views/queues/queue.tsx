import { useQuery } from '@tanstack/react-query';
import type { QueueMessages, QueueSummary } from '../../../../src/admin-api/index.ts';
import { get } from '../../api/client.ts';
import { usePages } from '../../api/pages.ts';
import { usePlace } from '../../api/session.ts';
import { useDraft } from '../../state/draft.ts';
import { oneOf, text } from '../../state/query.ts';
import { useQueryChange, useQueryState, useViewHref } from '../../state/url.ts';
import { shortName } from '../../ui/arns.ts';
import { Badge } from '../../ui/badge.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Crumbs } from '../../ui/crumbs.tsx';
import { depthOf } from '../../ui/depth.ts';
import { Field } from '../../ui/field.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { Segments } from '../../ui/segments.tsx';
import { SendLink } from '../../ui/send-link.tsx';
import { SplitPane } from '../../ui/split-pane.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx';
import { span } from '../../ui/when.ts';
import { Message } from './message.tsx';
import { MessageTable } from './message-table.tsx';

const STATE = oneOf(['all', 'visible', 'in-flight', 'delayed'], 'all');
const GROUP = text();
const ID = text();
const EVERY_MS = 2_000;

const messagesOf = ({ messages }: QueueMessages) => messages;

/** A queue's messages in their order. Looking receives nothing and hides nothing. */
export function Queue({ arn }: { readonly arn: string }) {
  const [state] = useQueryState('state', STATE);
  const [group, setGroup] = useQueryState('group', GROUP);
  const [id, setId] = useQueryState('id', ID);
  const summary = useSummary(arn);
  const list = usePages('queues/messages', {
    query: { queue: arn, state: state === 'all' ? undefined : state, group },
    rowsOf: messagesOf,
    everyMs: EVERY_MS,
  });
  const chosen = list.rows.find((row) => row.id === id);
  const fifo = arn.endsWith('.fifo');
  const filtered = state !== 'all' || group !== '';
  return (
    <div className="view">
      <Head arn={arn} summary={summary} />
      <Filters summary={summary} fifo={fifo} />
      <div className="view-body">
        <SplitPane
          label="the message"
          side={chosen && <Message message={chosen} onClose={() => setId('')} onGroup={setGroup} />}
        >
          <MessageTable
            rows={list.rows}
            fifo={fifo}
            selected={id}
            onSelect={setId}
            onEnd={list.more}
            empty={<Nothing {...list} filtered={filtered} />}
            foot={list.isFetching && list.hasMore ? 'Loading more' : undefined}
          />
        </SplitPane>
      </div>
    </div>
  );
}

function useSummary(arn: string): QueueSummary | undefined {
  const place = usePlace();
  const prefix = shortName(arn);
  const { data } = useQuery({
    queryKey: ['queues', { ...place, prefix }],
    queryFn: ({ signal }) => get('queues', { ...place, prefix }, signal),
    refetchInterval: EVERY_MS,
  });
  return data?.queues.find((queue) => queue.arn === arn);
}

interface HeadProps {
  readonly arn: string;
  readonly summary: QueueSummary | undefined;
}

function Head({ arn, summary }: HeadProps) {
  const href = useViewHref();
  const target = summary?.deadLetterTarget;
  return (
    <header className="view-head">
      <Crumbs from="Queues" href={href('queues')}>
        {shortName(arn)}
      </Crumbs>
      <CopyButton text={arn} what="ARN" />
      {summary?.fifo && <Badge>FIFO</Badge>}
      {summary && summary.oldestAgeMs > 0 && (
        <span className="muted numeric">oldest {span(summary.oldestAgeMs)}</span>
      )}
      {target !== undefined && (
        <LinkButton href={href('dead-letters', { queue: target })} look="quiet" icon="dead-letters">
          after {summary?.maxReceiveCount} to {shortName(target)}
        </LinkButton>
      )}
      {summary?.isDeadLetterQueue && (
        <LinkButton href={href('dead-letters', { queue: arn })} icon="dead-letters">
          Dead letters
        </LinkButton>
      )}
      <SendLink arn={arn} />
    </header>
  );
}

interface FiltersProps {
  readonly summary: QueueSummary | undefined;
  readonly fifo: boolean;
}

function Filters({ summary, fifo }: FiltersProps) {
  const [state] = useQueryState('state', STATE);
  const [group, setGroup] = useQueryState('group', GROUP);
  const [draft, setDraft] = useDraft(group, setGroup);
  const change = useQueryChange();
  const { visible, inFlight, delayed } = summary ?? {};
  const all = summary && depthOf(summary);
  return (
    <div className="queue-filters">
      <Segments
        label="State"
        value={state}
        onChange={(next) => change({ state: next === 'all' ? undefined : next, id: undefined })}
        segments={[
          { name: 'all', label: 'All', count: all },
          { name: 'visible', label: 'Visible', count: visible },
          { name: 'in-flight', label: 'In flight', count: inFlight },
          { name: 'delayed', label: 'Delayed', count: delayed },
        ]}
      />
      {fifo && (
        <Field
          label="Message group"
          quiet
          mono
          type="search"
          placeholder="message group"
          value={draft}
          onChange={setDraft}
        />
      )}
      <span className="queue-note">Looking receives nothing and hides nothing.</span>
    </div>
  );
}

interface NothingProps {
  readonly waiting: boolean;
  readonly error: unknown;
  readonly refetch: () => unknown;
  readonly filtered: boolean;
}

function Nothing({ waiting, error, refetch, filtered }: NothingProps) {
  if (waiting) return <Skeleton lines={6} />;
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (filtered) {
    return (
      <EmptyState title="No such messages" icon="filter">
        No message is in this state and group just now. The list follows the queue.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="The queue is empty" icon="check">
      Messages stand here from when they are sent until somebody deletes them.
    </EmptyState>
  );
}
