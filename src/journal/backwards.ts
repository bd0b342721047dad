/**
 * Logs read from their newest record back: facts, and contents too.
 *
 * A page costs what it looks at, however long the logs are. Of several logs the records come
 * merged by time; within one log they keep the order of their commits. What is appended after a
 * first page is not on those that follow from it.
 */
import { nextTurn } from '../core/clock.ts';
import { AwsError } from '../core/errors.ts';
import type { LogEntry, Storage } from '../storage/storage.ts';
import { decodeFact, type Fact } from './journal.ts';
import { journalsOf } from './logs.ts';

export interface LookBack<Found> {
  readonly logs: readonly string[];
  /** The `next` of the page before; none, or empty, for the first page. */
  readonly after?: string | undefined;
  /** Of what is found. */
  readonly limit: number;
  /** Records looked at, whatever they are, before the page ends all the same. */
  readonly search?: number | undefined;
  /** Records of this moment and later. */
  readonly fromMs?: number | undefined;
  /** Records before this moment. */
  readonly toMs?: number | undefined;
  /** What is wanted of a record; undefined passes it over. */
  readonly pick: (entry: LogEntry, log: string) => Found | undefined | Promise<Found | undefined>;
}

export interface BackPage<Found> {
  readonly found: readonly Found[];
  readonly searched: number;
  /** Where there may be more. */
  readonly next?: string;
}

/** What one page looks at when nobody says: some 50 ms of decoding facts. */
const SEARCH = 20_000;

/** Throws `AwsError` for an `after` that is none. */
export async function lookBack<Found>(
  storage: Storage,
  look: LookBack<Found>,
): Promise<BackPage<Found>> {
  const { logs, limit, search = SEARCH, fromMs = 0, pick } = look;
  const places = look.after ? placesIn(look.after, logs) : undefined;
  const starts = logs.map((log, index) => startOf(storage, log, look, places?.[index]));
  const lanes = await Promise.all(starts);
  const found: Found[] = [];
  let searched = 0;
  while (found.length < limit && searched < search) {
    const empty = lanes.filter(({ isEmpty }) => isEmpty);
    if (empty.length > 0) await Promise.all(empty.map((lane) => lane.fill()));
    const lane = newest(lanes);
    const entry = lane?.take();
    if (!lane || !entry) return { found, searched };
    searched += 1;
    if (entry.atMs < fromMs || entry.atMs >= (look.toMs ?? Number.POSITIVE_INFINITY)) continue;
    const answer = pick(entry, lane.log);
    // Waiting for what is there already would take longer than all the rest.
    const one = answer instanceof Promise ? await answer : answer;
    if (one !== undefined) found.push(one);
  }
  const isMore = lanes.some((lane) => !lane.isAtEnd);
  return { found, searched, ...(isMore && { next: lanes.map(({ before }) => before).join('.') }) };
}

/** As `lookBack`, of the journal. */
export function factsBack<Found>(
  storage: Storage,
  look: Omit<LookBack<Found>, 'logs' | 'pick'> & {
    readonly pick: (fact: Fact) => Found | undefined | Promise<Found | undefined>;
  },
): Promise<BackPage<Found>> {
  const { pick } = look;
  const logs = journalsOf(storage);
  return lookBack(storage, { ...look, logs, pick: (entry) => pick(decodeFact(entry)) });
}

function placesIn(after: string, logs: readonly string[]): readonly number[] {
  const places = after.split('.');
  const isGood = places.every((place) => /^\d{1,15}$/.test(place));
  if (isGood && places.length === logs.length) return places.map(Number);
  throw new AwsError('ValidationException', '"after" is no "next" of this list.');
}

async function startOf(
  storage: Storage,
  log: string,
  { fromMs = 0, toMs }: Pick<LookBack<unknown>, 'fromMs' | 'toMs'>,
  place: number | undefined,
): Promise<Lane> {
  const { first, next, bytes } = await storage.bounds(log);
  const window = Math.max(1, Math.min(MOST, Math.floor((CHARS * (next - first)) / (bytes || 1))));
  const lane = (before: number) => new Lane(storage, { log, first, before, window, fromMs });
  if (place !== undefined) return lane(Math.min(place, next));
  if (toMs === undefined) return lane(next);
  // Nodes whose clocks differ write to one log, so the order of time is only nearly its own.
  const [later] = await storage.read(log, { from: first, max: 1, sinceMs: toMs });
  return lane(Math.min(next, later ? later.position + MOST : next));
}

/** The lane whose next record is the newest of all; the first one where they are as new. */
function newest(lanes: readonly Lane[]): Lane | undefined {
  let best: Lane | undefined;
  for (const lane of lanes) {
    const { head } = lane;
    if (head && head.atMs > (best?.head?.atMs ?? Number.NEGATIVE_INFINITY)) best = lane;
  }
  return best;
}

/** Read at a time: records, and characters about. */
const MOST = 500;
const CHARS = 4_194_304;

interface Stretch {
  readonly log: string;
  readonly first: number;
  readonly before: number;
  readonly window: number;
  readonly fromMs: number;
}

/** One log on its way back. */
class Lane {
  readonly log: string;
  /** The records before this position are still to be taken. */
  before: number;
  readonly #storage: Storage;
  readonly #first: number;
  readonly #window: number;
  readonly #fromMs: number;
  #read: LogEntry[] = [];

  constructor(storage: Storage, { log, first, before, window, fromMs }: Stretch) {
    this.#storage = storage;
    this.log = log;
    this.before = before;
    this.#first = first;
    this.#window = window;
    this.#fromMs = fromMs;
  }

  get head(): LogEntry | undefined {
    return this.#read.at(-1);
  }

  /** There is more, and it has not been read yet. */
  get isEmpty(): boolean {
    return this.#read.length === 0 && !this.isAtEnd;
  }

  get isAtEnd(): boolean {
    return this.before <= this.#first;
  }

  take(): LogEntry | undefined {
    const entry = this.#read.pop();
    if (entry) this.before = entry.position;
    return entry;
  }

  /** Reads the stretch before what was taken. */
  async fill(): Promise<void> {
    const { before } = this;
    const from = Math.max(this.#first, before - this.#window);
    const page = await this.#storage.read(this.log, { from, max: before - from });
    await nextTurn();
    // The oldest may have been let go of meanwhile, and others have come in their place.
    this.#read = page.filter(({ position }) => position < before);
    if (this.#read.some(({ atMs }) => atMs >= this.#fromMs)) return;
    this.#read = [];
    this.before = this.#first;
  }
}
