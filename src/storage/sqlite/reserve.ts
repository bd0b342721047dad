/**
 * Space kept for when the disk is full: deleting messages needs room in the write-ahead log
 * first. The reserve file is given up at the first sign of a full disk and made again once there
 * is room for it.
 */

import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export const RESERVE_FILE = 'reserve';

const CHUNK_BYTES = 1024 * 1024;
/** Free space beside the reserve itself before it is made again. */
const MARGIN = 2;

export class Reserve {
  readonly #directory: string;
  readonly #file: string;
  readonly #bytes: number;
  isSpent = false;

  /** `directory` is undefined where there is no disk. */
  constructor(directory: string | undefined, bytes: number) {
    this.#directory = directory ?? '';
    this.#file = join(this.#directory, RESERVE_FILE);
    this.#bytes = directory === undefined ? 0 : bytes;
    if (this.#bytes > 0 && !this.#isWhole()) this.isSpent = !this.restore();
  }

  spend(): void {
    if (this.#bytes === 0) return;
    rmSync(this.#file, { force: true });
    this.isSpent = true;
  }

  /** Makes the reserve when there is room again; false when there is not. */
  restore(): boolean {
    const { bavail, bsize } = statfsSync(this.#directory);
    if (bavail * bsize < this.#bytes * MARGIN) return false;
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

  /** Random bytes, because some file systems store zeros as nothing. */
  #write(): void {
    const chunk = randomBytes(Math.min(CHUNK_BYTES, this.#bytes));
    const file = openSync(this.#file, 'w');
    try {
      for (let left = this.#bytes; left > 0; left -= chunk.length) {
        writeSync(file, chunk, 0, Math.min(left, chunk.length));
      }
    } finally {
      closeSync(file);
    }
  }
}
