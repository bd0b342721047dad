/** Queues and what waits in them, looked at without receiving anything. */
import type { Queues } from '../../../../src/admin-api/index.ts';
import { usePages } from '../../api/pages.ts';
import { usePlace } from '../../api/session.ts';
import { useDraft } from '../../state/draft.ts';
import { text } from '../../state/query.ts';
import { useQueryState } from '../../state/url.ts';
import { depthOf } from '../../ui/depth.ts';
import { Field } from '../../ui/field.tsx';
import { counted } from '../../ui/numbers.ts';
import { Queue } from './queue.tsx';
import { QueueTable } from './queue-table.tsx';
import './queues.css';

const QUEUE = text();
const PREFIX = text();
const EVERY_MS = 2_000;

export function QueuesView() {
  const [queue] = useQueryState('queue', QUEUE);
  return queue ? <Queue key={queue} arn={queue} /> : <QueueList />;
}

const queuesOf = ({ queues }: Queues) => queues;

function QueueList() {
  const place = usePlace();
  const [prefix, setPrefix] = useQueryState('prefix', PREFIX);
  const [draft, setDraft] = useDraft(prefix, setPrefix);
  const list = usePages('queues', {
    query: { ...place, prefix },
    rowsOf: queuesOf,
    everyMs: EVERY_MS,
  });
  const messages = list.rows.reduce((sum, queue) => sum + depthOf(queue), 0);
  return (
    <div className="view">
      <header className="view-head">
        <h1>Queues</h1>
        {list.pages && !list.hasMore && (
          <span className="muted numeric">
            {counted(messages, 'message')} in {counted(list.rows.length, 'queue')}
          </span>
        )}
        <Field
          label="Names that begin with"
          quiet
          type="search"
          placeholder="name begins with"
          value={draft}
          onChange={setDraft}
        />
      </header>
      <div className="view-body">
        <QueueTable
          rows={list.rows}
          waiting={list.waiting}
          error={list.error}
          prefix={prefix}
          onEnd={list.more}
          onRetry={() => void list.refetch()}
        />
      </div>
    </div>
  );
}
