/**
 * A data folder that comes into being all at once: its files are made in a folder inside it and
 * moved out when all is there, the database last. A process that ends in the middle leaves
 * nothing that a server would open, and the next attempt begins anew.
 */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { COMMIT_FILE } from './commit-number.ts';
import { DATABASE_FILE } from './database.ts';

const UNFINISHED = 'unfinished';

/** The folder is not empty, so nothing is put into it. */
export class NotEmpty extends Error {
  override readonly name = 'NotEmpty';
}

/** Answers with the folder to make the files in; call `moveOut` when they are there. */
export function beginFolder(path: string): string {
  mkdirSync(path, { recursive: true });
  const names = readdirSync(path);
  // What an attempt that was cut short has moved out already is made again.
  const isOfAttempt = names.includes(UNFINISHED) && !names.includes(DATABASE_FILE);
  if (names.length > 0 && !isOfAttempt) {
    throw new NotEmpty(`${resolve(path)} is not empty: it holds ${names[0]}. Choose another.`);
  }
  const inside = join(path, UNFINISHED);
  rmSync(inside, { recursive: true, force: true });
  mkdirSync(inside);
  return inside;
}

/** The database comes last, because a folder without one is no data folder. */
export function moveOut(path: string): void {
  const inside = join(path, UNFINISHED);
  for (const name of [COMMIT_FILE, DATABASE_FILE]) sync(join(inside, name));
  const others = readdirSync(inside).filter((name) => name !== DATABASE_FILE);
  for (const name of [...others, DATABASE_FILE]) {
    rmSync(join(path, name), { recursive: true, force: true });
    renameSync(join(inside, name), join(path, name));
  }
  rmSync(inside, { recursive: true, force: true });
  syncFolder(path);
}

export function giveUpFolder(path: string): void {
  rmSync(join(path, UNFINISHED), { recursive: true, force: true });
}

function sync(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes new directory entries last. Not every system can. */
export function syncFolder(path: string): void {
  try {
    const directory = openSync(path, 'r');
    fsyncSync(directory);
    closeSync(directory);
  } catch {
    // Windows has no such thing; its file systems keep entries by themselves.
  }
}
