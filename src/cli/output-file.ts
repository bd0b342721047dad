/**
 * A file that appears under its name only when all of it is there. What ends with `.gz` or `.tgz`
 * is compressed, and read so again.
 */
import { createReadStream, createWriteStream, existsSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip, createGzip } from 'node:zlib';
import { syncFolder } from '../storage/sqlite/folder.ts';
import { CommandFailed, EXIT } from './exit.ts';

const isCompressed = (file: string) => /\.t?gz$/.test(file);

/** Larger files in a third of the time. */
const QUICK = { level: constants.Z_BEST_SPEED };

/** `-` is stdout, and stdin for reading. */
export const PIPE = '-';

export async function writeWhole(file: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  if (file === PIPE) return pipeline(Readable.from(content), process.stdout, { end: false });
  refuseExisting(file);
  const partial = `${file}.partial`;
  const output = createWriteStream(partial, { mode: 0o600, flush: true });
  const source = Readable.from(content, { objectMode: false });
  try {
    if (isCompressed(file)) await pipeline(source, createGzip(QUICK), output);
    else await pipeline(source, output);
    renameSync(partial, file);
    syncFolder(dirname(resolve(file)));
  } catch (cause) {
    rmSync(partial, { force: true });
    throw cause;
  }
}

export function refuseExisting(file: string): void {
  if (file === PIPE || !existsSync(file)) return;
  throw new CommandFailed(EXIT.failed, `${file} exists already. Choose another name with --out.`);
}

/** Given to whoever reads it to the end, as it was before it was compressed. */
export function readWhole(file: string): AsyncIterable<Uint8Array> {
  if (file === PIPE) return process.stdin;
  const input = createReadStream(file);
  if (!isCompressed(file)) return input;
  const plain = createGunzip();
  input.on('error', (cause) => plain.destroy(cause));
  return input.pipe(plain);
}
