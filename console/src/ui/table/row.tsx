import { type MouseEvent, memo, type ReactNode } from 'react';

export interface Column<Row> {
  readonly key: string;
  readonly header: ReactNode;
  /** A track of a CSS grid: `120px`, `minmax(160px, 1fr)`. */
  readonly width: string;
  readonly align?: 'end';
  readonly cell: (row: Row) => ReactNode;
}

interface RowProps<Row> {
  readonly id: string;
  readonly row: Row;
  readonly index: number;
  readonly columns: readonly Column<Row>[];
  readonly template: string;
  readonly height: number;
  readonly selected: boolean;
  readonly marked: boolean | undefined;
  readonly onMark: (index: number, range: boolean) => void;
  readonly onSelect: (row: Row) => void;
  readonly onOpen: (row: Row) => void;
}

function PlainRow<Row>(props: RowProps<Row>) {
  const { id, row, index, columns, template, height, selected, marked } = props;
  return (
    // biome-ignore lint/a11y/useSemanticElements: see Table.
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid has the keys.
    <div
      id={id}
      role="row"
      className="table-row"
      aria-rowindex={index + 2}
      aria-selected={marked === undefined ? selected : marked}
      data-current={selected || undefined}
      style={{ gridTemplateColumns: template, height }}
      onClick={() => props.onSelect(row)}
      onDoubleClick={() => props.onOpen(row)}
    >
      {marked !== undefined && (
        <MarkOne marked={marked} onChange={(range) => props.onMark(index, range)} />
      )}
      {columns.map(({ key, align, cell }) => (
        // biome-ignore lint/a11y/useSemanticElements: see Table.
        // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus.
        <div key={key} role="gridcell" className={align === 'end' ? 'cell cell-end' : 'cell'}>
          {cell(row)}
        </div>
      ))}
    </div>
  );
}

/** Rows that did not change are not drawn again while others come in. */
export const TableRow = memo(PlainRow) as typeof PlainRow;

interface MarkOneProps {
  readonly marked: boolean;
  readonly onChange: (range: boolean) => void;
}

function MarkOne({ marked, onChange }: MarkOneProps) {
  const click = (event: MouseEvent) => {
    event.stopPropagation();
    onChange(event.shiftKey);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: see Table.
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus.
    <div role="gridcell" className="cell">
      <input
        type="checkbox"
        aria-label="Mark"
        tabIndex={-1}
        checked={marked}
        onClick={click}
        onChange={() => {}}
      />
    </div>
  );
}

interface MarkAllProps {
  readonly rows: number;
  readonly marked: number;
  readonly onChange: () => void;
}

export function MarkAll({ rows, marked, onChange }: MarkAllProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see Table.
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus.
    <div role="columnheader" className="cell">
      <input
        type="checkbox"
        aria-label="Mark all"
        ref={(input) => {
          if (input) input.indeterminate = marked > 0 && marked < rows;
        }}
        checked={rows > 0 && marked >= rows}
        onChange={onChange}
      />
    </div>
  );
}
