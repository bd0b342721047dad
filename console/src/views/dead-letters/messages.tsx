import type { ReactNode } from 'react';
import type { DeadLetter } from '../../../../src/admin-api/index.ts';
import { Badge } from '../../ui/badge.tsx';
import { oneLine } from '../../ui/body-text.ts';
import { type Column, Table } from '../../ui/table/table.tsx';
import { Time } from '../../ui/time.tsx';
import { CameBack } from './message.tsx';

export interface MessagesProps {
  readonly rows: readonly DeadLetter[];
  readonly selected: string;
  readonly onSelect: (id: string) => void;
  readonly marked: ReadonlySet<string>;
  readonly onMark: (marked: ReadonlySet<string>) => void;
  readonly onEnd: () => void;
  readonly empty: ReactNode;
}

const COLUMNS: readonly Column<DeadLetter>[] = [
  {
    key: 'sent',
    header: 'Sent',
    width: '80px',
    cell: ({ sentAtMs }) => <Time atMs={sentAtMs} as="ago" />,
  },
  {
    key: 'error',
    header: 'Error',
    width: 'minmax(100px, 1.2fr)',
    cell: ({ code, error }) => (
      <span className="letter-error" title={error}>
        <Badge tone="dead">{code}</Badge> <span className="truncate">{error}</span>
      </span>
    ),
  },
  {
    key: 'body',
    header: 'Body',
    width: 'minmax(60px, 1fr)',
    cell: ({ body }) => <span className="mono muted">{oneLine(body)}</span>,
  },
  {
    key: 'marks',
    header: 'Marks',
    width: '96px',
    cell: ({ redriven, state }) => (
      <>
        {redriven !== undefined && redriven > 0 && <CameBack times={redriven} short />}
        {state !== 'visible' && <Badge>{state}</Badge>}
      </>
    ),
  },
];

export function Messages(props: MessagesProps) {
  const { rows, selected, onSelect, marked, onMark, onEnd, empty } = props;
  return (
    <Table
      label="Dead letters"
      rows={rows}
      keyOf={({ id }) => id}
      columns={COLUMNS}
      selected={selected}
      onSelect={(row) => onSelect(row?.id ?? '')}
      marked={marked}
      onMark={onMark}
      onEnd={onEnd}
      empty={empty}
    />
  );
}
