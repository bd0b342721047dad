/**
 * A lane of a shard: takes one batch after another, never two at once.
 *
 * Its state is what was committed; what a batch under way would make of it is kept apart until its
 * own commit has ended. So a lane whose commit fails stands where it stood.
 */
import type { LogEntry } from '../storage/storage.ts';
import { cut, MOST_BYTES } from './batches.ts';
import type { Batch } from './log-feeder-endings.ts';
import type { LaneState, OpenWindow, Piece } from './log-feeder-state.ts';
import type { LogRules, SourceRecord, Taking, Wish } from './sources.ts';

export interface LogItem extends SourceRecord {
  readonly position: number;
  readonly atMs: number;
}

/** A shard as its source shows it. */
export interface LogShard {
  readonly id: string;
  readonly parents: readonly string[];
  readonly log: string;
  /** Position of its first record. */
  readonly from: number;
  /** Position behind its last one, when it is closed. */
  readonly until?: number | undefined;
}

export interface LaneTaking extends Taking<LogItem> {
  readonly owner: Lane;
  readonly rules: LogRules;
  readonly open?: OpenWindow | undefined;
  batch: Batch;
  /** What the lane will be when the writes of the end are committed; absent while under way. */
  next?: LaneState;
  /** The lane waits until then, when the end is committed. */
  notBeforeMs?: number;
}

/** Records that have grown too old; what the lane is without them. */
export interface Stale {
  readonly stale: readonly LogItem[];
  readonly attempts: number;
  readonly state: LaneState;
}

/** What a lane needs of its feeder. */
export interface Reader {
  read(from: number, max: number): Promise<readonly LogEntry[]>;
  /** The record, when it is of this lane. */
  item(entry: LogEntry): LogItem | undefined;
  /** Whether the shard ends with this entry, which is no record. */
  isEnd(entry: LogEntry): boolean;
}

export interface How {
  readonly wish: Wish;
  readonly rules: LogRules;
  readonly nowMs: number;
  /** The lane takes nothing from this position on. */
  readonly end: number;
  /** At `end` the shard has ended. */
  readonly isLast: boolean;
}

export const NEVER = Number.POSITIVE_INFINITY;
/** Entries that are read at once: few at first, as they may be large. */
const FIRST_STRETCH = 64;
const LONGEST_STRETCH = 1_024;

export class Lane {
  state: LaneState;
  taking: LaneTaking | undefined;
  /** After a failure. */
  notBeforeMs = 0;
  dueMs = NEVER;
  /** The shard has ended, and everything in it. */
  done = false;
  /** The consumer's notes on the latest failure. */
  failure: unknown;
  /** Nothing of this lane stands between `state.at` and here. */
  #seen = 0;
  #gatheringUntilMs: number | undefined;

  constructor(state: LaneState) {
    this.state = state;
  }

  /** How far it has come, records of other lanes included. */
  get reached(): number {
    return Math.max(this.state.at, this.#seen);
  }

  /** What may be consumed now, or is too old for that. */
  async take(reader: Reader, how: How): Promise<LaneTaking | Stale | undefined> {
    this.dueMs = NEVER;
    if (this.taking || this.done) return undefined;
    const waits = how.nowMs < this.notBeforeMs;
    const found = await this.#find(reader, how);
    if (!found || 'stale' in found) return found;
    if (waits) {
      this.dueMs = this.notBeforeMs;
      return undefined;
    }
    this.#gatheringUntilMs = undefined;
    this.taking = found;
    return found;
  }

  async #find(reader: Reader, how: How): Promise<LaneTaking | Stale | undefined> {
    const piece = this.state.pieces?.[0];
    if (piece) return this.#again(reader, piece, how);
    const { records, ended } = await this.#read(reader, this.reached, how.end, how.wish.size);
    const stale = this.#stale(records, how);
    if (stale) return stale;
    const { window } = this.state;
    const [first] = records;
    if (window || (first && how.rules.tumblingMs > 0)) {
      const open = window ?? opened(first?.atMs ?? 0, how.rules.tumblingMs);
      return this.#inWindow(open, records, ended, how);
    }
    if (first) return this.#gathered(records, ended, how);
    this.done = ended && how.isLast;
    return undefined;
  }

