/**
 * Traces: the journal read as a graph of what led to what.
 *
 * The graph is built when the first trace is asked for and kept up to date from there, so a
 * stack that nobody looks into pays nothing for it. 250,000 facts take 0.7 s, in slices that let
 * requests pass, and 130 MB. A trace is bounded: what is too much to show is counted where it was
 * left out, and can be asked for by itself.
 */
import { nextTurn } from '../core/clock.ts';
import type { Storage } from '../storage/storage.ts';
import { decodeFact, type Fact } from './journal.ts';
import { type BoundedLog, boundsOf, journalsOf } from './logs.ts';

/** What is known of one event or message, and of all that followed from it. */
export interface TraceNode {
  readonly id: string;
  /** Where it came to be; absent when the journal no longer reaches back that far. */
  readonly arn?: string;
  readonly atMs?: number;
  readonly note?: string;
  readonly causes: readonly string[];
  /** Everything that happened to it, oldest first. */
  readonly facts: readonly Fact[];
  /** In the order in which they came to be. */
  readonly children: readonly TraceNode[];
  /** True where this event stands in the tree a second time; its children are not repeated. */
  readonly again?: true;
  /** How much of it is not shown here; the trace of its own id goes on from it. */
  readonly leftOut?: LeftOut;
}

export interface LeftOut {
  readonly facts: number;
  readonly children: number;
}

export interface Trace {
  readonly id: string;
  /** The causes of the event and theirs, from the first one down to it, itself not included. */
  readonly ancestors: readonly TraceNode[];
  /** How many causes further back are not among `ancestors`. */
  readonly ancestorsLeftOut?: number;
  readonly tree: TraceNode;
}

/** One event by itself. */
export interface Known {
  /** Everything that happened to it, oldest first. */
  readonly facts: readonly Fact[];
  /** The hand-over or dead letter that it came from, where that gave it its id. */
  readonly madeBy?: Fact;
  /** What it led to. */
  readonly effects: readonly string[];
}

/** The closest are shown first, so that what is left out lies furthest from what was asked for. */
const MOST_EVENTS = 10_000;
const MOST_ANCESTORS = 500;
const MOST_FACTS = 1_000;
/** JSON and whoever draws a tree go down level by level on the call stack. */
const MOST_LEVELS = 500;

interface Entry {
  readonly facts: Fact[];
  /** The hand-over that made it, where it has no fact of its own birth: a message in a queue. */
  madeBy?: Fact;
  /** Made with the first of them: most events have none, and empty sets were half of the graph. */
  causes?: Set<string>;
  effects?: Set<string>;
}

type Building = { -readonly [Member in keyof TraceNode]: TraceNode[Member] } & {
  readonly children: TraceNode[];
};

/** Facts read between two turns of the event loop. */
const PAGE = 1_000;

const NONE: ReadonlySet<string> = new Set();

