/**
 * Several paths as one tree, which a walk through an event follows.
 */
import { type Steps, type Way, waysFrom } from './leaves.ts';

/** Where a walk has come to. */
export interface Place<Index> {
  /** By the keys that lead on; one with dots leads several steps at once. */
  readonly next: Map<string, Place<Index>>;
  /** The same, as a list. */
  readonly keys: { readonly key: string; readonly place: Place<Index> }[];
  /** What to ask about a leaf here. */
  index: Index | undefined;
}

/** The place to start from. Knows only paths whose ways are listed. */
export function placesOf<Index>(
  indexes: Iterable<{ readonly steps: Steps; readonly index: Index }>,
): Place<Index> {
  const places = new Map<string, Place<Index>>();
  const root = newPlace<Index>();
  for (const { steps, index } of indexes) {
    const stops = [
      root,
      ...steps.names.map((_, at) => placeAt(places, steps.names.slice(0, at + 1))),
    ];
    stops.forEach((place, from) => {
      if (from === steps.count) place.index = index;
      else for (const way of waysFrom(steps, from, {})) connect(place, way, stops);
    });
  }
  return root;
}

function connect<Index>(
  place: Place<Index>,
  { key, to }: Way,
  stops: readonly Place<Index>[],
): void {
  const stop = stops[to];
  if (!stop || place.next.has(key)) return;
  place.next.set(key, stop);
  place.keys.push({ key, place: stop });
}

function placeAt<Index>(places: Map<string, Place<Index>>, names: readonly string[]): Place<Index> {
  const path = names.join('.');
  const place = places.get(path) ?? newPlace();
  places.set(path, place);
  return place;
}

function newPlace<Index>(): Place<Index> {
  return { next: new Map(), keys: [], index: undefined };
}
