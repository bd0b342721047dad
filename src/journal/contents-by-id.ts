/**
 * Finds contents by id. Where they are is learnt from the newest back, as far as somebody asks, and
 * from the first question on of what comes: a question costs what lies between, not the whole log.
 */
import { nextTurn } from '../core/clock.ts';
import type { LogEntry, Storage } from '../storage/storage.ts';
import { lookBack } from './backwards.ts';
import { decodeContent, idOf, type Kept } from './contents.ts';
import { type BoundedLog, boundsOf, contentsOf } from './logs.ts';

/** Records read between two turns of the event loop, and characters. */
const PAGE = 500;
const PAGE_CHARS = 4_194_304;

/** Where more has come since the last question, it is learnt from the newest back again. */
const MOST_FRESH = 2_000;

/** Nodes write to one log by their own clocks, which may be so far apart. */
const SKEW_MS = 5_000;

interface Place {
  readonly log: string;
  readonly position: number;
}

const AROUND = 50;

function placeName({ log, position }: Place): string {
  return `${position} ${log}`;
}

export class Contents {
  readonly #storage: Storage;
  readonly #places = new Map<string, Place>();
  /** By log: the position up to which places are known. */
  readonly #read = new Map<string, number>();
  /** From where back they are not known yet; undefined when there is nothing before. */
  #older: string | undefined;
  /** The earliest moment of what was met on the way back. */
  #reachedMs = Number.POSITIVE_INFINITY;
  /** Of what came last; earlier than what is asked for where a clock was set back. */
  #newestMs = Number.NEGATIVE_INFINITY;
  /** By log: the oldest position that is still kept. */
  readonly #firsts = new Map<string, number>();
  /** What was read last. */
  #page: ReadonlyMap<string, LogEntry> = new Map();
  #learnt: Promise<void> = Promise.resolve();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /**
   * Undefined when nothing is kept of it; the newest of several (a function's input, result).
   * Whoever knows when it came to be spares looking through all that is older.
   */
  async find(id: string, cameAtMs = 0): Promise<Kept | undefined> {
    const before = this.#learnt.catch(() => {});
    this.#learnt = before.then(() => this.#learn(id, cameAtMs));
    await this.#learnt;
    const place = this.#places.get(id);
    if (!place || this.#isTrimmed(place)) return undefined;
    const record = this.#page.get(placeName(place)) ?? (await this.#readAround(place));
    if (!record) this.#places.delete(id);
    return record && decodeContent(record);
  }

  /** Who looks for one often looks for its neighbours next, backwards or forwards. */
  async #readAround(place: Place): Promise<LogEntry | undefined> {
    const { log, position } = place;
    const from = Math.max(1, position - AROUND);
    const read = { from, max: 2 * AROUND + 1, maxChars: PAGE_CHARS };
    let found = await this.#storage.read(log, read);
    const isThere = found.some((one) => one.position === position);
    // Large ones before it may have filled the page.
    if (!isThere) found = await this.#storage.read(log, { from: position, max: 1 });
    this.#page = new Map(found.map((one) => [placeName({ log, position: one.position }), one]));
    return this.#page.get(placeName(place));
  }

  async #learn(id: string, cameAtMs: number): Promise<void> {
    await this.#catchUp();
    if (this.#older === undefined || this.#places.has(id)) return;
    const endMs = () => (cameAtMs > this.#newestMs + SKEW_MS ? 0 : cameAtMs - SKEW_MS);
    if (this.#reachedMs < endMs()) return;
    const logs = contentsOf(this.#storage);
    // A page of each log that has one is read anyhow, and the next question is likely to be about
    // what is on it.
    const filled = logs.filter((log) => (this.#read.get(log) ?? 0) > (this.#firsts.get(log) ?? 0));
    let [records, chars] = [PAGE * filled.length, PAGE_CHARS * filled.length];
    let isMet = false;
    const { next } = await lookBack(this.#storage, {
      ...{ logs, after: this.#older, limit: 1, search: Number.POSITIVE_INFINITY },
      pick: ({ atMs, position, body }, log) => {
        const one = idOf(body);
        // The newest was met first.
        if (!this.#places.has(one)) this.#places.set(one, { log, position });
        this.#reachedMs = Math.min(this.#reachedMs, atMs);
        if (this.#newestMs === Number.NEGATIVE_INFINITY) this.#newestMs = atMs;
        [records, chars] = [records - 1, chars - body.length];
        isMet ||= one === id || atMs < endMs();
        return isMet && (records <= 0 || chars <= 0) ? true : undefined;
      },
    });
    this.#older = next;
  }

  async #catchUp(): Promise<void> {
    const logs = await boundsOf(this.#storage, contentsOf(this.#storage));
    const sum = (of: (log: BoundedLog) => number) =>
      logs.reduce((total, log) => total + of(log), 0);
    const fresh = sum(({ log, first, next }) => next - Math.max(this.#read.get(log) ?? 0, first));
    if (this.#read.size === 0 || fresh > MOST_FRESH) return this.#beginAnew(logs);
    for (const log of logs) await this.#readOn(log);
    if (this.#places.size > 2 * sum(({ first, next }) => next - first) + PAGE) {
      this.#forgetTrimmed();
    }
  }

  #beginAnew(logs: readonly BoundedLog[]): void {
    this.#places.clear();
    for (const { log, first, next } of logs) {
      this.#firsts.set(log, first);
      this.#read.set(log, next);
    }
    const isAny = logs.some(({ first, next }) => next > first);
    this.#older = isAny ? logs.map(({ next }) => next).join('.') : undefined;
    this.#reachedMs = Number.POSITIVE_INFINITY;
    this.#newestMs = Number.NEGATIVE_INFINITY;
  }

  async #readOn({ log, first, next: end }: BoundedLog): Promise<void> {
    this.#firsts.set(log, first);
    let next = Math.max(this.#read.get(log) ?? 1, first);
    while (next < end) {
      const read = { from: next, max: PAGE, maxChars: PAGE_CHARS };
      const page = await this.#storage.read(log, read);
      for (const { position, body } of page) this.#places.set(idOf(body), { log, position });
      const last = page.at(-1);
      if (!last) break;
      this.#newestMs = last.atMs;
      next = last.position + 1;
      await nextTurn();
    }
    this.#read.set(log, next);
  }

  #forgetTrimmed(): void {
    for (const [id, place] of this.#places) if (this.#isTrimmed(place)) this.#places.delete(id);
  }

  #isTrimmed({ log, position }: Place): boolean {
    return position < (this.#firsts.get(log) ?? 0);
  }
}
