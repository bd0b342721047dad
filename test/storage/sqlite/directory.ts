/** Directories for one test file, removed when it is done. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const made: string[] = [];

// Not where a directory is made: what a running test registers is never called.
afterAll(() => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true });
});

export function emptyDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-'));
  made.push(directory);
  return directory;
}
