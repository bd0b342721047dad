import type { Form, Published } from '../../../../src/admin-api/index.ts';
import { Arn } from '../../ui/arn.tsx';
import { Badge } from '../../ui/badge.tsx';
import { whatOf } from '../../ui/published.ts';
import type { Column } from '../../ui/table/table.tsx';
import { Time } from '../../ui/time.tsx';

export function FormBadge({ form }: { readonly form: Form }) {
  return <Badge tone={form === 'event' ? 'accent' : 'neutral'}>{form}</Badge>;
}

export const COLUMNS: readonly Column<Published>[] = [
  { key: 'at', header: 'Time', width: '96px', cell: ({ atMs }) => <Time atMs={atMs} /> },
  { key: 'form', header: 'Kind', width: '84px', cell: ({ form }) => <FormBadge form={form} /> },
  {
    key: 'arn',
    header: 'Where',
    width: 'minmax(110px, 0.6fr)',
    cell: ({ arn }) => <Arn arn={arn} />,
  },
  {
    key: 'note',
    header: 'What',
    width: 'minmax(80px, 0.6fr)',
    cell: (row) => (row.note ? whatOf(row) : ''),
  },
  {
    key: 'preview',
    header: 'Content',
    width: 'minmax(160px, 2fr)',
    cell: ({ preview }) => <span className="mono muted">{preview}</span>,
  },
];
