/**
 * What published things held: a log beside the journal's facts, in the same commits.
 *
 * A record is a line of JSON that names the thing, and below it the content, so that looking for
 * an id parses no content. The log is bounded by count, age and bytes, and what is larger than
 * `MOST_CHARS` is named and not kept. Switched off, nothing of an event but its id stays behind.
 */
import { nextTurn } from '../core/clock.ts';
import type { Append, LogEntry, Storage, Trim } from '../storage/storage.ts';
import { type BoundedLog, boundsOf, contentsOf } from './logs.ts';

/**
 * What kind of thing it is: says what its content looks like, see `src/admin-api/tail.ts`. Records
 * of streams are not among them: their stream keeps them anyhow.
 */
export type Form = 'event' | 'notification' | 'message' | 'invocation';

export interface Held {
  readonly form: Form;
  /** A JSON text. */
  readonly json: string;
}

/** What is known without looking at the content. */
export interface Kept {
  readonly id: string;
  readonly form: Form;
  /** A JSON text; `null` for what was too large to be kept. */
  readonly json: string;
}

/** A larger content is not kept: SQS, SNS and EventBridge take no more than this in all. */
const MOST_CHARS = 1_048_576;

export function encodeContent(
  log: string,
  { id, atMs }: Pick<Kept, 'id'> & Pick<LogEntry, 'atMs'>,
  { form, json }: Held,
): Append {
  const head = JSON.stringify([form, id]);
  const body = `${head}\n${json.length > MOST_CHARS ? 'null' : json}`;
  return { kind: 'append', log, record: { atMs, body } };
}

/** Earlier versions wrote more behind these, which the thing's fact says as well. */
type Line = readonly [Form, string];

export function decodeContent({ body }: Pick<LogEntry, 'body'>): Kept {
  const end = body.indexOf('\n');
  const [form, id]: Line = JSON.parse(body.slice(0, end));
  return { id, form, json: body.slice(end + 1) };
}

export interface ContentBounds {
  readonly keep: number;
  readonly maxAgeMs: number;
  readonly bytes: number;
}

/** Keeps the contents within their bounds. */
export async function trimContents(
  storage: Storage,
  nowMs: number,
  { keep, maxAgeMs, bytes: most }: ContentBounds,
): Promise<readonly Trim[]> {
  const logs = await boundsOf(storage, contentsOf(storage));
  const total = logs.reduce((sum, { bytes }) => sum + bytes, 0);
  return logs.map(({ log, first, next }): Trim => {
    // Where it is too much in all, each log keeps the same part of what it has.
    const fitting = total > most ? Math.floor(((next - first) * most) / total) : keep;
    return { kind: 'trim', log, keep: Math.min(keep, fitting), beforeMs: nowMs - maxAgeMs };
  });
}

/** Records read between two turns of the event loop, and characters. */
const PAGE = 500;
const PAGE_CHARS = 4_194_304;

interface Place {
  readonly log: string;
  readonly position: number;
}

const AROUND = 50;

function placeName({ log, position }: Place): string {
  return `${position} ${log}`;
}

/** Finds contents by id. Where they are is learnt at the first question and from there on. */
export class Contents {
  readonly #storage: Storage;
  readonly #places = new Map<string, Place>();
  readonly #read = new Map<string, number>();
  /** By log: the oldest position that is still kept. */
  readonly #firsts = new Map<string, number>();
  /** What was read last. */
  #page: ReadonlyMap<string, LogEntry> = new Map();
  #caughtUp: Promise<void> = Promise.resolve();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Undefined when nothing is kept of it; the newest of several (a function's input, result). */
  async find(id: string): Promise<Kept | undefined> {
    const before = this.#caughtUp.catch(() => {});
    this.#caughtUp = before.then(() => this.#catchUp());
    await this.#caughtUp;
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

  async #catchUp(): Promise<void> {
    const logs = await boundsOf(this.#storage, contentsOf(this.#storage));
    for (const log of logs) await this.#readOn(log);
    const kept = logs.reduce((sum, { first, next }) => sum + next - first, 0);
    if (this.#places.size > 2 * kept + PAGE) this.#forgetTrimmed();
  }

  async #readOn({ log, first, next: end }: BoundedLog): Promise<void> {
    this.#firsts.set(log, first);
    let next = Math.max(this.#read.get(log) ?? 1, first);
    while (next < end) {
      const read = { from: next, max: PAGE, maxChars: PAGE_CHARS };
      const page = await this.#storage.read(log, read);
      for (const { position, body } of page) {
        const [, id]: Line = JSON.parse(body.slice(0, body.indexOf('\n')));
        this.#places.set(id, { log, position });
      }
      const last = page.at(-1);
      if (!last) break;
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
