/**
 * Finds all patterns that match an event, at a cost that hardly depends on how many there are.
 *
 * Each branch of a pattern waits at one of its fields, the one that fewest other branches would
 * be found by together with it. Matching reads only those fields of the event, looks up who waits
 * for the values it finds, and checks these few branches in full. So 2,000 rules that share their
 * source and differ in one field of the detail wait at that field, and an event finds one of them.
 * `bench/event-patterns.ts` has the numbers.
 *
 * Compiling costs some milliseconds per thousand patterns: keep a matcher until a pattern changes.
 */
import { type FieldIndex, fieldIndex, type Indexed } from './field-index.ts';
import { asKey, isLeaf, member } from './leaves.ts';
import { branchMatches, restMatches } from './matches.ts';
import type { Branch, Field, Pattern } from './pattern.ts';
import { branchSharer, fieldSharer } from './shared-fields.ts';
import type { Taker } from './taker.ts';
import type { Work } from './work.ts';

export interface Matcher<Id> {
  /** The ids of the patterns that match, each entry once, in no order. */
  matching(event: unknown): Id[];
  /** What all calls so far have cost. */
  readonly work: Work;
}

export interface Entry<Id> {
  /** Whatever the caller wants back. */
  readonly id: Id;
  readonly pattern: Pattern;
}

/** A branch of a pattern, waiting at one of its fields. */
interface Candidate<Id> {
  readonly id: Id;
  readonly branch: Branch;
  /** Shared by all branches of a pattern that has several. */
  readonly siblings: Siblings | undefined;
  anchor: Field | undefined;
  /** The fields other than the anchor. */
  rest: Branch;
  /** The last call in which this branch was checked. */
  checkedIn: number;
}

interface Siblings {
  /** The last call in which one of them matched. */
  matchedIn: number;
}

export function compilePatterns<Id>(entries: readonly Entry<Id>[]): Matcher<Id> {
  const share = fieldSharer();
  const candidates = entries.flatMap(({ id, pattern }) => {
    const siblings = pattern.branches.length > 1 ? { matchedIn: 0 } : undefined;
    return pattern.branches.map((fields): Candidate<Id> => {
      const branch = fields.map(share);
      return { id, branch, siblings, anchor: undefined, rest: branch, checkedIn: 0 };
    });
  });
  return new Automaton(candidates);
}

class Automaton<Id> implements Matcher<Id>, Taker<Candidate<Id>> {
  readonly work: Work = { steps: 0 };
  readonly #root: Place<Id>;
  /** Branches without a field that must be there. */
  readonly #always: readonly Candidate<Id>[];
  #call = 0;
  #event: unknown;
  #found: Id[] = [];
  /** Whether the walk is inside an element of an array. */
  #crossing = false;

  constructor(candidates: readonly Candidate<Id>[]) {
    const { byPath, always } = settle(candidates);
    this.#always = always;
    this.#root = placesOf(byPath);
  }

