/**
 * Space kept for when the disk is full: deleting messages needs room in the write-ahead log
 * first. The reserve file is given up at the first sign of a full disk and made again once there
 * is room for it. Until then the space it left is the reserve, and only what fits into the pages
 * that deletes have freed inside the database is stored.
 */

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  openSync,
  rmSync,
  statfsSync,
  statSync,
  write,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const RESERVE_FILE = 'reserve';

const CHUNK_BYTES = 1024 * 1024;
/** Free space beside the reserve itself before it is made again. */
const MARGIN = 2;
/**
 * The part of the reserve that stays untouched on the disk while its file is gone. The rest may be
 * taken when what is in the write-ahead log (16 MB) moves into the database.
 */
const KEPT = 1 / 4;
/** The part of it that free pages must amount to before anything is stored: a large group fits. */
const FREED = 1 / 4;
/** The most a reserve may take of a small disk. */
const OF_DISK = 1 / 8;

export class Reserve {
  readonly #directory: string;
  readonly #file: string;
  readonly #bytes: number;
  /** Resolves when what is missing at the beginning has been written, or cannot be. */
  readonly begun: Promise<void>;
  isSpent = false;

  /** `directory` is undefined where there is no disk. */
  constructor(directory: string | undefined, bytes: number) {
    this.#directory = directory ?? '';
    this.#file = join(this.#directory, RESERVE_FILE);
    const most = directory === undefined ? 0 : Math.floor(diskBytes(directory) * OF_DISK);
    this.#bytes = Math.min(bytes, most);
    this.begun = this.#bytes > 0 && !this.#isWhole() ? this.#begin() : Promise.resolve();
  }

  spend(): void {
    if (this.#bytes === 0) return;
    rmSync(this.#file, { force: true });
    this.isSpent = true;
  }

  /** Whether a group may store more; asks `pageBytes` for the free pages in the database. */
  hasRoom(pageBytes: () => number): boolean {
    if (!this.isSpent) return true;
    if (this.#restore()) return true;
    const isKept = freeBytes(this.#directory) >= this.#bytes * KEPT;
    return isKept && pageBytes() >= this.#bytes * FREED;
  }

  /** Beside other work: a server of a new folder listens before all of it is written. */
  async #begin(): Promise<void> {
    if (!this.#fits()) {
      this.isSpent = true;
      return;
    }
    try {
      await this.#writeBeside();
    } catch {
      this.spend();
    }
  }

  async #writeBeside(): Promise<void> {
    const file = openSync(this.#file, 'w');
    try {
      // Spent meanwhile, the file has no name any more, and goes when it is closed.
      for (const chunk of this.#chunks()) {
        if (!this.isSpent) await writeFully(file, chunk);
      }
    } finally {
      closeSync(file);
    }
  }

  #restore(): boolean {
    if (!this.#fits()) return false;
    try {
      this.#write();
      this.isSpent = false;
      return true;
    } catch {
      rmSync(this.#file, { force: true });
      return false;
    }
  }

  #isWhole(): boolean {
    return existsSync(this.#file) && statSync(this.#file).size === this.#bytes;
  }

  #fits(): boolean {
    return freeBytes(this.#directory) >= this.#bytes * MARGIN;
  }

  #write(): void {
    const file = openSync(this.#file, 'w');
    try {
      for (const chunk of this.#chunks()) writeSync(file, chunk);
    } finally {
      closeSync(file);
    }
  }

  /** Random bytes, because some file systems store zeros as nothing. */
  *#chunks(): Iterable<Buffer> {
    const chunk = randomBytes(Math.min(CHUNK_BYTES, this.#bytes));
    for (let left = this.#bytes; left > 0; left -= chunk.length) yield chunk.subarray(0, left);
  }
}

const writeBeside = promisify(write);

async function writeFully(file: number, bytes: Buffer): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += (await writeBeside(file, bytes, written)).bytesWritten;
  }
}

function diskBytes(directory: string): number {
  const { blocks, bsize } = statfsSync(directory);
  return blocks * bsize;
}

function freeBytes(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}
