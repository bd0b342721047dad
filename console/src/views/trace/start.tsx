/** Where nothing was asked for yet: the latest events to choose from. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Published } from '../../../../src/admin-api/index.ts';
import { get } from '../../api/client.ts';
import { useGoTo, useViewHref } from '../../state/url.ts';
import { Arn } from '../../ui/arn.tsx';
import { Kbd } from '../../ui/badge.tsx';
import { whatOf } from '../../ui/published.ts';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table/table.tsx';
import { Time } from '../../ui/time.tsx';

const COLUMNS: readonly Column<Published>[] = [
  { key: 'at', header: 'Time', width: '96px', cell: ({ atMs }) => <Time atMs={atMs} /> },
  {
    key: 'what',
    header: 'Event',
    width: 'minmax(140px, 1fr)',
    cell: whatOf,
  },
  {
    key: 'arn',
    header: 'Where',
    width: 'minmax(140px, 1fr)',
    cell: ({ arn }) => <Arn arn={arn} kind />,
  },
  {
    key: 'id',
    header: 'Id',
    width: 'minmax(200px, 2fr)',
    cell: ({ id }) => <Trace id={id} />,
  },
];

function Trace({ id }: { readonly id: string }) {
  const href = useViewHref();
  return (
    <Link href={href('trace', { id })} className="row-link mono truncate">
      {id}
    </Link>
  );
}

const keyOf = ({ id }: Published) => id;

export function Start() {
  const goTo = useGoTo();
  const [selected, setSelected] = useState<string>();
  const { data, error, refetch } = useQuery({
    queryKey: ['tail', 'latest'],
    queryFn: ({ signal }) => get('tail', { limit: 100 }, signal),
  });
  if (error) return <ErrorState error={error} onRetry={refetch} />;
  if (!data) return <Skeleton lines={8} />;
  return (
    <div className="trace-start">
      <p className="muted">
        Type the id of an event, a message, a record or a run above (<Kbd>/</Kbd>), or choose one of
        the latest.
      </p>
      <Table
        label="Latest events"
        rows={data.events}
        keyOf={keyOf}
        columns={COLUMNS}
        selected={selected}
        onSelect={(row) => setSelected(row?.id)}
        onOpen={({ id }) => goTo('trace', { id })}
        empty={
          <EmptyState title="Nothing was published yet" icon="trace">
            Send something, and its way through the system shows here.
          </EmptyState>
        }
      />
    </div>
  );
}