  matching(event: unknown): Id[] {
    this.#call++;
    this.#event = event;
    const found: Id[] = [];
    this.#found = found;
    this.take(this.#always, false);
    this.#visit(this.#root, event);
    this.#event = undefined;
    return found;
  }

  take(candidates: readonly Candidate<Id>[], sure: boolean): void {
    for (const candidate of candidates) this.takeOne(candidate, sure);
  }

  takeOne(candidate: Candidate<Id>, sure: boolean): void {
    const { siblings } = candidate;
    if (candidate.checkedIn === this.#call || siblings?.matchedIn === this.#call) return;
    candidate.checkedIn = this.#call;
    if (!this.#matches(candidate, sure && !this.#crossing)) return;
    if (siblings) siblings.matchedIn = this.#call;
    this.#found.push(candidate.id);
  }

  /** `settled` tells that the anchor has been seen to match, outside of arrays. */
  #matches({ branch, rest }: Candidate<Id>, settled: boolean): boolean {
    return settled
      ? restMatches(rest, branch, this.#event, this.work)
      : branchMatches(branch, this.#event, this.work);
  }

  #visit(place: Place<Id>, node: unknown): void {
    if (isLeaf(node)) {
      place.index?.find(node, this, this.work);
    } else if (Array.isArray(node)) {
      this.#visitElements(place, node);
    } else {
      this.#visitMembers(place, node as object);
    }
  }

  #visitElements(place: Place<Id>, array: readonly unknown[]): void {
    const outside = this.#crossing;
    for (const element of array) {
      this.#crossing = outside || !isLeaf(element);
      this.#visit(place, element);
    }
    this.#crossing = outside;
  }

  #visitMembers({ next, keys }: Place<Id>, node: object): void {
    if (keys.length > MOST_PROBES) {
      for (const key in node) {
        this.work.steps++;
        const place = next.get(key);
        if (place) this.#visit(place, node[key as keyof typeof node]);
      }
      return;
    }
    for (const { key, place } of keys) {
      this.work.steps++;
      const value = member(node, key);
      if (value !== undefined) this.#visit(place, value);
    }
  }
}

/** Where a walk through an event has come to, and what to look for there. */
interface Place<Id> {
  /** By the keys that lead on; one with dots leads several steps at once. */
  readonly next: Map<string, Place<Id>>;
  /** The same, as a list. */
  readonly keys: { readonly key: string; readonly place: Place<Id> }[];
  index: FieldIndex<Candidate<Id>> | undefined;
}

/** With more keys than this to look for, it is cheaper to go through the keys of the event. */
const MOST_PROBES = 16;

function placesOf<Id>(byPath: ReadonlyMap<string, FieldIndex<Candidate<Id>>>): Place<Id> {
  const root = newPlace<Id>();
  const places = new Map<string, Place<Id>>();
  for (const [path, index] of byPath) {
    const steps = path.split('.');
    const stops = steps.map((_, at) => placeAt(places, steps.slice(0, at + 1).join('.')));
    [root, ...stops].forEach((place, from, all) => {
      for (let to = from + 1; to < all.length; to++) {
        const key = asKey(steps.slice(from, to).join('.'));
        const stop = all[to] as Place<Id>;
        if (place.next.has(key)) continue;
        place.next.set(key, stop);
        place.keys.push({ key, place: stop });
      }
    });
    placeAt(places, path).index = index;
  }
  return root;
}

function placeAt<Id>(places: Map<string, Place<Id>>, path: string): Place<Id> {
  const place = places.get(path) ?? newPlace();
  places.set(path, place);
  return place;
}

function newPlace<Id>(): Place<Id> {
  return { next: new Map(), keys: [], index: undefined };
}

/** Decides at which field each branch waits. */
function settle<Id>(candidates: readonly Candidate<Id>[]): {
  readonly byPath: ReadonlyMap<string, FieldIndex<Candidate<Id>>>;
  readonly always: readonly Candidate<Id>[];
} {
  const crowds = indexAll(candidates, ({ branch }) => branch.filter((field) => !field.mayBeAbsent));
  const share = branchSharer();
  for (const candidate of candidates) {
    const anchor = leastCrowded(candidate.branch, crowds);
    candidate.anchor = anchor;
    candidate.rest = share(candidate.branch.filter((field) => field !== anchor));
  }
  const settled = indexAll(candidates, ({ anchor }) => (anchor ? [anchor] : []));
  const byPath = new Map([...settled].map(([path, { index }]) => [path, index]));
  return { byPath, always: candidates.filter(({ anchor }) => !anchor) };
}

interface Crowd<Id> {
  readonly index: FieldIndex<Candidate<Id>>;
  /** How many branches name the field. */
  readonly size: number;
}

function indexAll<Id>(
  candidates: readonly Candidate<Id>[],
  fieldsOf: (candidate: Candidate<Id>) => readonly Field[],
): Map<string, Crowd<Id>> {
  const byPath = new Map<string, { entries: Indexed<Candidate<Id>>[]; size: number }>();
  for (const item of candidates) {
    for (const { path, conditions } of fieldsOf(item)) {
      const crowd = byPath.get(path) ?? { entries: [], size: 0 };
      byPath.set(path, crowd);
      crowd.size++;
      for (const condition of conditions) crowd.entries.push({ condition, item });
    }
  }
  const indexes = [...byPath].map(([path, { entries, size }]) => {
    return [path, { index: fieldIndex(entries), size }] as const;
  });
  return new Map(indexes);
}

/** Among fields that are equally selective the one with most company, to read fewer fields. */
function leastCrowded<Id>(
  branch: Branch,
  crowds: ReadonlyMap<string, Crowd<Id>>,
): Field | undefined {
  let best: { field: Field; weight: number; size: number } | undefined;
  for (const field of branch) {
    const crowd = crowds.get(field.path);
    if (field.mayBeAbsent || !crowd) continue;
    const { index, size } = crowd;
    const weight = field.conditions.reduce((sum, condition) => sum + index.weigh(condition), 0);
    const better = !best || weight < best.weight || (weight === best.weight && size > best.size);
    if (better) best = { field, weight, size };
  }
  return best?.field;
}
