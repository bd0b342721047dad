/**
 * Child processes that end with what they started, and that do not outlive this one.
 *
 * Each is the leader of a process group, which is killed as a whole. What has left the group for
 * one of its own goes on, as it may, but nobody waits for it or reads what it writes. Our
 * bootstraps notice when the server is gone, but a busy loop notices nothing: where Linux's
 * `setpriv` exists, the kernel kills the process with its parent.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { realClock } from '../core/clock.ts';
import type { Exit } from './failures.ts';

export interface Program {
  readonly command: string;
  readonly parameters: readonly string[];
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Whether it gets a socket to this process, as its file descriptor 3. */
  readonly channel?: boolean | undefined;
}

export interface Started {
  /** Undefined when it could not be started; `ended` says why. */
  readonly pid: number | undefined;
  readonly output: readonly Readable[];
  readonly channel: Duplex | undefined;
  /** Resolves when it is over and all it wrote has been read; never rejects. */
  readonly ended: Promise<Exit & { readonly failed?: string | undefined }>;
  kill(): void;
}

export async function start(program: Program, read: (chunk: Buffer) => void): Promise<Started> {
  const { command, parameters } = await withParent(program);
  try {
    const child = spawn(command, parameters, {
      cwd: program.folder,
      env: program.variables,
      stdio: ['ignore', 'pipe', 'pipe', ...(program.channel ? (['pipe'] as const) : [])],
      // A group of its own.
      detached: true,
    });
    return followed(child, read);
  } catch (cause) {
    // Variables that no process can have: too long, or with a NUL character.
    const { code: failed = 'unknown' } = cause as NodeJS.ErrnoException;
    const ended = Promise.resolve({ code: null, signal: null, failed });
    return { pid: undefined, output: [], channel: undefined, ended, kill: () => {} };
  }
}

function followed(child: ChildProcess, read: (chunk: Buffer) => void): Started {
  const output = [child.stdout, child.stderr].filter((stream) => stream !== null);
  const kill = () => killGroup(child);
  const ended = new Promise<Exit & { failed?: string | undefined }>((resolve) => {
    let exit: Exit = { code: null, signal: null };
    child.once('error', (error: NodeJS.ErrnoException) => {
      resolve({ ...exit, failed: error.code });
    });
    child.once('exit', (code, signal) => {
      exit = { code, signal };
      // Whatever it started would hold its output open.
      kill();
      endOutput(output);
    });
    child.once('close', () => resolve(exit));
  });
  for (const stream of output) stream.on('data', read);
  // What libuv calls a pipe is a pair of sockets: both ends read and write.
  const channel = child.stdio[3] as Duplex | undefined;
  return { pid: child.pid, output, channel, ended, kill };
}

/** How often the output of a process that is gone is looked at, and how often at most. */
const LOOK_MS = 50;
const MOST_LOOKS = 40;

/** Lets go of output that something else holds open, once all that the process wrote is read. */
function endOutput(streams: readonly Readable[]): void {
  let before = -1;
  let looks = 0;
  const look = () => {
    const open = streams.filter((stream) => !stream.closed);
    if (open.length === 0) return;
    const isPaused = open.some((stream) => stream.isPaused());
    const bytes = streams.reduce((sum, stream) => sum + (stream as Socket).bytesRead, 0);
    looks += isPaused ? 0 : 1;
    if (!isPaused && (bytes === before || looks >= MOST_LOOKS)) {
      for (const stream of open) stream.destroy();
      return;
    }
    before = bytes;
    realClock().afterWallMs(LOOK_MS, look);
  };
  look();
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing of it is left.
  }
}

async function withParent({ command, parameters }: Program): Promise<{
  readonly command: string;
  readonly parameters: readonly string[];
}> {
  const setpriv = await setprivPath();
  if (!setpriv) return { command, parameters };
  return { command: setpriv, parameters: ['--pdeathsig', 'KILL', '--', command, ...parameters] };
}

let setpriv: Promise<string | undefined> | undefined;

function setprivPath(): Promise<string | undefined> {
  setpriv ??= probe();
  return setpriv;
}

async function probe(): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  for (const path of ['/usr/bin/setpriv', '/bin/setpriv']) {
    try {
      await promisify(execFile)(path, ['--pdeathsig', 'KILL', '--', '/bin/true']);
      return path;
    } catch {
      // BusyBox has one without this option.
    }
  }
  return undefined;
}

/** Resident memory in megabytes, now and at its highest; undefined once the process is gone. */
export async function memoryOf(
  pid: number,
): Promise<{ readonly nowMb: number; readonly mostMb: number } | undefined> {
  try {
    if (process.platform === 'linux') {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      const megabytes = (name: string) =>
        Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) / 1024;
      return { nowMb: megabytes('VmRSS'), mostMb: megabytes('VmHWM') };
    }
    const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
    const nowMb = Number(stdout) / 1024;
    return { nowMb, mostMb: nowMb };
  } catch {
    return undefined;
  }
}
