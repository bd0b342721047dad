import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import type { QueueSummary } from '../../../../src/admin-api/index.ts';
import { useGoTo, useViewHref } from '../../state/url.ts';
import { shortName } from '../../ui/arns.ts';
import { Badge } from '../../ui/badge.tsx';
import { depthOf } from '../../ui/depth.ts';
import { count } from '../../ui/numbers.ts';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table/table.tsx';
import { span } from '../../ui/when.ts';
import { DepthBar } from './depth.tsx';

export interface QueueTableProps {
  readonly rows: readonly QueueSummary[];
  readonly waiting: boolean;
  readonly error: unknown;
  readonly prefix: string;
  readonly onEnd: () => void;
  readonly onRetry: () => void;
}

export function QueueTable(props: QueueTableProps) {
  const { rows, waiting, error, prefix } = props;
  const [selected, setSelected] = useState<string>();
  const goTo = useGoTo();
  const most = Math.max(1, ...rows.map(depthOf));
  const columns = useMemo(() => columnsFor(most), [most]);
  const empty = waiting ? (
    <Skeleton lines={6} />
  ) : error ? (
    <ErrorState error={error} onRetry={props.onRetry} />
  ) : (
    <EmptyState title={prefix ? `No queue begins with ${prefix}` : 'No queues yet'} icon="queues">
      {!prefix && 'Create one with any AWS SDK or tool, and it will be listed here.'}
    </EmptyState>
  );
  return (
    <Table
      label="Queues"
      rows={rows}
      keyOf={({ arn }) => arn}
      columns={columns}
      selected={selected}
      onSelect={(row) => setSelected(row?.arn)}
      onOpen={({ arn }) => goTo('queues', { queue: arn })}
      onEnd={props.onEnd}
      empty={empty}
    />
  );
}

function Name({ queue }: { readonly queue: QueueSummary }) {
  const { arn, name, fifo, isDeadLetterQueue } = queue;
  const href = useViewHref();
  return (
    <span className="queue-name">
      <Link href={href('queues', { queue: arn })} className="row-link truncate" title={arn}>
        {name}
      </Link>
      {fifo && <Badge>FIFO</Badge>}
      {isDeadLetterQueue && <Badge tone="dead">dead letters</Badge>}
    </span>
  );
}

const number = (key: 'visible' | 'inFlight' | 'delayed', header: string): Column<QueueSummary> => ({
  key,
  header,
  width: '80px',
  align: 'end',
  cell: (row) => <span className={row[key] === 0 ? 'zero' : undefined}>{count(row[key])}</span>,
});

function columnsFor(most: number): readonly Column<QueueSummary>[] {
  return [
    {
      key: 'name',
      header: 'Queue',
      width: 'minmax(160px, 1.4fr)',
      cell: (row) => <Name queue={row} />,
    },
    {
      key: 'bar',
      header: 'Depth',
      width: 'minmax(80px, 1fr)',
      cell: (row) => <DepthBar depth={row} most={most} />,
    },
    number('visible', 'Visible'),
    number('inFlight', 'In flight'),
    number('delayed', 'Delayed'),
    {
      key: 'age',
      header: 'Oldest',
      width: '96px',
      align: 'end',
      cell: (row) =>
        depthOf(row) === 0 ? <span className="zero">empty</span> : span(row.oldestAgeMs),
    },
    {
      key: 'dead',
      header: 'When it fails',
      width: 'minmax(120px, 1fr)',
      cell: ({ deadLetterTarget, maxReceiveCount }) =>
        deadLetterTarget !== undefined && (
          <span className="muted" title={deadLetterTarget}>
            after {maxReceiveCount} to {shortName(deadLetterTarget)}
          </span>
        ),
    },
  ];
}
