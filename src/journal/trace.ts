/**
 * Traces: the journal read as a graph of what led to what.
 *
 * The graph is built when the first trace is asked for and kept up to date from there, so a
 * stack that nobody looks into pays nothing for it.
 */
import type { Storage } from '../storage/storage.ts';
import { decodeFact, type Fact, JOURNAL } from './journal.ts';

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
}

export interface Trace {
  readonly id: string;
  /** The causes of the event and theirs, from the first one down to it, itself not included. */
  readonly ancestors: readonly TraceNode[];
  readonly tree: TraceNode;
}

interface Entry {
  /** The hand-over that made it, where it has no fact of its own birth: a message in a queue. */
  madeBy?: Fact;
  readonly facts: Fact[];
  readonly causes: Set<string>;
  readonly effects: Set<string>;
}

const PAGE = 5_000;

export class Traces {
  readonly #storage: Storage;
  #entries = new Map<string, Entry>();
  #next = 1;
  #first = 1;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** The causal tree of `id`; undefined when the journal does not know it. */
  async trace(id: string): Promise<Trace | undefined> {
    await this.#catchUp();
    if (!this.#entries.has(id)) return undefined;
    const ancestors = this.#ancestors(id).map((ancestor) => this.#node(ancestor, []));
    return { id, ancestors, tree: this.#tree(id, new Set()) };
  }

  /** Facts from position `from` on, and the position to go on from. */
  async facts(from: number, max: number): Promise<{ facts: readonly Fact[]; next: number }> {
    const records = await this.#storage.read(JOURNAL, { from, max });
    return { facts: records.map(decodeFact), next: (records.at(-1)?.position ?? from - 1) + 1 };
  }

  async #catchUp(): Promise<void> {
    const bounds = await this.#storage.bounds(JOURNAL);
    // Half of what is kept has been let go of by the journal: build the graph anew.
    if (bounds.first - this.#first > (bounds.next - bounds.first) / 2) {
      this.#entries = new Map();
      this.#first = bounds.first;
      this.#next = bounds.first;
    }
    while (this.#next < bounds.next) {
      const page = await this.#storage.read(JOURNAL, { from: this.#next, max: PAGE });
      for (const record of page) this.#add(decodeFact(record));
      const last = page.at(-1);
      if (!last) break;
      this.#next = last.position + 1;
    }
  }

  #add(fact: Fact): void {
    const entry = this.#entry(fact.id);
    entry.facts.push(fact);
    for (const cause of fact.causes ?? []) this.#link(cause, fact.id);
    if (fact.produced && fact.produced !== fact.id) {
      this.#link(fact.id, fact.produced);
      this.#entry(fact.produced).madeBy ??= fact;
    }
  }

  #link(cause: string, effect: string): void {
    this.#entry(cause).effects.add(effect);
    this.#entry(effect).causes.add(cause);
  }

  #entry(id: string): Entry {
    let entry = this.#entries.get(id);
    if (!entry) {
      entry = { facts: [], causes: new Set(), effects: new Set() };
      this.#entries.set(id, entry);
    }
    return entry;
  }

  #ancestors(id: string): readonly string[] {
    const found = new Set<string>();
    let level = [id];
    while (level.length > 0) {
      const above = level.flatMap((one) => [...(this.#entries.get(one)?.causes ?? [])]);
      level = above.filter((one) => one !== id && !found.has(one));
      for (const one of level) found.add(one);
    }
    return [...found].reverse();
  }

  /** Depth first on a stack of its own: a chain of events may be longer than the call stack. */
  #tree(id: string, seen: Set<string>): TraceNode {
    const children: TraceNode[] = [];
    const root = this.#node(id, children);
    const open = [{ id, children }];
    seen.add(id);
    for (let at = open.pop(); at; at = open.pop()) {
      for (const effect of this.#entries.get(at.id)?.effects ?? []) {
        const below: TraceNode[] = [];
        const node = this.#node(effect, below);
        at.children.push(seen.has(effect) ? { ...node, again: true } : node);
        if (!seen.has(effect)) open.push({ id: effect, children: below });
        seen.add(effect);
      }
    }
    return root;
  }

  #node(id: string, children: TraceNode[]): TraceNode {
    const entry = this.#entry(id);
    return {
      id,
      ...birth(entry),
      causes: [...entry.causes],
      facts: entry.facts,
      children,
    };
  }
}

/** Where and when it came to be, as far as the journal still knows. */
function birth({ facts, madeBy }: Entry): Pick<TraceNode, 'arn' | 'atMs' | 'note'> {
  const born = facts.find((fact) => fact.kind === 'publish');
  const arn = born?.arn ?? madeBy?.target;
  const atMs = born?.atMs ?? madeBy?.atMs;
  return {
    ...(arn !== undefined && { arn }),
    ...(atMs !== undefined && { atMs }),
    ...(born?.note && { note: born.note }),
  };
}
