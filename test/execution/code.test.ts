import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { CodeFolders } from '../../src/execution/code.ts';
import { aFunction, aSpec, aZip } from './an-execution.ts';

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

test('a link that somebody else made is not followed', async () => {
  const { pid: dead } = spawnSync(process.execPath, ['-e', '0']);
  const target = mkdtempSync(join(tmpdir(), 'millrace-target-'));
  const link = join(tmpdir(), `millrace-functions-${dead}-link`);
  symlinkSync(target, link);
  const folders = new CodeFolders();
  await folders.temporary();
  expect(existsSync(link)).toBe(true);
  await folders.close();
  rmSync(link);
  rmSync(target, { recursive: true });
});

test('layers cannot be written to, because others have the same', async () => {
  const folders = new CodeFolders();
  const layers = [aZip({ 'lib/a.js': '1' }), aZip({ 'lib/a.js': '2', 'lib/b.js': '' })];
  const { opt = '' } = await folders.foldersOf(aFunction('', { layers }));
  expect(readFileSync(join(opt, 'lib/a.js'), 'utf8')).toBe('2');
  for (const path of ['.', 'lib', 'lib/a.js', 'lib/b.js']) {
    expect(statSync(join(opt, path)).mode & 0o222).toBe(0);
  }
  await folders.close();
  expect(existsSync(opt)).toBe(false);
});

test('closing waits for what is just being unpacked', async () => {
  const folders = new CodeFolders();
  const files = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`${i}/f`, '']));
  const unpacking = folders.foldersOf(aSpec(files));
  const root = dirname(await folders.temporary());
  await folders.close();
  await unpacking;
  expect(existsSync(root)).toBe(false);
});

test('code that nobody uses any more is kept for a while, and not for ever', async () => {
  const folders = new CodeFolders();
  const version = (n: number) => folders.foldersOf(aFunction(`export const n = ${n};`));
  const first = await version(0);
  const used = await version(1);
  first.release();
  const again = await version(0);
  expect(again.task).toBe(first.task);
  again.release();
  for (let n = 2; n < 18; n++) (await version(n)).release();
  await expect.poll(() => existsSync(first.task)).toBe(false);
  expect(existsSync(used.task)).toBe(true);
  expect(existsSync((await version(0)).task)).toBe(true);
  await folders.close();
});
