/**
 * Zip files from strangers. What is accepted unpacks below one folder, into plain files and
 * folders, within a quota that is counted while inflating: headers are believed in nothing.
 *
 * Anything else is a `BadZip` whose message says what is wrong. `unpackZip` checks all that
 * `inspectZip` does, and removes nothing when it fails: the caller owns the folder.
 */
import { chmod, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Entry, ZipFile } from 'yauzl';

/** A zip file that is refused; the message is the reason. */
export class BadZip extends Error {
  override readonly name = 'BadZip';
}

export interface ZipLimits {
  readonly entries: number;
  readonly unzippedBytes: number;
}

/** AWS: 250 MB unzipped. The number of entries is bounded by us. */
export const ZIP_LIMITS: ZipLimits = { entries: 50_000, unzippedBytes: 262_144_000 };

/** Code shrinks to a tenth or so; more than this is made to fill a disk. */
const MOST_RATIO = 100;
/** Up to here a ratio says nothing: a file of zeroes is no attack. */
const RATIO_FROM_BYTES = 1_048_576;
const LONGEST_NAME_BYTES = 255;
const LONGEST_PATH_BYTES = 4096;

export interface ZipContents {
  readonly entries: number;
  readonly unzippedBytes: number;
}

/** Inflates everything, keeps nothing. */
export function inspectZip(bytes: Uint8Array, limits = ZIP_LIMITS): Promise<ZipContents> {
  return walk(bytes, limits, async () => NOWHERE);
}

/**
 * Unpacks into a folder, which is made when missing. With `readOnly` nothing in it can be
 * changed afterwards; layers stay writable because several are laid over each other.
 */
export async function unpackZip(
  bytes: Uint8Array,
  folder: string,
  { limits = ZIP_LIMITS, readOnly = true } = {},
): Promise<ZipContents> {
  const folders = new Set([folder]);
  await mkdir(folder, { recursive: true });
  const makeFolder = async (path: string) => {
    for (let at = path; !folders.has(at); at = dirname(at)) folders.add(at);
    await mkdir(path, { recursive: true });
  };
  const contents = await walk(bytes, limits, async ({ path, folder: isFolder, mode }) => {
    const full = join(folder, path);
    await makeFolder(isFolder ? full : dirname(full));
    if (isFolder) return NOWHERE;
    const file = await open(full, readOnly ? 'wx' : 'w', mode);
    return {
      write: async (chunk) => {
        // All of it: a disk that is nearly full takes a part.
        await file.appendFile(chunk);
      },
      end: async () => {
        await file.chmod(readOnly ? mode & ~0o222 : mode | 0o200);
        await file.close();
      },
      fail: () => file.close(),
    };
  });
  if (readOnly) for (const path of folders) await chmod(path, 0o555);
  return contents;
}

interface Item {
  /** Relative, without `.` and `..`. */
  readonly path: string;
  readonly folder: boolean;
  readonly mode: number;
}

interface Sink {
  write(chunk: Uint8Array): Promise<void>;
  end(): Promise<void>;
  fail(): Promise<void>;
}

const NOWHERE: Sink = {
  write: async () => undefined,
  end: async () => undefined,
  fail: async () => undefined,
};

type Put = (item: Item) => Promise<Sink>;

async function walk(bytes: Uint8Array, limits: ZipLimits, put: Put): Promise<ZipContents> {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Loaded by the first zip file: whoever only mounts folders has no use for it.
  // It is CommonJS: bundled, all that it exports is the default.
  const { default: yauzl } = await import('yauzl');
  const zip = await yauzl.fromBufferPromise(view, { lazyEntries: true }).catch((error: unknown) => {
    throw new BadZip(reasonOf(error));
  });
  try {
    return await walkEntries(zip, bytes.byteLength, limits, put);
  } finally {
    zip.close();
  }
}

