/**
 * Backing up a database that is in use.
 *
 * The copy is made beside the database and read from there, so that a slow reader holds nobody
 * up; it goes when the archive is read, is given up, or when the folder is opened again.
 */
import { createHash } from 'node:crypto';
import {
  createReadStream,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TarFile, tar } from '../../core/tar.ts';
import { Unavailable } from '../storage.ts';
import { MANIFEST_FILE, manifestOf } from './archive.ts';
import { COMMIT_FILE, commitText } from './commit-number.ts';
import { COPIES, copyDatabase } from './copy.ts';
import { DATABASE_FILE, type Database, rowOf } from './database.ts';
import { sqlite } from './node-sqlite.ts';
import { RESERVE_FILE } from './reserve.ts';

/** Space that is left to the server beside the copy. */
const MARGIN_BYTES = 128 * 1024 * 1024;

/** A copy that was taken and not yet read. */
export interface Copy {
  /** Holds the copy and goes with it. */
  readonly folder: string;
  /** The data folder, the small files of which belong to a backup too. */
  readonly beside: string | undefined;
}

export async function takeCopy(database: Database, signal?: AbortSignal): Promise<Copy> {
  const beside = database.file === ':memory:' ? undefined : dirname(database.file);
  refuseWithoutRoom(database, beside ?? tmpdir());
  const folder = mkdtempSync(join(beside ?? tmpdir(), COPIES));
  try {
    await copyDatabase(database.sql, join(folder, DATABASE_FILE), signal);
    return { folder, beside };
  } catch (cause) {
    removeFolder(folder);
    throw cause;
  }
}

/** The copy as an archive; it goes with the end of it. */
export async function* archiveOf(
  { folder, beside }: Copy,
  nowMs: number,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    const others = beside === undefined ? [] : filesBeside(beside);
    yield* tar(filesOf(join(folder, DATABASE_FILE), others, nowMs), nowMs);
  } finally {
    removeFolder(folder);
  }
}

function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

async function* filesOf(
  copy: string,
  others: readonly TarFile[],
  nowMs: number,
): AsyncGenerator<TarFile, void, void> {
  const { commit, format } = stateOf(copy);
  const bytes = statSync(copy).size;
  const hash = createHash('sha256');
  yield { name: DATABASE_FILE, bytes, content: hashed(createReadStream(copy), hash) };
  yield text(COMMIT_FILE, commitText(commit));
  yield* others;
  const contents = { format, commit, database: { bytes, sha256: hash.digest('hex') } };
  yield text(MANIFEST_FILE, `${JSON.stringify(manifestOf(contents, nowMs), undefined, 2)}\n`);
}

async function* hashed(source: AsyncIterable<Buffer>, hash: ReturnType<typeof createHash>) {
  for await (const chunk of source) {
    hash.update(chunk);
    yield chunk;
  }
}

/** What is made anew, or is in the archive in another way. */
const OWN = new RegExp(`^(${DATABASE_FILE}.*|${COMMIT_FILE}|${RESERVE_FILE}|${COPIES}.*)$`);

/** Such as the server's own certificate. Read at once: they are small. */
function filesBeside(data: string): readonly TarFile[] {
  return readdirSync(data, { withFileTypes: true }).flatMap((entry) => {
    if (OWN.test(entry.name)) return [];
    if (entry.isFile()) return [text(entry.name, readFileSync(join(data, entry.name)))];
    if (!entry.isDirectory()) return [];
    return readdirSync(join(data, entry.name), { withFileTypes: true })
      .filter((inner) => inner.isFile())
      .map((inner) => `${entry.name}/${inner.name}`)
      .map((name) => text(name, readFileSync(join(data, name))));
  });
}

function text(name: string, content: string | Buffer): TarFile {
  const bytes = Buffer.from(content);
  return { name, bytes: bytes.length, content: [bytes] };
}

function stateOf(copy: string): { readonly commit: number; readonly format: number } {
  const sql = new sqlite.DatabaseSync(copy, { readOnly: true });
  try {
    const [commit] = rowOf<[number]>(sql, 'SELECT commits FROM progress')() ?? [0];
    const [format] = rowOf<[number]>(sql, 'PRAGMA user_version')() ?? [0];
    return { commit, format };
  } finally {
    sql.close();
  }
}

function refuseWithoutRoom({ sql }: Database, beside: string): void {
  const [pages] = rowOf<[number]>(sql, 'PRAGMA page_count')() ?? [0];
  const [size] = rowOf<[number]>(sql, 'PRAGMA page_size')() ?? [0];
  const { bavail, bsize } = statfsSync(beside);
  const [needed, free] = [pages * size + MARGIN_BYTES, bavail * bsize];
  if (free >= needed) return;
  const inMiB = (bytes: number) => `${Math.ceil(bytes / 1024 ** 2)} MiB`;
  throw new Unavailable(
    `A backup needs ${inMiB(needed)} beside the database; ${beside} has ${inMiB(free)}.`,
  );
}
