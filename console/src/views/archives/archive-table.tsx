import { useState } from 'react';
import { Link } from 'wouter';
import type { ArchiveSummary } from '../../../../src/admin-api/index.ts';
import { useGoTo, useViewHref } from '../../state/url.ts';
import { Arn } from '../../ui/arn.tsx';
import { Badge } from '../../ui/badge.tsx';
import { bytes, count, counted } from '../../ui/numbers.ts';
import { EmptyState } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table/table.tsx';

export function ArchiveTable({ archives }: { readonly archives: readonly ArchiveSummary[] }) {
  const [selected, setSelected] = useState<string>();
  const goTo = useGoTo();
  return (
    <Table
      label="Archives"
      rows={archives}
      keyOf={({ arn }) => arn}
      columns={COLUMNS}
      selected={selected}
      onSelect={(row) => setSelected(row?.arn)}
      onOpen={({ arn }) => goTo('archives', { archive: arn })}
      empty={
        <EmptyState title="No archives yet" icon="archives">
          An archive keeps what a bus is sent, so that it can be looked at and replayed. Create one
          with <code>aws events create-archive</code>.
        </EmptyState>
      }
    />
  );
}

function Name({ arn, name, state }: ArchiveSummary) {
  const href = useViewHref();
  return (
    <span className="archive-name">
      <Link href={href('archives', { archive: arn })} className="row-link truncate" title={arn}>
        {name}
      </Link>
      {state !== 'ENABLED' && <Badge tone="retry">{state}</Badge>}
    </span>
  );
}

const COLUMNS: readonly Column<ArchiveSummary>[] = [
  {
    key: 'name',
    header: 'Archive',
    width: 'minmax(160px, 1fr)',
    cell: (row) => <Name {...row} />,
  },
  {
    key: 'bus',
    header: 'Of',
    width: 'minmax(120px, 0.7fr)',
    cell: ({ bus }) => <Arn arn={bus} kind />,
  },
  {
    key: 'events',
    header: 'Events',
    width: '96px',
    align: 'end',
    cell: ({ events }) => count(events),
  },
  {
    key: 'size',
    header: 'Size',
    width: '88px',
    align: 'end',
    cell: ({ bytes: size }) => bytes(size),
  },
  {
    key: 'keeps',
    header: 'Keeps',
    width: '96px',
    cell: ({ retentionDays }) => (
      <span className="muted">
        {retentionDays === 0 ? 'for ever' : counted(retentionDays, 'day')}
      </span>
    ),
  },
  {
    key: 'pattern',
    header: 'Takes',
    width: 'minmax(140px, 1.3fr)',
    cell: ({ pattern }) =>
      pattern === undefined ? (
        <span className="muted">everything</span>
      ) : (
        <span className="mono" title={pattern}>
          {pattern}
        </span>
      ),
  },
];
