/**
 * Reading a backup: into a data folder, or only to see that it is whole.
 *
 * Positions and versions given out after the backup was taken are known to clients and not to
 * it, so the restored engine goes on far above them: an old receipt handle names no new message.
 */
import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BadArchive, untar } from '../../core/tar.ts';
import { BadBackup, MANIFEST_FILE, type Manifest, parseManifest } from './archive.ts';
import { COMMIT_FILE, commitText } from './commit-number.ts';
import { DATABASE_FILE } from './database.ts';
import { beginFolder, giveUpFolder, moveOut } from './folder.ts';
import { type Holdings, inspect } from './inspect.ts';
import { sqlite } from './node-sqlite.ts';
import { SKIPPED_AFTER_LOSS } from './open.ts';

export interface Checked {
  readonly manifest: Manifest;
  readonly holdings: Holdings;
}

type Source = AsyncIterable<Uint8Array>;

/** Fills `path`, which must be empty or missing. */
export async function restore(source: Source, path: string): Promise<Checked> {
  const inside = beginFolder(path);
  try {
    const checked = await extract(source, inside);
    skipPositions(join(inside, DATABASE_FILE));
    moveOut(path);
    return checked;
  } catch (cause) {
    giveUpFolder(path);
    throw cause;
  }
}

/** Looks at all that is in the backup; needs room for it beside `file` meanwhile. */
export async function verify(source: Source, file: string): Promise<Checked> {
  const folder = mkdtempSync(join(dirname(file), '.verify-'));
  try {
    return await extract(source, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function extract(source: Source, folder: string): Promise<Checked> {
  const database = join(folder, DATABASE_FILE);
  const manifest = await unpack(source, folder);
  const holdings = inspect(database);
  if (holdings.commit !== manifest.commit) {
    throw new BadBackup(`It ends with commit ${holdings.commit}, not ${manifest.commit}.`);
  }
  writeFileSync(join(folder, COMMIT_FILE), commitText(manifest.commit));
  return { manifest, holdings };
}

/** Without a folder to write to, only checks that all of the archive is there. */
export async function unpack(source: Source, folder?: string): Promise<Manifest> {
  const hash = createHash('sha256');
  let manifest: Manifest | undefined;
  let bytes = 0;
  try {
    for await (const file of untar(source)) {
      if (file.name === DATABASE_FILE) {
        bytes = file.bytes;
        await write(hashed(file.content, hash), pathOf(file.name, folder));
      } else if (file.name === MANIFEST_FILE) manifest = parseManifest(await textOf(file.content));
      else await write(file.content, pathOf(file.name, folder));
    }
  } catch (cause) {
    if (cause instanceof BadArchive) throw new BadBackup(cause.message, { cause });
    throw cause;
  }
  if (!manifest) throw new BadBackup(`This is no backup: there is no ${MANIFEST_FILE} in it.`);
  const { database: noted } = manifest;
  if (noted.bytes !== bytes || noted.sha256 !== hash.digest('hex')) {
    throw new BadBackup(`The backup is damaged: ${DATABASE_FILE} is not what was put into it.`);
  }
  return manifest;
}

type Content = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

async function* hashed(content: Content, hash: ReturnType<typeof createHash>) {
  for await (const chunk of content) {
    hash.update(chunk);
    yield chunk;
  }
}

const SAFE_NAME = /^[\w-][\w.-]*(\/[\w-][\w.-]*)?$/;

/** Where a file of the archive goes: nowhere but into `folder`, whatever it is called. */
function pathOf(name: string, folder: string | undefined): string | undefined {
  if (!SAFE_NAME.test(name)) throw new BadBackup(`It has a file called ${JSON.stringify(name)}.`);
  if (folder === undefined) return undefined;
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  return join(folder, name);
}

async function write(content: Content, file: string | undefined): Promise<void> {
  if (file === undefined) for await (const _ of content);
  else await pipeline(Readable.from(content), createWriteStream(file, { mode: 0o600 }));
}

async function textOf(content: Content): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function skipPositions(database: string): void {
  const sql = new sqlite.DatabaseSync(database);
  try {
    sql.exec(`UPDATE progress SET sequence = sequence + ${SKIPPED_AFTER_LOSS}`);
  } finally {
    sql.close();
  }
}
