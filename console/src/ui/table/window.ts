/**
 * Which rows of a long list are drawn. All rows have one height, so that this is arithmetic and
 * 10,000 of them scroll as ten do.
 */
export interface Viewport {
  readonly top: number;
  readonly height: number;
}

export interface Window {
  /** The first row drawn, and the one after the last. */
  readonly from: number;
  readonly to: number;
}

/** Drawn beyond both ends, so that a turn of the wheel shows no hole. */
const BEYOND = 6;

export function windowOf({ top, height }: Viewport, rowHeight: number, count: number): Window {
  const first = Math.floor(Math.max(0, top) / rowHeight);
  const last = Math.ceil((Math.max(0, top) + height) / rowHeight);
  const to = Math.min(count, last + BEYOND);
  return { from: Math.max(0, Math.min(first - BEYOND, to)), to };
}

/** Where to scroll to so that row `index` is seen; `head` covers the top of what is in view. */
export function scrolledTo(
  index: number,
  { top, height }: Viewport,
  rowHeight: number,
  head = 0,
): number {
  const start = index * rowHeight;
  const end = start + rowHeight;
  if (start < top) return start;
  return end > top + height - head ? end - height + head : top;
}

/** How far the rows moved down because others came before them; 0 when `key` is gone. */
export function movedBy<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  key: string | undefined,
): number {
  if (key === undefined) return 0;
  return Math.max(
    0,
    rows.findIndex((row) => keyOf(row) === key),
  );
}

/** The row that a key leads to; undefined when it is none of the keys that move. */
export function rowAfter(
  key: string,
  at: number,
  { count, page }: { readonly count: number; readonly page: number },
): number | undefined {
  const to = MOVES[key]?.(at, page, count);
  return to === undefined || count === 0 ? undefined : Math.max(0, Math.min(count - 1, to));
}

const MOVES: Readonly<Record<string, (at: number, page: number, count: number) => number>> = {
  ArrowDown: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  j: (at) => at + 1,
  k: (at) => at - 1,
  PageDown: (at, page) => at + page,
  PageUp: (at, page) => at - page,
  Home: () => 0,
  End: (_at, _page, count) => count - 1,
};

/** `marked` with `keys` all in it, or, where they all are in it already, none of them. */
export function toggled(marked: ReadonlySet<string>, keys: readonly string[]): ReadonlySet<string> {
  const next = new Set(marked);
  const all = keys.every((key) => marked.has(key));
  for (const key of keys) {
    if (all) next.delete(key);
    else next.add(key);
  }
  return next;
}

/** The keys between two rows, both included. */
export function between(keys: readonly string[], one: number, other: number): readonly string[] {
  return keys.slice(Math.min(one, other), Math.max(one, other) + 1);
}
