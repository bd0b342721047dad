/** Zip files that people upload, and those that attackers do. */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BadZip, inspectZip, unpackZip } from '../../src/execution/zip.ts';

const UNIX = 3;
const text = (value: string) => new TextEncoder().encode(value);
const zipOf = (files: Zippable) => zipSync(files);
const withMode = (mode: number, content = 'x'): Zippable[string] => [
  text(content),
  { os: UNIX, attrs: (mode << 16) >>> 0 },
];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-zip-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Puts another name of the same length into every header of the file. */
function renamed(zip: Uint8Array, from: string, to: string): Uint8Array {
  return Buffer.from(Buffer.from(zip).toString('latin1').replaceAll(from, to), 'latin1');
}

async function refusal(zip: Uint8Array, limits?: Parameters<typeof inspectZip>[1]) {
  const error = await inspectZip(zip, limits).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(BadZip);
  const unpacking = unpackZip(zip, join(folder, 'refused'), limits ? { limits } : {});
  await expect(unpacking).rejects.toBeInstanceOf(BadZip);
  return (error as BadZip).message;
}

describe('answers', () => {
  test('contents are counted as they inflate', async () => {
    const zip = zipOf({ 'index.mjs': text('export {};'), lib: { 'a.js': text('12345') } });
    expect(await inspectZip(zip)).toEqual({ entries: 3, unzippedBytes: 15 });
  });

  test('files, folders and modes are unpacked, and nothing can be written', async () => {
    const zip = zipOf({
      bootstrap: withMode(0o100755, '#!/bin/sh'),
      'a/b.txt': withMode(0o100640, 'b'),
      windows: text('y'),
    });
    const to = join(folder, 'code');
    await unpackZip(zip, to);
    expect(await readFile(join(to, 'a/b.txt'), 'utf8')).toBe('b');
    const modeOf = async (path: string) => (await stat(join(to, path))).mode & 0o777;
    expect(await modeOf('bootstrap')).toBe(0o555);
    expect(await modeOf('a/b.txt')).toBe(0o444);
    expect(await modeOf('windows')).toBe(0o555);
    expect(await modeOf('a')).toBe(0o555);
  });

  test('layers are laid over each other, the later one on top', async () => {
    const to = join(folder, 'opt');
    await unpackZip(zipOf({ 'a.txt': text('one'), 'b.txt': text('one') }), to, { readOnly: false });
    await unpackZip(zipOf({ 'b.txt': text('2') }), to, { readOnly: false });
    expect(await readFile(join(to, 'a.txt'), 'utf8')).toBe('one');
    expect(await readFile(join(to, 'b.txt'), 'utf8')).toBe('2');
  });

  test('a file of zeroes below a megabyte is no bomb', async () => {
    const zip = zipOf({ zeroes: new Uint8Array(1_000_000) });
    expect((await inspectZip(zip)).unzippedBytes).toBe(1_000_000);
  });

  test('a zip within a zip stays one', async () => {
    const inner = zipOf({ deep: text('x') });
    await unpackZip(zipOf({ 'inner.zip': inner }), folder, { readOnly: false });
    expect(await readdir(folder)).toEqual(['inner.zip']);
  });
});

describe('refusals', () => {
  test('bytes that are no zip file', async () => {
    expect(await refusal(text('no zip'))).toMatch(/End of central directory record/i);
    expect(await refusal(new Uint8Array())).toMatch(/central directory/i);
  });

  test('a zip file that was cut off', async () => {
    const zip = zipOf({ 'index.js': text('exports.handler = () => 1;'.repeat(50)) });
    await refusal(zip.subarray(20));
  });

  test.each([
    ['../../evil', 'aa/bb/evil'],
    ['/etc/evil0', 'aetc/evil0'],
    ['a/../../ev', 'aabbcc/dev'],
    ['C:/evil.js', 'Ca/evil.js'],
    ['..\\..\\evil', 'aa.bb.evil0'.slice(0, 10)],
  ])('a path out of the folder: %s', async (evil, honest) => {
    const zip = renamed(zipOf({ [honest]: text('x') }), honest, evil);
    expect(await refusal(zip)).toMatch(/relative path|absolute path/);
  });

  test('a symbolic link', async () => {
    const zip = zipOf({ link: withMode(0o120777, '/etc/passwd') });
    expect(await refusal(zip)).toBe('link is a symbolic link');
  });

  test('a device', async () => {
    expect(await refusal(zipOf({ device: withMode(0o020666) }))).toMatch(/neither a file/);
  });

  test('a name twice, also as file and folder', async () => {
    const twice = renamed(zipOf({ 'a.js': text('1'), 'b.js': text('2') }), 'b.js', 'a.js');
    expect(await refusal(twice)).toBe('a.js is there twice');
    const both = renamed(zipOf({ a: text('1'), 'b/c': text('2') }), 'b/c', 'a/c');
    expect(await refusal(both)).toBe('a is there twice');
  });

  test('a bomb of one file', async () => {
    const zip = zipOf({ bomb: new Uint8Array(20_000_000) });
    expect(await refusal(zip)).toBe('compressed more than 100 times');
  });

  test('a bomb whose entries share their bytes', async () => {
    // The central directory of a zip with one file, a hundred times over under other names.
    const shared = Buffer.from(zipOf({ '00': new Uint8Array(900_000) }));
    const at = shared.readUInt32LE(shared.length - 22 + 16);
    const central = shared.subarray(at, shared.length - 22);
    const named = (index: number) => {
      const copy = Buffer.from(central);
      copy.write(String(index).padStart(2, '0'), 46, 'latin1');
      return copy;
    };
    const records = Array.from({ length: 100 }, (_, index) => named(index));
    const end = Buffer.from(shared.subarray(shared.length - 22));
    end.writeUInt16LE(100, 8);
    end.writeUInt16LE(100, 10);
    end.writeUInt32LE(central.length * 100, 12);
    const bomb = Buffer.concat([shared.subarray(0, at), ...records, end]);
    expect(await refusal(bomb)).toBe('compressed more than 100 times');
  });
});

describe('limits', () => {
  test('a header that claims less than comes out', async () => {
    const zip = Buffer.from(zipOf({ liar: new Uint8Array(500_000).fill(7) }));
    const central = zip.readUInt32LE(zip.length - 22 + 16);
    zip.writeUInt32LE(10, central + 24);
    expect(await refusal(zip)).toMatch(/too many bytes/);
  });

  test('more bytes than allowed, whatever the headers say', async () => {
    const zip = zipOf({ a: text('x'.repeat(600)), b: text('y'.repeat(600)) });
    expect(await refusal(zip, { entries: 10, unzippedBytes: 1000 })).toMatch(/smaller than 1000/);
  });

  test('more folders than allowed, in however few names', async () => {
    const zip = zipOf({ [`${'a/'.repeat(30)}x`]: text(''), [`${'b/'.repeat(30)}x`]: text('') });
    const limits = { entries: 50, unzippedBytes: 1000 };
    expect(await refusal(zip, limits)).toBe('more than 50 folders');
  });

  test('more entries than allowed', async () => {
    const zip = zipOf({ a: text(''), b: text(''), c: text('') });
    expect(await refusal(zip, { entries: 2, unzippedBytes: 1000 })).toBe('more than 2 entries');
  });
});