export class Traces {
  readonly #storage: Storage;
  #entries = new Map<string, Entry>();
  /** ARNs by themselves: thousands of facts name the same few. */
  #arns = new Map<string, string>();
  /** By log: from where on it is in the graph, and up to where. */
  readonly #read = new Map<string, { first: number; next: number }>();
  #caughtUp: Promise<void> = Promise.resolve();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** The causal tree of `id`; undefined when the journal does not know it. */
  async trace(id: string): Promise<Trace | undefined> {
    await this.#upToDate();
    if (!this.#entries.has(id)) return undefined;
    const ancestors = this.#ancestors(id);
    const shown = ancestors.slice(0, MOST_ANCESTORS).reverse();
    const ancestorsLeftOut = ancestors.length - shown.length;
    return {
      id,
      ancestors: shown.map((ancestor) => this.#node(ancestor)),
      ...(ancestorsLeftOut > 0 && { ancestorsLeftOut }),
      tree: this.#tree(id),
    };
  }

  /** Looks single events up, without all that led to them and followed; as of now. */
  async known(): Promise<(id: string) => Known | undefined> {
    await this.#upToDate();
    return (id) => {
      const entry = this.#entries.get(id);
      if (!entry) return undefined;
      const { facts, madeBy, effects = NONE } = entry;
      return { facts: facts.toSorted(byTime), ...(madeBy && { madeBy }), effects: [...effects] };
    };
  }

  /**
   * Facts from a place on, oldest first, and the place to go on from: the position in the journal,
   * or in each of its parts.
   */
  async facts(from: readonly number[], max: number) {
    const facts: Fact[] = [];
    const next: number[] = [];
    for (const [index, log] of journalsOf(this.#storage).entries()) {
      const position = from[index] ?? 1;
      const records = await this.#storage.read(log, { from: position, max: max - facts.length });
      facts.push(...records.map(decodeFact));
      next.push((records.at(-1)?.position ?? position - 1) + 1);
    }
    return { facts: facts.sort(byTime), next };
  }

  /** One after the other, or two questions at once would add the same facts twice. */
  #upToDate(): Promise<void> {
    const before = this.#caughtUp.catch(() => {});
    this.#caughtUp = before.then(() => this.#catchUp());
    return this.#caughtUp;
  }

  async #catchUp(): Promise<void> {
    const logs = await boundsOf(this.#storage, journalsOf(this.#storage));
    if (logs.some((log) => this.#isOutdated(log))) this.#forget();
    for (const log of logs) await this.#readOn(log);
  }

  /** Whether half of what is kept has been let go of: the graph is then built anew. */
  #isOutdated({ log, first, next }: BoundedLog): boolean {
    const before = this.#read.get(log)?.first ?? first;
    return first - before > (next - first) / 2;
  }

  #forget(): void {
    this.#entries = new Map();
    this.#arns = new Map();
    this.#read.clear();
  }

  async #readOn({ log, first, next }: BoundedLog): Promise<void> {
    const place = this.#read.get(log) ?? { first, next: first };
    this.#read.set(log, place);
    while (place.next < next) {
      const page = await this.#storage.read(log, { from: place.next, max: PAGE });
      for (const record of page) this.#add(decodeFact(record));
      const last = page.at(-1);
      if (!last) break;
      place.next = last.position + 1;
      await nextTurn();
    }
  }

  #add(read: Fact): void {
    const { target } = read;
    const arn = this.#once(read.arn);
    const fact = { ...read, arn, ...(target !== undefined && { target: this.#once(target) }) };
    const entry = this.#entry(fact.id);
    entry.facts.push(fact);
    for (const cause of fact.causes ?? []) this.#link(cause, fact.id);
    if (fact.produced && fact.produced !== fact.id) {
      this.#link(fact.id, fact.produced);
      this.#entry(fact.produced).madeBy ??= fact;
    }
  }

  #once(arn: string): string {
    const known = this.#arns.get(arn);
    if (known === undefined) this.#arns.set(arn, arn);
    return known ?? arn;
  }

  #link(cause: string, effect: string): void {
    const [above, below] = [this.#entry(cause), this.#entry(effect)];
    above.effects ??= new Set();
    above.effects.add(effect);
    below.causes ??= new Set();
    below.causes.add(cause);
  }

  #entry(id: string): Entry {
    let entry = this.#entries.get(id);
    if (!entry) {
      entry = { facts: [] };
      this.#entries.set(id, entry);
    }
    return entry;
  }

  #causes(id: string): ReadonlySet<string> {
    return this.#entries.get(id)?.causes ?? NONE;
  }

  #effects(id: string): ReadonlySet<string> {
    return this.#entries.get(id)?.effects ?? NONE;
  }

  /** All causes of `id` and theirs, the closest first. */
  #ancestors(id: string): readonly string[] {
    const found = new Set([id]);
    // A set hands out what is added to it while it is gone through.
    for (const one of found) for (const cause of this.#causes(one)) found.add(cause);
    found.delete(id);
    return [...found];
  }

  /** In the order in which they came to be; one log has it already. */
  #inOrder(effects: ReadonlySet<string>): readonly string[] {
    const ids = [...effects];
    if (!this.#storage.shared) return ids;
    const bornMs = (id: string) => birth(this.#entry(id)).atMs ?? 0;
    return ids.sort((a, b) => bornMs(a) - bornMs(b));
  }

  /** Level by level, so that what is left out of a long trace is what came last. */
  #tree(id: string): TraceNode {
    const root = this.#node(id);
    const seen = new Set([id]);
    let shown = 1;
    let level = [root];
    for (let depth = 1; level.length > 0; depth += 1) {
      const below: Building[] = [];
      for (const node of level) {
        const effects = this.#effects(node.id);
        const room = depth < MOST_LEVELS ? MOST_EVENTS - shown : 0;
        for (const effect of this.#inOrder(effects).slice(0, room)) {
          const child = this.#node(effect);
          if (seen.has(effect)) child.again = true;
          else below.push(child);
          seen.add(effect);
          node.children.push(child);
        }
        shown += node.children.length;
        if (effects.size > room) {
          const children = effects.size - node.children.length;
          node.leftOut = { facts: node.leftOut?.facts ?? 0, children };
        }
      }
      level = below;
    }
    return root;
  }

  #node(id: string): Building {
    const entry = this.#entry(id);
    // Parts of the journal are read one after the other.
    const facts = entry.facts.toSorted(byTime).slice(0, MOST_FACTS);
    const more = entry.facts.length - facts.length;
    return {
      id,
      ...birth(entry),
      causes: [...(entry.causes ?? [])],
      facts,
      children: [],
      ...(more > 0 && { leftOut: { facts: more, children: 0 } }),
    };
  }
}

const byTime = (a: Fact, b: Fact) => a.atMs - b.atMs;

/** Where and when it came to be, as far as the journal still knows. */
function birth({ facts, madeBy }: Entry): Pick<TraceNode, 'arn' | 'atMs' | 'note'> {
  const born = facts.find(({ kind }) => kind === 'publish' || kind === 'invoke');
  const arn = born?.arn ?? madeBy?.target;
  const atMs = born?.atMs ?? madeBy?.atMs;
  return {
    ...(arn !== undefined && { arn }),
    ...(atMs !== undefined && { atMs }),
    ...(born?.kind === 'publish' && born.note && { note: born.note }),
  };
}
