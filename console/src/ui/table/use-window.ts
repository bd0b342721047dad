/** Follows the scrolling of a table: which rows to draw, how to bring one into view. */
import {
  type RefObject,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { movedBy, scrolledTo, type Window, windowOf } from './window.ts';

interface Options<Row> {
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly rowHeight: number;
  readonly keepPlace?: boolean;
  readonly selected?: string | undefined;
  readonly onEnd?: () => void;
}

const HEAD = 32;

export function useRowWindow<Row>(box: RefObject<HTMLDivElement | null>, options: Options<Row>) {
  const { rows, keyOf, rowHeight, keepPlace = false } = options;
  const held = Boolean(options.selected);
  const count = rows.length;
  const [{ top, height }, setViewport] = useState({ top: 0, height: 800 });
  const first = useRef<string>(undefined);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    // By whole rows: a step of a few pixels draws nothing anew.
    const look = () => {
      const at = Math.floor(element.scrollTop / rowHeight) * rowHeight;
      const high = element.clientHeight;
      setViewport((now) =>
        now.top === at && now.height === high ? now : { top: at, height: high },
      );
    };
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    look();
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [box, rowHeight]);

  useLayoutEffect(() => {
    const element = box.current;
    const moved = keepPlace ? movedBy(rows, keyOf, first.current) : 0;
    const [row] = rows;
    first.current = row && keyOf(row);
    if (element && moved > 0 && (held || element.scrollTop > 0)) {
      element.scrollTop += moved * rowHeight;
    }
  }, [box, rows, keyOf, keepPlace, held, rowHeight]);

  const window: Window = windowOf({ top, height: height + rowHeight }, rowHeight, count);
  const ended = useEffectEvent(() => options.onEnd?.());
  const atEnd = count > 0 && window.to >= count;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again when rows have come.
  useEffect(() => {
    if (atEnd) ended();
  }, [atEnd, count]);

  const reveal = (index: number) => {
    const element = box.current;
    if (!element) return;
    const viewport = { top: element.scrollTop, height: element.clientHeight };
    element.scrollTop = scrolledTo(index, viewport, rowHeight, HEAD);
  };
  return { window, reveal, page: Math.max(1, Math.floor(height / rowHeight) - 2) };
}
