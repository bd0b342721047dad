/**
 * The number of the last group commit, kept beside the database.
 *
 * SQLite drops everything after the first damaged page of its write-ahead log without a word. So
 * each group commit carries a number, and once it is committed the number is written here: the
 * file is never ahead of what was acknowledged, and needs no fsync of its own. A database that is
 * found behind it has lost acknowledged commits.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

export const COMMIT_FILE = 'last-commit';

const DIGITS = 16;
const FORM = /^last commit (\d{16}) ([0-9a-f]{8})\n$/;

export class CommitNumber {
  readonly #file: number;
  #last: number;

  constructor(directory: string, last: number) {
    const path = join(directory, COMMIT_FILE);
    this.#file = openSync(path, existsSync(path) ? 'r+' : 'w+');
    this.#last = last;
    this.write(last);
    fsyncSync(this.#file);
  }

  get last(): number {
    return this.#last;
  }

  write(number: number): void {
    this.#last = number;
    writeSync(this.#file, commitText(number), 0);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** What the file holds. */
export function commitText(number: number): string {
  const digits = String(number).padStart(DIGITS, '0');
  const check = crc32(digits).toString(16).padStart(8, '0');
  return `last commit ${digits} ${check}\n`;
}

/** The number noted in `directory`; undefined without such a file, NaN when it is not readable. */
export function notedCommit(directory: string): number | undefined {
  const path = join(directory, COMMIT_FILE);
  if (!existsSync(path)) return undefined;
  const [, digits, check] = FORM.exec(readFileSync(path, 'latin1')) ?? [];
  if (digits === undefined || check === undefined) return Number.NaN;
  return Number.parseInt(check, 16) === crc32(digits) ? Number(digits) : Number.NaN;
}
