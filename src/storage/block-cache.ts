/**
 * The blocks of logs that were read last, unpacked. Several readers follow a log a little behind
 * its tip, and what one of them has read the others want next; a block never changes, so it may
 * be kept, unless its making is taken back. Bounded by the characters of all records and by the
 * number of blocks.
 */
import type { LogRecord } from './storage.ts';

/** What an engine tells logs apart by. */
export type LogId = number | string;

export interface Block {
  readonly first: number;
  readonly records: readonly LogRecord[];
}

interface Kept extends Block {
  readonly log: LogId;
  readonly chars: number;
}

const MOST_CHARS = 8 * 1024 * 1024;
const MOST_BLOCKS = 512;

export class BlockCache {
  /** By log and first position; the one used longest ago comes first. */
  readonly #kept = new Map<string, Kept>();
  /** First positions of the blocks that are kept of a log. */
  readonly #firsts = new Map<LogId, Set<number>>();
  #chars = 0;

  /** The block that holds a position. */
  find(log: LogId, position: number): Block | undefined {
    const firsts = this.#firsts.get(log);
    if (!firsts) return undefined;
    if (firsts.has(position)) return this.#use(log, position);
    for (const first of firsts) {
      const block = first < position ? this.#kept.get(keyOf(log, first)) : undefined;
      if (block && position < first + block.records.length) return this.#use(log, first);
    }
    return undefined;
  }

  /** `chars` is the length of the text that the records were cut from. */
  keep(log: LogId, { first, records }: Block, chars: number): void {
    const firsts = this.#firsts.get(log) ?? new Set();
    this.#firsts.set(log, firsts.add(first));
    this.#kept.set(keyOf(log, first), { log, first, records, chars });
    this.#chars += chars;
    for (const [key, oldest] of this.#kept) {
      if (this.#chars <= MOST_CHARS && this.#kept.size <= MOST_BLOCKS) break;
      this.#drop(key, oldest);
    }
  }

  /** For who reads within a list: what it may have read of its own making is forgotten with it. */
  save(): () => void {
    return () => {
      this.#kept.clear();
      this.#firsts.clear();
      this.#chars = 0;
    };
  }

  #use(log: LogId, first: number): Block | undefined {
    const key = keyOf(log, first);
    const block = this.#kept.get(key);
    if (!block) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, block);
    return block;
  }

  #drop(key: string, { log, first, chars }: Kept): void {
    this.#kept.delete(key);
    this.#chars -= chars;
    const firsts = this.#firsts.get(log);
    firsts?.delete(first);
    if (firsts?.size === 0) this.#firsts.delete(log);
  }
}

function keyOf(log: LogId, first: number): string {
  return `${log}/${first}`;
}
