import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CodeFolders } from '../../src/execution/code.ts';

test('what a killed process has left is removed, and what a living one uses is not', async () => {
  const { pid: dead } = spawnSync(process.execPath, ['-e', '0']);
  const left = join(tmpdir(), `millrace-functions-${dead}-test`);
  const used = join(tmpdir(), `millrace-functions-${process.ppid}-test`);
  for (const folder of [left, used]) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'index.js'), '');
  }
  const folders = new CodeFolders();
  await folders.temporary();
  expect(existsSync(left)).toBe(false);
  expect(existsSync(used)).toBe(true);
  rmSync(used, { recursive: true });
  await folders.close();
});
