/** Directories for one test file, removed when it is done. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

export function emptyDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
