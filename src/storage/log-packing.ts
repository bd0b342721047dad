/** Packs the records of logs that are imported into blocks, as if they were appended. */
import { type Packed, pack } from './log-block.ts';
import type { LogRecord } from './storage.ts';
import type { KeptLog, KeptRecord } from './transfer.ts';

/** A block is closed at this many records or bytes, so that reading one stays cheap. */
export const MOST_RECORDS = 256;
export const MOST_BYTES = 256 * 1024;

export interface PackedBlock extends Packed {
  readonly log: string;
  readonly first: number;
  readonly count: number;
  /** The greatest moment of any record of the log up to the end of the block. */
  readonly latestAtMs: number;
  /** Bytes of the bodies before it, and in it. */
  readonly bytesBefore: number;
  readonly bytes: number;
}

export class LogPacking {
  readonly #write: (block: PackedBlock) => void;
  #log = '';
  #next = 0;
  #latestAtMs = Number.MIN_SAFE_INTEGER;
  #bytesBefore = 0;
  #pending: LogRecord[] = [];
  #pendingBytes = 0;

  constructor(write: (block: PackedBlock) => void) {
    this.#write = write;
  }

  begin({ log, first }: KeptLog): void {
    this.finish();
    this.#log = log;
    this.#next = first;
    this.#latestAtMs = Number.MIN_SAFE_INTEGER;
    this.#bytesBefore = 0;
  }

  /** They come in the order of their positions. */
  record({ atMs, key, body }: KeptRecord): void {
    this.#pending.push(key === undefined ? { atMs, body } : { atMs, key, body });
    this.#pendingBytes += Buffer.byteLength(body);
    this.#latestAtMs = Math.max(this.#latestAtMs, atMs);
    this.#next += 1;
    if (this.#pending.length >= MOST_RECORDS || this.#pendingBytes >= MOST_BYTES) this.finish();
  }

  /** Writes what is left. */
  finish(): void {
    const pending = this.#pending;
    const bytes = this.#pendingBytes;
    if (pending.length === 0) return;
    this.#write({
      ...pack(pending),
      log: this.#log,
      first: this.#next - pending.length,
      count: pending.length,
      latestAtMs: this.#latestAtMs,
      bytesBefore: this.#bytesBefore,
      bytes,
    });
    this.#bytesBefore += bytes;
    this.#pending = [];
    this.#pendingBytes = 0;
  }
}
