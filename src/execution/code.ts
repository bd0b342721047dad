/**
 * Code and layers as folders of this machine. A zip file is unpacked once, whoever asks for it,
 * below one temporary folder of this process, which goes when the execution is closed.
 */
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
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
    if (this.#root) await removeFolder(await this.#root);
  }

  #layers(layers: readonly Zip[]): Promise<string> {
    const names = createHash('sha256').update(layers.map(({ sha256 }) => sha256).join());
    return this.#once(`opt-${names.digest('hex')}`, async (to) => {
      for (const layer of layers) {
        await unpackZip(await layer.read(), to, { readOnly: false });
      }
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
    this.#root ??= newRoot();
    return this.#root;
  }
}

const ROOT = /^millrace-functions-(\d+)-/;

/** The folder names its process, so that what a killed one has left can be told and removed. */
async function newRoot(): Promise<string> {
  const temporary = tmpdir();
  for (const name of await readdir(temporary)) {
    const pid = ROOT.exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) await removeFolder(join(temporary, name)).catch(() => {});
  }
  return mkdtemp(join(temporary, `millrace-functions-${process.pid}-`));
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
    await rm(path, { recursive: true, force: true });
  }
}
