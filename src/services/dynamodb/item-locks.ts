/**
 * One writer at a time for each item, so that what a writer decided from an item still holds when
 * it commits.
 *
 * Plain writes wait for each other. Where a transaction is involved nobody waits for it: who
 * meets one is told of a conflict, as on AWS. A transaction does wait for plain writes.
 */
import type { Stack } from '../../delivery/stack.ts';
import type { Storage } from '../../storage/storage.ts';

export type Writer = 'plain' | 'transaction';

/** The items, by their place in the list of names, that a transaction holds. */
export class Contended extends Error {
  override readonly name = 'Contended';
  readonly places: readonly number[];

  constructor(places: readonly number[]) {
    super('A transaction is at work on the item.');
    this.places = places;
  }
}

interface Holding {
  readonly writer: Writer;
  readonly waiting: (() => void)[];
}

export class ItemLocks {
  readonly #held = new Map<string, Holding>();

  /** Does `work` while it alone may write the items of these names. */
  async while<Done>(
    names: readonly string[],
    writer: Writer,
    work: () => Promise<Done>,
  ): Promise<Done> {
    for (;;) {
      const held = names.find((name) => this.#held.has(name));
      const holding = held === undefined ? undefined : this.#held.get(held);
      this.#refuseContended(names);
      if (!holding) break;
      await new Promise<void>((resume) => holding.waiting.push(resume));
    }
    for (const name of names) this.#held.set(name, { writer, waiting: [] });
    try {
      return await work();
    } finally {
      for (const name of names) this.#release(name);
    }
  }

  #refuseContended(names: readonly string[]): void {
    if (this.#held.size === 0) return;
    const places = names.flatMap((name, at) =>
      this.#held.get(name)?.writer === 'transaction' ? [at] : [],
    );
    if (places.length > 0) throw new Contended(places);
  }

  /** All who wait look again, in the order in which they came. */
  #release(name: string): void {
    const holding = this.#held.get(name);
    this.#held.delete(name);
    for (const resume of holding?.waiting ?? []) resume();
  }
}

const locks = new WeakMap<Storage, ItemLocks>();

export function locksOf({ storage }: Pick<Stack, 'storage'>): ItemLocks {
  const known = locks.get(storage) ?? new ItemLocks();
  locks.set(storage, known);
  return known;
}
