/**
 * Code and layers as folders of this machine. A zip file is unpacked once, whoever asks for it,
 * below one temporary folder of this process, which goes when the execution is closed. Those that
 * nobody uses any more are kept for a while, because deployments do not end.
 */
import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { chmod, lstat, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { FunctionSpec, Zip } from './execution.ts';
import { unpackZip } from './zip.ts';

export interface Folders {
  readonly task: string;
  readonly opt: string | undefined;
  /** They are not used any longer. */
  readonly release: () => void;
}

/** Folders kept that no environment uses. */
const MOST_UNUSED = 16;

interface Unpacked {
  readonly folder: Promise<string>;
  users: number;
}

export class CodeFolders {
  #root: Promise<string> | undefined;
  readonly #unpacked = new Map<string, Unpacked>();
  /** The one used last is at the end. */
  readonly #unused = new Set<string>();
  #made = 0;

  async foldersOf({ code, layers }: FunctionSpec): Promise<Folders> {
    const own = code.kind === 'zip' ? this.#use(`code-${code.sha256}`, unpackOne(code)) : undefined;
    const opt = layers.length === 0 ? undefined : this.#use(optName(layers), unpackAll(layers));
    const release = () => {
      own?.release();
      opt?.release();
    };
    try {
      const [unpacked, layered] = await Promise.all([own?.folder, opt?.folder]);
      const task = unpacked ?? (code.kind === 'folder' ? resolve(code.path) : process.cwd());
      return { task, opt: layered, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** A writable folder of one environment: its `/tmp`. */
  async temporary(): Promise<string> {
    const folder = join(await this.#folder(), `tmp-${this.#made++}`);
    await mkdir(folder);
    return folder;
  }

  async close(): Promise<void> {
    // Whoever unpacks still would make anew what is removed.
    await Promise.allSettled([...this.#unpacked.values()].map(({ folder }) => folder));
    const root = await this.#root?.catch(() => undefined);
    if (root !== undefined) await removeFolder(root);
  }

  #use(name: string, unpack: Unpack) {
    let unpacked = this.#unpacked.get(name);
    if (!unpacked) {
      unpacked = { folder: this.#unpack(name, unpack), users: 0 };
      this.#unpacked.set(name, unpacked);
    }
    unpacked.users++;
    this.#unused.delete(name);
    const { folder } = unpacked;
    const used = unpacked;
    // A failure may be one of the disk: the next to ask tries again.
    folder.catch(() => this.#forget(name, used));
    return { folder, release: () => this.#release(name, used) };
  }

  #forget(name: string, unpacked: Unpacked): void {
    if (this.#unpacked.get(name) === unpacked) this.#unpacked.delete(name);
  }

  #release(name: string, unpacked: Unpacked): void {
    unpacked.users--;
    if (unpacked.users > 0 || this.#unpacked.get(name) !== unpacked) return;
    this.#unused.add(name);
    const [oldest] = this.#unused;
    if (this.#unused.size <= MOST_UNUSED || oldest === undefined) return;
    this.#unused.delete(oldest);
    this.#unpacked
      .get(oldest)
      ?.folder.then(removeFolder)
      .catch(() => undefined);
    this.#unpacked.delete(oldest);
  }

  /** Under a name of its own: one of the same contents may just be being removed. */
  async #unpack(name: string, unpack: Unpack): Promise<string> {
    const to = join(await this.#folder(), `${name}-${this.#made++}`);
    await mkdir(to);
    try {
      await unpack(to);
    } catch (error) {
      await removeFolder(to);
      throw error;
    }
    return to;
  }

  #folder(): Promise<string> {
    if (!this.#root) {
      const root = newRoot();
      this.#root = root;
      // The disk may have been full: the next to ask tries again.
      root.catch(() => {
        if (this.#root === root) this.#root = undefined;
      });
    }
    return this.#root;
  }
}

const ROOT = /^millrace-functions-(\d+)-/;

/** The folder names its process, so that what a killed one has left can be told and removed. */
async function newRoot(): Promise<string> {
  const temporary = tmpdir();
  for (const name of await readdir(temporary)) {
    const pid = ROOT.exec(name)?.[1];
    const path = join(temporary, name);
    if (pid && !isAlive(Number(pid)) && isOwn(path)) await removeFolder(path).catch(() => {});
  }
  return mkdtemp(join(temporary, `millrace-functions-${process.pid}-`));
}

/** Others can write here too, and a link of theirs may lead anywhere. */
function isOwn(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === (process.getuid?.() ?? found.uid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // Somebody else's process is alive too.
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

type Unpack = (to: string) => Promise<unknown>;

function unpackOne(zip: Zip): Unpack {
  return async (to) => unpackZip(await zip.read(), to);
}

/** Lays several over each other. */
function unpackAll(zips: readonly Zip[]): Unpack {
  return async (to) => {
    for (const zip of zips) await unpackZip(await zip.read(), to, { readOnly: false });
    await makeReadOnly(to);
  };
}

function optName(layers: readonly Zip[]): string {
  const names = createHash('sha256').update(layers.map(({ sha256 }) => sha256).join());
  return `opt-${names.digest('hex')}`;
}

/** Functions with the same layers share them, and must not change them for each other. */
async function makeReadOnly(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await makeReadOnly(path);
    else await chmod(path, (await lstat(path)).mode & 0o555);
  }
  await chmod(folder, 0o555);
}

/** Removes folders that are read-only too. */
export async function removeFolder(path: string): Promise<void> {
  const open = async (folder: string): Promise<void> => {
    await chmod(folder, 0o700);
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) await open(join(folder, entry.name));
    }
  };
  try {
    await rm(path, { recursive: true, force: true });
  } catch {
    await open(path);
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
}
