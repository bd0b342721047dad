/** The inbox of what could not be delivered or handled, over all kinds of dead-letter queues. */
import { useState } from 'react';
import type { DeadLetterQueue } from '../../../../src/admin-api/index.ts';
import { text } from '../../state/query.ts';
import { useQueryState } from '../../state/url.ts';
import { depthOf } from '../../ui/depth.ts';
import { counted } from '../../ui/numbers.ts';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx';
import { Inbox } from './inbox.tsx';
import { QueueList } from './queue-list.tsx';
import { useInbox } from './use-dead-letters.ts';
import './dead-letters.css';

const QUEUE = text();

export function DeadLettersView() {
  const { data, error, refetch } = useInbox();
  const queues = [...(data?.queues ?? [])].sort(byNeed);
  const all = queues.reduce((sum, queue) => sum + depthOf(queue), 0);
  return (
    <div className="view">
      <header className="view-head">
        <h1>Dead letters</h1>
        {data && (
          <span className="muted numeric">
            {counted(all, 'message')} in {counted(queues.length, 'queue')}
          </span>
        )}
      </header>
      <div className="view-body">
        {data ? (
          <Queues queues={queues} />
        ) : error ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <Skeleton lines={8} />
        )}
      </div>
    </div>
  );
}

/** By name and not by count: the list must not move while it is read. */
function byNeed(a: DeadLetterQueue, b: DeadLetterQueue): number {
  return Number(depthOf(a) === 0) - Number(depthOf(b) === 0) || a.name.localeCompare(b.name);
}

function Queues({ queues }: { readonly queues: readonly DeadLetterQueue[] }) {
  const [wanted] = useQueryState('queue', QUEUE);
  // Kept while it is there, so that it does not change under the reader when it becomes empty.
  const [first, setFirst] = useState(queues[0]?.arn);
  if (queues[0] && !queues.some(({ arn }) => arn === first)) setFirst(queues[0].arn);
  if (queues.length === 0) {
    return (
      <EmptyState title="There are no dead-letter queues" icon="dead-letters">
        A queue is listed here once a queue’s redrive policy, a rule’s target, a subscription or a
        function names it as the place for what fails.
      </EmptyState>
    );
  }
  const chosen = queues.find(({ arn }) => arn === (wanted || first));
  return (
    <div className="inbox-view">
      <QueueList queues={queues} chosen={chosen?.arn} />
      {chosen ? (
        <Inbox key={chosen.arn} queue={chosen} />
      ) : (
        <EmptyState title="This is no dead-letter queue" icon="search">
          Nothing names {wanted} as its dead-letter queue, or it was deleted.
        </EmptyState>
      )}
    </div>
  );
}
