/**
 * The servers that are measured: the floor, millrace, and a peer. Each is a process of its own on
 * the servers' core; a bench starts it, drives it and stops it.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pinned, SERVER_CORE, start, stop } from './process.ts';

export interface Server {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  /** Ends the process and removes its data. */
  [Symbol.asyncDispose](): Promise<void>;
}

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = fileURLToPath(new URL('..', import.meta.url));

export async function startFloor(answerBytes: number): Promise<Server> {
  const port = await freePort();
  const script = join(HERE, 'floor.ts');
  return serve('node:http', port, [process.execPath, script, String(port), String(answerBytes)]);
}

export interface MillraceOptions {
  /** More arguments of `millrace start`. */
  readonly args?: readonly string[];
  /** Keep and use this data directory instead of a new one. */
  readonly data?: string;
  /** Where PostgreSQL is; instead of a data directory. */
  readonly store?: string;
  /** More arguments of node, such as `--cpu-prof`. */
  readonly node?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  /** Not tied to one core, nor are the processes that it starts: where wall time is measured. */
  readonly anyCore?: boolean;
}

export async function startMillrace(options: MillraceOptions = {}): Promise<Server> {
  const port = await freePort();
  const data = options.data ?? newDataFolder();
  const command = [process.execPath, ...(options.node ?? []), millraceScript(), 'start'];
  const where = options.store ? ['--store', options.store] : ['--data', data];
  const args = ['--port', String(port), ...where, ...(options.args ?? [])];
  const { anyCore, variables } = options;
  const server = await serve('millrace', port, [...command, ...args], {
    ...(anyCore && { anyCore }),
    ...(variables && { variables }),
  });
  return {
    ...server,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      if (options.data === undefined) rmSync(data, { recursive: true, force: true });
    },
  };
}

/** The built command, as users run it; the source where there is no build of it. */
export function millraceScript(): string {
  const built = join(ROOT, 'dist/cli.js');
  const source = join(ROOT, 'src/cli/main.ts');
  if (process.env.BENCH_SOURCE) return source;
  return existsSync(built) && statSync(built).mtimeMs >= newestSourceMs() ? built : source;
}

function newestSourceMs(): number {
  const folder = join(ROOT, 'src');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Math.max(...names.map((name) => statSync(join(folder, name)).mtimeMs));
}

export interface ServeOptions {
  readonly patienceMs?: number;
  readonly variables?: Readonly<Record<string, string>>;
  readonly anyCore?: boolean;
}

export async function serve(
  name: string,
  port: number,
  command: readonly string[],
  options: ServeOptions = {},
): Promise<Server> {
  const { patienceMs = 15_000, variables = {}, anyCore } = options;
  const where = anyCore ? command : pinned(SERVER_CORE, command);
  const child = start(where, { output: 'ignore', variables });
  let ended: string | undefined;
  child.once('error', (cause) => {
    ended = cause.message;
  });
  child.once('exit', (code, signal) => {
    ended = `exit ${code ?? signal}`;
  });
  const giveUpAtMs = performance.now() + patienceMs;
  while (!(await accepts(port))) {
    if (ended !== undefined) throw new Error(`${name} ended while starting: ${ended}`);
    if (performance.now() > giveUpAtMs) {
      await stop(child, 'SIGKILL');
      throw new Error(`${name} did not listen within ${patienceMs} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return { name, port, pid: child.pid ?? 0, [Symbol.asyncDispose]: () => stop(child) };
}

/** A new folder on a real disk: a file system in memory would make fsync free. */
export function newDataFolder(): string {
  const parents = [process.env.BENCH_DATA, tmpdir(), ROOT].filter((path) => path !== undefined);
  const parent = parents.find((path) => !inMemory(path));
  if (parent === undefined) throw new Error('no folder on a disk: set BENCH_DATA to one');
  return mkdtempSync(join(parent, 'millrace-bench-'));
}

/** Magic numbers of tmpfs and ramfs, from statfs(2). */
function inMemory(path: string): boolean {
  return [0x01021994, 0x858458f6].includes(statfsSync(path).type);
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

export async function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
