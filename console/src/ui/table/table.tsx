/**
 * A list of rows: virtual, so that tens of thousands scroll freely, and worked by keyboard.
 * Up, down, page, home, end move; enter opens; space marks; escape lets go.
 */
import { type KeyboardEvent, type ReactNode, useId, useLayoutEffect, useMemo, useRef } from 'react';
import { useMarks } from './marks.ts';
import { type Column, MarkAll, TableRow } from './row.tsx';
import { useRowWindow } from './use-window.ts';
import { rowAfter, type Window } from './window.ts';
import './table.css';

export type { Column } from './row.tsx';

export interface TableProps<Row> {
  /** What the rows are. */
  readonly label: string;
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly columns: readonly Column<Row>[];
  readonly selected?: string | undefined;
  readonly onSelect?: (row: Row | undefined) => void;
  /** Enter, or a second click. */
  readonly onOpen?: (row: Row) => void;
  /** With it each row has a box to mark it, for what is done to many. */
  readonly marked?: ReadonlySet<string>;
  readonly onMark?: (marked: ReadonlySet<string>) => void;
  /** The last row has come into view: time to load more. */
  readonly onEnd?: () => void;
  /** Rows that come in at the top do not move those that are looked at. */
  readonly keepPlace?: boolean;
  readonly rowHeight?: number;
  /** Shown instead of rows where there are none. */
  readonly empty?: ReactNode;
  /** After the last row: how much was left out, what is being loaded. */
  readonly foot?: ReactNode;
}

export function Table<Row>(props: TableProps<Row>) {
  const { label, rows, keyOf, columns, selected, marked, rowHeight = 32 } = props;
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const { window, reveal, page } = useRowWindow(box, { ...props, rowHeight });
  const marks = useMarks(props);
  const at = useMemo(
    () => (selected ? rows.findIndex((row) => keyOf(row) === selected) : -1),
    [rows, keyOf, selected],
  );
  const keys = useTableKeys(props, { at, page, reveal, marks });
  const template = gridOf(columns, marked !== undefined);
  return (
    <div ref={box} className="table">
      {/* biome-ignore lint/a11y/useSemanticElements: rows of a <table> cannot be left out. */}
      <div
        role="grid"
        className="table-grid"
        aria-label={label}
        aria-rowcount={rows.length + 1}
        aria-multiselectable={marked !== undefined}
        aria-activedescendant={at >= window.from && at < window.to ? `${id}-${at}` : undefined}
        tabIndex={0}
        onKeyDown={keys}
      >
        <Head columns={columns} template={template}>
          {marked && <MarkAll rows={rows.length} marked={marked.size} onChange={marks.all} />}
        </Head>
        <Rows {...props} {...{ id, window, template, marks, at, rowHeight }} />
      </div>
      {rows.length === 0 && props.empty}
      {props.foot && <div className="table-foot">{props.foot}</div>}
    </div>
  );
}

interface RowsProps<Row> extends TableProps<Row> {
  readonly id: string;
  readonly window: Window;
  readonly template: string;
  readonly marks: ReturnType<typeof useMarks>;
  /** The row that is selected, or -1. */
  readonly at: number;
  readonly rowHeight: number;
}

function Rows<Row>(props: RowsProps<Row>) {
  const { id, rows, keyOf, columns, window, template, marked, at, rowHeight } = props;
  const acts = useActs(props);
  return (
    // biome-ignore lint/a11y/useSemanticElements: see Table.
    <div role="rowgroup" className="table-rows" style={{ height: rows.length * rowHeight }}>
      <div role="presentation" style={{ transform: `translateY(${window.from * rowHeight}px)` }}>
        {rows.slice(window.from, window.to).map((row, index) => (
          <TableRow
            key={keyOf(row)}
            id={`${id}-${window.from + index}`}
            row={row}
            index={window.from + index}
            columns={columns}
            template={template}
            height={rowHeight}
            selected={at === window.from + index}
            marked={marked?.has(keyOf(row))}
            {...acts}
          />
        ))}
      </div>
    </div>
  );
}

/** Always the same, so that rows stay; what they do is what the table's latest props say. */
function useActs<Row>(props: RowsProps<Row>) {
  const latest = useRef(props);
  useLayoutEffect(() => {
    latest.current = props;
  });
  return useMemo(
    () => ({
      onMark: (index: number, range: boolean) => latest.current.marks.one(index, range),
      onSelect: (row: Row) => latest.current.onSelect?.(row),
      onOpen: (row: Row) => latest.current.onOpen?.(row),
    }),
    [],
  );
}

function gridOf<Row>(columns: readonly Column<Row>[], withMarks: boolean): string {
  return `${withMarks ? '32px ' : ''}${columns.map(({ width }) => width).join(' ')}`;
}

interface HeadProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly template: string;
  readonly children: ReactNode;
}

function Head<Row>({ columns, template, children }: HeadProps<Row>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see Table.
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus.
    <div
      role="row"
      aria-rowindex={1}
      className="table-head"
      style={{ gridTemplateColumns: template }}
    >
      {children}
      {columns.map(({ key, header, align }) => (
        // biome-ignore lint/a11y/useSemanticElements: see Table.
        // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus.
        <div key={key} role="columnheader" className={align === 'end' ? 'cell cell-end' : 'cell'}>
          {header}
        </div>
      ))}
    </div>
  );
}

interface Working {
  readonly at: number;
  readonly page: number;
  readonly reveal: (index: number) => void;
  readonly marks: ReturnType<typeof useMarks>;
}

function useTableKeys<Row>(props: TableProps<Row>, { at, page, reveal, marks }: Working) {
  const { rows, marked, onSelect, onOpen } = props;
  return (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.target !== event.currentTarget && event.key !== 'Escape') return;
    const all = event.key === 'a' && (event.ctrlKey || event.metaKey);
    const to =
      event.ctrlKey || event.metaKey
        ? undefined
        : rowAfter(event.key, at, {
            count: rows.length,
            page,
          });
    const row = rows[at];
    if (to !== undefined) {
      reveal(to);
      onSelect?.(rows[to]);
    } else if (event.key === 'Enter' && row) onOpen?.(row);
    else if (event.key === ' ' && row && marked) marks.one(at, event.shiftKey);
    else if (all && marked) marks.all();
    else if (event.key === 'Escape' && selectedOrMarked(at, marked)) {
      onSelect?.(undefined);
      marks.none();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
}

function selectedOrMarked(at: number, marked: ReadonlySet<string> | undefined): boolean {
  return at >= 0 || (marked !== undefined && marked.size > 0);
}
