/** Events of a bus that no rule took, each with the rule that came nearest. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { UnmatchedEvent } from '../../../../src/admin-api/index.ts';
import { get } from '../../api/client.ts';
import { shortName } from '../../ui/arns.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table/table.tsx';
import { Time } from '../../ui/time.tsx';
import { printed } from './conditions.ts';

export interface UnmatchedProps {
  readonly bus: string;
  readonly selected: string;
  readonly onSelect: (id: string | undefined) => void;
}

const AGAIN_MS = 5_000;
const FIRST = 50;
/** As many as the API tells. */
const MOST = 200;

export function Unmatched({ bus, selected, onSelect }: UnmatchedProps) {
  const [limit, setLimit] = useState(FIRST);
  const { data, error, refetch } = useQuery({
    queryKey: ['unmatched', bus, limit],
    queryFn: ({ signal }) => get('unmatched', { bus, limit }, signal),
    refetchInterval: AGAIN_MS,
    placeholderData: (before) => (before?.bus === bus ? before : undefined),
  });
  if (error) return <ErrorState error={error} onRetry={() => refetch()} />;
  if (!data) return <Skeleton lines={8} />;
  const isFull = data.events.length >= limit && limit < MOST;
  return (
    <Table
      label={`Unmatched events of ${shortName(bus)}`}
      rows={data.events}
      keyOf={({ id }) => id}
      columns={COLUMNS}
      selected={selected || undefined}
      onSelect={(row) => onSelect(row?.id)}
      keepPlace
      empty={
        <EmptyState title="Every event was taken" icon="check">
          Some rule of {shortName(bus)} took each of the {data.searched} events looked at.
        </EmptyState>
      }
      foot={
        <span className="unmatched-foot">
          {data.searched} events looked at.
          {isFull && <Button onClick={() => setLimit(MOST)}>Look further back</Button>}
        </span>
      }
    />
  );
}

const COLUMNS: readonly Column<UnmatchedEvent>[] = [
  { key: 'at', header: 'Time', width: '96px', cell: ({ atMs }) => <Time atMs={atMs} /> },
  { key: 'note', header: 'What', width: 'minmax(90px, 0.8fr)', cell: ({ note }) => note ?? '' },
  {
    key: 'nearest',
    header: 'Nearest rule',
    width: 'minmax(110px, 1fr)',
    cell: ({ nearest, now }) =>
      now ? (
        <span title="Made, changed or enabled since: sent again, the event would be taken">
          {now.name} <Badge tone="ok">takes it now</Badge>
        </span>
      ) : (
        (nearest?.name ?? <span className="muted">none is near</span>)
      ),
  },
  {
    key: 'path',
    header: 'First that fails',
    width: 'minmax(160px, 1.4fr)',
    cell: ({ nearest, now }) =>
      !now &&
      nearest && (
        <span className="mono">
          {nearest.path} <span className="muted">{foundText(nearest.found)}</span>
        </span>
      ),
  },
  {
    key: 'nearness',
    header: 'Near',
    width: '56px',
    align: 'end',
    cell: ({ nearest, now }) => (nearest && !now ? `${Math.round(nearest.nearness * 100)} %` : ''),
  },
  {
    key: 'preview',
    header: 'Content',
    width: 'minmax(120px, 1.6fr)',
    cell: ({ preview }) => <span className="mono muted">{preview}</span>,
  },
];

function foundText(found: readonly unknown[]): string {
  return found.length === 0 ? 'is missing' : `is ${found.map(printed).join(', ')}`;
}
