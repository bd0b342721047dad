import type { ReactNode } from 'react';
import type { Run } from '../../../../src/admin-api/index.ts';
import { Badge } from '../../ui/badge.tsx';
import { type Column, Table } from '../../ui/table/table.tsx';
import { Time } from '../../ui/time.tsx';
import { span } from '../../ui/when.ts';
import { runKey, toneOf } from './runs.ts';

export interface RunTableProps {
  readonly rows: readonly Run[];
  readonly selected: string | undefined;
  readonly onSelect: (run: Run | undefined) => void;
  readonly onEnd: () => void;
  readonly empty: ReactNode;
}

export function RunTable({ rows, selected, onSelect, onEnd, empty }: RunTableProps) {
  return (
    <Table
      label="Runs"
      rows={rows}
      keyOf={runKey}
      columns={COLUMNS}
      selected={selected}
      onSelect={onSelect}
      onEnd={onEnd}
      keepPlace
      empty={empty}
    />
  );
}

const COLUMNS: readonly Column<Run>[] = [
  {
    key: 'at',
    header: 'Ended',
    width: '104px',
    cell: ({ atMs }) => <Time atMs={atMs} />,
  },
  {
    key: 'took',
    header: 'Took',
    width: '64px',
    align: 'end',
    cell: ({ durationMs }) => span(durationMs),
  },
  {
    key: 'outcome',
    header: 'Outcome',
    width: 'minmax(160px, 1fr)',
    cell: (run) => (
      <span className="run-outcome" title={run.error}>
        <Badge tone={toneOf(run)}>{run.outcome}</Badge>
        <span className="truncate muted">{run.error}</span>
      </span>
    ),
  },
  {
    key: 'version',
    header: 'Version',
    width: '72px',
    cell: ({ version }) => <span className="muted">{version}</span>,
  },
  {
    key: 'id',
    header: 'Request id',
    width: 'minmax(120px, 0.6fr)',
    cell: ({ id }) => <span className="mono muted">{id}</span>,
  },
];
