import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { type TarFile, tar, untar } from '../../src/core/tar.ts';

const file = (name: string, text: string): TarFile => ({
  name,
  bytes: Buffer.byteLength(text),
  content: [Buffer.from(text)],
});

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* inPieces(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function filesIn(stream: AsyncIterable<Uint8Array>) {
  const files: Record<string, string> = {};
  for await (const { name, content } of untar(stream)) {
    let text = '';
    for await (const chunk of content) text += Buffer.from(chunk).toString('latin1');
    files[name] = text;
  }
  return files;
}

const FILES = [
  file('empty', ''),
  file('one', 'x'),
  file('block', 'y'.repeat(512)),
  file('a/b', 'z'),
];

describe('an archive', () => {
  test('is read by tar', async () => {
    const archive = await bytesOf(tar(FILES, 1_700_000_000_000));
    const listed = execFileSync('tar', ['-tvf', '-'], { input: archive }).toString();
    expect(listed).toMatch(/-rw------- .* 512 .* block\n/);
    const shown = execFileSync('tar', ['-xOf', '-', 'a/b'], { input: archive }).toString();
    expect(shown).toBe('z');
  });

  test.each([1, 7, 512, 10_000])('is read in pieces of %i bytes', async (size) => {
    const archive = await bytesOf(tar(FILES, 0));
    const expected = { empty: '', one: 'x', block: 'y'.repeat(512), 'a/b': 'z' };
    expect(await filesIn(inPieces(archive, size))).toEqual(expected);
  });

  test('that tar wrote is read', async () => {
    const archive = execFileSync('tar', ['-cf', '-', 'package.json']);
    expect(Object.keys(await filesIn(inPieces(archive, 1_000)))).toEqual(['package.json']);
  });

  test('holds a size beyond eleven octal digits', async () => {
    const bytes = 8 ** 11 + 5;
    const { value } = await tar([{ name: 'large', bytes, content: [] }], 0).next();
    const header = value ?? new Uint8Array(0);
    // What follows the header is missing, which tar says after it has listed it.
    const { stdout } = spawnSync('tar', ['-tvf', '-'], { input: header });
    expect(stdout.toString()).toContain(String(bytes));
    const files = untar(inPieces(Buffer.from(header), 512));
    expect((await files.next()).value).toMatchObject({ name: 'large', bytes });
  });
});

describe('a damaged archive', () => {
  test('that was cut anywhere is refused', async () => {
    const archive = await bytesOf(tar(FILES, 0));
    for (let length = 0; length < archive.length - 1_024; length += 97) {
      const reading = filesIn(inPieces(archive.subarray(0, length), 300));
      await expect(reading).rejects.toThrow('cut off');
    }
  });

  test('with another byte in a header is refused', async () => {
    const archive = await bytesOf(tar(FILES, 0));
    archive[3] = 1;
    await expect(filesIn(inPieces(archive, 300))).rejects.toThrow('damaged');
  });

  test('with content of another length than was said is not written', async () => {
    const wrong = { name: 'x', bytes: 3, content: [Buffer.from('four')] };
    await expect(bytesOf(tar([wrong], 0))).rejects.toThrow('4 bytes instead of 3');
  });
});
