/**
 * What the engine keeps in memory is a copy of what the database says. When the database takes
 * a list or a whole group back, memory goes back with it: whoever is about to change saves
 * first, once per list and once per group.
 */
export interface Remembered {
  /** Returns how to put back what it holds now. */
  save(): () => void;
}

export class Undo {
  readonly #group = new Map<Remembered, () => void>();
  #list: Map<Remembered, () => void> | undefined;

  /** To be called before `one` changes. */
  touch(one: Remembered): void {
    const saved = this.#list ?? this.#group;
    if (!saved.has(one)) saved.set(one, one.save());
  }

  beginGroup(): void {
    this.#group.clear();
    this.#list = undefined;
  }

  undoGroup(): void {
    this.undoList();
    for (const restore of this.#group.values()) restore();
    this.#group.clear();
  }

  beginList(): void {
    this.#list = new Map();
  }

  keepList(): void {
    for (const [one, restore] of this.#list ?? []) {
      // What the group had not touched before stood at the group's start as at the list's.
      if (!this.#group.has(one)) this.#group.set(one, restore);
    }
    this.#list = undefined;
  }

  undoList(): void {
    for (const restore of this.#list?.values() ?? []) restore();
    this.#list = undefined;
  }
}
