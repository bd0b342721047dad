import { useState } from 'react';
import { Link } from 'wouter';
import type { FunctionSummary } from '../../../../src/admin-api/index.ts';
import { useGoTo, useViewHref } from '../../state/url.ts';
import { shortName } from '../../ui/arns.ts';
import { Badge } from '../../ui/badge.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table/table.tsx';

export interface FunctionTableProps {
  readonly rows: readonly FunctionSummary[];
  readonly waiting: boolean;
  readonly error: unknown;
  readonly onEnd: () => void;
  readonly onRetry: () => void;
}

export function FunctionTable({ rows, waiting, error, onEnd, onRetry }: FunctionTableProps) {
  const [selected, setSelected] = useState<string>();
  const goTo = useGoTo();
  const empty = waiting ? (
    <Skeleton lines={6} />
  ) : error ? (
    <ErrorState error={error} onRetry={onRetry} />
  ) : (
    <EmptyState title="No functions yet" icon="functions">
      Create one with any AWS SDK or tool, and it will be listed here with its runs.
    </EmptyState>
  );
  return (
    <Table
      label="Functions"
      rows={rows}
      keyOf={({ arn }) => arn}
      columns={COLUMNS}
      selected={selected}
      onSelect={(row) => setSelected(row?.arn)}
      onOpen={({ arn }) => goTo('functions', { function: arn })}
      onEnd={onEnd}
      empty={empty}
    />
  );
}

function Name({ arn, name }: FunctionSummary) {
  const href = useViewHref();
  return (
    <Link href={href('functions', { function: arn })} className="row-link truncate" title={arn}>
      {name}
    </Link>
  );
}

const COLUMNS: readonly Column<FunctionSummary>[] = [
  {
    key: 'name',
    header: 'Function',
    width: 'minmax(160px, 1.2fr)',
    cell: (row) => <Name {...row} />,
  },
  {
    key: 'state',
    header: 'State',
    width: '96px',
    cell: ({ state }) => <Badge tone={state === 'Active' ? 'ok' : 'retry'}>{state}</Badge>,
  },
  {
    key: 'running',
    header: 'Running',
    width: '96px',
    align: 'end',
    cell: ({ running, reservedConcurrency }) => (
      <>
        <span className={running === 0 ? 'muted' : undefined}>{running}</span>
        {reservedConcurrency !== undefined && (
          <span className="muted"> of {reservedConcurrency}</span>
        )}
      </>
    ),
  },
  {
    key: 'sources',
    header: 'Fed by',
    width: 'minmax(140px, 1fr)',
    cell: ({ mappings }) => (
      <span className="muted">
        {mappings
          .map(({ source, state }) =>
            state === 'Enabled' ? shortName(source) : `${shortName(source)} (${state})`,
          )
          .join(', ')}
      </span>
    ),
  },
  {
    key: 'runtime',
    header: 'Runtime',
    width: 'minmax(100px, 0.7fr)',
    cell: ({ runtime, handler }) => (
      <span className="muted" title={handler}>
        {runtime ?? handler}
      </span>
    ),
  },
  {
    key: 'limits',
    header: 'Limits',
    width: '120px',
    align: 'end',
    cell: ({ timeoutSeconds, memoryMb }) => (
      <span className="muted">
        {timeoutSeconds} s, {memoryMb} MB
      </span>
    ),
  },
];
