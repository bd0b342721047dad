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
import { type Anchored, settle } from './anchors.ts';
import type { FieldIndex } from './field-index.ts';
import { isLeaf, member } from './leaves.ts';
import { branchMatches, restMatches } from './matches.ts';
import type { Branch, Field, Pattern } from './pattern.ts';
import { type Place, placesOf } from './places.ts';
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
interface Candidate<Id> extends Anchored {
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

type Stop<Id> = Place<FieldIndex<Candidate<Id>>>;

/** With more keys than this to look for, it is cheaper to go through the keys of the event. */
const MOST_PROBES = 16;

class Automaton<Id> implements Matcher<Id>, Taker<Candidate<Id>> {
  readonly work: Work = { steps: 0 };
  readonly #root: Stop<Id>;
  /** Branches without a field to wait at. */
  readonly #always: readonly Candidate<Id>[];
  #call = 0;
  #event: unknown;
  #found: Id[] = [];
  /** Whether the walk is inside an element of an array. */
  #crossing = false;

  constructor(candidates: readonly Candidate<Id>[]) {
    this.#root = placesOf(settle(candidates));
    this.#always = candidates.filter(({ anchor }) => !anchor);
    const share = branchSharer();
    for (const candidate of candidates) {
      const { branch, anchor } = candidate;
      candidate.rest = share(branch.filter((field) => field !== anchor));
    }
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

  #visit(place: Stop<Id>, node: unknown): void {
    if (isLeaf(node)) {
      place.index?.find(node, this, this.work);
    } else if (Array.isArray(node)) {
      this.#visitElements(place, node);
    } else {
      this.#visitMembers(place, node as object);
    }
  }

  #visitElements(place: Stop<Id>, array: readonly unknown[]): void {
    const outside = this.#crossing;
    for (const element of array) {
      this.#crossing = outside || !isLeaf(element);
      this.#visit(place, element);
    }
    this.#crossing = outside;
  }

  #visitMembers({ next, keys }: Stop<Id>, node: object): void {
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
