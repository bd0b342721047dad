/** Marked rows, for what is done to many at once. */
import { useRef } from 'react';
import type { TableProps } from './table.tsx';
import { between, toggled } from './window.ts';

export function useMarks<Row>({ rows, keyOf, marked, onMark }: TableProps<Row>) {
  const last = useRef(-1);
  const present = marked ?? new Set<string>();
  return {
    /** With `range` all from the one marked last. */
    one: (index: number, range: boolean) => {
      const keys = rows.map(keyOf);
      const from = range && last.current >= 0 ? last.current : index;
      last.current = index;
      onMark?.(toggled(present, between(keys, from, index)));
    },
    all: () => onMark?.(toggled(present, rows.map(keyOf))),
    none: () => {
      if (present.size > 0) onMark?.(new Set());
    },
  };
}