  /** What failed, as far as it is still there. */
  async #again(reader: Reader, piece: Piece, how: How): Promise<LaneTaking | Stale | undefined> {
    const { records } = await this.#read(reader, piece.from, piece.until, NEVER);
    if (records.length === 0) {
      // Its records are past retention.
      this.state = withoutPiece(this.state, piece.until);
      return this.#find(reader, how);
    }
    const stale = this.#stale(records, how, piece);
    return stale ?? this.#takenAgain(records, piece, how);
  }

  #stale(records: readonly LogItem[], how: How, piece?: Piece): Stale | undefined {
    const oldMs = how.nowMs - how.rules.mostAgeMs;
    const young = records.findIndex(({ atMs }) => atMs >= oldMs);
    const stale = young < 0 ? records : records.slice(0, young);
    const last = stale.at(-1);
    if (!last) return undefined;
    const { pieces = [] } = this.state;
    const at = young < 0 && piece ? piece.until : last.position + 1;
    const left = piece && young >= 0 ? [{ ...piece, from: at }] : [];
    const rest = [...left, ...pieces.slice(1)];
    const state = {
      ...this.state,
      at: rest[0]?.from ?? at,
      pieces: rest.length ? rest : undefined,
    };
    return { stale, attempts: piece?.attempts ?? 0, state };
  }

  /** Waits until the batch is full or its time is over. */
  #gathered(
    records: readonly LogItem[],
    isOver: boolean,
    how: How,
    open?: OpenWindow,
  ): LaneTaking | undefined {
    const { windowMs, size } = how.wish;
    const isFull = records.length >= size || cut(records).length > 1;
    if (windowMs > 0 && !isFull && !isOver) {
      this.#gatheringUntilMs ??= how.nowMs + windowMs;
      this.dueMs = Math.min(this.#gatheringUntilMs, open?.endMs ?? NEVER);
      if (how.nowMs < this.#gatheringUntilMs) return undefined;
    }
    // What is too much for one payload stays for the next batch.
    const [fitting = records] = cut(records);
    const batch = { left: positionsOf(fitting), until: behind(fitting) };
    return this.#made(fitting, how, batch, open);
  }

  #inWindow(
    open: OpenWindow,
    records: readonly LogItem[],
    ended: boolean,
    how: How,
  ): LaneTaking | undefined {
    const beyond = records.findIndex(({ atMs }) => atMs >= open.endMs);
    const within = beyond < 0 ? records : records.slice(0, beyond);
    const isOver = beyond >= 0 || ended || how.nowMs >= open.endMs;
    if (open.isEarly || (within.length === 0 && isOver)) {
      return this.#made([], how, { left: [], until: this.state.at }, open, true);
    }
    if (within.length > 0) return this.#gathered(within, isOver, how, open);
    this.dueMs = open.endMs;
    return undefined;
  }

  #takenAgain(records: readonly LogItem[], piece: Piece, how: How): LaneTaking {
    const { window } = this.state;
    const [fitting = records] = cut(records);
    if (fitting.length === records.length) {
      const batch = { left: positionsOf(records), until: piece.until, piece };
      return this.#made(records, how, batch, window);
    }
    // It has become too large for one payload, and so two pieces.
    const until = behind(fitting);
    const first = { ...piece, until };
    const pieces = [first, { ...piece, from: until }, ...(this.state.pieces?.slice(1) ?? [])];
    this.state = { ...this.state, pieces };
    return this.#made(fitting, how, { left: positionsOf(fitting), until, piece: first }, window);
  }

  #made(
    records: readonly LogItem[],
    { rules }: How,
    batch: Batch,
    open: OpenWindow | undefined,
    isFinal = false,
  ): LaneTaking {
    const window = open && { ...open, shardId: this.state.shard, isFinal };
    return { records, ordered: true, whole: true, window, owner: this, batch, rules, open };
  }

  /**
   * Up to `max` of the lane's own records, and no more than a payload holds and some; `ended` when
   * there is none behind them up to `end`.
   */
  async #read(reader: Reader, from: number, end: number, max: number) {
    const records: LogItem[] = [];
    let [at, bytes, stretch] = [from, 0, FIRST_STRETCH];
    while (at < end && records.length < max && bytes <= MOST_BYTES) {
      // Where every record is the lane's own, none is read for nothing.
      const wanted = this.state.lanes === 1 ? max - records.length : NEVER;
      const read = await reader.read(at, Math.min(stretch, wanted, end - at));
      const mark = read.find((entry) => entry.position >= end || reader.isEnd(entry));
      const entries = mark ? read.slice(0, read.indexOf(mark)) : read;
      // Positions have no gaps: where nothing is read before the end, all of it was trimmed.
      if (entries.length === 0 && end !== NEVER) at = end;
      for (const entry of entries) {
        if (records.length >= max || bytes > MOST_BYTES) break;
        const item = reader.item(entry);
        if (item) records.push(item);
        bytes += item?.json.length ?? 0;
        at = entry.position + 1;
      }
      if (records.length === 0 && !this.state.pieces) this.#seen = Math.max(this.#seen, at);
      if (entries.length === 0) break;
      stretch = Math.min(stretch * 2, LONGEST_STRETCH);
    }
    return { records, ended: at >= end };
  }
}

export function withoutPiece(state: LaneState, until: number): LaneState {
  const rest = state.pieces?.slice(1) ?? [];
  return { ...state, at: rest[0]?.from ?? until, pieces: rest.length > 0 ? rest : undefined };
}

function positionsOf(records: readonly LogItem[]): readonly number[] {
  return records.map(({ position }) => position);
}

function behind(records: readonly LogItem[]): number {
  return (records.at(-1)?.position ?? 0) + 1;
}

function opened(atMs: number, lengthMs: number): OpenWindow {
  const startMs = Math.floor(atMs / lengthMs) * lengthMs;
  return { startMs, endMs: startMs + lengthMs, state: '{}', isEarly: false, attempts: 0 };
}
