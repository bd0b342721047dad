/**
 * Reads the journal from where it was left, in all its parts, and gives its facts out in the order
 * of their moments. Reads a little ahead of what it gives out.
 */
import { nextTurn } from '../core/clock.ts';
import { decodeFact, type Fact } from '../journal/journal.ts';
import { journalsOf } from '../journal/logs.ts';
import type { Storage } from '../storage/storage.ts';

/** One record of the journal. */
export interface Entry {
  readonly log: string;
  readonly position: number;
  readonly fact: Fact;
}

/** Facts that are read ahead of what is given out, in all parts together. */
const READ_AHEAD = 4_000;
/** Facts read between two turns of the event loop. */
const PAGE = 500;

interface Part {
  readonly log: string;
  /** The first position that has not been given out. */
  place: number;
  waiting: Entry[];
  /** How many of `waiting` are given out. */
  taken: number;
}

export type Places = ReadonlyMap<string, number>;

export class Follower {
  readonly #storage: Storage;
  readonly #parts: readonly Part[];
  readonly #ahead: number;
  readonly #runs = new Map<string, Entry[]>();

  /** Begins at the given places, and with what comes from now on in parts that have none. */
  static async from(storage: Storage, places: Places): Promise<Follower> {
    const parts = journalsOf(storage).map(async (log): Promise<Part> => {
      const { next } = await storage.bounds(log);
      // Data that was put back to an earlier state has not come so far yet.
      const place = Math.min(places.get(log) ?? next, next);
      return { log, place, waiting: [], taken: 0 };
    });
    return new Follower(storage, await Promise.all(parts));
  }

  private constructor(storage: Storage, parts: readonly Part[]) {
    this.#storage = storage;
    this.#parts = parts;
    this.#ahead = Math.max(PAGE, Math.floor(READ_AHEAD / parts.length));
  }

  /** From where on nothing has been given out. */
  get places(): Places {
    return new Map(this.#parts.map(({ log, place }) => [log, place]));
  }

  /** How many facts have not been given out. */
  async waiting(): Promise<number> {
    let waiting = 0;
    for (const { log, place } of this.#parts) {
      waiting += Math.max(0, (await this.#storage.bounds(log)).next - place);
    }
    return waiting;
  }

  /** Passes over what the journal has let go of, and what is too far behind. Says how many. */
  async skip(most: number): Promise<number> {
    let skipped = 0;
    const share = Math.ceil(most / this.#parts.length);
    for (const part of this.#parts) {
      const { first, next } = await this.#storage.bounds(part.log);
      const earliest = next - part.place > share ? next - Math.floor(share / 2) : first;
      if (earliest > part.place) skipped += this.#skip(part, earliest);
    }
    return skipped;
  }

  #skip(part: Part, place: number): number {
    const skipped = place - part.place;
    for (const entry of part.waiting.slice(part.taken)) this.#forget(entry);
    part.waiting = [];
    part.taken = 0;
    part.place = place;
    return skipped;
  }

  /** Reads until enough is ahead, or there is no more. */
  async fill(): Promise<void> {
    for (const part of this.#parts) {
      if (part.waiting.length - part.taken >= this.#ahead / 2) continue;
      part.waiting = part.waiting.slice(part.taken);
      part.taken = 0;
      await this.#read(part);
    }
  }

  async #read(part: Part): Promise<void> {
    while (part.waiting.length < this.#ahead) {
      const from = (part.waiting.at(-1)?.position ?? part.place - 1) + 1;
      const page = await this.#storage.read(part.log, { from, max: PAGE });
      for (const record of page) {
        const { position } = record;
        const entry = { log: part.log, position, fact: decodeFact(record) };
        part.waiting.push(entry);
        this.#note(entry);
      }
      if (page.length < PAGE) return;
      await nextTurn();
    }
  }

  #note(entry: Entry): void {
    const { kind, id } = entry.fact;
    if (kind !== 'invoke') return;
    const runs = this.#runs.get(id);
    if (runs) runs.push(entry);
    else this.#runs.set(id, [entry]);
  }

  #forget(entry: Entry): void {
    const { kind, id } = entry.fact;
    if (kind !== 'invoke') return;
    const left = this.#runs.get(id)?.filter((run) => run !== entry) ?? [];
    if (left.length > 0) this.#runs.set(id, left);
    else this.#runs.delete(id);
  }

  /** The runs of an invocation that are read and not given out. */
  readonly runsAhead = (id: string): readonly Entry[] => this.#runs.get(id) ?? [];

  /** When the next fact that is read happened; undefined when none is. */
  nextAtMs(): number | undefined {
    const part = this.#earliest();
    return part?.waiting[part.taken]?.fact.atMs;
  }

  /** The next fact, if it happened before or at a moment. */
  take(untilMs: number): Entry | undefined {
    const part = this.#earliest();
    const entry = part?.waiting[part.taken];
    if (!part || !entry || entry.fact.atMs > untilMs) return undefined;
    part.taken += 1;
    part.place = entry.position + 1;
    this.#forget(entry);
    return entry;
  }

  #earliest(): Part | undefined {
    let earliest: Part | undefined;
    let atMs = Number.POSITIVE_INFINITY;
    for (const part of this.#parts) {
      const next = part.waiting[part.taken]?.fact.atMs;
      if (next === undefined || next >= atMs) continue;
      earliest = part;
      atMs = next;
    }
    return earliest;
  }
}

/** The last facts before the given places, oldest first: what followed later stands on them. */
export async function factsBefore(
  storage: Storage,
  places: Places,
  most: number,
): Promise<readonly Entry[]> {
  const share = Math.floor(most / Math.max(1, places.size));
  const entries: Entry[] = [];
  for (const [log, place] of places) {
    let from = Math.max((await storage.bounds(log)).first, place - share);
    while (from < place) {
      const page = await storage.read(log, { from, max: Math.min(PAGE, place - from) });
      for (const record of page) {
        entries.push({ log, position: record.position, fact: decodeFact(record) });
      }
      const last = page.at(-1);
      if (!last) break;
      from = last.position + 1;
      await nextTurn();
    }
  }
  return entries.sort((a, b) => a.fact.atMs - b.fact.atMs);
}
