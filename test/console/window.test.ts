import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  between,
  movedBy,
  rowAfter,
  scrolledTo,
  toggled,
  windowOf,
} from '../../console/src/ui/table/window.ts';

const viewport = fc.record({ top: fc.nat(400_000), height: fc.integer({ min: 32, max: 2_000 }) });

describe('the window of a long list', () => {
  test('holds every row that is seen, and few more', () => {
    fc.assert(
      fc.property(viewport, fc.nat(20_000), ({ top, height }, count) => {
        const { from, to } = windowOf({ top, height }, 32, count);
        expect(from).toBeGreaterThanOrEqual(0);
        expect(to).toBeLessThanOrEqual(count);
        expect(from).toBeLessThanOrEqual(to);
        const seen = Math.min(count, Math.ceil((top + height) / 32));
        if (top / 32 < count) expect(to).toBeGreaterThanOrEqual(seen);
        if (to > from) expect(from * 32).toBeLessThanOrEqual(Math.max(0, top));
        expect(to - from).toBeLessThanOrEqual(Math.ceil(height / 32) + 18);
      }),
    );
  });

  test('scrolls as little as brings a row into view', () => {
    const at = { top: 320, height: 320 };
    expect(scrolledTo(12, at, 32)).toBe(320);
    expect(scrolledTo(5, at, 32)).toBe(160);
    expect(scrolledTo(20, at, 32)).toBe(352);
    expect(scrolledTo(20, at, 32, 32)).toBe(384);
  });

  test('finds how far rows were moved by others before them', () => {
    const keyOf = (row: string) => row;
    expect(movedBy(['c', 'd', 'a', 'b'], keyOf, 'a')).toBe(2);
    expect(movedBy(['c', 'd'], keyOf, 'a')).toBe(0);
    expect(movedBy(['c'], keyOf, undefined)).toBe(0);
  });
});

describe('the keys of a list', () => {
  const list = { count: 100, page: 10 };

  test('move and stay within the list', () => {
    expect(rowAfter('ArrowDown', -1, list)).toBe(0);
    expect(rowAfter('ArrowUp', 0, list)).toBe(0);
    expect(rowAfter('PageDown', 95, list)).toBe(99);
    expect(rowAfter('End', 3, list)).toBe(99);
    expect(rowAfter('k', 7, list)).toBe(6);
    expect(rowAfter('Enter', 7, list)).toBeUndefined();
    expect(rowAfter('Home', 7, { count: 0, page: 10 })).toBeUndefined();
  });

  test('mark all between two rows, and take the marks away again', () => {
    const keys = ['a', 'b', 'c', 'd'];
    expect(between(keys, 2, 1)).toEqual(['b', 'c']);
    const marked = toggled(new Set(['b']), between(keys, 0, 2));
    expect([...marked].sort()).toEqual(['a', 'b', 'c']);
    expect([...toggled(marked, ['a', 'c'])]).toEqual(['b']);
  });
});
