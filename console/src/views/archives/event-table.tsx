import type { ArchivedEvents } from '../../../../src/admin-api/index.ts';
import { Button } from '../../ui/button.tsx';
import { count } from '../../ui/numbers.ts';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table/table.tsx';
import { Time } from '../../ui/time.tsx';

export type ArchivedEvent = ArchivedEvents['events'][number];

export interface EventTableProps {
  readonly rows: readonly ArchivedEvent[];
  readonly pages: readonly ArchivedEvents[] | undefined;
  readonly waiting: boolean;
  readonly hasMore: boolean;
  readonly isFetching: boolean;
  readonly error: unknown;
  readonly more: () => void;
  readonly refetch: () => unknown;
  readonly selected: string;
  readonly onSelect: (id: string) => void;
}

export function EventTable(props: EventTableProps) {
  const { rows, pages, selected, onSelect, more } = props;
  const searched = (pages ?? []).reduce((sum, page) => sum + page.searched, 0);
  return (
    <Table
      label="Archived events"
      rows={rows}
      keyOf={({ id }) => id}
      columns={COLUMNS}
      selected={selected}
      onSelect={(row) => onSelect(row?.id ?? '')}
      onEnd={more}
      empty={<Nothing {...props} searched={searched} />}
      foot={rows.length > 0 && `${count(rows.length)} shown, ${count(searched)} looked at`}
    />
  );
}

function Nothing(props: EventTableProps & { readonly searched: number }) {
  const { waiting, hasMore, isFetching, error, more, refetch, searched } = props;
  if (waiting || isFetching) return <Skeleton lines={6} />;
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <EmptyState title="No such events" icon="archives">
      {searched === 0
        ? 'The archive has taken nothing yet.'
        : `None of the ${count(searched)} events that were looked at is of this kind and time.`}
      {hasMore && (
        <p>
          <Button onClick={more}>Look further</Button>
        </p>
      )}
    </EmptyState>
  );
}

const COLUMNS: readonly Column<ArchivedEvent>[] = [
  {
    key: 'at',
    header: 'Time',
    width: '148px',
    cell: ({ atMs }) => <Time atMs={atMs} />,
  },
  {
    key: 'type',
    header: 'Detail type',
    width: 'minmax(120px, 0.5fr)',
    cell: ({ note }) => <strong className="event-type">{note}</strong>,
  },
  {
    key: 'preview',
    header: 'Content',
    width: 'minmax(160px, 1.5fr)',
    cell: ({ preview }) => <span className="mono muted">{preview}</span>,
  },
];