async function walkEntries(
  zip: ZipFile,
  zippedBytes: number,
  limits: ZipLimits,
  put: Put,
): Promise<ZipContents> {
  const places = new Places(limits.entries);
  const quota = new Quota(limits.unzippedBytes, zippedBytes);
  let entries = 0;
  for await (const entry of inZipTerms(zip.eachEntry())) {
    entries++;
    if (entries > limits.entries) throw new BadZip(`more than ${limits.entries} entries`);
    const item = itemOf(entry);
    places.take(item);
    const sink = await put(item);
    if (item.folder) continue;
    try {
      for await (const chunk of inZipTerms(inflate(zip, entry))) {
        quota.add(chunk.byteLength);
        await sink.write(chunk);
      }
    } catch (error) {
      await sink.fail();
      throw error;
    }
    await sink.end();
  }
  return { entries, unzippedBytes: quota.bytes };
}

async function* inflate(zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array> {
  yield* await zip.openReadStreamPromise(entry);
}

/** What the zip library or zlib has against the bytes is what is wrong with the bytes. */
async function* inZipTerms<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await iterator.next().catch((error: unknown) => {
        throw new BadZip(reasonOf(error));
      });
      if (done) return;
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Counts what really comes out. */
class Quota {
  bytes = 0;
  readonly #most: number;
  readonly #zippedBytes: number;

  constructor(most: number, zippedBytes: number) {
    this.#most = most;
    this.#zippedBytes = zippedBytes;
  }

  add(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > this.#most) {
      throw new BadZip(`unzipped size must be smaller than ${this.#most} bytes`);
    }
    // Against the whole file: entries may share their compressed bytes.
    if (this.bytes > RATIO_FROM_BYTES && this.bytes > MOST_RATIO * this.#zippedBytes) {
      throw new BadZip(`compressed more than ${MOST_RATIO} times`);
    }
  }
}

/**
 * Names that are taken; a name is one file, or a folder as often as it likes. Folders that are
 * only part of a name are bounded too: one name may be some thousand of them.
 */
class Places {
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>(['.']);
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  take({ path, folder }: Item): void {
    // What is above a known folder is known.
    for (let at = folder ? path : dirname(path); !this.#folders.has(at); at = dirname(at)) {
      if (this.#files.has(at)) throw new BadZip(`${at} is there twice`);
      this.#folders.add(at);
    }
    if (this.#folders.size > this.#most) throw new BadZip(`more than ${this.#most} folders`);
    if (folder) return;
    if (this.#files.has(path) || this.#folders.has(path)) {
      throw new BadZip(`${path} is there twice`);
    }
    this.#files.add(path);
  }
}

const KIND = 0o170_000;
const KIND_FOLDER = 0o040_000;
const KIND_FILE = 0o100_000;
const KIND_SYMLINK = 0o120_000;
const MADE_ON_UNIX = 3;

function itemOf(entry: Entry): Item {
  const name = entry.fileName;
  if (entry.isEncrypted()) throw new BadZip(`${name} is encrypted`);
  const attributes = entry.versionMadeBy >>> 8 === MADE_ON_UNIX ? entry.externalFileAttributes : 0;
  const mode = attributes >>> 16;
  const kind = mode & KIND;
  if (kind === KIND_SYMLINK) throw new BadZip(`${name} is a symbolic link`);
  if (kind !== 0 && kind !== KIND_FILE && kind !== KIND_FOLDER) {
    throw new BadZip(`${name} is neither a file nor a folder`);
  }
  // Zip files of systems without modes start programs too, so all their files may be run.
  const permissions = mode === 0 ? 0o755 : (mode & 0o777) | 0o444;
  return { path: safePath(name), folder: name.endsWith('/'), mode: permissions };
}

function safePath(name: string): string {
  // The zip library refuses these too; it has not always done so.
  if (name.startsWith('/') || /^[a-z]:/i.test(name)) throw new BadZip(`absolute path: ${name}`);
  const parts = name.split(/[/\\]/).filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new BadZip(`invalid relative path: ${name}`);
  if (name.includes('\0')) throw new BadZip('a name with a NUL character');
  const path = parts.join('/');
  if (path === '' && !name.endsWith('/')) throw new BadZip('an entry without a name');
  const tooLong = parts.some((part) => Buffer.byteLength(part) > LONGEST_NAME_BYTES);
  if (tooLong || Buffer.byteLength(path) > LONGEST_PATH_BYTES) throw new BadZip('too long a name');
  return path;
}
