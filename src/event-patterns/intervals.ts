/**
 * Finds all of many numeric ranges that contain a number: a segment tree over the bounds.
 *
 * The bounds cut the numbers into places: before the first bound, on it, between it and the
 * second, and so on. A range covers a run of places, which O(log n) nodes of the tree make up; a
 * number lies at one place, whose ancestors hold the ranges that contain it.
 */
import type { Range } from './condition.ts';
import type { Taker } from './taker.ts';
import type { Work } from './work.ts';

export interface Intervals<Item> {
  find(value: number, taker: Taker<Item>, work: Work): void;
}

export function intervals<Item>(
  entries: readonly { readonly range: Range; readonly item: Item }[],
): Intervals<Item> {
  const clipped = entries.map(({ range, item }) => ({ range: clip(range), item }));
  const bounds = boundsOf(clipped.map(({ range }) => range));
  const size = 2 * bounds.length + 1;
  const nodes: (Item[] | undefined)[] = Array.from({ length: 2 * size }, () => undefined);
  for (const { range, item } of clipped) {
    const low = placeOf(bounds, range.low) + (range.lowOpen ? 1 : 0);
    const high = placeOf(bounds, range.high) - (range.highOpen ? 1 : 0);
    for (const node of cover(low, high, size)) {
      const items = nodes[node];
      if (items) items.push(item);
      else nodes[node] = [item];
    }
  }
  const find = (value: number, taker: Taker<Item>, work: Work) => {
    for (let node = placeOf(bounds, value) + size; node >= 1; node >>= 1) {
      work.steps++;
      const items = nodes[node];
      if (items) taker.take(items, true);
    }
  };
  return { find };
}

/** Beyond its limit a range contains nothing. */
function clip(range: Range): Range {
  const { low, high, limit } = range;
  return {
    low: Math.max(low, -limit),
    lowOpen: range.lowOpen && low >= -limit,
    high: Math.min(high, limit),
    highOpen: range.highOpen && high <= limit,
    limit,
  };
}

function boundsOf(ranges: readonly Range[]): Float64Array {
  const bounds = new Set(ranges.flatMap(({ low, high }) => [low, high]));
  return Float64Array.from(bounds).sort();
}

/** Odd on a bound, even between two. */
function placeOf(bounds: Float64Array, value: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bounds[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return bounds[low] === value ? 2 * low + 1 : 2 * low;
}

/** The nodes that together stand for the places from `low` to `high`. */
function cover(low: number, high: number, size: number): number[] {
  const nodes: number[] = [];
  let left = low + size;
  let right = high + size + 1;
  for (; left < right; left >>= 1, right >>= 1) {
    if (left & 1) nodes.push(left++);
    if (right & 1) nodes.push(--right);
  }
  return nodes;
}
