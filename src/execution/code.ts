/**
 * Code and layers as folders of this machine. A zip file is unpacked once, whoever asks for it,
 * below one temporary folder of this process, which goes when the execution is closed.
 */
import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { chmod, lstat, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { FunctionSpec, Zip } from './execution.ts';
import { unpackZip } from './zip.ts';

export interface Folders {
  readonly task: string;
  readonly opt: string | undefined;
}

export class CodeFolders {
  #root: Promise<string> | undefined;
  readonly #unpacked = new Map<string, Promise<string>>();
  #temporary = 0;

  async foldersOf({ code, layers }: FunctionSpec): Promise<Folders> {
    const [task, opt] = await Promise.all([
      code.kind === 'zip'
        ? this.#once(`code-${code.sha256}`, (to) => unpackInto(code, to))
        : code.kind === 'folder'
          ? resolve(code.path)
          : process.cwd(),
      layers.length === 0 ? undefined : this.#layers(layers),
    ]);
    return { task, opt };
  }

  /** A writable folder of one environment: its `/tmp`. */
  async temporary(): Promise<string> {
    const folder = join(await this.#folder(), `tmp-${this.#temporary++}`);
    await mkdir(folder);
    return folder;
  }

  async close(): Promise<void> {
    // Whoever unpacks still would make anew what is removed.
    await Promise.allSettled(this.#unpacked.values());
    const root = await this.#root?.catch(() => undefined);
    if (root !== undefined) await removeFolder(root);
  }

  #layers(layers: readonly Zip[]): Promise<string> {
    const names = createHash('sha256').update(layers.map(({ sha256 }) => sha256).join());
    return this.#once(`opt-${names.digest('hex')}`, async (to) => {
      for (const layer of layers) {
        await unpackZip(await layer.read(), to, { readOnly: false });
      }
      await makeReadOnly(to);
    });
  }

  #once(name: string, unpack: (to: string) => Promise<unknown>): Promise<string> {
    let folder = this.#unpacked.get(name);
    if (!folder) {
      folder = this.#unpack(name, unpack);
      this.#unpacked.set(name, folder);
      // A failure may be one of the disk: the next to ask tries again.
      folder.catch(() => this.#unpacked.delete(name));
    }
    return folder;
  }

  async #unpack(name: string, unpack: (to: string) => Promise<unknown>): Promise<string> {
    const to = join(await this.#folder(), name);
    const half = `${to}.half-${this.#temporary++}`;
    await mkdir(half);
    try {
      await unpack(half);
      await rename(half, to);
    } catch (error) {
      await removeFolder(half);
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

async function unpackInto(zip: Zip, to: string): Promise<void> {
  await unpackZip(await zip.read(), to);
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
