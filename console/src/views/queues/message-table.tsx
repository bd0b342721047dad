import { type ReactNode, useMemo } from 'react';
import type { QueueMessage } from '../../../../src/admin-api/index.ts';
import { useNow } from '../../api/session.ts';
import { Badge } from '../../ui/badge.tsx';
import { oneLine } from '../../ui/body-text.ts';
import { type Column, Table } from '../../ui/table/table.tsx';
import { Time } from '../../ui/time.tsx';
import { stateOf } from './states.ts';

export interface MessageTableProps {
  readonly rows: readonly QueueMessage[];
  readonly fifo: boolean;
  readonly selected: string;
  readonly onSelect: (id: string) => void;
  readonly onEnd: () => void;
  readonly empty: ReactNode;
  readonly foot: ReactNode;
}

export function MessageTable(props: MessageTableProps) {
  const { rows, fifo, selected, onSelect, onEnd, empty, foot } = props;
  const columns = useMemo(() => COLUMNS.filter(({ key }) => fifo || key !== 'group'), [fifo]);
  return (
    <Table
      label="Messages"
      rows={rows}
      keyOf={({ id }) => id}
      columns={columns}
      selected={selected}
      onSelect={(row) => onSelect(row?.id ?? '')}
      onEnd={onEnd}
      empty={empty}
      foot={foot}
    />
  );
}

function State({ message }: { readonly message: QueueMessage }) {
  const { state, tone, why } = stateOf(message, useNow());
  return (
    <span className="message-state">
      <Badge tone={tone}>{state}</Badge>
      <span className="truncate muted numeric" title={why}>
        {why}
      </span>
    </span>
  );
}

const COLUMNS: readonly Column<QueueMessage>[] = [
  {
    key: 'state',
    header: 'State',
    width: 'minmax(200px, 0.9fr)',
    cell: (message) => <State message={message} />,
  },
  {
    key: 'sent',
    header: 'Sent',
    width: '88px',
    cell: ({ sentAtMs }) => <Time atMs={sentAtMs} as="ago" />,
  },
  {
    key: 'receives',
    header: 'Receives',
    width: '64px',
    align: 'end',
    cell: ({ receives }) => <span className={receives === 0 ? 'zero' : undefined}>{receives}</span>,
  },
  {
    key: 'group',
    header: 'Group',
    width: 'minmax(80px, 0.4fr)',
    cell: ({ group }) => <span className="mono">{group}</span>,
  },
  {
    key: 'body',
    header: 'Body',
    width: 'minmax(120px, 1.4fr)',
    cell: ({ body }) => <span className="mono muted">{oneLine(body)}</span>,
  },
];
